"""Small writes and reads, many in one transaction: what waits for the disk is a transaction, not a row.

On SQLite with one row in each transaction a machine with two cores took 2 ms for each, 0.25 ms in one transaction of
many; a slow disk makes that difference ten times as large. While one transaction is under way, what comes meanwhile
gathers for the next. Where one statement does for many, a hundred rows cost the processor little more than one does.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar, cast

from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.errors import StoreError
from knowledge.store.database import Database

I = TypeVar("I")  # noqa: E741 - what is asked for
T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]
Together = Callable[[AsyncConnection, Sequence[I]], Awaitable[Sequence[T]]]
"""Does the same for each of several items, at once; gives what came of each, in their order."""

PATIENCE_SECONDS = 2.0
"""How long somebody waits for what is kept of their visit; a publication on SQLite holds the lock for about one second."""

_NOTE_SECONDS = 0.5
_REST_SECONDS = 10.0
_log = logging.getLogger(__name__)


Outcomes = dict[Together[Any, Any], Sequence[Any]]


class _Batch:
    """Items by what is to be done for them, and the task that does it all in one transaction."""

    def __init__(self) -> None:
        self.items: dict[Together[Any, Any], list[Any]] = {}
        self.task: asyncio.Task[Outcomes] | None = None

    @property
    def single(self) -> bool:
        """Whether there is but one item."""
        return sum(map(len, self.items.values())) == 1


class Batches:
    """The small writes of one process to one database, or with ``Database.reading`` its small reads.

    Each piece of work must be atomic by itself (``Database.noting``).
    """

    def __init__(
        self,
        database: Database,
        transaction: Callable[[Database], AbstractAsyncContextManager[AsyncConnection]] = Database.noting,
    ) -> None:
        self._database = database
        self._transaction = transaction
        self._working = asyncio.Lock()
        self._gathering: _Batch | None = None
        self._tasks: set[asyncio.Task[Outcomes]] = set()
        self._notes: dict[str, asyncio.Task[None]] = {}
        self._resting_until = 0.0

    async def write(self, work: Work[T], *, within: float | None = None) -> T:
        """Do the work with a connection, in a transaction that is committed on return. Raises what the work raises.

        Another's work that fails in the same transaction does no harm: each is then done again in one of its own. Where
        the caller is cancelled, the work may or may not be done; so it is where it takes longer than ``within`` seconds
        (None: as long as it takes), which raises StoreError.
        """
        return cast(T, await self.add(_in_turn, work, within=within))

    async def add(self, together: Together[I, T], item: I, *, within: float | None = None) -> T:
        """As ``write``, but that ``together`` is called once for all items that gathered for it in one transaction."""
        batch = self._gathering
        if batch is None or batch.task is None:
            batch = self._gathering = _Batch()
            batch.task = asyncio.create_task(self._commit(batch))
            self._tasks.add(batch.task)
            batch.task.add_done_callback(self._done)
        items = batch.items.setdefault(together, [])
        position = len(items)
        items.append(item)
        # Waiting, not awaiting: a caller that is cancelled must not take the others' work with it.
        await asyncio.wait([batch.task], timeout=within)
        if not batch.task.done():
            raise StoreError(
                f"The database {self._database.place} is busy: try again in a moment.", log=f"not done in {within} s"
            )
        if batch.single or batch.task.cancelled() or batch.task.exception() is None:
            return cast(T, batch.task.result()[together][position])
        async with self._working, self._transaction(self._database) as connection:
            return (await together(connection, [item]))[0]

    async def note(self, what: str, work: Work[None]) -> None:
        """Do work that nobody needs done: never raises, and returns after half a second though it be still under way.

        ``what`` names it in the log, where what fails is written. While work of that name is under way nothing is
        begun, nor for some seconds after a failure: a full disk would be tried, and told of, at every request.
        """
        if what in self._notes or time.monotonic() < self._resting_until:
            return
        task = self._notes[what] = asyncio.create_task(self._note(what, work))
        await asyncio.wait([task], timeout=_NOTE_SECONDS)

    async def _note(self, what: str, work: Work[None]) -> None:
        try:
            await self.write(work)
        except StoreError as error:
            self._resting_until = time.monotonic() + _REST_SECONDS
            _log.warning("%s was not noted: %s", what, error.log)
        finally:
            del self._notes[what]

    async def close(self) -> None:
        """Wait for what is under way."""
        while tasks := {*self._tasks, *self._notes.values()}:
            await asyncio.wait(tasks)

    def _done(self, task: asyncio.Task[Outcomes]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            # Looked at here too, or asyncio would complain of a failure that every caller was cancelled before.
            task.exception()

    async def _commit(self, batch: _Batch) -> Outcomes:
        async with self._working:
            # From here on what comes gathers in the next batch.
            if self._gathering is batch:
                self._gathering = None
            async with self._transaction(self._database) as connection:
                return {together: await together(connection, items) for together, items in batch.items.items()}


async def _in_turn(connection: AsyncConnection, works: Sequence[Work[Any]]) -> list[Any]:
    return [await work(connection) for work in works]
