"""Gaps: questions that found nothing. They are for administrators, who see them all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.people.asked import first_day, rows
from knowledge.people.suggestions import read_questions
from knowledge.store.schema import asked


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that was refused ``count`` times to ``people`` persons, in its latest form; ``last`` is in UTC."""

    question: str
    count: int
    people: int
    last: datetime


async def read_gaps(connection: AsyncConnection, days: int, limit: int) -> list[Gap]:
    """The questions that were refused to most people in the last ``days`` days."""
    count, people, latest = func.count(), func.count(asked.c.person.distinct()), func.max(asked.c.id)
    found = (
        await connection.execute(
            select(count.label("times"), people.label("people"), latest.label("id"), func.max(asked.c.at).label("last"))
            .where(asked.c.decision == "refuse", asked.c.day >= first_day(days))
            .group_by(asked.c.wording)
            .order_by(people.desc(), count.desc(), latest.desc())
            .limit(rows(limit))
        )
    ).all()
    questions = await read_questions(connection, [row.id for row in found])
    return [Gap(questions[row.id], row.times, row.people, row.last) for row in found if row.id in questions]
