"""An open database: its connections, its reading and writing transactions, and the errors in between.

What differs between SQLite and PostgreSQL stands here and in ``failures``; every query is the same on both.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import aiosqlite
from sqlalchemy import URL, Connection, event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolResetState, QueuePool

from knowledge.errors import StoreError
from knowledge.store.address import Address, parse_address
from knowledge.store.failures import explained
from knowledge.store.one_step import Cursor, DriverConnection

LOCK_SECONDS = 30.0
"""How long a writer waits for another one; writing out a release of 10,000 clauses takes about one second."""

_PATIENCE_SECONDS = 5.0
_WRITING = "helpdesk_writing"
_OPEN = "helpdesk_open"

# PostgreSQL's advisory locks are named by a number and hold in the whole database: the upper half is "help" in ASCII, the lower
# the schema's number, so that helpdesks in schemas of their own do not wait for each other.
_LOCK = text(
    "SELECT pg_advisory_xact_lock("
    "(x'68656C70'::bigint << 32) + coalesce((SELECT oid::bigint FROM pg_namespace WHERE nspname = current_schema()), 0))"
)

# A publisher that hangs must not keep the lock for ever: the server ends it. Parameters in the address come first.
_SERVER_SETTINGS = {
    "application_name": "policy-helpdesk",
    "lock_timeout": f"{LOCK_SECONDS:.0f}s",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "60s",
}


class Database:
    """A pool of connections to one database. Make it with ``Database.open``, give it back with ``close``."""

    def __init__(self, address: Address, engine: AsyncEngine) -> None:
        self.place = address.place
        self._engine = engine
        self._writer = engine.execution_options(**{_WRITING: True})

    @classmethod
    def open(cls, url: str) -> Database:
        """Prepare the connections to ``url``; makes a SQLite file and its folder, does not connect to PostgreSQL yet.

        Raises StoreError where the address cannot be used or the file or the folder cannot be made.
        """
        address = parse_address(url)
        if address.file is not None:
            return cls(address, _sqlite_engine(address.file))
        assert address.dsn is not None
        return cls(address, _postgresql_engine(address.dsn))

    async def close(self) -> None:
        """Close every connection, after a few seconds also where not all are given back."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        pool = cast(QueuePool, self._engine.pool)
        # One that is given back afterwards would go to a pool that nobody closes again.
        while pool.checkedout() and time.monotonic() < deadline:  # noqa: ASYNC110 - the pool tells no one
            await asyncio.sleep(0.01)
        await self._engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading; never waits for a writer. Raises StoreError for whatever the driver raises."""
        with explained(self.place):
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """The only writing transaction there is at this moment, in this and every other process.

        Committed at the end, rolled back on any error. The lock is taken before anything is read, so what is read
        inside stays true until the commit. Raises StoreError for whatever the driver raises, also after LOCK_SECONDS.
        """
        with explained(self.place):
            async with self._writer.begin() as connection:
                if connection.dialect.name == "postgresql":
                    await connection.execute(_LOCK)
                yield connection

    @asynccontextmanager
    async def noting(self) -> AsyncIterator[AsyncConnection]:
        """A writing transaction beside others, for statements that are atomic by themselves (``ON CONFLICT`` and such).

        Unlike ``writing`` it does not wait for a publisher on PostgreSQL. Committed at the end, rolled back on any error.
        Raises StoreError for whatever the driver raises.
        """
        with explained(self.place):
            async with self._writer.begin() as connection:
                yield connection


def _sqlite_engine(file: Path) -> AsyncEngine:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder {file.parent} cannot be created: name another place in HELPDESK_DATABASE_URL, "
            "or change the permissions.",
            log=f"mkdir {file.parent}: {error}",
        ) from error
    # Tried here once: where a file cannot be opened, aiosqlite leaves a thread behind that may outlive the event loop.
    with explained(str(file)):
        sqlite3.connect(file).close()
    url = URL.create("sqlite+aiosqlite", database=str(file))
    # Without isolation_level=None Python's sqlite3 begins transactions by itself, and that only before INSERT and such.
    driver_options = {"timeout": LOCK_SECONDS, "isolation_level": None, "factory": DriverConnection}
    engine = create_async_engine(url, connect_args=driver_options, pool_reset_on_return=None, **_common())
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    event.listen(engine.sync_engine, "reset", _reset_sqlite)
    event.listen(engine.sync_engine, "invalidate", _abandon_sqlite)
    return engine


def _prepare_sqlite(dbapi_connection: Any, record: ConnectionPoolEntry) -> None:
    driver = dbapi_connection.driver_connection
    driver.cursor = partial(Cursor, driver)
    for end in ("commit", "rollback"):
        setattr(driver, end, partial(_ended, record.info, getattr(driver, end)))
    dbapi_connection.run_async(_set_up)


async def _ended(info: dict[Any, Any], end: Callable[[], Awaitable[None]]) -> None:
    await end()
    # Not before: a task that is cancelled may leave the end of its transaction, or what it began with, to be done yet.
    info[_OPEN] = False


async def _set_up(connection: aiosqlite.Connection) -> None:
    try:
        await _set_pragmas(connection)
    except BaseException:
        # The pool forgets a connection that fails here without closing it.
        await connection.close()
        raise


async def _set_pragmas(connection: aiosqlite.Connection) -> None:
    # Fetched, though there is nothing to fetch: a statement that is not stepped to its end stays open, and what it sets may
    # be undone with the transaction that comes next.
    await connection.execute_fetchall("PRAGMA foreign_keys = ON")
    # FULL, not NORMAL: a release that was announced must be there after a power cut, or its number would be given
    # again to another. One more fsync for each publication is not felt.
    await connection.execute_fetchall("PRAGMA synchronous = FULL")
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            await connection.execute_fetchall("PRAGMA journal_mode = WAL")
        except aiosqlite.OperationalError as error:
            # While two processes make the same new file, SQLite answers "locked" here without its busy timeout.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE takes the write lock at once: a transaction that reads first and writes later could not wait for it.
    writing = connection.get_execution_options().get(_WRITING, False)
    begin = "BEGIN IMMEDIATE" if writing else "BEGIN"
    connection.connection.info[_OPEN] = True
    dbapi_connection: Any = connection.connection.dbapi_connection
    dbapi_connection.run_async(lambda driver: driver.execute_fetchall(begin))


def _reset_sqlite(dbapi_connection: Any, record: ConnectionPoolEntry, state: PoolResetState) -> None:
    # The pool would roll back what was committed a moment ago too, in a step of its own.
    if not state.terminate_only and record.info.get(_OPEN):
        dbapi_connection.rollback()


def _abandon_sqlite(dbapi_connection: Any, _record: object, _error: object) -> None:
    # After a cancelled task. Closing is not enough: while the task's traceback holds a cursor, SQLite keeps the closed
    # connection, its transaction and so the write lock.
    with suppress(aiosqlite.Error):
        dbapi_connection.rollback()


def _postgresql_engine(dsn: str) -> AsyncEngine:
    # asyncpg reads the address itself, so that it takes all that libpq's addresses may hold.
    import asyncpg

    options = parse_qs(urlsplit(dsn).query)
    settings = {key: value for key, value in _SERVER_SETTINGS.items() if key not in options}

    async def connect() -> Any:
        try:
            return await asyncpg.connect(dsn, timeout=10, command_timeout=90, server_settings=settings)
        except (ValueError, OverflowError) as error:
            # Of the address only; its text may hold a piece of the password.
            raise StoreError(
                "The PostgreSQL address in HELPDESK_DATABASE_URL cannot be read: write "
                "postgresql://user:password@host:5432/name.",
                log=f"asyncpg cannot read the address: {type(error).__name__}",
            ) from None

    return create_async_engine("postgresql+asyncpg://", async_creator=connect, pool_pre_ping=True, **_common())


def _common() -> dict[str, Any]:
    # Readable Chinese in the JSON columns; no policy text in error messages. Connections are kept: to open one for each read
    # beyond a few at once costs more than the read.
    return {
        "json_serializer": partial(json.dumps, ensure_ascii=False),
        "hide_parameters": True,
        "pool_size": 16,
        "max_overflow": 0,
    }
