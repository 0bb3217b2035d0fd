"""/start, also with what a link carries (a clause, an invitation, a command), and /help."""

from __future__ import annotations

import re

from handlers import telegram_texts as texts
from handlers.cards import clause_card
from handlers.commands import COMMANDS, help_lines, on
from handlers.context import Context, TelegramApp
from handlers.html import code, escape
from handlers.owner import say
from handlers.profile import publish_member
from handlers.say import reply
from knowledge.errors import LinkError, UnknownClauseError

INVITATION = "i_"
"""What the payload of an invitation begins with; clause ids have no underscore in that place."""

_NAMES = frozenset(command.name for command in COMMANDS)


async def start(context: Context) -> None:
    """Say who is here; or what the link leads to."""
    payload = context.words
    if payload.startswith(INVITATION):
        await _join(context, payload.removeprefix(INVITATION))
    elif payload == "help":
        await help_(context)
    elif payload in _NAMES:
        # Not done at once: a link that anybody may have made up must not forget or dismiss.
        await reply(context, texts.TAP.format(name=payload))
    elif re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload):
        await _open(context, payload)
    else:
        await _welcome(context)


async def _welcome(context: Context) -> None:
    words = texts.WELCOME.format(topics=escape("、".join(context.options.topics)))
    if context.is_private:
        words += "\n\n" + escape(texts.YOUR_ID.format(id="")) + code(str(context.user.id))
    elif await context.may("admin"):
        # What HELPDESK_STAFF_CHAT_ID wants to know, and Telegram shows nowhere.
        used = context.chat.id == context.options.staff_chat_id
        words += "\n\n" + escape(texts.GROUP_ID.format(id="")) + code(str(context.chat.id))
        words += "\n" + escape(texts.GROUP_OF_STAFF if used else texts.GROUP_FOR_STAFF)
    await reply(context, words)
    member = await context.member() if context.is_private else None
    if member:
        # Whoever was appointed before they ever wrote has no menu yet: Telegram did not know the chat.
        await publish_member(context.bot, member)


async def _open(context: Context, clause_id: str) -> None:
    try:
        citation = context.helpdesk.clause(clause_id)
    except UnknownClauseError as error:
        await reply(context, escape(error.user))
        await _welcome(context)
        return
    staff = await context.may("staff")
    await say(context, clause_card(citation, staff=staff, with_id=staff))


async def _join(context: Context, token: str) -> None:
    if not context.is_person(context.user.id):
        await reply(context, texts.JOINED_BY_NOBODY)
        return
    try:
        member = await context.people.use_link(
            token, "invite", name=context.user.full_name, telegram_id=context.user.id
        )
    except LinkError as error:
        await reply(context, escape(error.user))
        return
    await publish_member(context.bot, member)
    await reply(context, escape(texts.YOU_ARE.format(role=texts.ROLE_NAMES[member.role])))


async def help_(context: Context) -> None:
    """How to ask, and the commands that the person may use."""
    member = await context.member()
    role = member.role if member and context.is_private else "owner"
    o = context.options
    words = texts.HELP.format(hotline=escape(o.hotline), hours=escape(o.hotline_hours))
    await reply(context, words + "\n\n" + "\n".join(help_lines(role)))


def register(application: TelegramApp) -> None:
    """The first commands that anybody sends."""
    on(application, "start", start)
    on(application, "help", help_)
