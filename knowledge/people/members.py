"""Members: persons with a role. A member who is dismissed stays in the table; appointed again, the person is a new one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.errors import LastAdminError, UnknownMemberError, UnusableTextError
from knowledge.people.audit import add_entry
from knowledge.people.wording import line
from knowledge.store import schema

Role = Literal["owner", "staff", "admin"]

ROLES: tuple[Role, ...] = get_args(Role)
"""Every role, the least first: who has one may do all that those before it may."""

_LARGEST_ID = 2**31 - 1
_LARGEST_TELEGRAM_ID = 2**52
LONGEST_NAME = 100
_NAMES: dict[Role, str] = {"owner": "企业主", "staff": "客服人员", "admin": "管理员"}


@dataclass(frozen=True, slots=True)
class Member:
    """A person with a role. ``since`` and ``ended`` are in UTC; ``ended`` is None while the member is in office.

    ``appointed_by`` says who gave the present role. ``telegram_id`` is None where the person came by the web page.
    """

    member_id: int
    name: str
    role: Role
    telegram_id: int | None
    appointed_by: str
    since: datetime
    ended: datetime | None = None

    @property
    def actor(self) -> str:
        """How the member is named in ``by``, ``actor`` and the audit trail: "#5 张三"."""
        return f"{mark(self.member_id)}{self.name}"

    @property
    def unnamed(self) -> bool:
        """Whether the name only stands in for one that nobody has told yet: that of a role, or the Telegram id."""
        return self.name in _NAMES.values() or (
            self.telegram_id is not None and self.name == stand_in(self.telegram_id)
        )

    def may(self, role: Role) -> bool:
        """Whether the member is in office and may do what ``role`` may."""
        return self.ended is None and ROLES.index(self.role) >= ROLES.index(role)


def stand_in(telegram_id: int) -> str:
    """What somebody is called of whom only the Telegram id is known."""
    return f"Telegram {telegram_id}"


def mark(member_id: int) -> str:
    """What ``Member.actor`` begins with, whatever the member is called by now."""
    return f"#{member_id} "


def check_role(role: str) -> None:
    """Raises ValueError for a role that does not exist, which a made-up button may name."""
    if role not in ROLES:
        raise ValueError(f"there is no role {role!r}")


def check_telegram_id(telegram_id: int) -> None:
    """Raises ValueError for a number that no person on Telegram has (those of groups and channels are negative)."""
    if not 0 < telegram_id < _LARGEST_TELEGRAM_ID:
        raise ValueError(f"{telegram_id} is no person's Telegram id")


def checked_name(name: str) -> str:
    """The name on one line, cut to 100 characters. Raises UnusableTextError where nothing is left."""
    kept = line(name, LONGEST_NAME)
    if not kept:
        raise UnusableTextError("名称不能为空：请写上名称。", log=f"a name that shows nothing: {name!r:.100}")
    return kept


async def find_member(connection: AsyncConnection, member_id: int) -> Member | None:
    """The member of that number, in office or not."""
    if not 0 < member_id <= _LARGEST_ID:
        return None
    row = (await connection.execute(select(schema.member).where(schema.member.c.id == member_id))).one_or_none()
    return None if row is None else member_of(row)


async def find_member_in_office(connection: AsyncConnection, member_id: int) -> Member:
    """The member of that number. Raises UnknownMemberError where there is none in office."""
    found = await find_member(connection, member_id)
    if found is None or found.ended is not None:
        raise UnknownMemberError("没有这位成员，或已离任：请查看成员名单。", log=f"no member {member_id} in office")
    return found


async def find_telegram(connection: AsyncConnection, telegram_id: int) -> Member | None:
    """The member in office who has that Telegram id."""
    if not 0 < telegram_id < _LARGEST_TELEGRAM_ID:
        return None
    query = _in_office().where(schema.member.c.telegram_id == telegram_id)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else member_of(row)


async def list_members(connection: AsyncConnection, *, ended: bool = False) -> list[Member]:
    """The members in office, or with ``ended`` all there ever were; the most powerful first, then the longest in office."""
    rows = await connection.execute(select(schema.member) if ended else _in_office())
    return sorted(map(member_of, rows), key=lambda one: (-ROLES.index(one.role), one.since, one.member_id))


async def add_member(connection: AsyncConnection, name: str, role: Role, telegram_id: int | None, by: str) -> Member:
    """A new member in office. To be called inside ``Database.writing``, once it is known that the Telegram id is free."""
    since = datetime.now(UTC)
    values = {"name": name, "role": role, "telegram_id": telegram_id, "appointed_by": by, "since": since}
    written = insert(schema.member).values(values).returning(schema.member.c.id)
    added = Member((await connection.execute(written)).scalar_one(), name, role, telegram_id, by, since)
    await add_entry(connection, by, "appoint", f"{added.actor}: {role}")
    return added


async def set_role(connection: AsyncConnection, telegram_id: int | None, name: str, role: Role, by: str) -> Member:
    """The member in office who has that Telegram id, with that role and name, or a new one.

    An empty name leaves that of a member, and is the role's for a new one. To be called inside ``Database.writing``.
    Raises LastAdminError.
    """
    known = None if telegram_id is None else await find_telegram(connection, telegram_id)
    if known is None:
        return await add_member(connection, name or _NAMES[role], role, telegram_id, by)
    return await change_member(connection, known, name=name or known.name, role=role, by=by)


async def change_member(
    connection: AsyncConnection, known: Member, *, name: str, role: Role, by: str, telegram_id: int | None = None
) -> Member:
    """The member with what is new; who falls in rank loses the links they made. Raises LastAdminError.

    None leaves the Telegram id as it is. To be called inside ``Database.writing``, once it is known that the id is free.
    """
    changed = replace(known, name=name, role=role, telegram_id=telegram_id or known.telegram_id)
    if role != known.role:
        await _check_not_last_admin(connection, known)
        changed = replace(changed, appointed_by=by)
    if ROLES.index(role) < ROLES.index(known.role):
        await _end_links_made_by(connection, known.member_id)
    if changed == known:
        return known
    await connection.execute(
        update(schema.member)
        .where(schema.member.c.id == known.member_id)
        .values(name=name, role=role, telegram_id=changed.telegram_id, appointed_by=changed.appointed_by)
    )
    if role != known.role:
        await add_entry(connection, by, "appoint", f"{changed.actor}: {known.role} → {role}")
    elif changed.telegram_id != known.telegram_id:
        await add_entry(connection, by, "appoint", f"{changed.actor}: Telegram {telegram_id}")
    return changed


async def name_member(connection: AsyncConnection, member_id: int, name: str) -> None:
    """Give a member in office that name who has only a stand-in for one. To be called inside ``Database.writing``."""
    known = await find_member(connection, member_id)
    if known is not None and known.ended is None and known.unnamed:
        await connection.execute(update(schema.member).where(schema.member.c.id == member_id).values(name=name))


async def dismiss_member(connection: AsyncConnection, member_id: int, by: str) -> Member:
    """End the member's office, sessions and links. To be called inside ``Database.writing``.

    Links end that lead to the member, and those that the member made (``by`` was ``Member.actor``). Raises
    UnknownMemberError and LastAdminError.
    """
    known = await find_member_in_office(connection, member_id)
    await _check_not_last_admin(connection, known)
    ended = replace(known, ended=datetime.now(UTC))
    await connection.execute(update(schema.member).where(schema.member.c.id == member_id).values(ended=ended.ended))
    await connection.execute(delete(schema.session).where(schema.session.c.member_id == member_id))
    await connection.execute(delete(schema.link).where(schema.link.c.member_id == member_id))
    await _end_links_made_by(connection, member_id)
    await add_entry(connection, by, "dismiss", f"{known.actor}: {known.role}")
    return ended


async def missing_admins(connection: AsyncConnection, telegram_ids: Iterable[int]) -> Sequence[int]:
    """Those of the Telegram ids that are not an administrator's, each once, in their order."""
    admins = set(
        await connection.scalars(_in_office().with_only_columns(schema.member.c.telegram_id).where(_is_admin()))
    )
    return [one for one in dict.fromkeys(telegram_ids) if one not in admins]


def member_of(row: Row[Any]) -> Member:
    """A row that has the columns of the member table."""
    return Member(row.id, row.name, row.role, row.telegram_id, row.appointed_by, row.since, row.ended)


async def _end_links_made_by(connection: AsyncConnection, member_id: int) -> None:
    # An invitation in the drawer would bring back what was taken away.
    theirs = schema.link.c.made_by.startswith(mark(member_id), autoescape=True)
    await connection.execute(delete(schema.link).where(theirs))


async def _check_not_last_admin(connection: AsyncConnection, known: Member) -> None:
    if known.role != "admin":
        return
    admins = await connection.scalar(
        select(func.count()).select_from(schema.member).where(schema.member.c.ended.is_(None), _is_admin())
    )
    if admins == 1:
        raise LastAdminError(
            "这是最后一位管理员，不能撤销或改为其他角色：请先任命另一位管理员。",
            log=f"member {known.member_id} is the last administrator",
        )


def _in_office() -> Select[Any]:
    return select(schema.member).where(schema.member.c.ended.is_(None))


def _is_admin() -> ColumnElement[bool]:
    return schema.member.c.role == "admin"
