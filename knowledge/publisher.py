"""The publisher: what the policy folder holds, compared with what is in force, and put in force with its index ready."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge.config import Config, Progress, no_progress
from knowledge.errors import StoreError
from knowledge.folder import duplicates, read_folder
from knowledge.index import ClauseIndex
from knowledge.model import Comparison, Fault, Policy, Release
from knowledge.parse import policy_id
from knowledge.people import People
from knowledge.shelf import Shelf
from knowledge.store import Store, compare, overtaken
from knowledge.thesaurus import read_thesaurus, thesaurus_faults

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a reload would publish: the comparison with release ``base`` (None: the first), and the faults found."""

    policies: tuple[Policy, ...]
    comparison: Comparison
    faults: tuple[Fault, ...]
    base: int | None
    thesaurus: str = ""
    thesaurus_changed: bool = False

    @property
    def empty(self) -> bool:
        """Whether publishing would change nothing."""
        return self.comparison.empty and not self.thesaurus_changed


class Publisher:
    """Previews and publishes for one helpdesk. A release comes into force only when its index is there to be served.

    So a full disk changes nothing, other processes find the index made, and one that is killed at any moment leaves
    an index too many at most. One publication at a time; between processes, the first one wins.
    """

    def __init__(self, config: Config, store: Store, people: People) -> None:
        self._config = config
        self._store = store
        self._people = people
        self._shelf = Shelf(config.data_dir / "index")
        self._publishing = asyncio.Lock()

    async def preview(self, progress: Progress = no_progress) -> Preview:
        """Read the policy folder and say what publishing it would change. Raises NothingToPublishError.

        A file that is there but cannot be read stays in the version that was published before.
        """
        in_force = await self._store.release_in_force()
        known = await self._store.digests(in_force.number) if in_force else {}
        reading = await asyncio.to_thread(
            read_folder,
            self._config.policy_dir,
            known,
            max_bytes=self._config.max_file_bytes,
            progress=lambda done, total: progress("read", done, total),
        )
        before = await self._store.policies(in_force.number) if in_force else []
        unchanged, read = set(reading.unchanged), {p.policy_id for p in reading.read}
        faults, spared = _spared([p for p in before if p.policy_id not in unchanged | read], reading.faults)
        kept = [p for p in before if p.policy_id in unchanged]
        policies = tuple(sorted([*kept, *spared, *reading.read], key=lambda p: p.policy_id))
        words = read_thesaurus(self._config.thesaurus) if self._config.thesaurus else ""
        faults = (*faults, *await asyncio.to_thread(duplicates, list(policies)), *thesaurus_faults(words))
        words_before = await self._store.thesaurus(in_force.number) if in_force else words
        base = in_force.number if in_force else None
        return Preview(policies, compare(before, policies), faults, base, words, words != words_before)

    async def publish(
        self, preview: Preview, *, note: str = "", actor: str = "", progress: Progress = no_progress
    ) -> Release:
        """Publish what ``preview`` showed; where it changes nothing, the release in force stays.

        Raises NothingToPublishError where another release came into force since the preview, and SearchIndexError where
        its index cannot be made.
        """
        async with self._publishing:
            in_force = await self._store.release_in_force()
            if (in_force.number if in_force else None) != preview.base:
                raise overtaken()
            if in_force and preview.empty:
                return in_force
            policies = {policy.policy_id: policy for policy in preview.policies}
            wanted = {one: policy.digest for one, policy in policies.items()}
            await self._shelf.index(wanted, lambda ids: [policies[one] for one in ids], progress)
            # To make the index may take minutes, in which others may publish.
            about = {"note": note, "actor": actor, "thesaurus": preview.thesaurus}
            release = await self._store.publish(preview.policies, **about, base=preview.base or 0)
            await self._record(actor, "publish", f"release {release.number} {note}")
            return release

    async def put_in_force(self, number: int, actor: str = "", progress: Progress = no_progress) -> Release:
        """Bring back release ``number``. Raises UnknownReleaseError, and SearchIndexError where its index cannot be made."""
        async with self._publishing:
            await self.index(number, progress)
            release = await self._store.put_in_force(number, actor)
            await self._record(actor, "rollback", f"release {release.number}")
            return release

    async def index(self, number: int, progress: Progress = no_progress) -> ClauseIndex:
        """The index of release ``number``. Raises UnknownReleaseError and SearchIndexError."""
        wanted: Mapping[str, str] = await self._store.digests(number)
        loop = asyncio.get_running_loop()

        def load(ids: Sequence[str]) -> Iterable[Policy]:
            for start in range(0, len(ids), 200):
                batch = self._store.policies(number, ids[start : start + 200])
                yield from asyncio.run_coroutine_threadsafe(batch, loop).result()

        return await self._shelf.index(wanted, load, progress)

    async def _record(self, actor: str, action: str, detail: str) -> None:
        try:
            await self._people.record(actor, action, detail)
        except StoreError as error:
            # It is in force, and the history says who put it there: to call it failed would be wrong.
            _log.error("%s of %s is not in the audit trail: %s", action, detail.strip(), error.log)


def _spared(missing: Sequence[Policy], faults: Sequence[Fault]) -> tuple[tuple[Fault, ...], list[Policy]]:
    """Of the published policies that are ``missing`` those whose file or folder could not be read; the faults say so."""
    told: list[Fault] = []
    spared: dict[str, Policy] = {}
    for fault in faults:
        mine = [
            p
            for p in missing
            if fault.fatal and (p.policy_id == policy_id(fault.path) or p.path.startswith(f"{fault.path}/"))
        ]
        spared |= {p.policy_id: p for p in mine}
        told.append(replace(fault, message=f"{fault.message} What was published of it stays.") if mine else fault)
    return tuple(told), list(spared.values())
