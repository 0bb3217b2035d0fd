"""Owners ask: in the private chat, and in groups where the bot is mentioned or replied to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from telegram import Message, MessageEntity, Update
from telegram.ext import CallbackQueryHandler, MessageHandler, filters

from handlers import telegram_texts as texts
from handlers.callbacks import Verb
from handlers.cards import Card, answer_card, choice_card, clause_card, list_card, person_row, quote_text, refusal_card
from handlers.context import Context, TelegramApp
from handlers.courtesy import courtesy
from handlers.html import escape, opening, preformatted
from handlers.log import log
from handlers.say import note, reply
from handlers.texts import GREETING, hotline
from knowledge.answer import Answer, Citation
from knowledge.errors import StoreError, UnknownClauseError

TURNS = 5
"""How many of a person's earlier questions a question is read in the light of."""

# Emoji and punctuation alone ask nothing; in the light of the turns before they would be answered like those.
_WORD = re.compile(r"[^\W_]")
_RELATED = 5
_PRIVATE, _GROUP = "telegram", "telegram-group"


async def ask(_: Update, context: Context) -> None:
    """Answer a message that is a question; in groups, only one that is meant for the bot."""
    question = asked_of_bot(context)
    if question is None:
        return
    # What comes with a caption is answered by it; to the rest of the album nothing more is to be said.
    await context.first_of_album()
    options = context.options
    if words := courtesy(question, options.hotline, options.hotline_hours):
        wants_person = words == hotline(options.hotline, options.hotline_hours)
        # Without a chat of the staff the button would only say the same again.
        rows = (person_row(None),) if wants_person and options.staff_chat_id else ()
        await reply(context, escape(f"{words} {texts.SEE_HELP}" if words == GREETING else words), rows)
        return
    if not question and (pointed_at := _pointed_at(context)):
        # The bot is called in to what somebody else asked: that is what is answered, for all to see.
        context = context.about(pointed_at)
        question = context.without_mention(pointed_at.text or pointed_at.caption or "")
    if not _WORD.search(question):
        await reply(context, texts.NO_QUESTION)
        return
    given = await answer_to(context, question)
    await say(context, await _card(context, given))


@dataclass(frozen=True, slots=True)
class Given:
    """An answer, and the number under which it is kept; None where the database could not keep it."""

    answer: Answer
    asked_id: int | None


async def answer_to(context: Context, question: str, before: Sequence[str] | None = None) -> Given:
    """The answer to ``question`` in the light of the questions ``before``; None: of what the person asked just before.

    It comes from the index: while the database is away, questions are answered without the turns before and not kept.
    """
    try:
        turns = await turns_before(context, context.message) if before is None else before
        answer = await context.helpdesk.answer(question, turns)
        asked_id = await context.people.asked(context.person, _surface(context), question, answer)
    except StoreError as error:
        log.error("a question was not kept", cause=error.log)
        return Given(await context.helpdesk.answer(question, before or ()), None)
    context.replies.asked_as(context.message, asked_id)
    return Given(answer, asked_id)


def _surface(context: Context) -> str:
    return _PRIVATE if context.is_private else _GROUP


async def turns_before(context: Context, question: Message) -> list[str]:
    """What the person who wrote ``question`` asked before it in this kind of chat and not long ago, oldest first."""
    assert question.from_user is not None
    # What is edited, or asked about again, stays in its place: neither itself nor what came later lies before it.
    return await context.people.asked_before(
        context.people.person("telegram", question.from_user.id),
        _surface(context),
        question.date - timedelta(minutes=context.options.follow_up_minutes),
        asked_id=context.replies.number_of(question),
        limit=TURNS,
    )


async def say(context: Context, card: Card) -> None:
    """Reply with a card."""
    await reply(context, card.html, card.rows)


async def show_clause(_: Update, context: Context) -> None:
    """A button that opens a clause."""
    citation = await _pressed_clause(context)
    if citation:
        staff = await context.may("staff")
        await say(context, clause_card(citation, staff=staff, with_id=staff))


async def show_related(_: Update, context: Context) -> None:
    """A button that lists what else the question may be about, or what is like the clause."""
    citation = await _pressed_clause(context)
    if citation is None:
        return
    again = await _answer_again(context)
    if again:
        found = again.citations
    else:
        found = context.helpdesk.search(
            citation.clause.heading or opening(citation.clause.text, 60), limit=_RELATED + 1
        )
    others = [c for c in found if c.clause.clause_id != citation.clause.clause_id][:_RELATED]
    if others:
        await say(context, list_card(texts.RELATED_TO, others))
    else:
        await reply(context, texts.NOTHING_RELATED)


