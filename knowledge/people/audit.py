"""The audit trail: who did what, when. Entries are only ever added.

Made here: appoint, dismiss, link, enter (a link was used), key, revoke; by ``Helpdesk``: publish, rollback. Surfaces may
record deeds of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.people.wording import line
from knowledge.store import schema


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One deed. ``actor`` and ``detail`` are words for people (``Member.actor`` where a member did it); ``at`` is in UTC."""

    entry_id: int
    at: datetime
    actor: str
    action: str
    detail: str


async def add_entry(connection: AsyncConnection, actor: str, action: str, detail: str) -> None:
    """Add an entry of this moment; what cannot be kept of the words is left out, for no deed goes unrecorded."""
    await connection.execute(
        insert(schema.audit).values(
            at=datetime.now(UTC), actor=line(actor, 200), action=line(action, 50), detail=line(detail, 500)
        )
    )


async def read_entries(connection: AsyncConnection, limit: int, offset: int) -> list[AuditEntry]:
    """Entries, newest first."""
    rows = await connection.execute(
        select(schema.audit).order_by(schema.audit.c.id.desc()).limit(max(0, limit)).offset(max(0, offset))
    )
    return [AuditEntry(row.id, row.at, row.actor, row.action, row.detail) for row in rows]
