"""SQLite in one step for each statement.

SQLAlchemy opens a cursor, executes, fetches and closes, and aiosqlite hands each of these to its thread and back. What that
takes, to wake a thread four times, is more than most statements of this database take: here one hand-over does all of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Self, cast

import aiosqlite


class _Rows(list[Any]):
    """What a statement gave, with what a cursor tells of it."""

    description: Any
    rowcount: int
    lastrowid: int | None


class _DriverCursor(sqlite3.Cursor):
    def fetchall(self) -> list[Any]:
        rows = _Rows(super().fetchall())
        rows.description, rows.rowcount, rows.lastrowid = self.description, self.rowcount, self.lastrowid
        self.close()
        return rows


class DriverConnection(sqlite3.Connection):
    """A connection whose ``execute`` gives cursors of the kind above: the ``factory`` of ``sqlite3.connect``."""

    def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        """A cursor of that kind, that has executed ``sql``."""
        return self.cursor(_DriverCursor).execute(sql, parameters)


class Cursor:
    """A cursor as SQLAlchemy uses it, of an aiosqlite connection on a ``DriverConnection``."""

    arraysize = 1

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._rows = _Rows()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Self:
        rows = cast(_Rows, await self._connection.execute_fetchall(sql, parameters))
        self.description, self.rowcount, self.lastrowid = rows.description, rows.rowcount, rows.lastrowid
        self._rows = rows
        return self

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> Self:
        cursor = await self._connection.executemany(sql, parameters)
        self.description, self.rowcount, self.lastrowid = None, cursor.rowcount, cursor.lastrowid
        return self

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, _Rows()
        return rows

    async def close(self) -> None:
        """Nothing is open."""
