"""Small writes, many in one transaction: what waits for the disk is a transaction, not a row.

On SQLite with one row in each transaction a machine with two cores took 2 ms for each, 0.25 ms in one transaction of
many; a slow disk makes that difference ten times as large. While one transaction is under way, what comes meanwhile
gathers for the next.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.errors import StoreError
from knowledge.store.database import Database

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]

PATIENCE_SECONDS = 2.0
"""How long somebody waits for what is kept of their visit; a publication on SQLite holds the lock for about one second."""

_NOTE_SECONDS = 0.5
_REST_SECONDS = 10.0
_log = logging.getLogger(__name__)


class _Batch:
    """Pieces of work and the task that does them all in one transaction."""

    def __init__(self) -> None:
        self.works: list[Work[Any]] = []
        self.task: asyncio.Task[list[Any]] | None = None


class Batches:
    """The small writes of one process to one database. Each piece of work must be atomic by itself (``Database.noting``)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writing = asyncio.Lock()
        self._gathering: _Batch | None = None
        self._tasks: set[asyncio.Task[list[Any]]] = set()
        self._notes: dict[str, asyncio.Task[None]] = {}
        self._resting_until = 0.0

    async def write(self, work: Work[T], *, within: float | None = None) -> T:
        """Do the work with a connection, in a transaction that is committed on return. Raises what the work raises.

        Another's work that fails in the same transaction does no harm: each is then done again in one of its own. Where
        the caller is cancelled, the work may or may not be done; so it is where it takes longer than ``within`` seconds
        (None: as long as it takes), which raises StoreError.
        """
        batch = self._gathering
        if batch is None or batch.task is None:
            batch = self._gathering = _Batch()
            batch.task = asyncio.create_task(self._commit(batch))
            self._tasks.add(batch.task)
            batch.task.add_done_callback(self._done)
        position = len(batch.works)
        batch.works.append(work)
        # Waiting, not awaiting: a caller that is cancelled must not take the others' work with it.
        await asyncio.wait([batch.task], timeout=within)
        if not batch.task.done():
            raise StoreError(
                f"The database {self._database.place} is busy: try again in a moment.", log=f"not written in {within} s"
            )
        if len(batch.works) == 1 or batch.task.cancelled() or batch.task.exception() is None:
            return cast(T, batch.task.result()[position])
        async with self._writing, self._database.noting() as connection:
            return await work(connection)

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

    def _done(self, task: asyncio.Task[list[Any]]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            # Looked at here too, or asyncio would complain of a failure that every caller was cancelled before.
            task.exception()

    async def _commit(self, batch: _Batch) -> list[Any]:
        async with self._writing:
            # From here on what comes gathers in the next batch.
            if self._gathering is batch:
                self._gathering = None
            async with self._database.noting() as connection:
                return [await work(connection) for work in batch.works]