async def show_copy(_: Update, context: Context) -> None:
    """A button for a quotation that is too long for Telegram to copy by itself."""
    citation = await _pressed_clause(context)
    if citation:
        await reply(context, preformatted(quote_text(citation, await evidence_again(context, citation))))


async def evidence_again(context: Context, citation: Citation) -> str:
    """The words of the clause that answered the question of the message with the pressed button; "" where it is shown
    for itself."""
    again = await _answer_again(context)
    if again is None or again.decision != "answer":
        return ""
    return again.evidence if again.citations[0].clause.clause_id == citation.clause.clause_id else ""


async def _answer_again(context: Context) -> Answer | None:
    """The answer that the message with the pressed button gives; None where it answers no question.

    It is worked out anew: the same question on the same release gets the same answer.
    """
    if call := context.replies.call_of(context.message):
        return await context.helpdesk.answer(call[-1], call[:-1])
    asked = context.message.reply_to_message
    if asked is None or not context.question or context.question.startswith("/"):
        return None
    turns: list[str] = []
    if asked.from_user is not None and context.replies.number_of(asked) is not None:
        try:
            turns = await turns_before(context, asked)
        except StoreError as error:
            log.error("turns before a question are not known", cause=error.log)
    return await context.helpdesk.answer(context.question, turns)


async def judge(_: Update, context: Context) -> None:
    """Helpful or not helpful."""
    match context.arguments:
        case [number, "0" | "1" as helpful] if number.isdecimal() and len(number) < 10:
            kept = await context.people.judge(int(number), context.person, helpful == "1")
            thanks = texts.THANKS if helpful == "1" else texts.SORRY_UNHELPFUL
            await note(context, thanks if kept else texts.NOT_JUDGED)
        case _:
            await note(context, texts.DEAD_BUTTON)


async def _pressed_clause(context: Context) -> Citation | None:
    """The clause that the pressed button names; where it is gone the person is told, and None is returned."""
    if not context.arguments:
        await note(context, texts.DEAD_BUTTON, alert=True)
        return None
    try:
        citation = context.helpdesk.clause(context.arguments[0])
    except UnknownClauseError as error:
        await note(context, error.user, alert=True)
        return None
    await note(context)
    return citation


async def _card(context: Context, given: Given) -> Card:
    answer = given.answer
    if answer.decision == "answer":
        # Only a button hangs on it, and whoever presses that is looked up.
        member = await context.people.glance(context.user.id) if given.asked_id is not None else None
        staff = member is not None and member.may("staff")
        return answer_card(answer, given.asked_id, staff=staff)
    if answer.decision == "choose":
        return choice_card(answer, given.asked_id)
    o = context.options
    return refusal_card(o.hotline, o.hotline_hours, o.topics, given.asked_id)


def asked_of_bot(context: Context) -> str | None:
    """What the message asks, without the mention of the bot; None where it is not meant for the bot."""
    message = context.message
    text = message.text or message.caption or ""
    mention = f"@{context.bot.username}"
    if message.via_bot and message.via_bot.id == context.bot.id:
        # A quotation that the person put there through inline mode: it is the bot's own.
        return None
    if not context.is_private and not _mentions(message, mention) and not _replies_to_bot(message, context.bot.id):
        return None
    return context.without_mention(text)


def _pointed_at(context: Context) -> Message | None:
    """In a group, the message of another person that this one, with nothing but the bot's name, replies to."""
    to = context.message.reply_to_message
    if context.is_private or to is None or to.from_user is None or to.from_user.is_bot:
        return None
    return to


def _mentions(message: Message, mention: str) -> bool:
    kinds: list[str | None] = [MessageEntity.MENTION]
    named = {**message.parse_entities(kinds), **message.parse_caption_entities(kinds)}
    return any(words.lower() == mention.lower() for words in named.values())


def _replies_to_bot(message: Message, bot_id: int) -> bool:
    to = message.reply_to_message
    return to is not None and to.from_user is not None and to.from_user.id == bot_id


def register(application: TelegramApp) -> None:
    """Questions, and the buttons under answers."""
    for verb, handler in (
        (Verb.CLAUSE, show_clause),
        (Verb.RELATED, show_related),
        (Verb.COPY, show_copy),
        (Verb.JUDGE, judge),
    ):
        application.add_handler(CallbackQueryHandler(handler, pattern=f"^{verb}(:|$)"))
    words = (filters.TEXT & ~filters.COMMAND) | (filters.CAPTION & ~filters.Document.ALL)
    application.add_handler(MessageHandler(words & filters.UpdateType.MESSAGES, ask))
