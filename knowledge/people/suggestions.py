"""Questions that may be shown to other people, as examples and while they type.

Words of one person are never shown to other owners: what is shown at least two people asked in these words, it was
answered, and more found the answer helpful than not.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.people.asked import rows
from knowledge.people.wording import showable, wording
from knowledge.store.schema import asked, judgement

_PEOPLE = 2
_LAST = "\U0010ffff"


async def read_suggestions(connection: AsyncConnection, prefix: str, limit: int) -> list[str]:
    """Questions that begin like ``prefix`` and may be shown, those of most people first; none for an empty prefix."""
    start = wording(prefix)
    if not start:
        return []
    people, latest = func.count(asked.c.person.distinct()), func.max(asked.c.id)
    query = (
        shared(select(latest.label("id")))
        .where(asked.c.wording >= start, asked.c.wording < start + _LAST)
        .group_by(asked.c.wording)
        .order_by(people.desc(), latest.desc())
        # Some of them may not be shown.
        .limit(rows(4 * limit))
    )
    ids = list(await connection.scalars(query))
    questions = await read_questions(connection, ids)
    shown = [questions[one] for one in ids if one in questions and showable(questions[one])]
    return shown[: rows(limit)]


def shared(query: Select[Any]) -> Select[Any]:
    """Only groups that may be shown: answered, in the words of two people, more often called helpful than not."""
    # The outer join repeats a question for each of its judgements, which neither a maximum nor distinct persons mind.
    return (
        query.select_from(asked.outerjoin(judgement))
        .where(asked.c.decision == "answer")
        .having(func.count(asked.c.person.distinct()) >= _PEOPLE)
        .having(func.sum(case((judgement.c.helpful.is_(True), 1), (judgement.c.helpful.is_(False), -1), else_=0)) > 0)
    )


async def read_questions(connection: AsyncConnection, ids: Collection[int]) -> dict[int, str]:
    found = await connection.execute(select(asked.c.id, asked.c.question).where(asked.c.id.in_(ids)))
    return {row.id: " ".join(row.question.split()) for row in found}
