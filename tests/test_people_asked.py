"""What was asked: kept under a keyed hash, judged, read back, forgotten, expired."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from people_fixtures import emptied, everything, execute, lasting_database, made_answer, people_on
from sqlalchemy import delete, update
from store_fixtures import DATABASES, opened, scalar

from knowledge.people import CHINA, Asked, Forgotten, People
from knowledge.people.wording import showable, wording
from knowledge.store.schema import asked, secret


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


# Persons


async def test_a_person_is_a_keyed_hash(url: str, people: People, tmp_path: Path) -> None:
    person = people.person("telegram", 123456789)
    assert person == people.person("telegram", "123456789")
    assert person not in {people.person("visit", "123456789"), people.person("telegram", 123456780)}
    async with people_on(url) as again:
        assert again.person("telegram", 123456789) == person
    async with people_on(f"sqlite:///{tmp_path}/another.db") as elsewhere:
        assert elsewhere.person("telegram", 123456789) != person
    # Without the secret the id is not to be found by trying
    tried = [hashlib.sha256(text.encode()).hexdigest()[:32] for text in ("123456789", "person:telegram:123456789")]
    assert person not in tried


async def test_the_secret_is_made_once(url: str) -> None:
    await execute(url, delete(secret))
    async with AsyncExitStack() as stack:
        databases = [await stack.enter_async_context(opened(url)) for _ in range(6)]
        found = await asyncio.gather(*map(People.open, databases))
        assert len({people.person("telegram", 1) for people in found}) == 1
    assert await scalar(url, "SELECT count(*) FROM secret") == 1


async def test_the_id_of_who_asks_is_nowhere(url: str, people: People) -> None:
    person = people.person("telegram", 123456789)
    number = await people.asked(person, "telegram", "电费", made_answer())
    await people.judge(number, person, False)
    await people.first_time("message", "123456789:1")
    assert "123456789" not in await everything(url)


@pytest.mark.parametrize(
    "person", ["", "123456789", "telegram:123456789", "g" * 32, "A" * 32, "a" * 31, "a" * 32 + "\n"]
)
async def test_what_was_not_hashed_does_not_get_in(people: People, person: str) -> None:
    for asking in (
        people.asked(person, "web", "电费", made_answer()),
        people.judge(1, person, True),
        people.history(person),
        people.question(1, person),
        people.asked_before(person, "web", datetime.now(UTC)),
        people.forget(person),
    ):
        with pytest.raises(ValueError, match=r"People\.person"):
            await asking


# Asking and judging


async def test_history(people: People) -> None:
    one, other = people.person("telegram", 1), people.person("visit", "a")
    before = datetime.now(UTC)
    first = await people.asked(one, "telegram", "电费交不上怎么办？", made_answer("answer", "hunan:4"))
    second = await people.asked(one, "inline", "天气", made_answer("refuse", None))
    await people.asked(other, "web", "贷款", made_answer("choose"))
    assert await people.judge(second, one, False)
    # Nobody judges for another
    assert not await people.judge(first, other, True)
    newest, oldest = await people.history(one)
    assert oldest == Asked(first, oldest.at, "telegram", "电费交不上怎么办？", "answer", 0.75, "hunan:4", 3, None)
    assert newest == Asked(second, newest.at, "inline", "天气", "refuse", 0.75, None, 3, False)
    assert before <= oldest.at <= newest.at <= datetime.now(UTC)
    assert oldest.at.tzinfo is UTC
    assert await people.history(one, 1) == [newest]
    assert await people.question(first, one) == oldest and await people.question(second, one) == newest
    assert [await people.question(number, other) for number in (first, second, 0, 2**80)] == [None] * 4
    assert await people.history(one, 0) == await people.history(one, -1) == []
    assert await people.history(people.person("telegram", 2)) == []


async def test_what_was_asked_before(url: str, people: People) -> None:
    one, other = people.person("telegram", 1), people.person("telegram", 2)
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    for n in range(3):
        await people.asked(one, "telegram", f"早{n}", made_answer())
    await execute(url, update(asked).values(at=long_ago))
    since = datetime.now(UTC) - timedelta(minutes=30)
    assert await people.asked_before(one, "telegram", since) == []
    numbers = [await people.asked(one, "telegram", f"问{n}", made_answer()) for n in range(7)]
    await people.asked(one, "web", "网页", made_answer())
    await people.asked(other, "telegram", "别人", made_answer("refuse", None))
    assert await people.asked_before(one, "telegram", since) == ["问2", "问3", "问4", "问5", "问6"]
    assert await people.asked_before(one, "telegram", since, limit=1) == ["问6"]
    assert await people.asked_before(one, "telegram", since, asked_id=numbers[2]) == ["问0", "问1"]
    assert await people.asked_before(one, "telegram", since, asked_id=numbers[0]) == []
    assert await people.asked_before(one, "web", since) == ["网页"]
    assert await people.asked_before(one, "telegram", long_ago, limit=99) == [
        "早0", "早1", "早2", "问0", "问1", "问2", "问3", "问4", "问5", "问6",
    ]  # fmt: skip
    # At once, more than one statement takes
    persons = [one, other, people.person("visit", "a")] * 20
    found = await asyncio.gather(*(people.asked_before(person, "telegram", since, limit=2) for person in persons))
    assert found == [["问5", "问6"], ["别人"], []] * 20


async def test_a_judgement_may_change_and_counts_once(url: str, people: People) -> None:
    person = people.person("telegram", 1)
    number = await people.asked(person, "telegram", "电费", made_answer())
    for helpful in (True, True, False, True, False):
        assert await people.judge(number, person, helpful)
        assert (await people.history(person))[0].helpful is helpful
    assert await scalar(url, "SELECT count(*) FROM judgement") == 1


@pytest.mark.parametrize("number", [0, -1, 99, 2**31, 2**80])
async def test_a_judgement_of_nothing(people: People, number: int) -> None:
    assert not await people.judge(number, people.person("telegram", 1), True)


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("", ""),
        ("  电费\n怎么办 ", "  电费\n怎么办 "),
        ("👍🏻🎉", "👍🏻🎉"),
        ("空\0字\ud800", "空字?"),
        ("'; DROP TABLE asked; --", "'; DROP TABLE asked; --"),
        ("问" * 10_000, "问" * 4_096),
    ],
)
async def test_odd_questions(people: People, question: str, kept: str) -> None:
    person = people.person("telegram", 1)
    await people.asked(person, "tele\0gram" * 10, question, made_answer("refuse"))
    (found,) = await people.history(person)
    assert (found.question, found.surface) == (kept, ("telegram" * 10)[:30])


async def test_a_decision_that_does_not_exist(people: People) -> None:
    with pytest.raises(ValueError, match="there is no decision"):
        await people.asked(people.person("telegram", 1), "web", "电费", made_answer("guess"))  # type: ignore[arg-type]


# Forgetting and expiring


async def test_forgetting(url: str, people: People) -> None:
    one, other = people.person("telegram", 1), people.person("telegram", 2)
    mine = [await people.asked(one, "telegram", f"我的问题{n}", made_answer()) for n in range(3)]
    theirs = await people.asked(other, "telegram", "别人的问题", made_answer())
    for number in mine[:2]:
        await people.judge(number, one, True)
    await people.judge(theirs, other, True)
    assert await people.forget(one) == Forgotten(questions=3, judgements=2)
    kept = await everything(url)
    assert one not in kept
    assert "我的问题" not in kept
    assert [one.helpful for one in await people.history(other)] == [True]
    assert await scalar(url, "SELECT count(*) FROM judgement") == 1
    assert await people.forget(one) == Forgotten(0, 0)


async def test_a_button_under_a_forgotten_question_judges_no_other(people: People) -> None:
    person = people.person("telegram", 1)
    number = await people.asked(person, "telegram", "电费", made_answer())
    await people.forget(person)
    assert await people.asked(person, "telegram", "贷款", made_answer()) > number
    assert not await people.judge(number, person, True)


async def test_old_questions_expire(url: str, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.people.asked._PORTION", 2)
    person = people.person("telegram", 1)
    now = datetime.now(UTC)
    ages = [timedelta(0), timedelta(days=29, hours=23), *[timedelta(days=30, hours=n + 1) for n in range(5)]]
    numbers = [await people.asked(person, "web", "电费", made_answer()) for _ in ages]
    await people.judge(numbers[-1], person, True)
    for number, age in zip(numbers, ages, strict=True):
        then = now - age
        changed = update(asked).where(asked.c.id == number)
        await execute(url, changed.values(at=then, day=then.astimezone(CHINA).date()))
    assert await people.expire(30) == 5
    assert [one.asked_id for one in await people.history(person)] == [numbers[1], numbers[0]]
    assert await scalar(url, "SELECT count(*) FROM judgement") == 0
    assert await people.expire(30) == 0
    with pytest.raises(ValueError, match="not negative"):
        await people.expire(-1)
    assert await people.expire(0) == 2


async def test_what_else_is_out_of_date_goes_too(url: str, people: People) -> None:
    member = await people.appoint(name="张三", role="staff", by="")
    soon = timedelta(milliseconds=1)
    await people.open_session(member.member_id, soon)
    await people.new_link("login", role="staff", by="", lifetime=soon)
    kept = await people.open_session(member.member_id, timedelta(hours=1))
    await asyncio.sleep(0.01)
    await people.expire(30)
    assert await scalar(url, "SELECT count(*) FROM session") == 1
    assert await scalar(url, "SELECT count(*) FROM link") == 0
    assert await people.session(kept) == member


# Words


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("厂里电费交不上，会不会断电？", "厂里電費交不上 会不会断电", True),
        ("３万元", "3万元", True),
        ("VAT 减免", "vat减免！", True),
        ("电费", "水费", False),
        ("👍", "👎", False),
        ("", "？！", False),
    ],
)
def test_wordings(one: str, other: str, same: bool) -> None:
    assert (wording(one) == wording(other)) is same
    assert len(wording(one * 500)) <= 200


@pytest.mark.parametrize(
    ("question", "may_be_shown"),
    [
        ("电费可以缓缴吗？", True),
        ("2020年的社保", True),
        ("我的电话 13812345678", False),
        ("卡号６２２２０２０", False),
        ("写信到 a@b.cn", False),
        ("看 https://example.cn", False),
        ("看 WWW.example.cn", False),
        ("第一行\n第二行", False),
        ("长" * 61, False),
    ],
)
def test_what_may_be_shown_to_others(question: str, may_be_shown: bool) -> None:
    assert showable(question) is may_be_shown
