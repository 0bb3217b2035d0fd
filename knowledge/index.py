"""The search index of one release: tantivy for finding candidates, term counts for weighing words, records for the rest.

It is derived from the release and lies under the data folder; losing it loses nothing. An index is never changed once it is
in place.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
import tantivy

from knowledge import segment
from knowledge.counts import TermCounts
from knowledge.errors import SearchIndexError
from knowledge.filters import Filters
from knowledge.record import ClauseRecord, PolicyRecord
from knowledge.records import Records

VERSION = 10
"""Raised whenever what is written changes, so that an index of an older version is built anew."""

META = "helpdesk.json"
COUNTS = "counts.npz"
_TIES = 16
# How many clauses are found whatever their share of the best score: as many as an answer cites.
_FEW = 10
_KEPT_RECORDS, _KEPT_POLICIES = 12_000, 4096
# Clauses of general language that the corpus is taken together with, for words of the dictionary and for other strings.
_PRIOR, _PRIOR_OF_NO_WORD = 500, 100

Progress = Callable[[int, int], None]
NO_FILTERS = Filters()


class Hit(NamedTuple):
    """A clause found: its record, tantivy's BM25 score, and where the record of its notice stands."""

    record: ClauseRecord
    score: float
    notice: int


def schema() -> tantivy.Schema:
    """The fields of an index."""
    builder = tantivy.SchemaBuilder()
    # Subject, heading and text in one field: in every engine tried that did better than fields of their own with boosts.
    builder.add_text_field("body", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("sound", tokenizer_name="whitespace", index_option="basic")
    # The policy a clause belongs to ("c" + id), and the entry of the policy itself ("p" + id).
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("owner", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("clause_id", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("filter", tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("day", indexed=True, fast=True)
    # Where the record of the clause or notice stands (knowledge.records), and that of a clause's notice.
    builder.add_unsigned_field("record", fast=True)
    builder.add_unsigned_field("notice", fast=True)
    return builder.build()


class ClauseIndex:
    """The index of a release, open for reading. ``knowledge.indexing`` makes it."""

    def __init__(self, folder: Path) -> None:
        try:
            self._meta = json.loads((folder / META).read_text("utf-8"))
            self._index = tantivy.Index.open(str(folder))
            # It never changes: a watcher would only lock it, and be in the way of its removal.
            self._index.config_reader("manual")
            self.counts = TermCounts.load(folder / COUNTS)
            self._records = Records(folder, self._meta["records"])
        except (OSError, ValueError, LookupError, AttributeError, EOFError, BadZipFile) as error:
            raise SearchIndexError(
                f"The search index in {folder} cannot be read; delete that folder and it is built anew.",
                log=f"{folder}: {error}",
            ) from error
        self._schema = self._index.schema
        self._searcher = self._index.searcher()
        self.folder = folder
        self.clauses: int = self._meta["clauses"]
        self.policies: Mapping[str, str] = self._meta["policies"]
        # Records are decoded once for as long as they are asked for again; bounded, so memory does not follow the corpus.
        self._record = lru_cache(maxsize=_KEPT_RECORDS)(self._read_record)
        self._policy = lru_cache(maxsize=_KEPT_POLICIES)(self._read_policy)
        # The words of the dictionary that stand in clauses and have a key of sound.key, the most frequent first.
        self.sounding_like = lru_cache(maxsize=20_000)(self._sounding_like)
        self.idf = lru_cache(maxsize=50_000)(self._idf)

    def search(
        self,
        weights: Mapping[str, float],
        limit: int,
        filters: Filters = NO_FILTERS,
        one_of: Sequence[str] = (),
        *,
        share: float = 0.0,
    ) -> list[Hit]:
        """The ``limit`` best clauses by BM25 of ``weights`` (token → boost), best first; equal scores by clause id.

        Their notices pass ``filters``, and have one of the index tokens ``one_of``, where there are any. Beyond the first
        few, those are left out that reach less than ``share`` (0 to 1) of the best score.
        """
        if not weights:
            return []
        query = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, q if boost == 1.0 else tantivy.Query.boost_query(q, boost))
                for token, boost in weights.items()
                for q in [tantivy.Query.term_query(self._schema, "body", token)]
            ]
        )
        found = self._searcher.search(self._filtered(query, filters, one_of), limit + _TIES, count=False).hits
        # Rounded, since sums in another order differ in their last bits.
        rounded = np.array([score for score, _ in found]).round(3)
        if len(rounded) > limit:
            rounded = rounded[rounded >= rounded[limit - 1]]
        if len(rounded) > _FEW:
            rounded = rounded[rounded >= min(rounded[_FEW - 1], share * rounded[0])]
        scores = rounded.tolist()
        addresses = [address for _, address in found[: len(scores)]]
        hits = [
            Hit(self._record(record), score, notice)
            for score, record, notice in zip(
                scores, self._places("record", addresses), self._places("notice", addresses), strict=True
            )
        ]
        if len(set(scores)) < len(scores):
            hits.sort(key=lambda hit: (-hit.score, hit.record.clause.clause_id))
        return hits[:limit]

    def policy_of(self, hit: Hit) -> PolicyRecord:
        """The notice of a clause that was found."""
        return self._policy(hit.notice)

    def policy(self, policy_id: str) -> PolicyRecord:
        """A notice of the release by its id. Raises KeyError where the release does not hold it."""
        query = tantivy.Query.term_query(self._schema, "owner", "p" + policy_id)
        found = self._places("record", self._addresses(query, 1))
        if not found:
            raise KeyError(policy_id)
        return self._policy(found[0])

    def notices(self, filters: Filters, offset: int, limit: int) -> tuple[int, list[PolicyRecord]]:
        """How many notices pass the filters, and ``limit`` of them from ``offset`` on, newest first."""
        query = self._filtered(tantivy.Query.term_query(self._schema, "kind", "policy"), filters)
        found = self._searcher.search(query, limit, offset=offset, order_by_field="day")
        records = [self._policy(place) for place in self._places("record", [address for _, address in found.hits])]
        # The stub that ships with tantivy 0.27 leaves this attribute out.
        return found.count or 0, records  # type: ignore[attr-defined]

    def values(self, name: str) -> dict[str, int]:
        """The values of a filter (``department``, ``topic``, ``level``, ``region``) and how many clauses and notices have each."""
        prefix = name + ":"
        found = self._searcher.terms_with_prefix("filter", prefix)
        return {term[len(prefix) :]: count for term, count in found if term != prefix}

    def clause(self, clause_id: str) -> ClauseRecord | None:
        """The record of a clause by its id, or None."""
        query = tantivy.Query.term_query(self._schema, "clause_id", clause_id)
        found = self._places("record", self._addresses(query, 1))
        return self._record(found[0]) if found else None

    def clauses_of(self, policy_id: str) -> list[ClauseRecord]:
        """The clauses of a policy in order."""
        query = tantivy.Query.term_query(self._schema, "owner", "c" + policy_id)
        records = map(self._record, self._places("record", self._addresses(query, 100_000)))
        return sorted(records, key=lambda r: r.clause.ordinal)

    def _sounding_like(self, key: str) -> tuple[str, ...]:
        prefix = key + "/"
        found = [term[len(prefix) :] for term, _ in self._searcher.terms_with_prefix("sound", prefix)]
        return tuple(sorted(found, key=lambda t: (-self.counts.documents(t), t)))

    def _idf(self, term: str) -> float:
        """Inverse document frequency as BM25 has it (Robertson and Spärck Jones), for any token; never below 0.

        The corpus is taken together with some clauses of general language: in a small one, a common word that it happens
        to lack would otherwise weigh as much as a rare one.
        """
        common = segment.commonness(term)
        prior = _PRIOR if common is not None else _PRIOR_OF_NO_WORD
        clauses = self.clauses + prior
        df = self.counts.documents(term) + prior * (0.002 if common is None else common)
        return math.log(1 + (clauses - df + 0.5) / (df + 0.5))

    def _filtered(self, query: tantivy.Query, filters: Filters, one_of: Sequence[str] = ()) -> tantivy.Query:
        """``query`` among the notices that pass; filters weigh nothing in the score."""
        wanted = [tantivy.Query.term_query(self._schema, "filter", token) for token in filters.tokens]
        if filters.since or filters.until:
            low = filters.since.toordinal() if filters.since else 1
            high = filters.until.toordinal() if filters.until else date.max.toordinal()
            wanted.append(tantivy.Query.range_query(self._schema, "day", tantivy.FieldType.Unsigned, low, high))
        if one_of:
            any_of = [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "filter", t)) for t in one_of]
            wanted.append(tantivy.Query.boolean_query(any_of))
        if not wanted:
            return query
        must = [(tantivy.Occur.Must, tantivy.Query.const_score_query(q, 0.0)) for q in wanted]
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, query), *must])

    def _addresses(self, query: tantivy.Query, limit: int) -> list[tantivy.DocAddress]:
        return [address for _, address in self._searcher.search(query, limit, count=False).hits]

    def _places(self, field: str, addresses: Sequence[tantivy.DocAddress]) -> list[int]:
        return [int(value or 0) for value in self._searcher.fast_field_values(field, list(addresses))]

    def _read_record(self, place: int) -> ClauseRecord:
        return ClauseRecord.decode(self._records.read(place))

    def _read_policy(self, place: int) -> PolicyRecord:
        return PolicyRecord.decode(self._records.read(place))


def contents(folder: Path) -> Mapping[str, str] | None:
    """The policies (id → digest) of the index in ``folder``; None where there is none of this version."""
    try:
        meta = json.loads((folder / META).read_text("utf-8"))
        return dict(meta["policies"]) if meta["version"] == VERSION else None
    except (OSError, ValueError, LookupError, TypeError):
        return None
