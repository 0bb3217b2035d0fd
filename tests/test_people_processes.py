"""The people store under several processes at once, on one database."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import slow
from people_fixtures import BY, Crowd, Refused, crowd, lasting_database, made_answer, people_on
from store_fixtures import DATABASES, fresh_database, make_edition, needs_postgresql, opened, scalar

from knowledge.people import Member
from knowledge.store import Store

SIZE = 3
ROUNDS = range(5)
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module", params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("people")
    with lasting_database(request.param, folder, made=False) as url:
        yield url


@pytest.fixture(scope="module")
def many(url: str) -> Iterator[Crowd]:
    """Processes that opened the database together when it was new."""
    with crowd(url, SIZE) as many:
        yield many


@slow
def test_processes_that_start_together_have_one_secret(many: Crowd) -> None:
    persons = many.at_once("person", *[{"kind": "telegram", "identity": 4711}] * SIZE)
    assert len(set(persons)) == 1
    assert re.fullmatch("[0-9a-f]{32}", persons[0])


async def test_a_link_is_used_once(url: str, many: Crowd) -> None:
    async with people_on(url) as people:
        for turn in ROUNDS:
            token = await people.new_link("invite", role="staff", by=BY, lifetime=HOUR)
            calls = [{"token": token, "kind": "invite", "telegram_id": 1000 + 10 * turn + n} for n in range(SIZE)]
            outcomes = many.at_once("use_link", *calls)
            assert outcomes.count(Refused("LinkError")) == SIZE - 1
            (member,) = [one for one in outcomes if isinstance(one, Member)]
            assert await people.member(member.member_id) == member
            newcomers = [
                one for one in await people.members() if 1000 + 10 * turn <= (one.telegram_id or 0) < 1010 + 10 * turn
            ]
            assert newcomers == [member]


async def test_one_person_is_one_member(url: str, many: Crowd) -> None:
    async with people_on(url) as people:
        for turn in ROUNDS:
            telegram_id = 2000 + turn
            calls = [{"name": f"张{n}", "role": "staff", "telegram_id": telegram_id, "by": BY} for n in range(SIZE)]
            found = many.at_once("appoint", *calls)
            assert len({one.member_id for one in found}) == 1
            assert [one.member_id for one in await people.members() if one.telegram_id == telegram_id] == [
                found[0].member_id
            ]


async def test_administrators_of_the_settings_are_made_once(url: str, many: Crowd) -> None:
    made = many.at_once("ensure_admins", *[{"telegram_ids": [3001, 3002, 3003]}] * SIZE)
    assert sorted(one.telegram_id for each in made for one in each) == [3001, 3002, 3003]
    async with people_on(url) as people:
        assert [one.telegram_id for one in await people.members() if one.role == "admin"] == [3001, 3002, 3003]


async def test_one_administrator_stays(url: str, many: Crowd) -> None:
    async with people_on(url) as people:
        for _ in ROUNDS:
            await people.ensure_admins([3001, 3002, 3003])
            admins = [one for one in await people.members() if one.role == "admin"]
            assert len(admins) == SIZE
            # Each is dismissed at the same moment.
            outcomes = many.at_once("dismiss", *[{"member_id": one.member_id, "by": BY} for one in admins])
            assert outcomes.count(Refused("LastAdminError")) == 1
            assert len([one for one in await people.members() if one.role == "admin"]) == 1


async def test_an_update_is_handled_by_one(many: Crowd) -> None:
    for turn in range(20):
        outcomes = many.at_once("first_time", *[{"kind": "update", "key": str(turn)}] * SIZE)
        assert sorted(outcomes) == [False] * (SIZE - 1) + [True]


async def test_judgements_and_forgetting_at_once(url: str, many: Crowd) -> None:
    async with people_on(url) as people:
        asker = people.person("visit", "asker")
        wanted = [{"person": asker, "helpful": n % 2 == 0} for n in range(SIZE)]
        for _ in ROUNDS:
            number = await people.asked(asker, "web", "电费", made_answer())
            assert many.at_once("judge", *[{"asked_id": number, **one} for one in wanted]) == [True] * SIZE
            assert await scalar(url, f"SELECT count(*) FROM judgement WHERE asked_id = {number}") == 1
            forgotten = many.at_once("forget", *[{"person": asker}] * SIZE)
            assert sorted(one.questions for one in forgotten) == [0] * (SIZE - 1) + [1]
            assert await scalar(url, f"SELECT count(*) FROM judgement WHERE asked_id = {number}") == 0


async def test_a_key_is_revoked_once(url: str, many: Crowd) -> None:
    async with people_on(url) as people:
        key = await people.new_key("96871", BY)
        (known,) = await people.keys()
        outcomes = many.at_once("revoke_key", *[{"key_id": known.key_id, "by": BY}] * SIZE)
        assert sorted(map(str, outcomes)) == ["None", *[str(Refused("UnknownKeyError"))] * (SIZE - 1)]
        assert many.at_once("key", *[{"key": key}] * SIZE) == [None] * SIZE


async def test_sessions_hold_in_every_process_and_end_in_every_process(url: str, many: Crowd) -> None:
    async with people_on(url) as people:
        member = await people.appoint(name="王五", role="staff", by=BY)
        tokens = many.at_once("open_session", *[{"member_id": member.member_id, "lifetime": HOUR}] * SIZE)
        assert many.at_once("session", *[{"token": token} for token in reversed(tokens)]) == [member] * SIZE
        changed = await people.appoint(name="王五", role="owner", member_id=member.member_id, by=BY)
        assert many.at_once("session", *[{"token": token} for token in tokens]) == [changed] * SIZE
        await people.dismiss(member.member_id, BY)
        assert many.at_once("session", *[{"token": token} for token in tokens]) == [None] * SIZE


async def test_questions_are_kept_while_releases_are_published(url: str) -> None:
    async with people_on(url) as people, await Store.open(url) as store:
        person = people.person("telegram", 5000)
        publishing = asyncio.create_task(store.publish(make_edition(1, policies=200)))
        numbers = await asyncio.gather(
            *(people.asked(person, "telegram", f"问题{n}", made_answer()) for n in range(100))
        )
        assert (await publishing).number == 1
        assert {one.asked_id: one.question for one in await people.history(person, 200)} == {
            number: f"问题{n}" for n, number in enumerate(numbers)
        }


@needs_postgresql
async def test_publishing_does_not_hold_up_what_postgresql_keeps(tmp_path: Path) -> None:
    async with (
        fresh_database("postgresql", tmp_path) as url,
        people_on(url) as people,
        opened(url) as publisher,
        publisher.writing(),
        asyncio.timeout(20),
    ):
        assert await people.first_time("update", "while publishing")
        person = people.person("telegram", 5001)
        number = await people.asked(person, "telegram", "电费", made_answer())
        assert await people.judge(number, person, True)
