"""The one facade that Telegram, the web and the command line all call, so that no two of them can disagree."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Self

from knowledge import received, segment
from knowledge.answer import Answer, Citation
from knowledge.answerer import Answerer
from knowledge.config import POLICIES, Config, Progress, no_progress
from knowledge.errors import NoReleaseError, NothingToPublishError, SettingsError, UnknownClauseError
from knowledge.filters import Filters
from knowledge.index import NO_FILTERS
from knowledge.lookup import Limits, Lookup, Match, NoticePage, look_up, match
from knowledge.model import Clause, Comparison, Policy, Release
from knowledge.people import People
from knowledge.publisher import Preview, Publisher
from knowledge.received import ReceivedFile
from knowledge.store import HistoryEntry, Store, compare
from knowledge.worker import WARM_UP, Worker
from knowledge.worker_process import Start

__all__ = ["POLICIES", "Config", "Helpdesk", "Preview", "Progress"]


class Helpdesk:
    """Answers from the release in force, and publishes new ones. Made by ``Helpdesk.open``."""

    def __init__(self, config: Config, store: Store, people: People) -> None:
        self.config = config
        self.people = people
        self._store = store
        self._publisher = Publisher(config, store, people)
        self._answerer: Answerer | None = None
        self._serving = False
        self._worker: Worker | None = None
        self._start: Start | None = None

    @classmethod
    @contextlib.asynccontextmanager
    async def attach(cls, config: Config) -> AsyncIterator[Self]:
        """A helpdesk on ``config``'s database that serves nothing yet: for publishing, until ``refresh`` is called."""
        try:
            config.data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(
                f"HELPDESK_DATA_DIR={str(config.data_dir)!r} cannot be used: {error.strerror}. Name a folder that can be written."
            ) from error
        segment.keep_dictionary_in(config.data_dir)
        async with await Store.open(config.database_url) as store, await People.open(store.database) as people:
            yield cls(config, store, people)

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls, config: Config, progress: Progress = no_progress, *, worker: bool = False
    ) -> AsyncIterator[Self]:
        """A helpdesk serving the release in force; where there is none yet, the policy folder is published first.

        With ``worker``, a second process works out what ``answer`` answers.
        """
        async with cls.attach(config) as helpdesk, _working(worker) as helpdesk._worker:
            helpdesk._serving = True
            if await helpdesk.release_in_force() is None:
                preview = await helpdesk.preview(progress)
                # Of several processes that start on a new database, one publishes.
                if preview.base is None:
                    with contextlib.suppress(NothingToPublishError):
                        await helpdesk.publish(preview, note="first reading", progress=progress)
            await helpdesk.refresh(progress)
            yield helpdesk

    # Asking

    @property
    def answerer(self) -> Answerer:
        """What answers from the release in force."""
        if self._answerer is None:
            raise NoReleaseError("知识库还没有发布任何内容。", log="asked before the first release was published")
        return self._answerer

    @property
    def limits(self) -> Limits:
        """From which confidence on questions are answered, and choices offered."""
        return Limits(self.answerer.weights.answer, self.answerer.weights.choose)

    @property
    def has_worker(self) -> bool:
        """Whether a second process works out answers now; it takes a second or two to start."""
        return self._worker is not None and self._worker.serving

    def ask(self, question: str, history: Sequence[str] = (), *, explain: bool = False) -> Answer:
        """Answer ``question`` in the light of the earlier questions ``history`` (oldest first)."""
        return self.answerer.answer([*history, question], explain=explain)

    async def answer(self, question: str, history: Sequence[str] = ()) -> Answer:
        """As ``ask``; where there is a worker it works it out, and whatever else this process does goes on meanwhile."""
        answer = await self._worker.answer([*history, question]) if self._worker else None
        if answer is None or answer.release != self.answerer.release:
            # Not answered, or from what was in force when it was asked.
            return self.ask(question, history)
        return answer

    def search(
        self, query: str, filters: Filters = NO_FILTERS, *, limit: int = 10, offset: int = 0
    ) -> tuple[Citation, ...]:
        """Clauses for hotline staff, best first, among the notices that pass ``filters``; no decision is made."""
        return self.answerer.search(query, filters, limit=limit, offset=offset)

    def clause(self, clause_id: str) -> Citation:
        """One clause of the release in force with its notice. Raises UnknownClauseError."""
        found = self.answerer.clause(clause_id)
        if found is None:
            raise UnknownClauseError(
                "没有找到这一条款，它可能已被修改或撤下。", log=f"no clause {clause_id!r} in force"
            )
        return found

    def look_up(self, query: str, filters: Filters = NO_FILTERS, *, limit: int = 10, offset: int = 0) -> Lookup:
        """As ``search``, with the words that were looked for."""
        return look_up(self.answerer, query, filters, limit, offset)

    def match(self, query: str, clause_id: str, filters: Filters = NO_FILTERS) -> Match:
        """One clause in the light of ``query``: which of its words answer, and why it was found. Raises UnknownClauseError."""
        return match(self.answerer, query, self.clause(clause_id), filters)

    def notices(self, filters: Filters = NO_FILTERS, *, limit: int = 20, offset: int = 0) -> NoticePage:
        """The notices of the release in force that pass ``filters``, newest first."""
        total, found = self.answerer.index.notices(filters, offset, limit)
        return NoticePage(total, tuple(found))

    def clauses_of(self, policy_id: str) -> tuple[Clause, ...]:
        """The clauses of a notice in order, without reading the database; () where the release holds no such notice."""
        return tuple(record.clause for record in self.answerer.index.clauses_of(policy_id))

    def filter_values(self, name: str) -> tuple[str, ...]:
        """The values of a filter (department, topic, level, region) that notices have, the most frequent first."""
        counts = self.answerer.index.values(name)
        return tuple(sorted(counts, key=lambda value: (-counts[value], value)))

    async def policy(self, policy_id: str) -> Policy | None:
        """One whole notice of the release in force, with its clauses in order; None where it holds no such notice."""
        return await self._store.policy(self.answerer.release, policy_id)

    # Publishing

    async def check_file(self, name: str, data: bytes) -> ReceivedFile:
        """What ``data`` would be as the file ``name`` of the policy folder; nothing is written. Raises UnreadableFileError."""
        return await asyncio.to_thread(received.check, self.config.policy_dir, name, data, self.config.max_file_bytes)

    async def keep_file(self, file: ReceivedFile) -> None:
        """Put a checked file into the policy folder, for the next preview to find. Raises SettingsError."""
        await asyncio.to_thread(received.keep, self.config.policy_dir, file)

    async def preview(self, progress: Progress = no_progress) -> Preview:
        """Read the policy folder and say what publishing it would change. Raises NothingToPublishError.

        A file that is there but cannot be read stays in the version that was published before.
        """
        return await self._publisher.preview(progress)

    async def publish(
        self,
        preview: Preview,
        *,
        note: str = "",
        actor: str = "",
        progress: Progress = no_progress,
    ) -> Release:
        """Publish what ``preview`` showed and serve it; where it changes nothing, the release in force stays.

        Raises NothingToPublishError where another release came into force since the preview, and SearchIndexError where
        there is no room for the index: nothing is published then.
        """
        release = await self._publisher.publish(preview, note=note, actor=actor, progress=progress)
        await self.refresh(progress)
        return release

    async def release_in_force(self) -> Release | None:
        """The release that questions are to be answered from; None before the first is published."""
        return await self._store.release_in_force()

    async def releases(self) -> list[Release]:
        """Every release, newest first."""
        return await self._store.releases()

    async def compare_with(self, number: int) -> Comparison:
        """What putting release ``number`` in force would change. Raises UnknownReleaseError."""
        in_force = await self._store.release_in_force()
        after = await self._store.policies(number)
        before = await self._store.policies(in_force.number) if in_force else []
        return await asyncio.to_thread(compare, before, after)

    async def history(self) -> list[HistoryEntry]:
        """Who put which release in force when, newest first."""
        return await self._store.history()

    async def put_in_force(self, number: int, actor: str = "", progress: Progress = no_progress) -> Release:
        """Bring back release ``number`` and serve it.

        Raises UnknownReleaseError, and SearchIndexError where its index cannot be made: the release in force stays then.
        """
        release = await self._publisher.put_in_force(number, actor, progress)
        await self.refresh(progress)
        return release

    async def refresh(self, progress: Progress = no_progress) -> bool:
        """Serve the release now in force, if another process has put a new one there; whether that was so.

        Questions asked meanwhile are answered from the release served so far. To be called now and then: it also starts the
        worker again where that has ended.
        """
        release = await self._store.release_in_force()
        is_new = release is not None and (self._answerer is None or self._answerer.release != release.number)
        if release is not None and is_new:
            await self._serve(release.number, progress)
        if self._worker and self._start:
            await self._worker.serve(self._start)
        return is_new

    async def _serve(self, number: int, progress: Progress) -> None:
        index = await self._publisher.index(number, progress)
        words = await self._store.thesaurus(number)
        answerer = Answerer.shipped(index, number, words, self.config.region)
        if self._serving:
            # Dictionaries load on first use; no one who asks should wait for them.
            await asyncio.to_thread(answerer.answer, [WARM_UP])
        self._answerer = answerer
        self._start = Start(str(index.folder), str(self.config.data_dir), number, words, self.config.region)


@contextlib.asynccontextmanager
async def _working(wanted: bool) -> AsyncIterator[Worker | None]:
    worker = Worker() if wanted else None
    try:
        yield worker
    finally:
        if worker:
            await worker.close()
