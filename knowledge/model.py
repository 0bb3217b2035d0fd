"""The words of the house as frozen dataclasses: policy, clause, fault, release and what compares them.

Answers have a module of their own, ``knowledge.answer``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Clause:
    """One provision of a notice, or, where it is longer than about 400 characters, one part of it.

    ``text`` is ``policy.body[start : start + len(text)]``: the notice's own words with nothing cleaned.
    ``number`` counts the top-level provisions of the notice from 1; None before the first of them and in notices that
    are not numbered. ``label`` is the number as printed ("四", "四（二）"; "" where there is none), ``heading`` the
    provision's own heading without its number. ``ordinal`` counts all the clauses of the notice from 0.
    """

    clause_id: str
    source: str
    ordinal: int
    number: int | None
    label: str
    heading: str
    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a notice beside its words; "" or None or () where the file does not say."""

    title: str
    issuer: str = ""
    document_number: str = ""
    level: str = ""
    topics: tuple[str, ...] = ()
    department: str = ""
    region: str = ""
    published: date | None = None
    signed: date | None = None
    in_force_from: date | None = None
    in_force_until: date | None = None
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """One notice as it was read from one file.

    ``source`` is the file's stem and ``policy_id`` a short name derived from its path under the policy folder: it stays
    while the file keeps its name. ``digest`` (hexadecimal SHA-256) tells two readings of a file apart: it covers the
    file's bytes and the version of the parser. Every character of ``body`` that is not blank stands in exactly one clause.
    """

    policy_id: str
    source: str
    path: str
    digest: str
    metadata: Metadata
    body: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that looks wrong in a file. ``line`` counts from 1; None where the whole file is meant.

    ``fatal`` faults keep the file out of the release; the others are only reported.
    """

    path: str
    line: int | None
    message: str
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """A clause whose words differ between two releases; ``before`` or ``after`` is None where it was added or is gone."""

    clause_id: str
    title: str
    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What publishing would change. ``policies_*`` hold titles; unchanged policies are only counted."""

    added: tuple[ClauseChange, ...] = ()
    changed: tuple[ClauseChange, ...] = ()
    gone: tuple[ClauseChange, ...] = ()
    policies_added: tuple[str, ...] = ()
    policies_changed: tuple[str, ...] = ()
    policies_gone: tuple[str, ...] = ()
    policies_unchanged: int = 0

    @property
    def empty(self) -> bool:
        """Whether publishing would change nothing at all, metadata included."""
        return not (self.policies_added or self.policies_changed or self.policies_gone)


@dataclass(frozen=True, slots=True)
class Release:
    """A published, immutable state of the knowledge base. ``published_at`` is in UTC."""

    number: int
    published_at: datetime
    policies: int
    clauses: int
    note: str = ""
    in_force: bool = False
    fingerprint: str = field(default="", repr=False)
