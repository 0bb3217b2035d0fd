"""Sessions on the web, keys for other systems, updates delivered twice, and the tokens under them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from people_fixtures import BY, emptied, everything, execute, lasting_database, people_on
from sqlalchemy import select, update
from store_fixtures import DATABASES, opened, scalar

from knowledge.errors import UnknownKeyError, UnknownMemberError
from knowledge.people import Member, People
from knowledge.store.schema import handled, session
from knowledge.store.schema import member as members

HOUR = timedelta(hours=1)
WRONG = ["", "wrong", "\0", "\ud800", "长" * 100_000, "' OR 1=1 --"]


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


@pytest.fixture
async def member(people: People) -> Member:
    return await people.appoint(name="张三", role="staff", by=BY)


async def pass_time(url: str, seconds: float) -> None:
    """Make the only session that much older."""
    async with opened(url) as database, database.reading() as connection:
        row = (await connection.execute(select(session))).one()
    earlier = timedelta(seconds=seconds)
    moments = {"opened": row.opened - earlier, "seen": row.seen - earlier, "expires": row.expires - earlier}
    await execute(url, update(session).values(moments))


# Sessions


async def test_a_session_opens_and_closes(url: str, people: People, member: Member) -> None:
    token = await people.open_session(member.member_id, HOUR)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    assert token not in await everything(url)
    assert await people.session(token) == member
    for wrong in [*WRONG, token[:-1], token.swapcase()]:
        assert await people.session(wrong) is None
        await people.close_session(wrong)
    assert await people.session(token) == member
    await people.close_session(token)
    assert await people.session(token) is None


async def test_a_session_lasts_while_it_is_used(url: str, people: People, member: Member) -> None:
    token = await people.open_session(member.member_id, HOUR)
    (opened,) = await people.sessions(member.member_id)
    assert opened.expires - opened.opened == HOUR
    for _ in range(3):
        await pass_time(url, 3000)
        assert await people.session(token) == member
        (used,) = await people.sessions(member.member_id)
        assert used.seen - used.opened > timedelta(seconds=2999)
        assert used.expires - used.seen == HOUR
    await pass_time(url, 3601)
    assert await people.session(token) is None
    assert await people.sessions(member.member_id) == []


async def test_a_session_used_every_moment_is_not_written_every_moment(
    url: str, people: People, member: Member
) -> None:
    token = await people.open_session(member.member_id, HOUR)
    (before,) = await people.sessions(member.member_id)
    await people.session(token)
    assert await people.sessions(member.member_id) == [before]
    await pass_time(url, 61)
    await people.session(token)
    (after,) = await people.sessions(member.member_id)
    assert after.expires > before.expires


async def test_a_session_closed_meanwhile_stays_closed(url: str, people: People, member: Member) -> None:
    token = await people.open_session(member.member_id, HOUR)
    await pass_time(url, 600)
    await asyncio.gather(people.session(token), people.close_session(token), people.session(token))
    assert await people.session(token) is None
    assert await people.sessions(member.member_id) == []


async def test_sessions_are_listed_and_closed(people: People, member: Member) -> None:
    other = await people.appoint(name="李四", role="admin", by=BY)
    tokens = [await people.open_session(member.member_id, HOUR) for _ in range(3)]
    others = await people.open_session(other.member_id, HOUR)
    listed = await people.sessions(member.member_id)
    assert len({one.session_id for one in listed}) == 3
    # Nobody ends another's session by its number
    assert await people.close_sessions(other.member_id, listed[0].session_id) == 0
    assert await people.close_sessions(member.member_id, listed[0].session_id) == 1
    assert [await people.session(token) for token in tokens].count(None) == 1
    assert await people.close_sessions(member.member_id) == 2
    assert [await people.session(token) for token in [*tokens, others]] == [None] * 3 + [other]
    assert await people.close_sessions(member.member_id) == 0


async def test_a_session_ends_with_the_office_and_follows_the_role(people: People, member: Member) -> None:
    token = await people.open_session(member.member_id, HOUR)
    promoted = await people.appoint(name="张三", role="admin", member_id=member.member_id, by=BY)
    assert await people.session(token) == promoted
    await people.appoint(name="李四", role="admin", by=BY)
    await people.dismiss(member.member_id, BY)
    assert await people.session(token) is None
    with pytest.raises(UnknownMemberError):
        await people.open_session(member.member_id, HOUR)


async def test_a_session_that_was_opened_at_the_moment_of_dismissal_opens_nothing(
    url: str, people: People, member: Member
) -> None:
    token = await people.open_session(member.member_id, HOUR)
    # As if it had been added after the others were closed
    await execute(url, update(members).values(ended=datetime.now(UTC)))
    assert await people.session(token) is None


# API keys


async def test_keys(url: str, people: People) -> None:
    key = await people.new_key("96871 话务系统", "#1 甲")
    other = await people.new_key("另一个", BY)
    assert re.fullmatch(r"helpdesk_[A-Za-z0-9_-]{43}", key)
    assert key not in await everything(url)
    (known, _) = await people.keys()
    assert (known.name, known.made_by, known.used) == ("96871 话务系统", "#1 甲", None)
    assert await people.key(key) == "96871 话务系统"
    for wrong in [*WRONG, key.removeprefix("helpdesk_"), key + "="]:
        assert await people.key(wrong) is None
    async with asyncio.timeout(10):
        # On a slow disk it is noted after it was used.
        while (used := (await people.keys())[0]).used is None:  # noqa: ASYNC110 - nothing tells when it is noted
            await asyncio.sleep(0.01)
    assert known.made <= used.used <= datetime.now(UTC)
    await people.key(key)
    assert (await people.keys())[0] == used

    await people.revoke_key(known.key_id, "#2 乙")
    assert await people.key(key) is None
    assert await people.key(other) == "另一个"
    assert [one.name for one in await people.keys()] == ["另一个"]
    for number in (known.key_id, 0, -1, 99, 2**70):
        with pytest.raises(UnknownKeyError, match="没有这个密钥"):
            await people.revoke_key(number, BY)
    assert [(one.actor, one.action, one.detail) for one in await people.audit()] == [
        ("#2 乙", "revoke", "key 1 96871 话务系统"),
        (BY, "key", "key 2 另一个"),
        ("#1 甲", "key", "key 1 96871 话务系统"),
    ]
    # The number of a key is never given again.
    await people.revoke_key(2, BY)
    await people.new_key("第三个", BY)
    assert [one.key_id for one in await people.keys()] == [3]


# What is delivered twice


async def test_what_is_delivered_twice_is_done_once(url: str, people: People) -> None:
    assert await people.first_time("update", "17")
    assert not await people.first_time("update", "17")
    assert await people.first_time("callback", "17")
    assert await people.first_time("update", "18")
    results = await asyncio.gather(*(people.first_time("press", str(n % 10)) for n in range(50)))
    assert results.count(True) == 10
    # A key may hold the id of a chat, which is not kept
    await people.first_time("message", "4711471147:5")
    assert "4711471147" not in await everything(url)
    await people.first_time("long", "长" * 100_000)
    assert not await people.first_time("long", "长" * 100_000)


async def test_what_was_handled_days_ago_is_pruned(url: str, people: People) -> None:
    await people.first_time("update", "17")
    await execute(url, update(handled).values(at=datetime.now(UTC) - timedelta(days=4)))
    await people.first_time("update", "18")
    await people.expire(30)
    assert await scalar(url, "SELECT count(*) FROM handled") == 1
    assert not await people.first_time("update", "18")
