"""One-time links: whom they make and lead to, when they are refused, what they leave in the audit trail."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from people_fixtures import BY, emptied, everything, execute, lasting_database, people_on
from sqlalchemy import update
from store_fixtures import DATABASES

from knowledge.errors import HelpdeskError, LinkError
from knowledge.people import People, Role
from knowledge.people.tokens import hashed
from knowledge.store.schema import link

HOUR = timedelta(hours=1)


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


async def test_a_token_is_fit_for_a_telegram_deep_link_and_kept_as_a_hash_only(url: str, people: People) -> None:
    token = await people.new_link("invite", role="staff", by=BY, lifetime=HOUR)
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", token)
    assert token != await people.new_link("invite", role="staff", by=BY, lifetime=HOUR)
    assert token not in await everything(url)


async def test_a_link_to_a_role(people: People) -> None:
    cases: list[tuple[str, int | None, Role, tuple[str, Role, int | None]]] = [
        # The name and the id of the one who opens it, and the member that this makes
        ("张三", 5, "staff", ("张三", "staff", 5)),
        ("", 6, "admin", ("管理员", "admin", 6)),
        ("李四", None, "owner", ("李四", "owner", None)),
        ("\n", None, "staff", ("客服人员", "staff", None)),
        # Somebody who is a member already rises and keeps the name
        ("王五", 5, "admin", ("张三", "admin", 5)),
    ]
    for name, telegram_id, role, expected in cases:
        token = await people.new_link("invite", role=role, by="#9 甲", lifetime=HOUR)
        member = await people.use_link(token, "invite", name=name, telegram_id=telegram_id)
        assert (member.name, member.role, member.telegram_id) == expected
        assert member.appointed_by == "#9 甲"
        assert await people.member(member.member_id) == member
        with pytest.raises(LinkError):
            await people.use_link(token, "invite", name="another", telegram_id=77)
    assert len(await people.members()) == 4


async def test_a_link_to_a_lower_role_takes_nothing_away_and_stays(people: People) -> None:
    admin = await people.appoint(name="甲", role="admin", telegram_id=1, by=BY)
    token = await people.new_link("invite", role="staff", by=admin.actor, lifetime=HOUR)
    for _ in range(2):
        assert await people.use_link(token, "invite", telegram_id=1) == admin
    assert (await people.use_link(token, "invite", telegram_id=2)).role == "staff"


async def test_a_link_to_a_member(people: People) -> None:
    member = await people.appoint(name="张三", role="staff", by=BY)
    token = await people.new_link("login", member_id=member.member_id, by=BY, lifetime=HOUR)
    assert await people.use_link(token, "login") == member
    with pytest.raises(LinkError):
        await people.use_link(token, "login")
    # Opened on Telegram, it ties that account to the member
    token = await people.new_link("invite", member_id=member.member_id, by=BY, lifetime=HOUR)
    tied = await people.use_link(token, "invite", name="ignored", telegram_id=8)
    assert (tied.member_id, tied.name, tied.role, tied.telegram_id) == (member.member_id, "张三", "staff", 8)
    assert await people.member_of_telegram(8) == tied
    # but no other one, nor that of another member; the link can still be used by the right one
    await people.appoint(name="李四", role="owner", telegram_id=9, by=BY)
    token = await people.new_link("invite", member_id=member.member_id, by=BY, lifetime=HOUR)
    for stranger in (9, 10):
        with pytest.raises(LinkError, match="另一个 Telegram 账号"):
            await people.use_link(token, "invite", telegram_id=stranger)
    assert await people.use_link(token, "invite", telegram_id=8) == tied


async def test_links_that_are_refused(url: str, people: People) -> None:
    async def made() -> str:
        return await people.new_link("login", role="admin", by=BY, lifetime=HOUR)

    expired, used = await made(), await made()
    past = datetime.now(UTC) - timedelta(seconds=1)
    await execute(
        url,
        update(link).where(link.c.token_hash == hashed(expired)).values(expires=past),
        update(link).where(link.c.token_hash == hashed(used)).values(used=past),
    )
    other_kind = await made()
    sentences = set()
    for token, kind in [
        (expired, "login"),
        (used, "login"),
        (other_kind, "invite"),
        ("", "login"),
        ("\0\ud800", "login"),
    ]:
        with pytest.raises(LinkError) as caught:
            await people.use_link(token, kind)  # type: ignore[arg-type]
        sentences.add(caught.value.user)
        assert not token or token not in caught.value.log
    # Nobody learns which it was.
    assert len(sentences) == 1
    assert await people.members() == []
    assert (await people.use_link(other_kind, "login")).role == "admin"


async def test_links_end_with_those_who_made_them_and_those_they_are_for(people: People) -> None:
    one = await people.appoint(name="甲", role="admin", telegram_id=1, by=BY)
    other = await people.appoint(name="乙", role="admin", telegram_id=2, by=BY)
    # More than ten members, so that one number begins like another
    for n in range(10):
        await people.appoint(name="_", role="admin", telegram_id=100 + n, by=BY)
    eleventh = await people.member_of_telegram(108)
    assert eleventh is not None
    assert eleventh.actor.startswith("#11 ")

    async def invitation(by: str) -> str:
        return await people.new_link("invite", role="admin", by=by, lifetime=HOUR)

    ended = [
        await invitation(one.actor),
        # Under the name of that time
        await invitation(f"#{one.member_id} 另一个名字"),
        await people.new_link("invite", member_id=one.member_id, by=other.actor, lifetime=HOUR),
        await invitation(other.actor),
    ]
    kept = await invitation(eleventh.actor)
    await people.dismiss(one.member_id, other.actor)
    await people.appoint(name="乙", role="staff", telegram_id=2, by=BY)
    for token in ended:
        with pytest.raises(LinkError):
            await people.use_link(token, "invite", telegram_id=50)
    assert (await people.use_link(kept, "invite", telegram_id=50)).role == "admin"


async def test_what_links_leave_in_the_audit_trail(people: People) -> None:
    token = await people.new_link("invite", role="staff", by="#1 甲", lifetime=HOUR)
    until = f"{datetime.now(UTC) + HOUR:%Y-%m-%d %H:}"
    await people.use_link(token, "invite", name="张三", telegram_id=5)
    made, appointed, entered = [(one.actor, one.action, one.detail) for one in reversed(await people.audit())]
    assert made[:2] == ("#1 甲", "link")
    assert made[2].startswith(f"invite: staff, until {until}")
    assert appointed == ("#1 甲", "appoint", "#1 张三: staff")
    assert entered == ("#1 张三", "enter", "invite by #1 甲")
    with pytest.raises(HelpdeskError):
        await people.use_link(token, "invite", telegram_id=6)
    assert len(await people.audit()) == 3
