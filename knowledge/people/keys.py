"""API keys for other systems, such as the call centre's. Only their SHA-256 is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.errors import UnknownKeyError
from knowledge.people.audit import add_entry
from knowledge.people.members import checked_name
from knowledge.people.tokens import hashed, new_token
from knowledge.store import schema

PREFIX = "helpdesk_"
"""What every key begins with, so that people and programs that look for leaked secrets know one when they see it."""

_STEP = timedelta(minutes=1)
_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key in force, without the key. ``used`` is when it was used last, to the minute, or None. Moments are in UTC."""

    key_id: int
    name: str
    made_by: str
    made: datetime
    used: datetime | None


@dataclass(frozen=True, slots=True)
class KeyUse:
    """Which key in force was shown; ``stale`` where the time of its last use is due to be noted."""

    key_id: int
    name: str
    stale: bool


async def add_key(connection: AsyncConnection, name: str, by: str) -> str:
    """A new key, which cannot be shown again. Raises UnusableTextError for an empty name."""
    kept, key = checked_name(name), PREFIX + new_token()
    values = {"key_hash": hashed(key), "name": kept, "made_by": by, "made": datetime.now(UTC)}
    key_id = (
        await connection.execute(insert(schema.api_key).values(values).returning(schema.api_key.c.id))
    ).scalar_one()
    await add_entry(connection, by, "key", f"key {key_id} {kept}")
    return key


async def find_key(connection: AsyncConnection, key: str) -> KeyUse | None:
    """The key in force that was shown; None for any other text."""
    query = select(schema.api_key).where(schema.api_key.c.key_hash == hashed(key), schema.api_key.c.revoked.is_(None))
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    return KeyUse(row.id, row.name, stale=row.used is None or datetime.now(UTC) - row.used >= _STEP)


async def note_use(connection: AsyncConnection, use: KeyUse) -> None:
    """Note that the key was used now."""
    await connection.execute(
        update(schema.api_key).where(schema.api_key.c.id == use.key_id).values(used=datetime.now(UTC))
    )


async def list_keys(connection: AsyncConnection) -> list[ApiKey]:
    """The keys in force, oldest first."""
    rows = await connection.execute(
        select(schema.api_key).where(schema.api_key.c.revoked.is_(None)).order_by(schema.api_key.c.id)
    )
    return [ApiKey(row.id, row.name, row.made_by, row.made, row.used) for row in rows]


async def end_key(connection: AsyncConnection, key_id: int, by: str) -> None:
    """Revoke a key. Raises UnknownKeyError where none in force has that number."""
    name = None
    if 0 < key_id <= _LARGEST_ID:
        revoked = (
            update(schema.api_key)
            .where(schema.api_key.c.id == key_id, schema.api_key.c.revoked.is_(None))
            .values(revoked=datetime.now(UTC))
        )
        name = (await connection.execute(revoked.returning(schema.api_key.c.name))).scalar_one_or_none()
    if name is None:
        raise UnknownKeyError("没有这个密钥，或已作废：请查看密钥名单。", log=f"no API key {key_id} in force")
    await add_entry(connection, by, "revoke", f"key {key_id} {name}")
