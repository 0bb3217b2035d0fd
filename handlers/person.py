"""The button to a person: the hotline, and the question passed to the staff's chat with what is needed to understand it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from telegram import Update
from telegram.constants import ParseMode
from telegram.error import ChatMigrated, TelegramError
from telegram.ext import CallbackQueryHandler

from handlers import telegram_texts as texts
from handlers.callbacks import Verb
from handlers.context import Context, TelegramApp
from handlers.courtesy import courtesy
from handlers.html import clip, escape, opening, quotation
from handlers.log import log
from handlers.owner import TURNS, turns_before
from handlers.say import note, reply
from handlers.texts import hotline
from knowledge.errors import StoreError
from knowledge.people import PATIENCE_SECONDS, Asked

# In UTF-16 units: together, with a name, less than a message holds.
_QUESTION, _BEFORE, _ANSWERED = 1200, 200, 1400


@dataclass(frozen=True, slots=True)
class Enquiry:
    """What is passed on: the question, what the person asked before it (oldest first), and what the bot said to it ("" where
    it answered nothing)."""

    question: str
    before: Sequence[str] = ()
    answered: str = ""


async def ask_person(_: Update, context: Context) -> None:
    """A button to a person: the hotline, and the question passed to the staff where they have a chat."""
    options = context.options
    where = escape(hotline(options.hotline, options.hotline_hours))
    await note(context)
    passed = await _passed(context, options.staff_chat_id) if options.staff_chat_id else ""
    await reply(context, f"{where}\n{passed}".strip())


async def _passed(context: Context, staff_chat_id: int) -> str:
    """Pass the question on; what to say of it."""
    try:
        enquiry = await _enquiry(context)
    except StoreError as error:
        log.error("what was asked before is not passed on", cause=error.log)
        if not context.question:
            return texts.NOT_PASSED
        enquiry = Enquiry(context.question, answered=context.message.text or "")
    return await _pass_once(context, staff_chat_id, enquiry) if enquiry.question else texts.NOT_PASSED_GONE


async def _enquiry(context: Context) -> Enquiry:
    """What the person who pressed wants to know; its question is "" where neither Telegram nor the database has it still."""
    shown, kept = context.message.text or "", await _kept(context)
    if kept:
        window = timedelta(minutes=context.options.follow_up_minutes)
        before = await context.people.asked_before(
            context.person, kept.surface, kept.at - window, asked_id=kept.asked_id, limit=TURNS
        )
        return Enquiry(kept.question, before, shown)
    question, asked = context.question, context.message.reply_to_message
    theirs = asked is not None and asked.from_user is not None and asked.from_user.id == context.user.id
    # Of somebody else's question, only what stands there for all to read.
    before = await turns_before(context, asked) if asked and theirs else []
    if courtesy(question, context.options.hotline, context.options.hotline_hours):
        # 人工: what was said to it is the hotline.
        shown = ""
    return Enquiry(question, [one for one in before if one != question], shown)


async def _kept(context: Context) -> Asked | None:
    """The question of the number that the button has, where the person who pressed it asked it and did not delete it."""
    number = context.arguments[0] if context.arguments else ""
    if not number.isdecimal() or len(number) > 9:
        return None
    return await context.people.question(int(number), context.person)


async def _pass_once(context: Context, staff_chat_id: int, enquiry: Enquiry) -> str:
    """Pass the question on unless that was done before; what to say of it."""
    key = f"{context.chat.id}:{context.message.message_id}:{context.user.id}"
    failed = context.bot_data.not_passed
    try:
        first = await context.people.first_time("to staff", key, within=PATIENCE_SECONDS)
    except StoreError as error:
        # Better twice than not at all.
        log.error("cannot tell whether a question was passed on", cause=error.log)
        first = True
    if not first and key not in failed:
        return texts.PASSED_ALREADY
    if await _pass_on(context, staff_chat_id, _words(context, enquiry)):
        failed.discard(key)
        return texts.PASSED_ON
    failed.add(key)
    return texts.NOT_PASSED


def _words(context: Context, enquiry: Enquiry) -> str:
    user = context.user
    name = escape(user.full_name) + (f" @{user.username}" if user.username else "")
    lines = [f"<b>{texts.FOR_STAFF}</b>", escape(clip(enquiry.question, _QUESTION))]
    if enquiry.before:
        lines += [texts.ASKED_BEFORE, *(f"· {escape(clip(opening(one, _BEFORE), _BEFORE))}" for one in enquiry.before)]
    if enquiry.answered:
        lines += [texts.WAS_ANSWERED, quotation(clip(enquiry.answered, _ANSWERED))]
    return "\n".join([*lines, f'{texts.FROM_PERSON}：<a href="tg://user?id={user.id}">{name}</a>'])


async def _pass_on(context: Context, staff_chat_id: int, words: str) -> bool:
    try:
        try:
            await context.bot.send_message(staff_chat_id, words, parse_mode=ParseMode.HTML)
        except ChatMigrated as moved:
            log.warning("set HELPDESK_STAFF_CHAT_ID to the new id of the staff chat", id=moved.new_chat_id)
            await context.bot.send_message(moved.new_chat_id, words, parse_mode=ParseMode.HTML)
    except TelegramError as error:
        log.error("the staff chat cannot be written to", cause=error.message)
        return False
    return True


def register(application: TelegramApp) -> None:
    """The button to a person."""
    application.add_handler(CallbackQueryHandler(ask_person, pattern=f"^{Verb.PERSON}(:|$)"))
