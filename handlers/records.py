"""What the records say of deeds, in words: who did what. A test keeps this in step with what is recorded."""

from __future__ import annotations

import re
from datetime import datetime

from handlers.telegram_texts import ROLE_NAMES, moment

ACTIONS: dict[str, str] = {
    "appoint": "任命",
    "dismiss": "撤销",
    "link": "生成链接",
    "enter": "使用链接",
    "publish": "发布",
    "rollback": "恢复版本",
    "key": "新建密钥",
    "revoke": "作废密钥",
    "upload": "上传文件",
    "sessions": "结束登录",
}
NOTES: dict[str, str] = {"first reading": "首次读取", "helpdesk reload": "命令行发布", "Telegram": "Telegram 发布"}
_ACTORS: dict[str, str] = {
    "": "系统",
    "first start": "首次启动",
    "command line": "命令行",
    "HELPDESK_ADMIN_IDS": "设置 HELPDESK_ADMIN_IDS",
}
_ROLES: dict[str, str] = {role: name for role, name in ROLE_NAMES.items()}  # noqa: C416
_WORDS: dict[str, str] = {**NOTES, **_ACTORS, **_ROLES, "invite": "邀请", "login": "登录"}
_ROLE = "(owner|staff|admin)"
_UNTIL = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
# an action, what is recorded of it, how that is told
_DETAILS: tuple[tuple[str, str, str], ...] = (
    ("publish", r"release (\d+) ?(.*)", "版本 {}　{}"),
    ("rollback", r"release (\d+)", "版本 {}"),
    ("appoint", f"(.*): {_ROLE} → {_ROLE}", "{}：{} → {}"),
    ("appoint", f"(.*): {_ROLE}", "{}：{}"),
    ("appoint", r"(.*): (Telegram \d+)", "{}：{}"),
    ("dismiss", f"(.*): {_ROLE}", "{}：{}"),
    ("link", rf"(invite|login): (.*), until ({_UNTIL.pattern}) UTC", "{}：{}，{} 前有效"),
    ("enter", r"(invite|login) by (.*)", "{}链接，生成人：{}"),
    ("key", r"key (\d+) ?(.*)", "密钥 {}　{}"),
    ("revoke", r"key (\d+) ?(.*)", "密钥 {}　{}"),
    ("sessions", r"(#\d+): (\d+) ended", "{}：{} 处"),
)


def actor(who: str) -> str:
    """Who did something, as the records name them."""
    if known := _ACTORS.get(who):
        return known
    name = who.removesuffix(" (command line)")
    return who if name == who else f"{name}（命令行）"


def detail(action: str, recorded: str) -> str:
    """What the records say of a deed; as it stands there where this table does not know it."""
    for known, pattern, told in _DETAILS:
        found = re.fullmatch(pattern, recorded) if known == action else None
        if found:
            return told.format(*map(_word, found.groups())).strip("　")
    return recorded


def _word(recorded: str) -> str:
    if _UNTIL.fullmatch(recorded):
        return moment(datetime.fromisoformat(recorded))
    return (_WORDS.get(recorded) or actor(recorded)) if recorded else ""
