"""Who the members are, at a glance: as of some seconds ago, for what is shown and never for what may be done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from knowledge.people.members import Member, list_members
from knowledge.store.database import Database

# As often as another process's releases are looked for.
_SECONDS = 3.0


class Glance:
    """The members of one database by their Telegram ids, read again every few seconds while they are asked for.

    There are few of them, and nearly all who write to the bot are none: one reading serves all of those.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._looking = asyncio.Lock()
        self._until = 0.0
        self._changes = 0
        self._members: Mapping[int, Member] = {}

    async def member(self, telegram_id: int) -> Member | None:
        """The member in office who has, or lately had, that Telegram id."""
        if time.monotonic() >= self._until:
            async with self._looking:
                if time.monotonic() >= self._until:
                    await self._look()
        return self._members.get(telegram_id)

    def clear(self) -> None:
        """Look again before the next answer: somebody in this process changed the members."""
        self._changes += 1
        self._until = 0.0

    async def _look(self) -> None:
        changes = self._changes
        async with self._database.reading() as connection:
            found = await list_members(connection)
        self._members = {one.telegram_id: one for one in found if one.telegram_id is not None}
        if changes == self._changes:
            self._until = time.monotonic() + _SECONDS
