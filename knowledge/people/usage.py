"""How much was asked, how it was answered and how that was judged, by day and surface."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.people.asked import first_day, today
from knowledge.store.schema import asked, judgement


@dataclass(frozen=True, slots=True)
class SurfaceUsage:
    """The questions of one surface on one day, by decision, and how those who asked judged the answers."""

    surface: str
    asked: int = 0
    answered: int = 0
    chosen: int = 0
    refused: int = 0
    helpful: int = 0
    unhelpful: int = 0


@dataclass(frozen=True, slots=True)
class DayUsage:
    """The questions of one day (in China), together and by surface (in alphabetical order)."""

    day: date
    asked: int
    answered: int
    chosen: int
    refused: int
    helpful: int
    unhelpful: int
    surfaces: tuple[SurfaceUsage, ...]


async def read_usage(connection: AsyncConnection, days: int) -> list[DayUsage]:
    """Every one of the last ``days`` days, oldest first, also those on which nothing was asked."""
    since = first_day(days)
    counts: defaultdict[tuple[date, str], defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    by_decision = (
        select(asked.c.day, asked.c.surface, asked.c.decision, func.count().label("times"))
        .where(asked.c.day >= since)
        .group_by(asked.c.day, asked.c.surface, asked.c.decision)
    )
    for row in await connection.execute(by_decision):
        counts[row.day, row.surface][row.decision] += row.times
    by_judgement = (
        select(asked.c.day, asked.c.surface, judgement.c.helpful, func.count().label("times"))
        .join_from(judgement, asked)
        .where(asked.c.day >= since)
        .group_by(asked.c.day, asked.c.surface, judgement.c.helpful)
    )
    for row in await connection.execute(by_judgement):
        counts[row.day, row.surface]["helpful" if row.helpful else "unhelpful"] += row.times
    surfaces: defaultdict[date, list[SurfaceUsage]] = defaultdict(list)
    for (day, surface), found in sorted(counts.items()):
        surfaces[day].append(
            SurfaceUsage(
                surface=surface,
                asked=found["answer"] + found["choose"] + found["refuse"],
                answered=found["answer"],
                chosen=found["choose"],
                refused=found["refuse"],
                helpful=found["helpful"],
                unhelpful=found["unhelpful"],
            )
        )
    length = (today() - since).days + 1
    return [_together(day, surfaces[day]) for day in (since + timedelta(days=number) for number in range(length))]


def _together(day: date, surfaces: Sequence[SurfaceUsage]) -> DayUsage:
    return DayUsage(
        day=day,
        asked=sum(one.asked for one in surfaces),
        answered=sum(one.answered for one in surfaces),
        chosen=sum(one.chosen for one in surfaces),
        refused=sum(one.refused for one in surfaces),
        helpful=sum(one.helpful for one in surfaces),
        unhelpful=sum(one.unhelpful for one in surfaces),
        surfaces=tuple(surfaces),
    )
