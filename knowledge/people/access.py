"""How members and other systems come in: by links, by sessions on the web, and by keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.people import keys, links, members, sessions
from knowledge.people.batches import Batches
from knowledge.people.glance import Glance
from knowledge.people.keys import ApiKey
from knowledge.people.links import LinkKind
from knowledge.people.members import Member, Role
from knowledge.people.sessions import Session
from knowledge.people.wording import line
from knowledge.store.database import Database

LONGEST_ACTOR = 200


class Access:
    """The part of ``People`` that says who comes in. What holds for ``People`` holds here."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._batches = Batches(database)
        self._glance = Glance(database)

    @asynccontextmanager
    async def _changing_members(self) -> AsyncIterator[AsyncConnection]:
        """A writing transaction that may change who the members are."""
        try:
            async with self._database.writing() as connection:
                yield connection
        finally:
            self._glance.clear()

    # Links

    async def new_link(
        self, kind: LinkKind, *, role: Role | None = None, member_id: int | None = None, by: str, lifetime: timedelta
    ) -> str:
        """The token (32 characters of A-Z, a-z, 0-9, ``_`` and ``-``) of a link that works once, for ``lifetime``.

        Give either ``role``, for somebody who is to get it, or ``member_id``. Raises UnknownMemberError, and ValueError
        for what no caller should ask.
        """
        async with self._database.writing() as connection:
            return await links.add_link(connection, kind, role, member_id, line(by, LONGEST_ACTOR), lifetime)

    async def use_link(self, token: str, kind: LinkKind, *, name: str = "", telegram_id: int | None = None) -> Member:
        """The member that the link makes or leads to; ``name`` and ``telegram_id`` are those of the one who opened it.

        A link to a role makes a new member, or raises the role of the one who has that Telegram id; where they may do as
        much already, the link is not used up. A link to a member also ties that Telegram id to them, if they had none.
        Raises LinkError where the link is unknown, used, expired, of the other kind or for another Telegram account.
        """
        if telegram_id is not None:
            members.check_telegram_id(telegram_id)
        async with self._changing_members() as connection:
            return await links.redeem_link(connection, token, kind, name, telegram_id)

    # Sessions on the web

    async def open_session(self, member_id: int, lifetime: timedelta) -> str:
        """The token of a session that ends when it was not used for ``lifetime``. Raises UnknownMemberError."""
        async with self._database.writing() as connection:
            return await sessions.add_session(connection, member_id, lifetime)

    async def session(self, token: str) -> Member | None:
        """Whose session it is, with the role of this moment; None for any token that opens none. Moves its expiry on if it can."""
        async with self._database.reading() as connection:
            visit = await sessions.find_session(connection, token)
        if visit is None:
            return None
        if visit.stale:
            await self._batches.note(f"the use of session {visit.session_id}", partial(sessions.move_on, visit=visit))
        return visit.member

    async def close_session(self, token: str) -> None:
        """Close the session of that token, if there is one."""
        await self._batches.write(lambda connection: sessions.remove_session(connection, token))

    async def sessions(self, member_id: int) -> list[Session]:
        """A member's open sessions, the one used last first."""
        async with self._database.reading() as connection:
            return await sessions.list_sessions(connection, member_id)

    async def close_sessions(self, member_id: int, session_id: int | None = None) -> int:
        """Close a member's sessions, or that one of them; returns how many there were."""
        return await self._batches.write(lambda connection: sessions.remove_sessions(connection, member_id, session_id))

    # API keys

    async def new_key(self, name: str, by: str) -> str:
        """A key for another system, which cannot be shown again. Raises UnusableTextError for an empty name."""
        async with self._database.writing() as connection:
            return await keys.add_key(connection, name, line(by, LONGEST_ACTOR))

    async def key(self, key: str) -> str | None:
        """The name of that key; None for any text that is no key in force. That it was used is noted where that can be."""
        async with self._database.reading() as connection:
            use = await keys.find_key(connection, key)
        if use is None:
            return None
        if use.stale:
            await self._batches.note(f"the use of key {use.key_id}", partial(keys.note_use, use=use))
        return use.name

    async def keys(self) -> list[ApiKey]:
        """The keys in force, oldest first."""
        async with self._database.reading() as connection:
            return await keys.list_keys(connection)

    async def revoke_key(self, key_id: int, by: str) -> None:
        """End a key at once. Raises UnknownKeyError."""
        async with self._database.writing() as connection:
            await keys.end_key(connection, key_id, line(by, LONGEST_ACTOR))
