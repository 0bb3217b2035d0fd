"""Sessions on the web: a token in a cookie for a member, until it is not used for its lifetime or is closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.people.members import Member, find_member_in_office, member_of
from knowledge.people.tokens import hashed, new_token
from knowledge.store import schema

_STEP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Session:
    """An open session. ``seen`` is when it was used last, to the minute. All moments are in UTC."""

    session_id: int
    opened: datetime
    seen: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """Whose session a token opens; ``stale`` where its expiry is due to be moved on."""

    session_id: int
    member: Member
    stale: bool


async def add_session(connection: AsyncConnection, member_id: int, lifetime: timedelta) -> str:
    """The token of a new session. Raises UnknownMemberError where there is no such member in office."""
    if lifetime <= timedelta(0):
        raise ValueError("a session needs a time to live")
    await find_member_in_office(connection, member_id)
    token, now = new_token(), datetime.now(UTC)
    await connection.execute(
        insert(schema.session).values(
            token_hash=hashed(token),
            member_id=member_id,
            opened=now,
            seen=now,
            expires=now + lifetime,
            lifetime_seconds=lifetime.total_seconds(),
        )
    )
    return token


async def find_session(connection: AsyncConnection, token: str) -> Visit | None:
    """The visit of that token; None where it is unknown, closed or expired, or the member was dismissed."""
    now = datetime.now(UTC)
    columns = (schema.session.c.id.label("session_id"), schema.session.c.seen, schema.session.c.lifetime_seconds)
    row = (
        await connection.execute(
            select(schema.member, *columns)
            .join_from(schema.session, schema.member)
            .where(
                schema.session.c.token_hash == hashed(token),
                schema.session.c.expires > now,
                schema.member.c.ended.is_(None),
            )
        )
    ).one_or_none()
    if row is None:
        return None
    # Not at every request, for each would then be a write.
    step = min(_STEP, timedelta(seconds=row.lifetime_seconds / 20))
    return Visit(row.session_id, member_of(row), stale=now - row.seen >= step)


async def move_on(connection: AsyncConnection, visit: Visit) -> None:
    """Start the session's lifetime again from now; a session that was closed meanwhile stays closed."""
    now = datetime.now(UTC)
    theirs = schema.session.c.id == visit.session_id
    lifetime = await connection.scalar(select(schema.session.c.lifetime_seconds).where(theirs))
    if lifetime is not None:
        await connection.execute(
            update(schema.session).where(theirs).values(seen=now, expires=now + timedelta(seconds=lifetime))
        )


async def list_sessions(connection: AsyncConnection, member_id: int) -> list[Session]:
    """The member's open sessions, the one used last first."""
    rows = await connection.execute(
        select(schema.session)
        .where(schema.session.c.member_id == member_id, schema.session.c.expires > datetime.now(UTC))
        .order_by(schema.session.c.seen.desc(), schema.session.c.id.desc())
    )
    return [Session(row.id, row.opened, row.seen, row.expires) for row in rows]


async def remove_session(connection: AsyncConnection, token: str) -> None:
    """Close the session of that token, if there is one."""
    await connection.execute(delete(schema.session).where(schema.session.c.token_hash == hashed(token)))


async def remove_sessions(connection: AsyncConnection, member_id: int, session_id: int | None) -> int:
    """Close the member's sessions, or the one of that number; returns how many there were."""
    theirs = delete(schema.session).where(schema.session.c.member_id == member_id)
    if session_id is not None:
        theirs = theirs.where(schema.session.c.id == session_id)
    return (await connection.execute(theirs)).rowcount


async def prune_sessions(connection: AsyncConnection, before: datetime) -> None:
    """Remove the sessions that expired before that moment."""
    await connection.execute(delete(schema.session).where(schema.session.c.expires < before))
