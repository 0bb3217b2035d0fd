"""The one table of commands: menus, help, the guide's check and registration all come from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps

from telegram import BotCommand, Update
from telegram.ext import CommandHandler, filters

from handlers import telegram_texts as texts
from handlers.context import Context, TelegramApp
from handlers.html import escape
from handlers.say import reply
from knowledge.people import ROLES, Role

Handler = Callable[[Context], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Command:
    """One command: who may use it, what the menu says of it, what stands behind it, and where.

    ``editable``: the answer follows when the person edits the command; what is done at once, and not merely shown, is only
    done for a message of its own. ``private``: only in the private chat.
    ``in_groups``: shown in the menu of groups.
    """

    name: str
    role: Role
    menu: str
    usage: str = ""
    editable: bool = True
    private: bool = False
    in_groups: bool = False


COMMANDS: tuple[Command, ...] = (
    Command("start", "owner", "开始使用", in_groups=True),
    Command("help", "owner", "怎么提问、有哪些命令", in_groups=True),
    Command("topics", "owner", "按主题查看政策", in_groups=True),
    Command("policies", "owner", "按主题、部门、级别、日期浏览通知", in_groups=True),
    Command("hot", "owner", "大家最常问的条款", in_groups=True),
    Command("history", "owner", "我问过的问题", private=True),
    Command("privacy", "owner", "我们保存什么、保存多久"),
    Command("forget", "owner", "删除我的全部记录", private=True, editable=False),
    Command("find", "staff", "按条件查找条款", "贷款 级别:省级 部门:工信 主题:综合类 自:2020-02"),
    Command("clause", "staff", "按编号查看条款", "条款编号"),
    Command("call", "staff", "通话模式：朗读、原文、转发", "问题或条款编号"),
    Command("login", "staff", "网页工作台的登录链接", private=True, editable=False),
    Command("reload", "admin", "重新读取政策文件夹并预览变化", editable=False),
    Command("releases", "admin", "已发布的版本"),
    Command("rollback", "admin", "恢复较早的版本", "版本号"),
    Command("members", "admin", "工作人员名单"),
    Command(
        "appoint",
        "admin",
        "任命工作人员（回复其消息、写编号或生成链接）",
        "客服|管理员 [Telegram 编号 [姓名]]",
        editable=False,
    ),
    Command("dismiss", "admin", "撤销工作人员", "#成员号或 Telegram 编号，或回复其消息"),
    Command("audit", "admin", "操作记录：谁在何时做了什么"),
    Command("gaps", "admin", "没有找到答案的提问"),
    Command("usage", "admin", "近七天的使用情况"),
)

_BY_NAME = {command.name: command for command in COMMANDS}


def menu(role: Role, *, groups: bool = False) -> list[BotCommand]:
    """The menu that people of ``role`` see: their own commands first, since they use those most."""
    allowed = [c for c in COMMANDS if ROLES.index(c.role) <= ROLES.index(role) and (c.in_groups or not groups)]
    ordered = sorted(allowed, key=lambda c: -ROLES.index(c.role)) if role == "staff" else allowed
    return [BotCommand(c.name, c.menu) for c in ordered]


def help_lines(role: Role) -> list[str]:
    """Each command that ``role`` may use as a line of HTML, under headings by role."""
    lines = []
    for each in ROLES[: ROLES.index(role) + 1]:
        lines.append(f"<b>{texts.COMMANDS_OF[each]}</b>")
        for c in COMMANDS:
            if c.role == each:
                usage = f" <i>{escape(c.usage)}</i>" if c.usage else ""
                lines.append(f"/{c.name}{usage} — {escape(c.menu)}")
    return lines


def on(application: TelegramApp, name: str, handler: Handler) -> None:
    """Let ``handler`` answer the command ``name`` of the table, for those who may use it and nobody else."""
    command = _BY_NAME[name]

    @wraps(handler)
    async def guarded(_: Update, context: Context) -> None:
        if command.private and not context.is_private:
            await reply(context, texts.PRIVATELY.format(link=context.deep_link(name)))
        elif command.role != "owner" and not await context.may(command.role):
            await reply(context, texts.NOT_ALLOWED)
        elif context.is_edit and not command.editable:
            await reply(context, texts.SEND_ANEW.format(name=name))
        else:
            await handler(context)

    application.add_handler(CommandHandler(name, guarded, filters.UpdateType.MESSAGES))
