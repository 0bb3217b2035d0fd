"""The tables of the people store: from the first revision with data to the newest, and equal to the schema's."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from people_fixtures import people_on
from sqlalchemy import Connection, MetaData, insert, text
from store_fixtures import DATABASES, fresh_database, make_policy, opened, scalar

from knowledge.model import Policy, Release
from knowledge.store import HistoryEntry, Store
from knowledge.store.migration import SCRIPTS
from knowledge.store.schema import REVISION, metadata

MOMENT = datetime(2020, 2, 12, 8, 30, tzinfo=UTC)


@pytest.fixture(params=DATABASES)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    async with fresh_database(request.param, tmp_path) as url:
        yield url


async def upgrade(url: str, revision: str) -> None:
    """Bring a database to that revision, whatever the newest is."""

    def work(connection: Connection) -> None:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(SCRIPTS))
        command.upgrade(config, revision)

    async with opened(url) as database, database.writing() as connection:
        await connection.run_sync(work)


def publish_as_then(connection: Connection, policy: Policy) -> None:
    """Publish a policy as release 1 into the tables of revision 0001, with what these had at that time."""
    then = MetaData()
    then.reflect(connection)
    version = {"id": 1, "policy_id": policy.policy_id, "digest": policy.digest, "source": policy.source}
    version |= {
        "path": policy.path,
        "title": policy.metadata.title,
        "body": policy.body,
        "topics": [],
        "references": [],
    }
    version |= dict.fromkeys(["issuer", "document_number", "level", "department", "region"], "")
    (clause,) = policy.clauses
    place = {"policy_version_id": 1, "ordinal": 0, "clause_id": clause.clause_id, "number": 1, "label": clause.label}
    release = {
        "number": 1,
        "published_at": MOMENT,
        "policies": 1,
        "clauses": 1,
        "note": "第一版",
        "fingerprint": "f" * 64,
    }
    rows: dict[str, dict[str, object]] = {
        "policy_version": version,
        "clause": place | {"heading": clause.heading, "start": 0, "length": len(clause.text)},
        "release": release,
        "release_policy": {"release_number": 1, "policy_version_id": 1},
        "history": {"id": 1, "release_number": 1, "at": MOMENT, "actor": "甲"},
    }
    for table, row in rows.items():
        connection.execute(insert(then.tables[table]).values(row))


async def test_a_database_of_the_first_revision_keeps_its_releases(url: str) -> None:
    await upgrade(url, "0001")
    policy = make_policy("a", ["一、欠费不停供。\n"])
    async with opened(url) as database, database.writing() as connection:
        await connection.run_sync(publish_as_then, policy)
    assert await scalar(url, "SELECT version_num FROM alembic_version") == "0001"

    async with people_on(url) as people, await Store.open(url) as store:
        assert await scalar(url, "SELECT version_num FROM alembic_version") == REVISION
        assert await store.release_in_force() == Release(1, MOMENT, 1, 1, "第一版", True, "f" * 64)
        assert await store.history() == [HistoryEntry(1, MOMENT, "甲")]
        assert await store.policies(1) == [policy]
        assert await people.members() == []
        member = await people.appoint(name="张三", role="admin", telegram_id=2**51, by="甲")
        assert await people.member_of_telegram(2**51) == member


async def test_migrations_and_schema_agree_on_what_alembic_does_not_compare(url: str, tmp_path: Path) -> None:
    kind = "sqlite" if url.startswith("sqlite") else "postgresql"
    async with contextlib.AsyncExitStack() as stack:
        await upgrade(url, "head")
        made = await stack.enter_async_context(fresh_database(kind, tmp_path / "made"))
        async with opened(made) as database, database.writing() as connection:
            await connection.run_sync(metadata.create_all)
        migrated, expected = await shape(url), await shape(made)
    assert migrated == expected
    # A look that what should be compared is in there at all
    expected_words = (
        ["ended IS NULL", "('asked', 1)"] if kind == "sqlite" else ["ended IS NULL", "'C'", "ON DELETE CASCADE"]
    )
    assert all(any(words in line for line in migrated) for words in expected_words)


async def shape(url: str) -> list[str]:
    """What the database says of its tables, in an order that does not depend on how they came about."""
    async with opened(url) as database, database.reading() as connection:
        if connection.dialect.name == "postgresql":
            queries = [
                "SELECT table_name, column_name, data_type, is_nullable, collation_name, column_default IS NULL"
                " FROM information_schema.columns WHERE table_schema = current_schema()"
                " AND table_name <> 'alembic_version'",
                "SELECT replace(indexdef, current_schema(), '') FROM pg_indexes"
                " WHERE schemaname = current_schema() AND tablename <> 'alembic_version'",
                "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE connamespace = current_schema()::regnamespace AND conname NOT LIKE 'alembic%'",
            ]
        else:
            tables = list(metadata.tables)
            queries = [
                "SELECT name, sql LIKE '%AUTOINCREMENT%' FROM sqlite_master"
                " WHERE type = 'table' AND name <> 'alembic_version'",
                "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
                *(f"SELECT '{name}', * FROM pragma_foreign_key_list('{name}')" for name in tables),
                *(f"SELECT '{name}', \"unique\", origin, partial FROM pragma_index_list('{name}')" for name in tables),
                *(f"SELECT '{name}', name, type, \"notnull\", pk FROM pragma_table_info('{name}')" for name in tables),
            ]
        return sorted([str(tuple(row)) for query in queries for row in await connection.execute(text(query))])
