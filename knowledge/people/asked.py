"""What was asked, and what people thought of the answer. Every row belongs to a person, known by a keyed hash only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from typing import Any, get_args

from sqlalchemy import (
    CompoundSelect,
    Integer,
    Row,
    Select,
    bindparam,
    delete,
    insert,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.answer import Answer, Decision
from knowledge.people.upsert import insert_for
from knowledge.people.wording import line, storable, wording
from knowledge.store import schema

CHINA = timezone(timedelta(hours=8))
"""The calendar of those who ask: in usage by day, a day begins at midnight there."""

_LONGEST_QUESTION = 4096
_LONGEST_SURFACE = 30
_LARGEST_ID = 2**31 - 1
_PORTION = 5_000
_AT_ONCE = 16
# Statements of every question are made once: to make one takes as long as to carry it out.
_ADD = insert(schema.asked).returning(schema.asked.c.id, sort_by_parameter_order=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of one person's history. ``helpful`` is that person's judgement, None where there is none; ``at`` in UTC.

    ``clause_id`` is the first clause that was cited, None where there was none.
    """

    asked_id: int
    at: datetime
    surface: str
    question: str
    decision: Decision
    confidence: float
    clause_id: str | None
    release: int
    helpful: bool | None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was kept about a person and is now gone."""

    questions: int
    judgements: int


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asked on a surface, to be kept with what became of it."""

    person: str
    surface: str
    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Before:
    """Which of a person's questions are wanted: the last ``count`` on a surface since a moment and, with ``asked_id``,
    before the question of that number."""

    person: str
    surface: str
    since: datetime
    asked_id: int | None
    count: int


def today() -> date:
    """The day it is in China."""
    return datetime.now(CHINA).date()


def first_day(days: int) -> date:
    """The first of the last ``days`` days, of which today is the last."""
    return today() - timedelta(days=min(max(days, 1), 36_500) - 1)


def rows(limit: int) -> int:
    """A number of rows that both databases take."""
    return min(max(limit, 0), 10_000)


async def add_asked(connection: AsyncConnection, questions: Sequence[Question]) -> list[int]:
    """The numbers of the questions in the table, in their order; one is never given to another question."""
    now = datetime.now(UTC)
    added = await connection.execute(_ADD, [_values(one, now) for one in questions])
    return list(added.scalars())


def _values(asked: Question, now: datetime) -> dict[str, object]:
    answer, kept = asked.answer, storable(asked.question)[:_LONGEST_QUESTION]
    if answer.decision not in get_args(Decision):
        raise ValueError(f"there is no decision {answer.decision!r}")
    return {
        "at": now,
        "day": now.astimezone(CHINA).date(),
        "person": asked.person,
        "surface": line(asked.surface, _LONGEST_SURFACE),
        "question": kept,
        "wording": wording(kept),
        "decision": answer.decision,
        "confidence": answer.confidence,
        "clause_id": answer.citations[0].clause.clause_id if answer.citations else None,
        "release": answer.release,
        "elapsed_ms": answer.elapsed_ms,
    }


async def add_judgement(connection: AsyncConnection, asked_id: int, person: str, helpful: bool) -> bool:
    """Keep what the person thinks of the answer, in place of an earlier judgement; False where the question is gone, or
    another person asked it."""
    if not 0 < asked_id <= _LARGEST_ID:
        return False
    # PostgreSQL keeps the question there until the judgement stands; on SQLite nobody else writes meanwhile.
    theirs = (schema.asked.c.id == asked_id) & (schema.asked.c.person == person)
    question = select(schema.asked.c.id).where(theirs).with_for_update(read=True, key_share=True)
    if await connection.scalar(question) is None:
        return False
    opinion = {"helpful": helpful, "at": datetime.now(UTC)}
    await connection.execute(
        insert_for(connection.dialect.name, schema.judgement)
        .values(asked_id=asked_id, person=person, **opinion)
        .on_conflict_do_update(index_elements=["asked_id", "person"], set_=opinion)
    )
    return True


