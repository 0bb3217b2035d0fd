"""SQLite in one step for each statement: what aiosqlite's thread is woken for, and what a cursor tells all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from knowledge.errors import StoreError
from knowledge.store.database import Database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database.open(f"sqlite:///{tmp_path / 'one.db'}")
    async with opened.writing() as connection:
        await connection.execute(text("CREATE TABLE number (n INTEGER PRIMARY KEY, word TEXT)"))
        await connection.execute(
            text("INSERT INTO number VALUES (:n, :word)"), [{"n": n, "word": "字"} for n in range(9)]
        )
    yield opened
    await opened.close()


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the thread was given to do."""
    given: list[Any] = []
    execute = aiosqlite.Connection._execute

    async def counted(self: aiosqlite.Connection, function: Any, *args: Any, **options: Any) -> Any:
        given.append(function)
        return await execute(self, function, *args, **options)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    return given


async def test_a_statement_is_one_step_and_a_transaction_two_more(database: Database, steps: list[Any]) -> None:
    async with database.reading() as connection:
        rows = (await connection.execute(text("SELECT n, word FROM number ORDER BY n"))).all()
        assert [tuple(row) for row in rows] == [(n, "字") for n in range(9)]
        assert (await connection.scalar(text("SELECT count(*) FROM number"))) == 9
    assert len(steps) == 4
    steps.clear()
    async with database.noting() as connection:
        changed = await connection.execute(text("UPDATE number SET word = '数' WHERE n < 4"))
        assert changed.rowcount == 4
    # Committed: there is nothing that the pool would have to roll back.
    assert len(steps) == 3


async def test_names_of_columns_and_keys_of_rows_are_told(database: Database) -> None:
    async with database.writing() as connection:
        row = (await connection.execute(text("SELECT n AS number, word FROM number WHERE n = 3"))).one()
        assert (row._fields, row.number) == (("number", "word"), 3)
        added = await connection.execute(text("INSERT INTO number (word) VALUES ('新') RETURNING n"))
        assert added.scalars().all() == [9]
        assert (await connection.execute(text("SELECT n FROM number WHERE n > 100"))).all() == []


async def test_what_fails_is_undone_and_the_connection_goes_on(database: Database) -> None:
    with pytest.raises(StoreError) as caught:
        async with database.writing() as connection:
            await connection.execute(text("UPDATE number SET word = '错'"))
            await connection.execute(text("INSERT INTO number VALUES (1, '错')"))
    assert isinstance(caught.value.__cause__, IntegrityError)
    async with database.writing() as connection:
        assert (await connection.scalar(text("SELECT count(*) FROM number WHERE word = '错'"))) == 0


async def test_the_journal_is_written_ahead_also_after_the_first_transaction(
    database: Database, tmp_path: Path
) -> None:
    async with database.reading() as connection:
        assert await connection.scalar(text("PRAGMA journal_mode")) == "wal"
    assert (tmp_path / "one.db-wal").exists()
