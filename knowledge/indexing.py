"""How an index is made: beside the ones that are there, from what they share with it, and in place when whole.

What has not changed is not segmented again: where notices are only added, the older index's files are linked; else the
entries that stay are indexed as they are.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from uuid import uuid4
from zipfile import BadZipFile

import msgspec
import tantivy

from knowledge.counts import TermCounts
from knowledge.entries import SUFFIX, Entries, EntriesWriter, NoticeEntry
from knowledge.errors import SearchIndexError
from knowledge.index import COUNTS, META, VERSION, ClauseIndex, contents, schema
from knowledge.model import Policy
from knowledge.records import RecordsWriter, sizes_of

_HEAP = 32_000_000

Progress = Callable[[int, int], None]
Load = Callable[[Sequence[str]], Iterable[Policy]]


def build(
    folder: Path,
    wanted: Mapping[str, str],
    load: Load,
    *,
    progress: Progress = lambda done, total: None,
) -> None:
    """Make the index of the policies ``wanted`` (id → digest) in ``folder``.

    Starts from whichever index beside it shares most. ``load`` gives the policies asked for by id. The folder appears
    whole or not at all; where another process was quicker, its index is kept. Raises SearchIndexError.
    """
    work = folder.parent / f".{folder.name}.{uuid4().hex}"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write(work, _closest(folder.parent, wanted), wanted, load, progress)
        except (BadZipFile, KeyError, msgspec.DecodeError):
            # What an older index keeps of its entries is damaged.
            _remove(work)
            _write(work, None, wanted, load, progress)
        with contextlib.suppress(OSError):
            work.rename(folder)
    except (OSError, ValueError) as error:
        # tantivy turns what the system says into ValueError.
        cause = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise SearchIndexError(
            f"The search index cannot be written under {folder.parent}: {cause}. Free space or check permissions and try "
            "again; the release published is safe.",
            log=f"{work}: {error}",
        ) from error
    finally:
        _remove(work)


def _remove(work: Path) -> None:
    # A thread of tantivy's looks at what is new there, once, and leaves the file of its lock, also while it is removed.
    for _ in range(3):
        shutil.rmtree(work, ignore_errors=True)
        if not work.exists():
            break


def _write(work: Path, base: ClauseIndex | None, wanted: Mapping[str, str], load: Load, progress: Progress) -> None:
    work.mkdir()
    before: Mapping[str, str] = base.policies if base else {}
    stale = [p for p, digest in before.items() if wanted.get(p) != digest]
    fresh = [p for p, digest in wanted.items() if before.get(p) != digest]
    linked = base is not None and not stale
    if base and linked:
        _link(base.folder, work, "*")
    index = tantivy.Index(schema(), path=str(work), reuse=linked)
    # Nothing is read from it here, so nothing needs to watch it.
    index.config_reader("manual")
    counts = base.counts if base else TermCounts.empty()
    clauses = base.clauses if base else 0
    with _writing(index) as writer, EntriesWriter(work) as kept, RecordsWriter(work) as records:
        if base and stale:
            # Nothing is deleted from tantivy's index: it goes on counting deleted entries until it merges segments, and
            # a process that made its index anew would weigh words differently.
            with Entries(base.folder) as held:
                shared = held.worth_sharing(len(wanted))
                if shared:
                    _link(base.folder, work, f"*{SUFFIX}")
                gone = [entry.terms for p in stale for entry in NoticeEntry.decode(held.read(p, before[p])).clauses]
                for policy_id, digest in before.items():
                    if wanted.get(policy_id) == digest:
                        entry = held.read(policy_id, digest)
                        _add(writer, records, NoticeEntry.decode(entry))
                        if not shared:
                            kept.add(policy_id, digest, entry)
            counts = counts.changed(remove=gone)
            clauses -= len(gone)
        added: list[list[str]] = []
        for done, policy in enumerate(load(fresh), 1):
            notice = NoticeEntry.of(policy)
            _add(writer, records, notice)
            kept.add(policy.policy_id, policy.digest, notice.encode())
            added += [one.terms for one in notice.clauses]
            clauses += len(notice.clauses)
            # Terms weigh far more in memory than their counts.
            if len(added) > 500:
                counts, added = counts.changed(add=added), []
            progress(done, len(fresh))
        counts = counts.changed(add=added)
    counts.save(work / COUNTS)
    # Replaced, not rewritten: what lies there may be a link to the older index's file.
    meta = {"version": VERSION, "clauses": clauses, "policies": dict(wanted), "records": sizes_of(work)}
    new = work / (META + ".new")
    new.write_text(json.dumps(meta), "utf-8")
    new.replace(work / META)


@contextlib.contextmanager
def _writing(index: tantivy.Index) -> Iterator[tantivy.IndexWriter]:
    # One thread, so that the order of equal scores does not depend on chance.
    writer = index.writer(_HEAP, 1)
    try:
        yield writer
        writer.commit()
    finally:
        # Also where the work is broken off: its threads go on writing into the folder, which is about to be removed.
        writer.wait_merging_threads()


def _add(writer: tantivy.IndexWriter, records: RecordsWriter, notice: NoticeEntry) -> None:
    place = records.add(notice.record)
    writer.add_document(_document("policy", notice, place, place))
    for entry in notice.clauses:
        document = _document("clause", notice, records.add(entry.record), place)
        document.add_text("body", entry.body)
        document.add_text("sound", entry.sound)
        document.add_text("clause_id", entry.clause_id)
        writer.add_document(document)


def _document(kind: str, notice: NoticeEntry, record: int, notice_record: int) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("kind", kind)
    document.add_text("owner", kind[0] + notice.policy_id)
    for token in notice.tokens:
        document.add_text("filter", token)
    document.add_unsigned("day", notice.day)
    document.add_unsigned("record", record)
    document.add_unsigned("notice", notice_record)
    return document


def _closest(parent: Path, wanted: Mapping[str, str]) -> ClauseIndex | None:
    """The index that shares most with ``wanted``, if that is more than half of both and it can be read; else none."""
    best: tuple[int, Path | None] = (0, None)
    for path in sorted(parent.iterdir()):
        if path.name.startswith(".") or (held := contents(path)) is None:
            continue
        shared = sum(held.get(p) == digest for p, digest in wanted.items())
        if shared > best[0] and shared * 2 > max(len(held), len(wanted)):
            best = (shared, path)
    try:
        return ClauseIndex(best[1]) if best[1] else None
    except SearchIndexError:
        return None


def _link(base: Path, work: Path, pattern: str) -> None:
    """Give ``work`` files of ``base``: what never changes is linked, what is rewritten is copied."""
    for path in base.glob(pattern):
        if path.suffix == ".lock":
            continue
        try:
            if path.suffix != ".json":
                os.link(path, work / path.name)
                continue
        except OSError:
            pass  # A file system without links.
        shutil.copyfile(path, work / path.name)
