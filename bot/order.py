"""Many chats at once, and within each chat one update after another."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Coroutine
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

# Far above what is ever at work, for a chat whose messages wait for each other must not keep others out.
_AT_ONCE = 4096


class ChatOrder(BaseUpdateProcessor):
    """Processes updates concurrently, but those of one chat in the order in which they came."""

    def __init__(self) -> None:
        super().__init__(_AT_ONCE)
        self._locks: dict[int, asyncio.Lock] = {}
        self._users: Counter[int] = Counter()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Process ``update`` when those before it in its chat are done."""
        chat = update.effective_chat if isinstance(update, Update) else None
        if chat is None:
            # Inline queries: only the last one of a person typing matters, and Telegram sees to that.
            await coroutine
            return
        lock = self._locks.setdefault(chat.id, asyncio.Lock())
        self._users[chat.id] += 1
        try:
            async with lock:
                await coroutine
        finally:
            if isinstance(coroutine, Coroutine):
                # Where the wait itself was cancelled the coroutine never began.
                coroutine.close()
            self._users[chat.id] -= 1
            if not self._users[chat.id]:
                del self._users[chat.id], self._locks[chat.id]

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""
