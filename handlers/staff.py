"""Hotline staff: /find, /clause, and /call while somebody is on the telephone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import timedelta

from telegram import ForceReply, Message, Update
from telegram.ext import CallbackQueryHandler, MessageHandler, filters

from handlers import telegram_texts as texts
from handlers.callbacks import Verb, button
from handlers.cards import Card, Row, call_card, choice_card, clause_card, list_card
from handlers.commands import on
from handlers.context import Context, TelegramApp, behind_command
from handlers.html import bold, code, escape, link
from handlers.lookup import UnusableLookupError, described, read_lookup
from handlers.owner import TURNS, answer_to, evidence_again, say
from handlers.say import note, reply, rewrite
from knowledge.answer import Citation
from knowledge.errors import UnknownClauseError

_PER_PAGE = 5
_MOST_PAGES = 20
_CLAUSE_ID = re.compile(r"^[\W_]*([a-z0-9].*?)[\W_]*$", re.DOTALL)
_LONGEST_ID = 100
_LOGIN_LIFETIME = timedelta(minutes=30)


async def find(context: Context) -> None:
    """/find"""
    if not context.words:
        await reply(context, escape(texts.FIND_USAGE))
        return
    await say(context, _found_card(context, context.words, 0))


async def find_page(_: Update, context: Context) -> None:
    """A button that turns a page of /find; what was looked for stands in the message that the list replies to."""
    if not await context.may("staff"):
        await note(context, texts.NOT_ALLOWED, alert=True)
        return
    command, words = context.question, behind_command(context.question)
    page = context.arguments[0] if context.arguments else ""
    if not command.startswith("/find") or not page.isdecimal() or int(page[:3]) >= _MOST_PAGES:
        await note(context, texts.GONE_QUESTION, alert=True)
        return
    await note(context)
    card = _found_card(context, words, int(page))
    await rewrite(context, card.html, card.rows)


def _found_card(context: Context, words: str, page: int) -> Card:
    try:
        lookup = read_lookup(words, context.helpdesk)
    except UnusableLookupError as error:
        return Card(escape(error.user))
    if not lookup.words:
        return Card(escape(texts.FIND_WORDS))
    first = page * _PER_PAGE
    # Always as many: how many are weighed decides on their order, and pages are to be of one list.
    found = context.helpdesk.search(lookup.words, lookup.filters, limit=_PER_PAGE * _MOST_PAGES)
    shown = found[first : first + _PER_PAGE]
    filtered = described(lookup.filters)
    if not shown:
        return Card(escape(texts.FOUND_NONE + (f"（{filtered}）" if filtered else "")))
    what = f"“{lookup.words[:60]}”" + (f"（{filtered}）" if filtered else "")
    title = texts.FOUND.format(what=what, first=first + 1, last=first + len(shown))
    card = list_card(escape(title), shown, first=first + 1, with_ids=True)
    turn: Row = []
    if page:
        turn.append(button("‹", Verb.FIND_PAGE, page - 1))
    if len(found) > first + _PER_PAGE:
        turn.append(button("›", Verb.FIND_PAGE, page + 1))
    return Card(card.html, (*card.rows, turn))


async def clause(context: Context) -> None:
    """/clause ID"""
    if not context.words:
        await reply(context, texts.CLAUSE_USAGE)
        return
    citation = _clause(context, context.words)
    if citation is None:
        await reply(context, escape(texts.NO_CLAUSE.format(id=context.words[:60])))
    else:
        await say(context, clause_card(citation, staff=True, with_id=True))


async def call(context: Context) -> None:
    """/call: with a question or an id, the answer for the telephone; alone, it opens the mode in which replies are questions."""
    if context.words:
        # Another caller, as far as anybody can tell.
        await _call(context, context.words, ())
    else:
        await reply(context, texts.CALL_USAGE, force=_further(context))


async def call_on(_: Update, context: Context) -> None:
    """A reply to what the call mode said: the next question of the caller."""
    if await context.may("staff"):
        to = context.message.reply_to_message
        await _call(context, context.message.text or "", context.replies.call_of(to) if to else ())
    else:
        await reply(context, texts.NOT_ALLOWED)


async def call_clause(_: Update, context: Context) -> None:
    """The button under a clause for the telephone."""
    if not await context.may("staff"):
        await note(context, texts.NOT_ALLOWED, alert=True)
        return
    citation = _clause(context, context.arguments[0] if context.arguments else "")
    if citation is None:
        await note(context, texts.DEAD_BUTTON, alert=True)
        return
    await note(context)
    said = await reply(context, call_card(citation, await evidence_again(context, citation)), force=_further(context))
    asked = context.question if not context.question.startswith("/") else ""
    context.replies.asked_in_call(said, context.replies.call_of(context.message) or ([asked] if asked else []))


async def _call(context: Context, words: str, before: Sequence[str]) -> None:
    """Answer what a caller asks in the light of the questions ``before`` in the same call."""
    questions = [*before, words][-TURNS:]
    citation = _clause(context, words)
    if citation:
        said = await reply(context, call_card(citation, ""), force=_further(context))
        # A number asks nothing.
        questions = [*before]
    else:
        answer = (await answer_to(context, words, before)).answer
        if answer.decision == "answer":
            card = call_card(answer.citations[0], answer.evidence)
            said = await reply(context, card, force=_further(context))
        elif answer.decision == "choose":
            choice = choice_card(answer, calling=True)
            said = await reply(context, choice.html, choice.rows)
        else:
            refusal = f"{bold(texts.READ_ALOUD)}\n{texts.CALL_REFUSED}\n\n{texts.CALL_REFUSED_MORE}"
            said = await reply(context, refusal, force=_further(context))
    context.replies.asked_in_call(said, questions)


async def login(context: Context) -> None:
    """/login: a link to the desk on the web, good for once."""
    member = await context.member()
    assert member is not None
    token = await context.people.new_link(
        "login", member_id=member.member_id, by=member.actor, lifetime=_LOGIN_LIFETIME
    )
    minutes = int(_LOGIN_LIFETIME.total_seconds() // 60)
    if context.options.base_url:
        # Behind "#": browsers keep that to themselves, so it stands in no server's log.
        address = f"{context.options.base_url}/login#{token}"
        await reply(context, f"{texts.LOGIN.format(minutes=minutes)}\n{link(address, address)}")
    else:
        await reply(context, f"{texts.LOGIN_CODE.format(minutes=minutes)}\n{code(token)}")


def _clause(context: Context, typed: str) -> Citation | None:
    """The clause whose id was typed or copied: capitals, wide characters and what stands around it make no difference."""
    # A question, which the call mode takes as well, is not searched through for one.
    found = _CLAUSE_ID.search(unicodedata.normalize("NFKC", typed[:_LONGEST_ID]).lower())
    try:
        return context.helpdesk.clause(found[1]) if found else None
    except UnknownClauseError:
        return None


def _further(context: Context) -> ForceReply:
    # Clients then answer to this message by themselves, which keeps the call mode going until something else is sent.
    # In groups only those of the person who asked do.
    return ForceReply(selective=not context.is_private, input_field_placeholder=texts.CALL_PLACEHOLDER)


class _InCall(filters.MessageFilter):
    """A reply to a message of the call mode, which begin with its mark."""

    def filter(self, message: Message) -> bool:
        to = message.reply_to_message
        return bool(to and to.from_user and to.from_user.is_bot and (to.text or "").startswith(texts.CALL_MARK))


def register(application: TelegramApp) -> None:
    """The commands of staff, and the call mode."""
    on(application, "find", find)
    on(application, "clause", clause)
    on(application, "call", call)
    on(application, "login", login)
    application.add_handler(CallbackQueryHandler(find_page, pattern=f"^{Verb.FIND_PAGE}:"))
    application.add_handler(CallbackQueryHandler(call_clause, pattern=f"^{Verb.CALL}:"))
    words = filters.TEXT & ~filters.COMMAND & _InCall()
    application.add_handler(MessageHandler(words & filters.UpdateType.MESSAGES, call_on))
