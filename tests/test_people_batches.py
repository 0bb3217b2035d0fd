"""Small writes at once: none lost, none mixed up, and none that fails or goes away takes another along."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from conftest import slow
from people_fixtures import BY, emptied, execute, lasting_database, made_answer, people_on
from sqlalchemy import text, update
from store_fixtures import DATABASES, opened, scalar

from knowledge.errors import StoreError
from knowledge.people import People
from knowledge.people.batches import Batches
from knowledge.store import Store
from knowledge.store.database import Database
from knowledge.store.schema import session


@pytest.fixture(scope="module", params=DATABASES)
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with lasting_database(request.param, tmp_path_factory.mktemp("people")) as url:
        yield url


@pytest.fixture
async def url(database: str) -> str:
    await emptied(database)
    return database


@pytest.fixture
async def people(url: str) -> AsyncIterator[People]:
    async with people_on(url) as people:
        yield people


async def test_many_at_once(people: People) -> None:
    person = people.person("telegram", 1)
    numbers = await asyncio.gather(*(people.asked(person, "web", f"问{n}", made_answer()) for n in range(300)))
    assert len(set(numbers)) == 300
    assert {one.asked_id: one.question for one in await people.history(person, 999)} == {
        number: f"问{n}" for n, number in enumerate(numbers)
    }


async def test_who_goes_away_takes_nobody_along(people: People) -> None:
    person = people.person("telegram", 1)
    tasks = [asyncio.create_task(people.asked(person, "web", f"问{n}", made_answer())) for n in range(20)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(one, asyncio.CancelledError) for one in outcomes[::2])
    kept = {one.asked_id for one in await people.history(person)}
    assert set(outcomes[1::2]) <= kept


async def test_work_that_fails_takes_nobody_along(url: str) -> None:
    async with await Store.open(url):
        pass
    database = Database.open(url)
    batches = Batches(database)

    async def note(connection: object, key: str) -> str:
        await connection.exec_driver_sql(f"INSERT INTO handled VALUES ('test', '{key}', '2020-02-12')")  # type: ignore[attr-defined]
        return key

    keys = ["a", "b", "a", "c", "b", "d"]
    outcomes = await asyncio.gather(
        *(batches.write(lambda connection, key=key: note(connection, key)) for key in keys),  # type: ignore[misc]
        return_exceptions=True,
    )
    assert sorted(one for one in outcomes if isinstance(one, str)) == ["a", "b", "c", "d"]
    assert [type(one) for one in outcomes if not isinstance(one, str)] == [StoreError] * 2
    with pytest.raises(StoreError):
        await batches.write(lambda connection: note(connection, "a"))
    assert await batches.write(lambda connection: note(connection, "e")) == "e"
    await batches.close()
    await database.close()
    assert await scalar(url, "SELECT count(*) FROM handled") == 5


async def test_what_is_done_together_fails_alone(url: str) -> None:
    async with opened(url) as database:
        batches, calls = Batches(database), []

        async def halves(_: object, numbers: Sequence[int]) -> list[int]:
            calls.append(len(numbers))
            if any(number % 2 for number in numbers):
                raise ValueError("an odd number")
            return [number // 2 for number in numbers]

        async def doubled(_: object, numbers: Sequence[int]) -> list[int]:
            return [number * 2 for number in numbers]

        work = [batches.add(halves, n) for n in (2, 4)] + [batches.add(doubled, n) for n in (2, 4)]
        assert await asyncio.gather(*work) == [1, 2, 4, 8]
        assert calls == [2]
        outcomes = await asyncio.gather(*(batches.add(halves, n) for n in (2, 3, 4, 5, 6)), return_exceptions=True)
        assert outcomes[::2] == [1, 2, 3]
        assert [type(one) for one in outcomes[1::2]] == [ValueError, ValueError]
        await batches.close()


async def test_the_same_at_once_is_the_first_time_once(people: People) -> None:
    keys = ["a", "b", "a", "c", "b", "a"]
    assert await asyncio.gather(*(people.first_time("update", key) for key in keys)) == [
        True, True, False, True, False, False,
    ]  # fmt: skip
    assert await asyncio.gather(*(people.first_time(kind, "d") for kind in ("update", "album"))) == [True, True]
    assert await asyncio.gather(*(people.first_time("update", key) for key in ("d", "c", "e"))) == [False, False, True]


async def test_what_is_under_way_is_written_before_the_end(url: str) -> None:
    async with await Store.open(url) as store, await People.open(store.database) as people:
        writing = asyncio.create_task(people.record("甲", "reload"))
        await asyncio.sleep(0)
        writing.cancel()
    assert await scalar(url, "SELECT count(*) FROM audit") == 1


# What nobody should wait for


async def member_with_key_and_session(url: str, people: People) -> tuple[str, str]:
    """A key never used and a session due to be moved on."""
    member = await people.appoint(name="张三", role="staff", by=BY)
    token = await people.open_session(member.member_id, timedelta(hours=1))
    await execute(url, update(session).values(seen=datetime.now(UTC) - timedelta(minutes=10)))
    return await people.new_key("话务系统", BY), token


async def test_who_comes_is_known_while_that_cannot_be_noted(
    url: str, people: People, caplog: pytest.LogCaptureFixture
) -> None:
    key, token = await member_with_key_and_session(url, people)
    # As on a full disk: what is there can be read.
    if url.startswith("sqlite"):
        refusals = [
            f"CREATE TRIGGER full_{name} BEFORE UPDATE ON {name} BEGIN SELECT RAISE(ABORT, 'full'); END"
            for name in ("session", "api_key")
        ]
        repairs = [f"DROP TRIGGER full_{name}" for name in ("session", "api_key")]
    else:
        refusals = [
            f"ALTER TABLE {name} ADD CONSTRAINT full_{name} CHECK (false) NOT VALID" for name in ("session", "api_key")
        ]
        repairs = [f"ALTER TABLE {name} DROP CONSTRAINT full_{name}" for name in ("session", "api_key")]
    await execute(url, *map(text, refusals))
    try:
        with caplog.at_level(logging.WARNING):
            for _ in range(20):
                assert await people.key(key) == "话务系统"
                assert await people.session(token) is not None
    finally:
        await execute(url, *map(text, repairs))
    (told,) = [one for one in caplog.records if one.name == "knowledge.people.batches"]
    assert "the use of key 1 was not noted" in told.getMessage()
    assert (await people.keys())[0].used is None


@slow
async def test_who_comes_does_not_wait_for_a_lock(url: str, people: People) -> None:
    if not url.startswith("sqlite"):
        pytest.skip("on PostgreSQL a row is locked, not the database")
    key, token = await member_with_key_and_session(url, people)
    async with opened(url) as other, other.writing():
        began = time.monotonic()
        for _ in range(20):
            assert await people.key(key) == "话务系统"
            assert await people.session(token) is not None
        assert time.monotonic() - began < 5
        # A question is answered unkept; Telegram's updates are handled though nobody can say whether for the first time.
        began = time.monotonic()
        with pytest.raises(StoreError, match="is busy: try again"):
            await people.asked(people.person("telegram", 1), "telegram", "问", made_answer())
        with pytest.raises(StoreError, match="is busy: try again"):
            await people.first_time("update", "17", within=0.1)
        assert time.monotonic() - began < 5
    await people.close()
    # What was waiting is written when the lock is gone.
    assert (await people.keys())[0].used is not None
    assert [one.question for one in await people.history(people.person("telegram", 1))] == ["问"]
    assert not await people.first_time("update", "17")
