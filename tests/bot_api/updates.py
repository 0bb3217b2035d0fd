"""What the bot has still to be told, and the two rules for telling it: in order, and until it has acknowledged."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .chat import Wire
from .errors import OTHER_POLLER, WEBHOOK_SET, conflict

T = TypeVar("T")

KINDS = (
    "message",
    "edited_message",
    "callback_query",
    "inline_query",
    "chosen_inline_result",
    "my_chat_member",
    "chat_member",
)
# Told only to bots that ask for them by name.
_ON_REQUEST = frozenset({"chat_member"})
MAX_UPDATES = 100
MAX_POLL_SECONDS = 50


class _Waiter(Generic[T]):
    """One who waits until ``look`` finds something; what it found goes into ``found``."""

    def __init__(self, look: Callable[[], T | None]) -> None:
        self._look = look
        self.found: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    def check(self) -> None:
        """Look again, unless something was found already."""
        if not self.found.done() and (found := self._look()) is not None:
            self.found.set_result(found)


class Signal:
    """Wakes those who wait for something to change, and only those whom the change concerns."""

    def __init__(self) -> None:
        self._waiters: set[_Waiter[Any]] = set()

    def notify(self) -> None:
        """Something has changed: look on behalf of all who wait, and wake those for whom something was found."""
        for waiter in self._waiters:
            waiter.check()

    async def until(self, look: Callable[[], T | None], within: float) -> T | None:
        """What ``look`` returns as soon as that is not None; None when ``within`` seconds have passed.

        ``look`` is called at every change, so that it must be quick and change nothing.
        """
        waiter = _Waiter(look)
        waiter.check()
        self._waiters.add(waiter)
        try:
            await asyncio.wait({waiter.found}, timeout=within)
        finally:
            self._waiters.discard(waiter)
        return waiter.found.result() if waiter.found.done() else None


@dataclass(frozen=True, slots=True)
class Update:
    """One thing that happened: ``kind`` is the name of the field that holds ``payload``."""

    update_id: int
    kind: str
    payload: Wire

    def wire(self) -> Wire:
        """The ``Update`` object."""
        return {"update_id": self.update_id, self.kind: self.payload}


class UpdateQueue:
    """The updates not yet acknowledged, oldest first, and the one poll that may wait for them."""

    def __init__(self, signal: Signal, first_id: int = 700_000_001) -> None:
        self._signal = signal
        self._next_id = first_id
        self._poll: object | None = None
        self._ended_by = ""
        self._closed = False
        self._allowed: frozenset[str] = frozenset()
        self.pending: deque[Update] = deque()

    @property
    def polled(self) -> bool:
        """Whether a poll is waiting now."""
        return self._poll is not None

    @property
    def allowed(self) -> tuple[str, ...]:
        """The kinds asked for with ``allowed_updates``; () stands for all but those told on request only."""
        return tuple(kind for kind in KINDS if kind in self._allowed)

    def allow(self, kinds: Iterable[str] | None) -> None:
        """Remember ``allowed_updates``: None leaves them as they are; what is pending already stays."""
        if kinds is not None:
            self._allowed = frozenset(kinds)

    def push(self, kind: str, payload: Wire) -> Update | None:
        """Queue an update; None where the bot has not asked for this kind."""
        wanted = kind in self._allowed if self._allowed else kind not in _ON_REQUEST
        if not wanted:
            return None
        update = Update(self._next_id, kind, payload)
        self._next_id += 1
        self.pending.append(update)
        self._signal.notify()
        return update

    def acknowledge(self, offset: int) -> None:
        """Forget the updates with a smaller id than ``offset``; below zero: all but the last ``-offset``."""
        before = len(self.pending)
        if offset < 0:
            while len(self.pending) > -offset:
                self.pending.popleft()
        while self.pending and self.pending[0].update_id < offset:
            self.pending.popleft()
        if len(self.pending) < before:
            self._signal.notify()

    def drop(self) -> None:
        """Forget everything (drop_pending_updates)."""
        self.pending.clear()
        self._signal.notify()

    async def poll(self, offset: int, limit: int, within: float) -> list[Update]:
        """getUpdates: up to ``limit`` updates, waiting at most ``within`` seconds for the first.

        Raises ApiError (409) in the poll that was waiting when another one, or setWebhook, came.
        """
        poll = object()
        self._end_poll(OTHER_POLLER)
        self._poll = poll
        self.acknowledge(offset)
        self._signal.notify()

        def ready() -> bool | None:
            return True if self.pending or self._poll is not poll or self._closed else None

        try:
            await self._signal.until(ready, min(within, MAX_POLL_SECONDS))
            if self._poll is not poll:
                raise conflict(self._ended_by)
        finally:
            if self._poll is poll:
                self._poll = None
        wanted = limit if 1 <= limit <= MAX_UPDATES else MAX_UPDATES
        return [update for update, _ in zip(self.pending, range(wanted), strict=False)]

    def webhook_was_set(self) -> None:
        """End the poll that is waiting, if there is one."""
        self._end_poll(WEBHOOK_SET)

    def open(self) -> None:
        """Let polls wait."""
        self._closed = False

    def close(self) -> None:
        """Let a waiting poll come back empty: the server stops."""
        self._closed = True
        self._signal.notify()

    def _end_poll(self, reason: str) -> None:
        if self._poll is not None:
            self._ended_by = reason
            self._poll = None
            self._signal.notify()
