"""What the questions of many people say: hot clauses, gaps, suggestions, usage by day."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from people_fixtures import emptied, execute, lasting_database, made_answer, people_on
from sqlalchemy import update
from store_fixtures import DATABASES

from knowledge.answer import Decision
from knowledge.people import CHINA, Gap, HotClause, People, SurfaceUsage
from knowledge.people.asked import today
from knowledge.store.schema import asked


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


async def ask(
    people: People,
    telegram_id: int,
    question: str,
    clause_id: str | None = "a:1",
    *,
    decision: Decision = "answer",
    helpful: bool | None = None,
    surface: str = "telegram",
) -> int:
    person = people.person("telegram", telegram_id)
    number = await people.asked(person, surface, question, made_answer(decision, clause_id))
    if helpful is not None:
        assert await people.judge(number, person, helpful)
    return number


async def move_back(url: str, number: int, days: float) -> datetime:
    """Make the question that much older; when it was asked now."""
    then = datetime.now(UTC) - timedelta(days=days)
    await execute(url, update(asked).where(asked.c.id == number).values(at=then, day=then.astimezone(CHINA).date()))
    return then


# Suggestions


async def test_suggestions_are_what_two_people_asked_and_found_helpful(people: People) -> None:
    cases: list[tuple[str, list[tuple[int, Decision, bool | None]]]] = [
        ("电费可以缓缴吗", [(1, "answer", None), (2, "answer", True)]),
        ("电费三个人问", [(1, "answer", True), (2, "answer", None), (3, "answer", None)]),
        # One person, however often
        ("电费一个人问", [(1, "answer", True), (1, "answer", True)]),
        ("电费没人说好", [(1, "answer", None), (2, "answer", None)]),
        ("电费一半说好", [(1, "answer", True), (2, "answer", False)]),
        ("电费多数说好", [(1, "answer", True), (2, "answer", False), (3, "answer", True)]),
        ("电费被拒绝的", [(1, "refuse", True), (2, "refuse", True)]),
        ("电费我的手机13812345678", [(1, "answer", True), (2, "answer", True)]),
        ("水费可以缓缴吗", [(1, "answer", True), (2, "answer", True)]),
    ]
    for question, askers in cases:
        for telegram_id, decision, helpful in askers:
            await ask(people, telegram_id, question, decision=decision, helpful=helpful)
    assert await people.suggestions("电费") == ["电费多数说好", "电费三个人问", "电费可以缓缴吗"]
    assert await people.suggestions("电费", 2) == ["电费多数说好", "电费三个人问"]
    assert await people.suggestions(" 電費，可 ") == ["电费可以缓缴吗"]
    assert await people.suggestions("电费可以缓缴吗") == ["电费可以缓缴吗"]
    for nothing in ("费", "电费可以缓缴吗么", "", "？", "%", "_", "\0", "\ud800", "电" * 9999):
        assert await people.suggestions(nothing) == []
    assert await people.suggestions("电费", 0) == await people.suggestions("电费", -1) == []


async def test_wordings_that_differ_in_nothing_that_matters_are_one(people: People) -> None:
    await ask(people, 1, "電費可以緩繳嗎？", helpful=True)
    await ask(people, 2, "电费 可以缓缴吗")
    assert await people.suggestions("电") == ["电费 可以缓缴吗"]
    await people.forget(people.person("telegram", 2))
    assert await people.suggestions("电") == []


# Hot clauses


async def test_hot_clauses(url: str, people: People) -> None:
    for telegram_id in (1, 2, 3):
        await ask(people, telegram_id, "电费可以缓缴吗？", "hunan:4", helpful=telegram_id == 1 or None)
    await ask(people, 4, "只有我这样说", "hunan:4", helpful=True)
    for _ in range(9):
        await ask(people, 1, "贷款", "hunan:5", helpful=True)
    await ask(people, 2, "我的银行卡6222020", "hunan:5", helpful=True)
    await ask(people, 3, "我的银行卡6222020", "hunan:5", helpful=True)
    await ask(people, 1, "选择", "hunan:6", decision="choose", helpful=True)
    await ask(people, 1, "拒绝", "hunan:6", decision="refuse", helpful=True)
    await ask(people, 1, "没有条款", None, helpful=True)
    for telegram_id in (1, 2):
        await move_back(url, await ask(people, telegram_id, "从前", "hunan:7", helpful=True), 10)
    hunan4 = HotClause("hunan:4", 4, 4, "电费可以缓缴吗？")
    hunan5 = HotClause("hunan:5", 11, 3, None)
    assert await people.hot(10) == [hunan4, hunan5]
    assert await people.hot(11) == [hunan4, hunan5, HotClause("hunan:7", 2, 2, "从前")]
    assert await people.hot(11, 1) == [hunan4]
    assert await people.hot(11, 0) == []
    # Where little is asked, it is counted anew every time
    await ask(people, 5, "电费可以缓缴吗？", "hunan:4")
    assert (await people.hot(11, 1))[0].count == 5


async def test_hot_clauses_of_many_questions_are_counted_once_a_minute(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.people.hot._MANY", 100)
    asking = [ask(people, n % 5 + 1, "电费", "hunan:4", helpful=True if n == 0 else None) for n in range(100)]
    await asyncio.gather(*asking)
    hot = await people.hot()
    assert hot == [HotClause("hunan:4", 100, 5, "电费")]
    await ask(people, 5, "电费", "hunan:4")
    assert await people.hot() == hot
    # but what was forgotten is not shown again
    for telegram_id in (1, 2, 3, 4):
        await people.forget(people.person("telegram", telegram_id))
    assert await people.hot() == [HotClause("hunan:4", 21, 1, None)]


# Gaps


async def test_gaps(url: str, people: People) -> None:
    first = await ask(people, 1, "天气怎么样？", None, decision="refuse")
    last = await ask(people, 1, "天氣，怎麼樣", None, decision="refuse")
    await ask(people, 2, "签证", "a:1", decision="refuse")
    await ask(people, 3, "簽證！", "a:1", decision="refuse")
    await ask(people, 1, "签证", "a:1", decision="answer")
    await ask(people, 1, "签证", "a:1", decision="choose")
    emoji = await ask(people, 4, "👍", None, decision="refuse")
    await move_back(url, await ask(people, 5, "从前", None, decision="refuse"), 7)
    await move_back(url, first, 2)
    moments = [await move_back(url, number, days) for number, days in [(last, 1), (emoji, 0)]]
    found = await people.gaps(7)
    assert found[0] == Gap("簽證！", 2, 2, found[0].last)
    assert found[1:] == [Gap("天氣，怎麼樣", 2, 1, moments[0]), Gap("👍", 1, 1, moments[1])]
    assert [one.question for one in await people.gaps(8)] == ["簽證！", "天氣，怎麼樣", "从前", "👍"]
    assert await people.gaps(7, 1) == found[:1]


# Usage


async def test_usage_by_day_and_surface(url: str, people: People) -> None:
    await ask(people, 1, "一", decision="answer", helpful=True)
    await ask(people, 2, "二", decision="answer", helpful=False, surface="web")
    await ask(people, 3, "三", decision="choose", helpful=True, surface="web")
    earlier = await ask(people, 4, "四", None, decision="refuse", helpful=False)
    await move_back(url, earlier, 2)
    await move_back(url, await ask(people, 4, "五"), 3)
    usage = await people.usage(3)
    assert [one.day for one in usage] == [today() - timedelta(days=n) for n in (2, 1, 0)]
    past, none, now = usage
    assert past.surfaces == (SurfaceUsage("telegram", asked=1, refused=1, unhelpful=1),)
    assert (past.asked, past.refused, past.unhelpful, past.answered) == (1, 1, 1, 0)
    assert (none.asked, none.helpful, none.surfaces) == (0, 0, ())
    assert now.surfaces == (
        SurfaceUsage("telegram", asked=1, answered=1, helpful=1),
        SurfaceUsage("web", asked=2, answered=1, chosen=1, helpful=1, unhelpful=1),
    )
    assert (now.asked, now.answered, now.chosen, now.refused, now.helpful, now.unhelpful) == (3, 2, 1, 0, 2, 1)
    for days, length in [(1, 1), (0, 1), (-5, 1), (365, 365)]:
        assert len(await people.usage(days)) == length


async def test_a_day_begins_at_midnight_in_china(url: str, people: People) -> None:
    person = people.person("telegram", 1)
    await people.asked(person, "telegram", "电费", made_answer())
    (kept,) = await people.history(person)
    (day,) = await people.usage(1)
    assert day.day == kept.at.astimezone(CHINA).date()
    assert CHINA.utcoffset(None) == timedelta(hours=8)
