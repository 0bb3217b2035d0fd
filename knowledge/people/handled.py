"""What was handled already, so that what is delivered twice is done once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.people.upsert import insert_for
from knowledge.store import schema

KEPT = timedelta(days=3)
"""How long it is known that something was handled; Telegram keeps an update for at most 24 hours."""


async def note_handled(connection: AsyncConnection, kind: str, key: str) -> bool:
    """Note that it is handled; whether nobody, in this or another process, had noted that before. Atomic by itself."""
    noted = (
        insert_for(connection, schema.handled)
        .values(kind=kind, key=key, at=datetime.now(UTC))
        .on_conflict_do_nothing()
        .returning(schema.handled.c.key)
    )
    return (await connection.execute(noted)).scalar_one_or_none() is not None


async def prune_handled(connection: AsyncConnection) -> None:
    """Forget what was handled more than KEPT ago."""
    await connection.execute(delete(schema.handled).where(schema.handled.c.at < datetime.now(UTC) - KEPT))
