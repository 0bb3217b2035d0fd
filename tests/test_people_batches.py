"""Small writes at once: none lost, none mixed up, and none that fails or goes away takes another along."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from people_fixtures import emptied, lasting_database, made_answer, people_on
from store_fixtures import DATABASES, scalar

from knowledge.errors import StoreError
from knowledge.people import People
from knowledge.people.batches import Batches
from knowledge.store import Store
from knowledge.store.database import Database


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


async def test_what_is_under_way_is_written_before_the_end(url: str) -> None:
    async with await Store.open(url) as store, await People.open(store.database) as people:
        writing = asyncio.create_task(people.record("甲", "reload"))
        await asyncio.sleep(0)
        writing.cancel()
    assert await scalar(url, "SELECT count(*) FROM audit") == 1
