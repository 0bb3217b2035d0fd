"""One-time links: to come in (login), or to be given a role (invite). Only the SHA-256 of their token is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.errors import LinkError
from knowledge.people.audit import add_entry
from knowledge.people.members import (
    LONGEST_NAME,
    Member,
    Role,
    change_member,
    check_role,
    find_member_in_office,
    find_telegram,
    set_role,
)
from knowledge.people.tokens import hashed, new_token
from knowledge.people.wording import line
from knowledge.store import schema

LinkKind = Literal["login", "invite"]

_BYTES = 24  # 32 characters, which fit with a prefix into the 64 of a Telegram deep link


async def add_link(
    connection: AsyncConnection, kind: LinkKind, role: Role | None, member_id: int | None, by: str, lifetime: timedelta
) -> str:
    """The token of a new link, to a role or to a member. To be called inside ``Database.writing``.

    Raises UnknownMemberError, and ValueError for what no caller should ask.
    """
    if kind not in get_args(LinkKind):
        raise ValueError(f"there is no kind of link called {kind!r}")
    if (role is None) == (member_id is None):
        raise ValueError("a link is either for a role or for a member")
    if lifetime <= timedelta(0):
        raise ValueError("a link needs a time to live")
    if role is not None:
        check_role(role)
        target: str = role
    else:
        assert member_id is not None
        target = (await find_member_in_office(connection, member_id)).actor
    token = new_token(_BYTES)
    expires = datetime.now(UTC) + lifetime
    await connection.execute(
        insert(schema.link).values(
            token_hash=hashed(token), kind=kind, role=role, member_id=member_id, made_by=by, expires=expires
        )
    )
    await add_entry(connection, by, "link", f"{kind}: {target}, until {expires:%Y-%m-%d %H:%M} UTC")
    return token


async def redeem_link(
    connection: AsyncConnection, token: str, kind: LinkKind, name: str, telegram_id: int | None
) -> Member:
    """The member that the link makes or leads to; the link is used up. To be called inside ``Database.writing``.

    A link to a role makes a new member, or raises the role of the member who has that Telegram id; where that member may
    do as much already, nothing is used up. A link to a member gives the member that Telegram id, if they had none yet.
    Raises LinkError, and then the link stays as it was.
    """
    known_link = await _usable(connection, token, kind)
    if known_link.member_id is not None:
        member = await _into_member(connection, known_link, telegram_id)
    else:
        holder = None if telegram_id is None else await find_telegram(connection, telegram_id)
        if holder is not None and holder.may(known_link.role):
            return holder
        shown = line(name, LONGEST_NAME) if holder is None else holder.name
        member = await set_role(connection, telegram_id, shown, known_link.role, known_link.made_by)
    await connection.execute(
        update(schema.link).where(schema.link.c.token_hash == known_link.token_hash).values(used=datetime.now(UTC))
    )
    await add_entry(connection, member.actor, "enter", f"{kind} by {known_link.made_by}")
    return member


async def prune_links(connection: AsyncConnection, before: datetime) -> None:
    """Remove the links that expired before that moment, used or not."""
    await connection.execute(delete(schema.link).where(schema.link.c.expires < before))


async def _usable(connection: AsyncConnection, token: str, kind: LinkKind) -> Row[Any]:
    row = (await connection.execute(select(schema.link).where(schema.link.c.token_hash == hashed(token)))).one_or_none()
    if row is None:
        cause = "unknown"
    elif row.used is not None:
        cause = f"used at {row.used:%Y-%m-%d %H:%M} UTC"
    elif row.expires <= datetime.now(UTC):
        cause = f"expired at {row.expires:%Y-%m-%d %H:%M} UTC"
    elif row.kind != kind:
        cause = f"for {row.kind}, not for {kind}"
    else:
        return row
    # One sentence for all: whoever tries tokens learns nothing from it.
    raise LinkError("这个链接不正确、已用过或已过期：请向管理员再要一个。", log=f"a one-time link was refused: {cause}")


async def _into_member(connection: AsyncConnection, known_link: Row[Any], telegram_id: int | None) -> Member:
    member = await find_member_in_office(connection, known_link.member_id)
    if telegram_id is None or member.telegram_id == telegram_id:
        return member
    if member.telegram_id is not None or await find_telegram(connection, telegram_id) is not None:
        raise LinkError(
            "这个链接是给另一个 Telegram 账号的：请换那个账号打开，或向管理员再要一个。",
            log=f"a link to member {member.member_id} was opened from another Telegram account",
        )
    return await change_member(
        connection, member, name=member.name, role=member.role, telegram_id=telegram_id, by=known_link.made_by
    )
