"""The one point at which an error on Telegram becomes a reply; the person is never shown what is meant for the log."""

from __future__ import annotations

import re
import traceback

from telegram import Update
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError
from telegram.ext import ApplicationHandlerStop

from handlers import telegram_texts as texts
from handlers.context import Context
from handlers.html import escape
from handlers.log import log
from handlers.say import note, reply
from handlers.told import sentence
from knowledge.errors import HelpdeskError

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


async def handle(update: object, context: Context) -> None:
    """Log the error, and say something to whoever waits for an answer."""
    # What is left of the handling of this update would only fail again, and say so twice.
    await _handle(update, context)
    raise ApplicationHandlerStop


async def _handle(update: object, context: Context) -> None:
    error = context.error
    if isinstance(error, Forbidden):
        # Blocked, or put out of the group: nobody is there to be answered.
        log.info("telegram: the person has left", cause=error.message)
        return
    if isinstance(error, HelpdeskError):
        log.warning("refused", kind=type(error).__name__, cause=error.log)
        words = sentence(error)
    else:
        # The text of an unforeseen error may hold what somebody wrote; where it happened does not.
        log.error("failed", kind=type(error).__name__, cause=_cause(error), at=_places(error))
        words = ""
    if not isinstance(update, Update) or (isinstance(error, NetworkError) and not isinstance(error, BadRequest)):
        return
    try:
        await _tell(update, context, words)
    except (TelegramError, HelpdeskError) as second:
        log.error("telegram: could not say that something failed", cause=type(second).__name__)


async def _tell(update: Update, context: Context, words: str) -> None:
    if not _CHINESE.search(words) and not (words and await context.may("staff")):
        words = texts.BROKEN.format(hotline=context.options.hotline)
    if update.callback_query and await note(context, words, alert=True):
        return
    if update.callback_query or (update.effective_message and (context.is_private or update.message)):
        await reply(context, escape(words))


def _cause(error: BaseException | None) -> str:
    return error.message if isinstance(error, TelegramError) else ""


def _places(error: BaseException | None) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__) if error else []
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames[-6:]]
