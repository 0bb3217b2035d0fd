"""What was handled already, so that what is delivered twice is done once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from sqlalchemy import Executable, delete
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.people.upsert import insert_for
from knowledge.store import schema

KEPT = timedelta(days=3)
"""How long it is known that something was handled; Telegram keeps an update for at most 24 hours."""


@dataclass(frozen=True, slots=True, order=True)
class Handled:
    """What is handled: its kind, and within that its key."""

    kind: str
    key: str


async def note_handled(connection: AsyncConnection, items: Sequence[Handled]) -> list[bool]:
    """Note that they are handled; of each, whether nobody, in this or another process, had noted that before, nor an
    earlier one of ``items`` had. Atomic by itself."""
    now = datetime.now(UTC)
    # In one order everywhere, so that no two processes wait for each other.
    values = [{"kind": one.kind, "key": one.key, "at": now} for one in sorted(set(items))]
    noted = await connection.execute(_note(connection.dialect.name), values)
    fresh = {Handled(row.kind, row.key) for row in noted}
    outcomes = []
    for one in items:
        outcomes.append(one in fresh)
        fresh.discard(one)
    return outcomes


@cache
def _note(dialect: str) -> Executable:
    table = schema.handled
    return insert_for(dialect, table).on_conflict_do_nothing().returning(table.c.kind, table.c.key)


async def prune_handled(connection: AsyncConnection) -> None:
    """Forget what was handled more than KEPT ago."""
    await connection.execute(delete(schema.handled).where(schema.handled.c.at < datetime.now(UTC) - KEPT))
