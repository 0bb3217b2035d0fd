"""The store: what was published, and which of it is in force."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Row, Select, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.errors import NothingToPublishError, StoreError, UnknownClauseError, UnknownReleaseError
from knowledge.model import Clause, Policy, Release
from knowledge.store.contents import check_policies, fingerprint, storable
from knowledge.store.database import Database
from knowledge.store.migration import migrate
from knowledge.store.schema import history, release
from knowledge.store.versions import read_clause, read_digests, read_policies, write_membership, write_versions

_LARGEST_NUMBER = 2**31 - 1  # of an INTEGER in PostgreSQL


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One row of the history: ``actor`` ("" where nobody said) put release ``number`` in force. ``at`` is in UTC."""

    number: int
    at: datetime
    actor: str


class Store:
    """The knowledge base in its database. Every method raises StoreError where the database does not do its part.

    Any number of stores, in any number of processes, may be open on one database. Readers never wait for publishers;
    publishers wait for one another. A release never changes once it is there.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect, make or migrate the tables, and return the store.

        ``url``: ``sqlite:///path`` (the folder is created) or ``postgresql://user:password@host/name``; a driver may
        be named too (``sqlite+aiosqlite``, ``postgresql+asyncpg``). Raises StoreError also where the database was made
        by newer code, which is then left as it is.
        """
        database = Database.open(url)
        try:
            await migrate(database)
        except BaseException:
            await database.close()
            raise
        return cls(database)

    @property
    def database(self) -> Database:
        """The open database, for what else is kept in it (``knowledge.people``)."""
        return self._database

    async def close(self) -> None:
        """Close every connection; the store cannot be used afterwards."""
        await self._database.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def publish(
        self,
        policies: Sequence[Policy],
        *,
        note: str = "",
        actor: str = "",
        thesaurus: str = "",
        base: int | None = None,
    ) -> Release:
        """Make the policies and the thesaurus the next release and put it in force, all in one transaction.

        Only versions that are not stored yet are written. ``base`` is the release that has to be in force until then
        (0: none; None: whichever); NothingToPublishError where it is not. Raises ValueError where the policies are not
        what ``knowledge.model`` promises, and StoreError where they hold characters that cannot be stored.
        """
        check_policies(policies)
        _check_remark(note)
        _check_remark(actor)
        _check_remark(thesaurus)
        digests = {policy.policy_id: policy.digest for policy in policies}
        async with self._database.writing() as connection:
            if base is not None and base != (await connection.scalar(select(_in_force())) or 0):
                raise overtaken()
            version_ids = await write_versions(connection, policies)
            published = Release(
                number=1 + (await connection.scalar(select(func.max(release.c.number))) or 0),
                published_at=datetime.now(UTC),
                policies=len(policies),
                clauses=sum(len(policy.clauses) for policy in policies),
                note=note,
                in_force=True,
                fingerprint=fingerprint(digests),
            )
            await connection.execute(
                insert(release).values(
                    number=published.number,
                    published_at=published.published_at,
                    policies=published.policies,
                    clauses=published.clauses,
                    note=published.note,
                    fingerprint=published.fingerprint,
                    thesaurus=thesaurus,
                )
            )
            await write_membership(connection, published.number, version_ids)
            await _enter(connection, HistoryEntry(published.number, published.published_at, actor))
        return published

    async def thesaurus(self, number: int) -> str:
        """The text of a release's thesaurus; "" where it has the one that ships. Raises UnknownReleaseError."""
        async with self._database.reading() as connection:
            await _known(connection, number)
            return str(await connection.scalar(select(release.c.thesaurus).where(release.c.number == number)))

    async def release_in_force(self) -> Release | None:
        """The release that questions are answered from; None before the first publication."""
        async with self._database.reading() as connection:
            return await _one(connection, _releases().where(release.c.number == _in_force()))

    async def releases(self) -> list[Release]:
        """Every release, newest first."""
        async with self._database.reading() as connection:
            rows = await connection.execute(_releases().order_by(release.c.number.desc()))
            return [_release(row) for row in rows]

    async def put_in_force(self, number: int, actor: str = "") -> Release:
        """Make an earlier (or later) release the one in force; changes nothing where it is that already.

        Raises UnknownReleaseError.
        """
        _check_remark(actor)
        async with self._database.writing() as connection:
            found = await _known(connection, number)
            if not found.in_force:
                await _enter(connection, HistoryEntry(number, datetime.now(UTC), actor))
            return await _known(connection, number)

    async def history(self) -> list[HistoryEntry]:
        """Who put which release in force when, newest first; the first entry is the release in force."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(history).order_by(history.c.id.desc()))
            return [HistoryEntry(row.release_number, row.at, row.actor) for row in rows]

    async def digests(self, number: int) -> Mapping[str, str]:
        """``digest`` by ``policy_id`` for a release, ordered by ``policy_id``. Raises UnknownReleaseError."""
        async with self._database.reading() as connection:
            await _known(connection, number)
            return await read_digests(connection, number)

    async def policies(self, number: int, policy_ids: Collection[str] | None = None) -> list[Policy]:
        """The policies of a release with all their clauses, ordered by ``policy_id``.

        With ``policy_ids`` only those; ids that the release does not hold are left out. Raises UnknownReleaseError.
        """
        async with self._database.reading() as connection:
            await _known(connection, number)
            return await read_policies(
                connection, number, None if policy_ids is None else [one for one in policy_ids if storable(one)]
            )

    async def policy(self, number: int, policy_id: str) -> Policy | None:
        """One policy of a release; None where the release does not hold it. Raises UnknownReleaseError."""
        found = await self.policies(number, [policy_id])
        return found[0] if found else None

    async def clause(self, number: int, clause_id: str) -> Clause:
        """One clause of a release. Raises UnknownReleaseError and UnknownClauseError."""
        async with self._database.reading() as connection:
            await _known(connection, number)
            found = await read_clause(connection, number, clause_id) if storable(clause_id) else None
        if found is None:
            raise UnknownClauseError(
                "没有找到这一条款，它可能已被修改或撤下：请重新提问。",
                log=f"release {number} has no clause {clause_id!r}",
            )
        return found


def overtaken() -> NothingToPublishError:
    """What is raised where something was to be published over a release that is not in force any more."""
    return NothingToPublishError("Another release came into force since this preview; look at the changes again.")


def _in_force() -> Any:
    return select(history.c.release_number).order_by(history.c.id.desc()).limit(1).scalar_subquery()


def _releases() -> Select[Any]:
    return select(release, (release.c.number == _in_force()).label("in_force"))


def _release(row: Row[Any]) -> Release:
    return Release(
        number=row.number,
        published_at=row.published_at,
        policies=row.policies,
        clauses=row.clauses,
        note=row.note,
        in_force=bool(row.in_force),
        fingerprint=row.fingerprint,
    )


async def _one(connection: AsyncConnection, query: Select[Any]) -> Release | None:
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _release(row)


async def _known(connection: AsyncConnection, number: int) -> Release:
    found = None
    if 0 < number <= _LARGEST_NUMBER:
        found = await _one(connection, _releases().where(release.c.number == number))
    if found is None:
        raise UnknownReleaseError(f"There is no release {number}: `helpdesk releases` lists those there are.")
    return found


async def _enter(connection: AsyncConnection, entry: HistoryEntry) -> None:
    await connection.execute(insert(history).values(release_number=entry.number, at=entry.at, actor=entry.actor))


def _check_remark(text: str) -> None:
    if not storable(text):
        raise StoreError("The note or the name holds a character that no database keeps: type it again.")
