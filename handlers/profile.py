"""What Telegram shows of the bot: command menus by scope, description, short description; set only where they differ."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from telegram import (
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError

from handlers import telegram_texts as texts
from handlers.commands import menu
from handlers.context import Bot, TelegramApp
from handlers.log import log
from knowledge.errors import HelpdeskError
from knowledge.people import Member, Role


async def publish(application: TelegramApp) -> None:
    """Set menus and descriptions. None of it is needed for work, so what fails is only logged."""
    bot = application.bot
    await _try("menu", lambda: _menu(bot, BotCommandScopeAllPrivateChats(), "owner"))
    await _try("menu of groups", lambda: _menu(bot, BotCommandScopeAllGroupChats(), "owner", groups=True))
    await _try("description", lambda: _description(bot))
    await _try("short description", lambda: _short_description(bot))
    try:
        members = await application.bot_data.helpdesk.people.members(ended=True)
    except HelpdeskError as error:
        log.warning("telegram: menus of members not set", cause=error.log)
        return
    # Those dismissed where this bot did not run still have theirs; who is in office again comes behind.
    for member in sorted(members, key=lambda one: one.ended is None):
        await publish_member(bot, member)


async def publish_member(bot: Bot, member: Member) -> None:
    """Set the menu that one member sees in the private chat; one who is dismissed sees everybody's again."""
    if member.telegram_id is None:
        return
    scope = BotCommandScopeChat(member.telegram_id)
    role: Role = "owner" if member.ended else member.role
    if role == "owner":
        await _try("menu", lambda: _no_menu(bot, scope))
    else:
        await _try("menu", lambda: _menu(bot, scope, role))


async def _menu(bot: Bot, scope: BotCommandScope, role: Role, *, groups: bool = False) -> None:
    wanted = menu(role, groups=groups)
    if list(await bot.get_my_commands(scope)) != wanted:
        await bot.set_my_commands(wanted, scope)


async def _no_menu(bot: Bot, scope: BotCommandScope) -> None:
    if await bot.get_my_commands(scope):
        await bot.delete_my_commands(scope)


async def _description(bot: Bot) -> None:
    if (await bot.get_my_description()).description != texts.DESCRIPTION:
        await bot.set_my_description(texts.DESCRIPTION)


async def _short_description(bot: Bot) -> None:
    if (await bot.get_my_short_description()).short_description != texts.SHORT_DESCRIPTION:
        await bot.set_my_short_description(texts.SHORT_DESCRIPTION)


async def _try(what: str, action: Callable[[], Awaitable[None]]) -> None:
    try:
        await action()
    except TelegramError as error:
        log.info("telegram: not set", what=what, cause=type(error).__name__)