async def read_history(connection: AsyncConnection, person: str, limit: int) -> list[Asked]:
    """The person's questions, newest first."""
    query = _judged_by(person).order_by(schema.asked.c.id.desc()).limit(rows(limit))
    return [_asked(row) for row in await connection.execute(query)]


async def read_question(connection: AsyncConnection, asked_id: int, person: str) -> Asked | None:
    """The question of that number; None where it is gone, or another person's."""
    if not 0 < asked_id <= _LARGEST_ID:
        return None
    row = (await connection.execute(_judged_by(person).where(schema.asked.c.id == asked_id))).first()
    return None if row is None else _asked(row)


def _judged_by(person: str) -> Select[Any]:
    """The person's questions, each with the person's judgement."""
    theirs = (schema.judgement.c.asked_id == schema.asked.c.id) & (schema.judgement.c.person == person)
    query = select(schema.asked, schema.judgement.c.helpful).outerjoin(schema.judgement, theirs)
    return query.where(schema.asked.c.person == person)


def _asked(row: Row[Any]) -> Asked:
    return Asked(
        asked_id=row.id,
        at=row.at,
        surface=row.surface,
        question=row.question,
        decision=row.decision,
        confidence=row.confidence,
        clause_id=row.clause_id,
        release=row.release,
        helpful=row.helpful,
    )


async def read_before(connection: AsyncConnection, items: Sequence[Before]) -> list[list[str]]:
    """Of each item the words of the questions, oldest first."""
    found: list[list[str]] = []
    for start in range(0, len(items), _AT_ONCE):
        portion = items[start : start + _AT_ONCE]
        parameters: dict[str, object] = {}
        for n, one in enumerate(portion):
            end = _LARGEST_ID if one.asked_id is None else one.asked_id
            parameters |= {f"person{n}": one.person, f"surface{n}": one.surface, f"since{n}": one.since}
            parameters |= {f"end{n}": end, f"count{n}": rows(one.count)}
        result = (await connection.execute(_before(len(portion)), parameters)).all()
        for n in range(len(portion)):
            found.append([row.question for row in sorted((r for r in result if r.n == n), key=lambda r: r.id)])
    return found


@cache
def _before(count: int) -> Select[Any] | CompoundSelect[Any]:
    """The questions of so many items, each row with the item's place."""
    asked = schema.asked
    parts = []
    for n in range(count):
        part = (
            select(literal_column(str(n), Integer).label("n"), asked.c.id, asked.c.question)
            .where(
                asked.c.person == bindparam(f"person{n}"),
                asked.c.surface == bindparam(f"surface{n}"),
                asked.c.at >= bindparam(f"since{n}"),
                asked.c.id < bindparam(f"end{n}"),
            )
            .order_by(asked.c.id.desc())
            .limit(bindparam(f"count{n}", type_=Integer))
        )
        parts.append(select(part.subquery()))
    return union_all(*parts) if count > 1 else parts[0]


async def forget_person(connection: AsyncConnection, person: str) -> Forgotten:
    """Remove the person's questions, with what anybody thought of the answers, and the person's judgements."""
    judgements = await connection.execute(delete(schema.judgement).where(schema.judgement.c.person == person))
    questions = await connection.execute(delete(schema.asked).where(schema.asked.c.person == person))
    return Forgotten(questions=questions.rowcount, judgements=judgements.rowcount)


async def expire_asked(connection: AsyncConnection, before: datetime) -> int:
    """Remove the questions asked before that moment, or a portion of them; returns how many, 0 where none are left."""
    # By day first, which has an index.
    old = (
        select(schema.asked.c.id)
        .where(schema.asked.c.day <= before.astimezone(CHINA).date(), schema.asked.c.at < before)
        .limit(_PORTION)
    )
    return (await connection.execute(delete(schema.asked).where(schema.asked.c.id.in_(old)))).rowcount
