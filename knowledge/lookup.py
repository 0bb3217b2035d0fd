"""Looking clauses up without a decision, for people who choose themselves: what was found, by which words, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge import decision
from knowledge.answer import Citation, FormUsed
from knowledge.answerer import CANDIDATES, Answerer, Ranked
from knowledge.features import NAMES
from knowledge.filters import Filters
from knowledge.record import PolicyRecord
from knowledge.sentences import Span


@dataclass(frozen=True, slots=True)
class Lookup:
    """The clauses found, best first. ``words`` are the normalised words looked for, other forms included; ``forms`` says which of
    them stand for another; ``more`` whether there are further ones behind these."""

    citations: tuple[Citation, ...]
    words: tuple[str, ...]
    forms: tuple[FormUsed, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Match:
    """One clause in the light of a query.

    ``evidence`` is the range in the clause's text to read aloud; ``rank`` counts from 1, None where the query does not find the
    clause among its candidates: then ``features`` and ``contributions`` (by name, see ``features.LABELS``) are empty.
    """

    citation: Citation
    words: tuple[str, ...]
    evidence: Span | None
    rank: int | None
    features: Mapping[str, float]
    contributions: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class NoticePage:
    """Some notices that pass the filters, newest first, and how many there are altogether."""

    total: int
    notices: tuple[PolicyRecord, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """The lowest confidences (0 to 1) to answer at, and to offer a choice at."""

    answer: float
    choose: float


def look_up(answerer: Answerer, query: str, filters: Filters, limit: int, offset: int) -> Lookup:
    """The clauses that fit ``query`` best among the notices that pass ``filters``."""
    ranked = answerer.rank([query], max(CANDIDATES, offset + limit + 1), filters, share=0.0)
    shares = decision.chances(ranked.scores)
    wanted = list(map(int, ranked.order[offset : offset + limit]))
    citations = tuple(
        Citation(
            ranked.hits[i].record.clause, ranked.hits[i].record.policy_id, ranked.policies[i].metadata, float(shares[i])
        )
        for i in wanted
    )
    forms = tuple(
        FormUsed(t.text, f.text, f.why) for t in ranked.question.terms for f in t.forms if t.word or f.why == "sound"
    )
    return Lookup(citations, _words(ranked), forms, len(ranked.order) > offset + limit)


def match(answerer: Answerer, query: str, citation: Citation, filters: Filters) -> Match:
    """``citation`` in the light of ``query``: where it ranks, why, and which of its words answer."""
    if not query.strip():
        return Match(citation, (), None, None, {}, {})
    ranked = answerer.rank([query], CANDIDATES, filters, share=0.0)
    for place, i in enumerate(map(int, ranked.order), 1):
        record = ranked.hits[i].record
        if record.clause.clause_id == citation.clause.clause_id:
            span = answerer.quote(ranked, i)
            row = ranked.weighed.matrix[i]
            added = row * answerer.weights.ranking.vector(NAMES)
            return Match(
                citation,
                _words(ranked),
                span,
                place,
                dict(zip(NAMES, map(float, row), strict=True)),
                dict(zip(NAMES, map(float, added), strict=True)),
            )
    return Match(citation, _words(ranked), None, None, {}, {})


def _words(ranked: Ranked) -> tuple[str, ...]:
    """What to mark in a clause; single characters only where the query holds nothing longer."""
    terms = ranked.question.terms
    found = {t.text for t in terms} | {f.text for t in terms for f in t.forms}
    return tuple(sorted({w for w in found if len(w) > 1} or found))
