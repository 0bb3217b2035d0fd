"""What an index is made of, notice by notice, kept beside it: so that the next one need not segment what has not changed.

The notices' versions are members of zip files: one file from each time that the index was added to. The files are never
changed, so that several indexes can share them.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec

from knowledge import sound
from knowledge.filters import day, place_tokens, tokens
from knowledge.model import Policy
from knowledge.record import ClauseRecord, PolicyRecord
from knowledge.segment import in_dictionary, pairs, words

SUFFIX = ".zip"
_FILES = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A clause as it is indexed: its id, its record encoded, and the tokens of two fields, divided by blanks."""

    clause_id: str
    record: bytes
    body: str
    sound: str

    @property
    def terms(self) -> list[str]:
        """The tokens of the field ``body``."""
        return self.body.split()


@dataclass(frozen=True, slots=True)
class NoticeEntry:
    """A notice as it is indexed: its record encoded, what filters ask of it (tokens, and its day), its clauses in order."""

    policy_id: str
    record: bytes
    tokens: tuple[str, ...]
    day: int
    clauses: tuple[Entry, ...]

    @classmethod
    def of(cls, policy: Policy) -> NoticeEntry:
        """What is indexed of a policy: its words and pairs of characters are looked for here."""
        notice = PolicyRecord.of(policy)
        entries = []
        for clause in policy.clauses:
            record = ClauseRecord.of(clause, policy.policy_id)
            terms = clause_terms(record, notice)
            sounds = " ".join(sorted(sound_terms(terms)))
            entries.append(Entry(clause.clause_id, record.encode(), " ".join(terms), sounds))
        metadata = policy.metadata
        filed = (*tokens(metadata), *place_tokens(notice.places))
        return cls(policy.policy_id, notice.encode(), filed, day(metadata), tuple(entries))

    def encode(self) -> bytes:
        """The entry as bytes."""
        return msgspec.msgpack.encode(self)

    @classmethod
    def decode(cls, data: bytes) -> NoticeEntry:
        """The entry that ``encode`` made ``data`` of."""
        return _entries.decode(data)


_entries = msgspec.msgpack.Decoder(NoticeEntry)


def clause_terms(record: ClauseRecord, policy: PolicyRecord) -> list[str]:
    """The tokens of the field ``body`` of a clause: those of its notice's subject, its heading and its sentences."""
    found: list[str] = []
    for text in (policy.subject, record.heading, *record.plain.split("\n")):
        found += words(text)
        found += pairs(text)
    return found


def sound_terms(terms: Iterable[str]) -> set[str]:
    """The tokens of the field ``sound``: "dai'kuan/贷款" for every word of the dictionary of two to four Chinese characters."""
    return {f"{key}/{t}" for t in set(terms) if 2 <= len(t) <= 4 and in_dictionary(t) and (key := sound.key(t))}


class Entries:
    """The entries kept in a folder, open for reading. Raises OSError or BadZipFile where they cannot be read."""

    def __init__(self, folder: Path) -> None:
        self._open = ExitStack()
        self._file_of: dict[str, ZipFile] = {}
        with ExitStack() as opening:
            for path in sorted(folder.glob(f"*{SUFFIX}")):
                file = opening.enter_context(ZipFile(path))
                self._file_of |= dict.fromkeys(file.namelist(), file)
            self._open = opening.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._open.close()

    def read(self, policy_id: str, digest: str) -> bytes:
        """The entry of a version of a policy, encoded. Raises KeyError where none is kept."""
        name = _member(policy_id, digest)
        return self._file_of[name].read(name)

    def worth_sharing(self, wanted: int) -> bool:
        """Whether an index of ``wanted`` policies should share these files: few files, at most half of them past versions."""
        return len(self._file_of) <= 2 * wanted and len(set(self._file_of.values())) < _FILES


class EntriesWriter:
    """Adds entries to those kept in a folder, in a file of their own."""

    def __init__(self, folder: Path) -> None:
        # Quick rather than small: this is in the way of a reload.
        self._file = ZipFile(folder / f"{uuid4().hex}{SUFFIX}", "x", ZIP_DEFLATED, compresslevel=1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, policy_id: str, digest: str, entry: bytes) -> None:
        """Keep the entry of a version of a policy, which ``NoticeEntry.encode`` made."""
        self._file.writestr(_member(policy_id, digest), entry)


def _member(policy_id: str, digest: str) -> str:
    return f"{policy_id}-{digest}"
