"""Members, and the audit trail."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from people_fixtures import BY, emptied, lasting_database, people_on
from store_fixtures import DATABASES

from knowledge.errors import LastAdminError, UnknownMemberError, UnusableTextError
from knowledge.people import ROLES, Member, People, glance

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


async def deeds(people: People) -> list[tuple[str, str, str]]:
    return [(one.actor, one.action, one.detail) for one in reversed(await people.audit())]


# Members


async def test_a_member_is_appointed_changed_and_dismissed(people: People) -> None:
    before = datetime.now(UTC)
    admin = await people.appoint(name="李四", role="admin", telegram_id=1, by="start")
    assert admin == Member(1, "李四", "admin", 1, "start", admin.since, None)
    assert before <= admin.since <= datetime.now(UTC)
    assert admin.since.tzinfo is UTC
    staff = await people.appoint(name="张三", role="staff", telegram_id=2**51, by=admin.actor)
    assert await people.member_of_telegram(2**51) == staff == await people.member(staff.member_id)
    assert await people.members() == [admin, staff]

    promoted = await people.appoint(name="张三丰", role="admin", telegram_id=2**51, by="#1 李四")
    assert promoted == Member(staff.member_id, "张三丰", "admin", 2**51, "#1 李四", staff.since)
    assert await people.appoint(name="张三丰", role="admin", telegram_id=2**51, by="somebody else") == promoted
    ended = await people.dismiss(admin.member_id, promoted.actor)
    assert ended.ended is not None
    assert await people.member_of_telegram(1) is None
    assert await people.member(admin.member_id) == ended
    assert await people.members() == [promoted]
    assert await people.members(ended=True) == [ended, promoted]

    again = await people.appoint(name="李四", role="owner", telegram_id=1, by=BY)
    assert again.member_id not in {admin.member_id, staff.member_id}
    assert await people.member_of_telegram(1) == again
    assert await deeds(people) == [
        ("start", "appoint", "#1 李四: admin"),
        ("#1 李四", "appoint", "#2 张三: staff"),
        ("#1 李四", "appoint", "#2 张三丰: staff → admin"),
        ("#2 张三丰", "dismiss", "#1 李四: admin"),
        (BY, "appoint", "#3 李四: owner"),
    ]


async def test_members_without_telegram_are_told_apart_by_their_number(people: People) -> None:
    one, other = [await people.appoint(name="张三", role="staff", by=BY) for _ in range(2)]
    assert one.member_id != other.member_id
    assert one.telegram_id is None
    changed = await people.appoint(name="张小三", role="owner", member_id=one.member_id, by=BY)
    assert (changed.member_id, changed.name, changed.role) == (one.member_id, "张小三", "owner")
    assert await people.members() == [other, changed]


async def test_the_last_administrator_stays(people: People) -> None:
    one = await people.appoint(name="甲", role="admin", telegram_id=1, by=BY)
    await people.appoint(name="乙", role="staff", telegram_id=2, by=BY)
    for role in ("staff", "owner"):
        with pytest.raises(LastAdminError, match="最后一位管理员"):
            await people.appoint(name="甲", role=role, telegram_id=1, by=BY)
    with pytest.raises(LastAdminError, match="最后一位管理员"):
        await people.dismiss(one.member_id, BY)
    assert await people.member_of_telegram(1) == one
    other = await people.appoint(name="丙", role="admin", telegram_id=3, by=BY)
    await people.dismiss(one.member_id, BY)
    with pytest.raises(LastAdminError):
        await people.dismiss(other.member_id, BY)


async def test_administrators_of_the_settings(people: People) -> None:
    staff = await people.appoint(name="张三", role="staff", telegram_id=7, by=BY)
    made = await people.ensure_admins([7, 8, 8])
    assert [(one.member_id, one.name, one.role, one.telegram_id) for one in made] == [
        (staff.member_id, "张三", "admin", 7),
        (staff.member_id + 1, "管理员", "admin", 8),
    ]
    entries = len(await people.audit())
    assert await people.ensure_admins([8]) == []
    assert await people.members() == made
    assert len(await people.audit()) == entries
    # Who is named in the settings comes back at the next start.
    await people.dismiss(made[0].member_id, BY)
    (again,) = await people.ensure_admins([7, 8])
    assert again.telegram_id == 7


async def test_a_name_is_taken_where_only_a_stand_in_was_known(people: People) -> None:
    (unnamed,) = await people.ensure_admins([7])
    by_id = await people.appoint(name="Telegram 8", role="staff", telegram_id=8, by=BY)
    named = await people.appoint(name="张三", role="staff", telegram_id=9, by=BY)
    before = len(await people.audit())
    for member in (unnamed, by_id, named):
        await people.take_name(member, "\u200b")
    assert await people.members() == [unnamed, by_id, named]
    for member in (unnamed, by_id, named):
        await people.take_name(member, "李\n四" + "长" * 200)
    # Others that were read before the name was known change nothing any more.
    await people.take_name(unnamed, "王五")
    assert [one.name for one in await people.members()] == ["李 四" + "长" * 97] * 2 + ["张三"]
    assert await people.glance(7) == await people.member(unnamed.member_id)
    assert len(await people.audit()) == before


@pytest.mark.parametrize("number", [0, -1, 99, 2**31, 2**80])
async def test_members_that_are_not_there(people: People, number: int) -> None:
    assert await people.member(number) is None
    assert await people.member_of_telegram(number) is None
    with pytest.raises(UnknownMemberError, match="没有这位成员"):
        await people.dismiss(number, BY)
    with pytest.raises(UnknownMemberError):
        await people.appoint(name="张三", role="staff", member_id=number, by=BY)
    with pytest.raises(UnknownMemberError):
        await people.new_link("login", member_id=number, by=BY, lifetime=HOUR)
    with pytest.raises(UnknownMemberError):
        await people.open_session(number, HOUR)
    assert await people.members() == []


async def test_somebody_dismissed_cannot_be_dismissed_again(people: People) -> None:
    member = await people.appoint(name="张三", role="staff", by=BY)
    await people.dismiss(member.member_id, BY)
    with pytest.raises(UnknownMemberError):
        await people.dismiss(member.member_id, BY)
    with pytest.raises(UnknownMemberError):
        await people.appoint(name="张三", role="admin", member_id=member.member_id, by=BY)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("张三", "张三"),
        (" 张\n三\t", "张 三"),
        ("王\0五\ud800", "王五?"),
        # Characters that would turn the line around
        ("\u202e李\u2066四", "李 四"),
        ("👩🏻", "👩🏻"),
        ("长" * 300, "长" * 100),
    ],
)
async def test_names_as_they_are_kept(people: People, name: str, kept: str) -> None:
    member = await people.appoint(name=name, role="staff", telegram_id=1, by=name)
    assert (member.name, member.appointed_by[:100]) == (kept, kept)
    assert await people.member_of_telegram(1) == member


@pytest.mark.parametrize("name", ["", "  ", "\n", "\0", "\u200b"])
async def test_names_that_show_nothing(people: People, name: str) -> None:
    with pytest.raises(UnusableTextError, match="名称不能为空"):
        await people.appoint(name=name, role="staff", by=BY)
    with pytest.raises(UnusableTextError):
        await people.new_key(name, BY)
    assert await people.members() == []


async def test_what_no_caller_should_ask(people: People) -> None:
    member = await people.appoint(name="张三", role="staff", telegram_id=1, by=BY)
    number = member.member_id
    for asking in (
        people.appoint(name="张三", role="root", telegram_id=1, by=BY),  # type: ignore[arg-type]
        people.appoint(name="张三", role="staff", telegram_id=-100123, by=BY),
        people.appoint(name="张三", role="staff", telegram_id=1, member_id=number, by=BY),
        people.ensure_admins([0]),
        people.new_link("invite", role="root", by=BY, lifetime=HOUR),  # type: ignore[arg-type]
        people.new_link("door", role="staff", by=BY, lifetime=HOUR),  # type: ignore[arg-type]
        people.new_link("invite", by=BY, lifetime=HOUR),
        people.new_link("invite", role="staff", member_id=number, by=BY, lifetime=HOUR),
        people.new_link("invite", role="staff", by=BY, lifetime=timedelta(0)),
        people.open_session(number, timedelta(seconds=-1)),
        people.use_link("token", "invite", telegram_id=0),
    ):
        with pytest.raises(ValueError):
            await asking
    assert await people.members() == [member]


def test_who_may_what() -> None:
    moment = datetime(2020, 2, 12, tzinfo=UTC)
    may = {role: [Member(1, "", role, None, "", moment).may(wanted) for wanted in ROLES] for role in ROLES}
    assert may == {"owner": [True, False, False], "staff": [True, True, False], "admin": [True, True, True]}
    assert not any(Member(1, "", "admin", None, "", moment, moment).may(wanted) for wanted in ROLES)


# Audit


async def test_the_audit_trail(people: People) -> None:
    before = datetime.now(UTC)
    for n in range(5):
        await people.record(f"#{n} 甲", "reload", f"detail {n}")
    entries = await people.audit()
    assert [one.detail for one in entries] == [f"detail {n}" for n in (4, 3, 2, 1, 0)]
    assert all(before <= one.at <= datetime.now(UTC) and one.at.tzinfo is UTC for one in entries)
    assert await people.audit(2, 1) == entries[1:3]
    assert await people.audit(10, 4) == entries[4:]
    assert await people.audit(0) == await people.audit(-1) == await people.audit(5, 99) == []
    # No deed goes unrecorded for odd words
    await people.record("甲\0\ud800\n乙", "a" * 99, "x" * 9999)
    (odd,) = await people.audit(1)
    assert (odd.actor, odd.action, odd.detail) == ("甲? 乙", "a" * 50, "x" * 500)


# At a glance


async def test_a_glance_sees_changes_made_here_at_once(people: People) -> None:
    assert await people.glance(1) is None
    admins = await people.ensure_admins([1, 2])
    assert [await people.glance(1), await people.glance(2)] == admins
    staff = await people.appoint(name="张三", role="staff", telegram_id=3, by=BY)
    assert await people.glance(3) == staff
    await people.dismiss(staff.member_id, BY)
    assert await people.glance(3) is None
    token = await people.new_link("invite", role="admin", by=BY, lifetime=HOUR)
    assert await people.use_link(token, "invite", name="李四", telegram_id=3) == await people.glance(3)
    with pytest.raises(UnknownMemberError):
        await people.dismiss(10_000, BY)
    assert await people.glance(1) == admins[0]


async def test_a_glance_sees_changes_made_elsewhere_soon(
    url: str, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with people_on(url) as elsewhere:
        await people.glance(3)
        member = await elsewhere.appoint(name="张三", role="staff", telegram_id=3, by=BY)
        assert await people.glance(3) is None, "it was read a moment ago"
        monkeypatch.setattr(glance, "_SECONDS", 0.0)
        people._glance.clear()
        assert await people.glance(3) == member
        await elsewhere.dismiss(member.member_id, BY)
        assert await people.glance(3) is None
