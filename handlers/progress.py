"""Long work shown by editing one message, at most once in a while, whatever thread reports."""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType
from typing import Self

from telegram import Message
from telegram.error import TelegramError

from handlers import telegram_texts as texts
from handlers.context import Context
from handlers.log import log

_SECONDS = 2.0
_WORDS = {"read": texts.READING, "index": texts.INDEXING}


class ProgressMessage:
    """Shows on ``message`` how far the work is. ``report`` is a ``knowledge.helpdesk.Progress``; any thread may call it."""

    def __init__(self, context: Context, message: Message) -> None:
        self._context = context
        self._message = message
        # Replaced whole, so that no thread reads half of it.
        self._latest = ""
        self._task: asyncio.Task[None] | None = None

    def report(self, what: str, done: int, total: int) -> None:
        """Note how much of what is done."""
        self._latest = f"{_WORDS.get(what, what)} {done}/{total}……"

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._show())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _show(self) -> None:
        shown = ""
        while True:
            await asyncio.sleep(_SECONDS)
            if (latest := self._latest) != shown:
                shown = latest
                try:
                    await self._context.bot.edit_message_text(latest, self._message.chat_id, self._message.message_id)
                except TelegramError as error:
                    # Whether it can be watched does not decide whether the work is done.
                    log.info("telegram: progress not shown", cause=type(error).__name__)
