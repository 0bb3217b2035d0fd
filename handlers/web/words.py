"""The sentences of the web that are not part of one page: what is said when something does not work."""

from __future__ import annotations

import re

from handlers.web.told import in_chinese
from knowledge.errors import (
    HelpdeskError,
    NoReleaseError,
    NothingToPublishError,
    SearchIndexError,
    SettingsError,
    StoreError,
    UnknownReleaseError,
)

TOO_LARGE = "发来的内容太大，请减小后再试。"
FOREIGN_FORM = "这个请求不是从本站页面发出的，已被拒绝。请回到本站页面再操作。"
STALE_FORM = "页面已过期，请刷新后再试一次。"
TOO_OFTEN = "操作太频繁，请在 {seconds} 秒后再试。"
TOO_LONG = "问题太长了（最多 {limit} 字），请缩短后再试。"
NOT_REMEMBERED = "以前的问答暂时无法显示，您仍可以提问。"
NO_QUESTION = "请先写下您的问题。"
NOT_FOUND = "没有这个页面。请从首页重新查找。"
BAD_REQUEST = "网址或表单里有无法识别的内容，请检查后再试。"
NOT_ALLOWED = "您的账号没有这项权限。需要时请联系管理员。"
METHOD = "这个地址不支持这样的操作，请回到首页。"
BROKEN = "服务出了点问题，已经记录下来。请稍后再试。"
BAD_LINK = "这个登录码无效：可能已过期、已用过或没有复制完整。请重新获取一个。"
JOB_GONE = "这项任务已经结束或不在这台服务器上，请重新开始。"
API_KEY = "需要有效的接口密钥（请求头 Authorization: Bearer …）。未设置密钥时，接口只对本机开放。"
NO_RELEASE = "没有这个版本，请从版本列表中选择。"
NO_MEMBER = "没有这位成员，请查看成员名单。"
NO_FILE = "请先选择要上传的文件。"
NOT_YOURS = "只有发起预览的人可以发布，而且只能发布一次。请重新预览。"
NOT_FROM_THERE = "这个地址只对设置中允许的来源开放。"
NO_NOTICE = "没有找到这份文件，它可能已被撤下。"

_BY_KIND: tuple[tuple[type[HelpdeskError], str], ...] = (
    (StoreError, "数据库暂时无法使用，请稍后再试；已发布的内容不会丢失。"),
    (UnknownReleaseError, NO_RELEASE),
    (SearchIndexError, "检索索引无法建立，请维护人员检查数据文件夹的空间和权限。"),
    (NoReleaseError, "知识库还没有发布任何内容。"),
)

_BY_SETTING = {
    "HELPDESK_POLICY_DIR": "服务器上的政策文件夹无法写入，请维护人员检查 HELPDESK_POLICY_DIR 及其权限。",
    "HELPDESK_THESAURUS": "服务器上的同义词表无法读取，请维护人员检查 HELPDESK_THESAURUS：应当是可读的 UTF-8 文本文件。",
}
_SETTING = "服务器的一项设置无法使用，请维护人员检查{name}。"
_NAMED = re.compile(r"HELPDESK_[A-Z_]*[A-Z]")


def sentence(error: HelpdeskError) -> str:
    """An error as a Chinese sentence for the page; what is wrong with a file is said as the reader found it."""
    for kind, text in _BY_KIND:
        if isinstance(error, kind):
            return text
    if isinstance(error, SettingsError):
        return _setting(error.user)
    if isinstance(error, NothingToPublishError):
        return f"没有可以发布的内容：{in_chinese(error.user)}"
    return in_chinese(error.user)


def _setting(told: str) -> str:
    """What an error of the settings says, by the setting that it names; not its own words, which hold the server's paths."""
    found = _NAMED.search(told)
    name = found[0] if found else ""
    return _BY_SETTING.get(name) or _SETTING.format(name=f" {name}" if name else "设置")
