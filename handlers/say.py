"""The few ways in which the bot says something, each held to Telegram's limits before it is sent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from html import unescape

from telegram import (
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated

from handlers.context import Context
from handlers.html import MAX_CALLBACK_ANSWER, MAX_TEXT, clip, escape, pieces, shown_length

Rows = Sequence[Sequence[InlineKeyboardButton]]
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_SAME = "message is not modified"
_GONE = ("message to edit not found", "message can't be edited")
_OLD = ("query is too old", "query id is invalid")


def markup(rows: Rows) -> InlineKeyboardMarkup | None:
    """The keyboard of ``rows``; rows without a button are left out."""
    filled = [row for row in rows if row]
    return InlineKeyboardMarkup(filled) if filled else None


async def reply(context: Context, html: str, rows: Rows = (), *, force: ForceReply | None = None) -> Message:
    """Answer the person's message; where that was edited and its answer is remembered, the answer is edited."""
    question = context.message
    *before, last = _parts(html)
    known = context.replies.answer_to(question) if context.is_edit else None
    if known and not before:
        edited = await _edit(context, question.chat_id, known, last, markup(rows))
        if edited:
            return edited
    for part in before:
        await _send(context, question, part, None)
    sent = await _send(context, question, last, force or markup(rows))
    context.replies.remember(question, sent)
    return sent


async def rewrite(context: Context, html: str, rows: Rows = ()) -> None:
    """Put other words and buttons into the message whose button was pressed."""
    await edit_message(context, context.message, html, rows)


async def edit_message(context: Context, message: Message, html: str, rows: Rows = ()) -> None:
    """Put other words and buttons into a message of the bot's own."""
    await _edit(context, message.chat_id, message.message_id, _parts(html)[0], markup(rows))


async def send_text_file(context: Context, message: Message, name: str, text: str) -> None:
    """Send ``text`` as a file, as a reply to a message of the bot's own."""
    await context.bot.send_document(
        message.chat_id,
        # Begins with its mark: without that, programs on Windows take UTF-8 for GBK.
        text.encode("utf-8-sig", "replace"),
        filename=name,
        reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True),
        message_thread_id=message.message_thread_id if message.is_topic_message else None,
    )


async def note(context: Context, text: str = "", *, alert: bool = False) -> bool:
    """Answer the button that was pressed with a note at the top of the chat, or in a window; False where it came too
    late, or second, and was not shown."""
    query = context.query
    try:
        await query.answer(clip(text, MAX_CALLBACK_ANSWER) if text else None, show_alert=alert)
    except BadRequest as error:
        # Too late to be shown; what the button was for is done all the same.
        if not _says(error, _OLD):
            raise
        return False
    return True


async def _send(
    context: Context, question: Message, html: str, keys: ForceReply | InlineKeyboardMarkup | None
) -> Message:
    send = partial(
        context.bot.send_message,
        text=html,
        parse_mode=ParseMode.HTML,
        reply_markup=keys,
        link_preview_options=_NO_PREVIEW,
    )
    try:
        return await send(
            question.chat_id,
            reply_parameters=ReplyParameters(question.message_id, allow_sending_without_reply=True),
            message_thread_id=question.message_thread_id if question.is_topic_message else None,
        )
    except ChatMigrated as moved:
        # The group became a supergroup while the answer was on its way; there, messages are numbered anew.
        return await send(moved.new_chat_id)


async def _edit(
    context: Context, chat_id: int, message_id: int, html: str, keys: InlineKeyboardMarkup | None
) -> Message | None:
    """The message edited; None where it is gone. That it reads so already is no error."""
    try:
        edited = await context.bot.edit_message_text(
            html, chat_id, message_id, parse_mode=ParseMode.HTML, reply_markup=keys, link_preview_options=_NO_PREVIEW
        )
    except BadRequest as error:
        if _says(error, (_SAME,)):
            return context.message
        if _says(error, _GONE):
            return None
        raise
    return edited if isinstance(edited, Message) else None


def _says(error: BadRequest, words: Sequence[str]) -> bool:
    return any(each in error.message.lower() for each in words)


def _parts(html: str) -> list[str]:
    """``html`` whole where it fits one message; else its words alone, in pieces that do."""
    if shown_length(html) <= MAX_TEXT:
        return [html]
    return [escape(piece) for piece in pieces(unescape(re.sub(r"<[^>]+>", "", html)), MAX_TEXT)]
