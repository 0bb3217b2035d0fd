"""What is asked most, as the clauses that answer it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.people.asked import first_day, rows
from knowledge.people.suggestions import read_questions, shared
from knowledge.people.wording import showable
from knowledge.store.database import Database
from knowledge.store.schema import asked

_MANY = 1_000
_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class HotClause:
    """A clause that answered ``count`` questions of ``people`` persons; ``question`` is one of them that may be shown."""

    clause_id: str
    count: int
    people: int
    question: str | None


class HotClauses:
    """The hot clauses of one database, counted anew for everyone who asks, but where they are many once a minute.

    Every visitor of the web page is shown them, and on SQLite 33,000 questions in 30 days take 0.2 s to count.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counting = asyncio.Lock()
        self._kept: dict[tuple[int, int], tuple[float, list[HotClause]]] = {}

    async def read(self, days: int, limit: int) -> list[HotClause]:
        """The clauses that answered most people in the last ``days`` days."""
        async with self._counting:
            # What is cleared while it is counted goes with the old mapping.
            kept = self._kept
            until, found = kept.get((days, limit), (0.0, []))
            if time.monotonic() < until:
                return list(found)
            async with self._database.reading() as connection:
                found = await read_hot(connection, days, limit)
            if sum(one.count for one in found) >= _MANY:
                if len(kept) >= 20:
                    kept.clear()
                kept[days, limit] = (time.monotonic() + _SECONDS, found)
            return list(found)

    def clear(self) -> None:
        """Keep nothing, since something that was counted is to be forgotten."""
        self._kept = {}


async def read_hot(connection: AsyncConnection, days: int, limit: int) -> list[HotClause]:
    """The clauses that answered most people in the last ``days`` days."""
    since, count, people = first_day(days), func.count(), func.count(asked.c.person.distinct())
    found = (
        await connection.execute(
            select(asked.c.clause_id, count.label("times"), people.label("people"))
            .where(asked.c.decision == "answer", asked.c.clause_id.is_not(None), asked.c.day >= since)
            .group_by(asked.c.clause_id)
            .order_by(people.desc(), count.desc(), asked.c.clause_id)
            .limit(rows(limit))
        )
    ).all()
    examples = await _examples(connection, since, [row.clause_id for row in found])
    return [HotClause(row.clause_id, row.times, row.people, examples.get(row.clause_id)) for row in found]


async def _examples(connection: AsyncConnection, since: date, clause_ids: Collection[str]) -> dict[str, str]:
    people, latest = func.count(asked.c.person.distinct()), func.max(asked.c.id)
    place = func.row_number().over(partition_by=asked.c.clause_id, order_by=(people.desc(), latest.desc()))
    best = (
        shared(select(asked.c.clause_id, latest.label("id"), place.label("place")))
        .where(asked.c.day >= since, asked.c.clause_id.in_(clause_ids))
        .group_by(asked.c.clause_id, asked.c.wording)
        .subquery()
    )
    # More than one for each, since some may not be shown.
    found = (await connection.execute(select(best).where(best.c.place <= 4).order_by(best.c.place))).all()
    questions = await read_questions(connection, [row.id for row in found])
    examples: dict[str, str] = {}
    for row in found:
        question = questions.get(row.id)
        if question is not None and showable(question):
            examples.setdefault(row.clause_id, question)
    return examples
