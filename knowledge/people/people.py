"""The people of the helpdesk, on the store's database: members and how they come in, what they did, what was asked."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Self

from knowledge.answer import Answer
from knowledge.people import asked, audit, gaps, handled, links, members, persons, sessions, suggestions, usage
from knowledge.people.access import LONGEST_ACTOR, Access
from knowledge.people.asked import Asked, Forgotten
from knowledge.people.audit import AuditEntry
from knowledge.people.batches import PATIENCE_SECONDS, Batches
from knowledge.people.gaps import Gap
from knowledge.people.hot import HotClause, HotClauses
from knowledge.people.members import Member, Role
from knowledge.people.persons import PersonKind
from knowledge.people.usage import DayUsage
from knowledge.people.wording import line
from knowledge.store.database import Database

_PRUNE_SECONDS = 3600.0


class People(Access):
    """Made by ``People.open``. Any number of processes may use one database: what is said to happen once, happens once.

    Every method raises StoreError where the database does not do its part. Nothing here asks who may do it: that is for
    the caller to see to (``Member.may``). ``by`` and ``actor`` are words for the audit trail, ``Member.actor`` where a
    member acts. Moments are aware and in UTC.
    """

    def __init__(self, database: Database, key: bytes) -> None:
        super().__init__(database)
        self._key = key
        self._readings = Batches(database, Database.reading)
        self._hot = HotClauses(database)
        self._pruned = time.monotonic()

    @classmethod
    async def open(cls, database: Database) -> Self:
        """The people in a database whose tables are up to date (``Store.open``); makes its secret on first use."""
        async with database.reading() as connection:
            key = await persons.read_key(connection)
        if key is None:
            async with database.writing() as connection:
                key = await persons.make_key(connection)
        return cls(database, key)

    async def close(self) -> None:
        """Wait for what is under way; the database stays open."""
        await self._batches.close()
        await self._readings.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    # Members

    async def member_of_telegram(self, telegram_id: int) -> Member | None:
        """The member in office who has that Telegram id."""
        async with self._database.reading() as connection:
            return await members.find_telegram(connection, telegram_id)

    async def glance(self, telegram_id: int) -> Member | None:
        """As ``member_of_telegram``, but as of some seconds ago where another process made the change, which costs next to
        nothing: for what is shown, never for what may be done."""
        return await self._glance.member(telegram_id)

    async def member(self, member_id: int) -> Member | None:
        """The member of that number, also one who is no longer in office (``ended``)."""
        async with self._database.reading() as connection:
            return await members.find_member(connection, member_id)

    async def members(self, *, ended: bool = False) -> list[Member]:
        """The members in office (with ``ended``: all there ever were), administrators first, then the longest in office."""
        async with self._database.reading() as connection:
            return await members.list_members(connection, ended=ended)

    async def appoint(
        self, *, name: str, role: Role, telegram_id: int | None = None, member_id: int | None = None, by: str
    ) -> Member:
        """Make somebody a member, or give the member in office who has ``telegram_id`` or ``member_id`` that role and name.

        Without either it is a new member, who comes in by a link. Raises LastAdminError, UnknownMemberError (for
        ``member_id``), UnusableTextError (an empty name), and ValueError for a role or an id that cannot be.
        """
        members.check_role(role)
        name, by = members.checked_name(name), line(by, LONGEST_ACTOR)
        if telegram_id is not None and member_id is not None:
            raise ValueError("a member is named by telegram_id or by member_id, not by both")
        if telegram_id is not None:
            members.check_telegram_id(telegram_id)
        async with self._changing_members() as connection:
            if member_id is not None:
                known = await members.find_member_in_office(connection, member_id)
                return await members.change_member(connection, known, name=name, role=role, by=by)
            return await members.set_role(connection, telegram_id, name, role, by)

    async def take_name(self, member: Member, name: str) -> None:
        """Call a member who has only a stand-in for a name (``Member.unnamed``) by ``name``; everybody else, and where it
        shows nothing, goes on as before."""
        own = line(name, members.LONGEST_NAME)
        if not member.unnamed or own in ("", member.name):
            return
        async with self._changing_members() as connection:
            await members.name_member(connection, member.member_id, own)

    async def dismiss(self, member_id: int, by: str) -> Member:
        """End a member's office, sessions, and the links to and by that member. Raises UnknownMemberError and LastAdminError."""
        async with self._changing_members() as connection:
            return await members.dismiss_member(connection, member_id, line(by, LONGEST_ACTOR))

    async def ensure_admins(self, telegram_ids: Iterable[int], by: str = "HELPDESK_ADMIN_IDS") -> list[Member]:
        """Make those of the Telegram ids administrators that are not yet; returns these. Never dismisses anybody."""
        wanted = list(telegram_ids)
        for telegram_id in wanted:
            members.check_telegram_id(telegram_id)
        async with self._database.reading() as connection:
            if not await members.missing_admins(connection, wanted):
                return []
        async with self._changing_members() as connection:
            missing = await members.missing_admins(connection, wanted)
            return [await members.set_role(connection, telegram_id, "", "admin", by) for telegram_id in missing]

    # Audit

    async def record(self, actor: str, action: str, detail: str = "") -> None:
        """Add an entry to the audit trail. Members, links, keys and releases make their own; no secrets in ``detail``."""
        await self._batches.write(lambda connection: audit.add_entry(connection, actor, action, detail))

    async def audit(self, limit: int = 50, offset: int = 0) -> list[AuditEntry]:
        """The audit trail, newest first."""
        async with self._database.reading() as connection:
            return await audit.read_entries(connection, limit, offset)

    # What was asked

    def person(self, kind: PersonKind, identity: int | str) -> str:
        """The name under which a person's questions are kept: a keyed hash of a Telegram id or of a web visit's token."""
        return persons.person_of(self._key, kind, identity)

    async def asked(self, person: str, surface: str, question: str, answer: Answer) -> int:
        """Keep a question and what became of it; returns its number, by which it is judged.

        ``person`` is what ``person()`` gave (a ValueError for what is no hash), ``surface`` a word such as "telegram".
        Raises StoreError also after two seconds, since somebody waits for the answer; it may be kept later.
        """
        persons.check_person(person)
        added = asked.Question(person, surface, question, answer)
        return await self._batches.add(asked.add_asked, added, within=PATIENCE_SECONDS)

    async def judge(self, asked_id: int, person: str, helpful: bool) -> bool:
        """Keep that the person who asked found the answer helpful or not, in place of an earlier judgement; False where the
        question is gone, or another person's."""
        persons.check_person(person)
        return await self._batches.write(lambda connection: asked.add_judgement(connection, asked_id, person, helpful))

    async def history(self, person: str, limit: int = 20) -> list[Asked]:
        """The person's questions with their judgements, newest first."""
        persons.check_person(person)
        async with self._database.reading() as connection:
            return await asked.read_history(connection, person, limit)

    async def question(self, asked_id: int, person: str) -> Asked | None:
        """The question of that number; None where it is gone, or another person's."""
        persons.check_person(person)
        async with self._database.reading() as connection:
            return await asked.read_question(connection, asked_id, person)

    async def asked_before(
        self, person: str, surface: str, since: datetime, *, asked_id: int | None = None, limit: int = 5
    ) -> list[str]:
        """The person's last questions on the surface since that moment, oldest first; with ``asked_id`` those before it.

        Raises StoreError also where they are not read in two seconds: somebody waits for the answer.
        """
        persons.check_person(person)
        wanted = asked.Before(person, surface, since, asked_id, limit)
        return await self._readings.add(asked.read_before, wanted, within=PATIENCE_SECONDS)

    async def forget(self, person: str) -> Forgotten:
        """Remove all that is kept about what a person asked and judged; says how much that was."""
        persons.check_person(person)
        async with self._database.writing() as connection:
            forgotten = await asked.forget_person(connection, person)
        self._hot.clear()
        return forgotten

    async def expire(self, days: int) -> int:
        """Remove the questions asked more than ``days`` times 24 hours ago, and what else is out of date; counts the former."""
        if days < 0:
            raise ValueError("questions are kept for a number of days that is not negative")
        now = datetime.now(UTC)
        async with self._database.writing() as connection:
            await links.prune_links(connection, now)
            await sessions.prune_sessions(connection, now)
            await handled.prune_handled(connection)
        removed = 0
        while True:
            # In portions, so that replies need not wait until all of it is removed.
            async with self._database.writing() as connection:
                portion = await asked.expire_asked(connection, now - timedelta(days=days))
            if not portion:
                self._hot.clear()
                return removed
            removed += portion

    async def hot(self, days: int = 30, limit: int = 10) -> list[HotClause]:
        """The clauses that answered most people in the last ``days`` days, as of a minute ago where much is asked; some may
        be gone from the release in force."""
        return await self._hot.read(days, limit)

    async def gaps(self, days: int = 30, limit: int = 50) -> list[Gap]:
        """The questions that were refused to most people in the last ``days`` days. For administrators only."""
        async with self._database.reading() as connection:
            return await gaps.read_gaps(connection, days, limit)

    async def usage(self, days: int = 30) -> list[DayUsage]:
        """How much was asked on each of the last ``days`` days, oldest first; a day begins at midnight in China."""
        async with self._database.reading() as connection:
            return await usage.read_usage(connection, days)

    async def suggestions(self, prefix: str, limit: int = 8) -> list[str]:
        """Questions that begin like ``prefix``, that at least two people asked and that more found helpful than not."""
        async with self._database.reading() as connection:
            return await suggestions.read_suggestions(connection, prefix, limit)

    # What is delivered twice

    async def first_time(self, kind: str, key: str, *, within: float | None = None) -> bool:
        """Whether ``key`` was never handled before, in this or another process; from now on, for three days, it was.

        Kept as a keyed hash: a key may hold the id of a chat. Raises StoreError also after ``within`` seconds.
        """
        if time.monotonic() - self._pruned >= _PRUNE_SECONDS:
            self._pruned = time.monotonic()
            await self._batches.note("what is out of date", handled.prune_handled)
        hidden = handled.Handled(kind, persons.keyed(self._key, f"handled:{kind}:{key}"))
        return await self._batches.add(handled.note_handled, hidden, within=within)
