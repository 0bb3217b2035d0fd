"""The database under the store: migrations, settings, locks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from store_fixtures import DATABASES, fresh_database, make_policy, needs_postgresql, opened, refusal, scalar

from knowledge.errors import StoreError
from knowledge.store import Store, database
from knowledge.store.migration import SCRIPTS
from knowledge.store.schema import REVISION, metadata


@pytest.fixture(params=DATABASES)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    async with fresh_database(request.param, tmp_path) as url:
        yield url


# Migrations


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return ScriptDirectory.from_config(config)


def test_the_revision_named_in_the_schema_is_the_newest() -> None:
    assert _scripts().get_heads() == [REVISION]


async def test_migrations_from_nothing_make_the_tables_of_the_schema(url: str) -> None:
    def difference(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with await Store.open(url):
        pass
    async with opened(url) as base, base.reading() as connection:
        assert await connection.run_sync(difference) == []
        names = await connection.run_sync(lambda sync: set(sync.dialect.get_table_names(sync)))
    assert names == {*metadata.tables, "alembic_version"}


async def test_a_database_of_newer_code_is_refused_and_left_alone(url: str) -> None:
    async with await Store.open(url) as store:
        published = await store.publish([make_policy("a")])
    await _execute(url, "UPDATE alembic_version SET version_num = '9999'")
    assert "newer version" in await refusal(url)
    assert await scalar(url, "SELECT version_num FROM alembic_version") == "9999"
    await _execute(url, f"UPDATE alembic_version SET version_num = '{REVISION}'")
    async with await Store.open(url) as store:
        assert await store.release_in_force() == published


async def test_a_migration_that_fails_leaves_nothing_behind(url: str) -> None:
    # Another program's table is in the way of the last of ours.
    await _execute(url, "CREATE TABLE history (id INTEGER)")
    assert (await refusal(url)).startswith("The database ")
    async with opened(url) as base, base.reading() as connection:
        names = await connection.run_sync(lambda sync: sync.dialect.get_table_names(sync))
    assert names == ["history"]


async def test_different_databases_are_migrated_at_once_in_one_process(tmp_path: Path) -> None:
    urls = [f"sqlite:///{tmp_path}/{number}.db" for number in range(4)]
    for store in await asyncio.gather(*map(Store.open, urls)):
        assert await store.releases() == []
        await store.close()


async def _execute(url: str, statement: str) -> None:
    async with opened(url) as base, base.writing() as connection:
        await connection.execute(text(statement))


# SQLite's settings and PostgreSQL's


async def test_sqlite_is_set_up_for_several_processes_and_power_cuts(tmp_path: Path) -> None:
    expected = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 30_000}
    url = f"sqlite:///{tmp_path}/helpdesk.db"
    found = {name: await scalar(url, f"PRAGMA {name}") for name in expected}
    assert found == expected


async def test_a_foreign_key_is_enforced(url: str) -> None:
    async with await Store.open(url):
        pass
    with pytest.raises(StoreError):
        await _execute(url, "INSERT INTO history (release_number, at, actor) VALUES (7, '2020-02-12 00:00:00', '')")


@needs_postgresql
async def test_the_address_overrides_the_timeouts(tmp_path: Path) -> None:
    async with fresh_database("postgresql", tmp_path) as url:
        assert await scalar(url, "SHOW lock_timeout") == "30s"
        assert await scalar(url, "SHOW statement_timeout") == "1min"
        assert await scalar(f"{url}&statement_timeout=5s", "SHOW statement_timeout") == "5s"


# Locks


async def test_a_publisher_gives_up_after_a_time_and_readers_never_wait(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LOCK_SECONDS", 0.1)
    impatient = url if url.startswith("sqlite") else f"{url}&lock_timeout=100ms"
    async with await Store.open(impatient) as store:
        published = await store.publish([make_policy("a")])
        async with opened(url) as holder, holder.writing():
            with pytest.raises(StoreError, match="is locked by another program"):
                await store.publish([make_policy("b")])
            with pytest.raises(StoreError, match="is locked by another program"):
                await store.put_in_force(1)
            assert await store.release_in_force() == published
            # Opening does not need the lock once the tables are there.
            async with await Store.open(impatient) as second:
                assert await second.policies(1) == [make_policy("a")]
        assert (await store.publish([make_policy("b")])).number == 2


@needs_postgresql
async def test_publishers_in_schemas_of_their_own_do_not_wait_for_each_other(tmp_path: Path) -> None:
    async with (
        fresh_database("postgresql", tmp_path) as one,
        fresh_database("postgresql", tmp_path) as other,
        await Store.open(f"{one}&lock_timeout=100ms") as store,
        opened(other) as holder,
        holder.writing(),
    ):
        assert (await store.publish([make_policy("a")])).number == 1


async def test_what_was_written_before_an_error_is_rolled_back(url: str) -> None:
    async with await Store.open(url):
        pass
    with pytest.raises(RuntimeError):
        async with opened(url) as base, base.writing() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = 'lost'"))
            raise RuntimeError
    assert await scalar(url, "SELECT version_num FROM alembic_version") == REVISION


# Closing


async def test_a_connection_at_work_when_the_database_closes_is_closed_too(url: str) -> None:
    base = database.Database.open(url)
    begun = asyncio.Event()
    drivers = []

    async def read() -> None:
        async with base.reading() as connection:
            drivers.append((await connection.get_raw_connection()).driver_connection)
            begun.set()
            await asyncio.sleep(0.2)
            await connection.execute(text("SELECT 1"))

    reading = asyncio.create_task(read())
    await begun.wait()
    await base.close()
    await reading
    (driver,) = drivers
    with pytest.raises(Exception, match=r"closed|no active connection"):
        await driver.execute("SELECT 1")
