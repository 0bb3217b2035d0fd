"""The features that candidates are ranked by: plain measures of a question against a clause, its notice and its best sentence.

Each is a number between about 0 and 1 unless its name says otherwise, and can be shown to a person (``LABELS``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from knowledge.holds import BITS, has_figure, holds
from knowledge.index import Hit
from knowledge.matching import Found, Places, Presence, Seen
from knowledge.question import Question
from knowledge.record import FACTS, ClauseRecord, PolicyRecord
from knowledge.regions import province_of
from knowledge.signature import held
from knowledge.weights import Matrix, rows

# Each is understood without the others, for they are shown by weight. Those of _SHARES stand in the order they are computed in.
LABELS: dict[str, str] = {
    "bm25": "BM25 of title, heading and clause, by the question's total weight",
    "bm25_relative": "BM25 of title, heading and clause, as a share of the best candidate's",
    "clause": "share of the question that the clause covers, weighted by rarity",
    "title": "share of the question that the notice's title covers",
    "heading": "share of the question that the clause's heading covers",
    "title_and_clause": "share of the question that title and clause cover together",
    "notice": "share of the question that the whole notice covers",
    "exact": "share of the question that title and clause cover together, by its own words alone",
    "notice_exact": "share of the question that the whole notice covers, by its own words alone",
    "words": "share of the question that title and clause cover together, by whole words alone",
    "notice_words": "share of the question that the whole notice covers, by whole words alone",
    "notice_squared": "share of the question that the whole notice covers, squared: full coverage counts more",
    "sentence": "share of the question that the best sentence covers",
    "two_sentences": "share of the question that the best two neighbouring sentences cover",
    "rarest_missing": "weight of the rarest word that neither title nor clause has, by that of the rarest word",
    "rarest_absent": "weight of the rarest word that the whole notice has not, by that of the rarest word",
    "likeness": "likeness of the question to the best sentence (rapidfuzz partial_ratio), where it is some",
    "position": "how far down the notice the clause stands (logarithm)",
    "first": "the clause opens its notice",
    "last": "the clause closes its notice",
    "length": "the clause's length (logarithm)",
    "notice_length": "the number of clauses in the notice (logarithm)",
    "numbered": "the clause is a numbered provision",
    "ends_open": "the clause ends with a colon: what it announces stands elsewhere",
    "asks": "the clause asks questions itself, by its sentences",
    "place_in_title": "the place asked about is one the notice is of",
    "place_in_clause": "the place asked about is in the clause",
    "place_broader": "the notice is of the province of the place asked about, or of a place in that province",
    "place_differs": "the notice is of another place than the one asked about",
    "place_absent": "the place asked about is nowhere in the notice",
    "figures": "share of the question's figures that clause or title has",
    "asked_number": "asked for a number to call: the best sentence has one",
    "asked_website": "asked for a website or channel: the best sentence has one",
    "asked_when": "asked for a time: the best sentence has one",
    "asked_how_much": "asked for an amount: the best sentence has one that the question does not",
    "asked_who": "asked who: the best sentence names bodies or people",
    "asked_where": "asked for a place to go: the best sentence has one",
    "asked_which": "asked for a list: the clause has one",
    "clause_number": "asked for a number to call: the clause has one",
    "clause_when": "asked for a time: the clause has one",
    "clause_how_much": "asked for an amount: the clause has one",
}
NAMES: tuple[str, ...] = tuple(LABELS)
_AT = {name: n for n, name in enumerate(NAMES)}
_SHARES = rows(NAMES, "clause", "notice_exact")

# Below this a likeness (0 to 100) is taken for none, which is told several times sooner.
_UNLIKE = 40


Columns = dict[str, npt.ArrayLike]


@dataclass(frozen=True, slots=True)
class Weighed:
    """The features of candidates: one row of ``NAMES`` for each.

    ``notices`` numbers the notices that they stand in. What of the question was ``found``, in all their sentences first: of
    those ``firsts`` has the number of each one's first, and ``covers`` the weight of the terms that each has. ``in_title`` has
    how surely the title of each one's notice has each term.
    """

    matrix: Matrix
    notices: npt.NDArray[np.intp]
    found: Found
    firsts: Places
    covers: Presence
    in_title: Presence

    def seen(self, row: int) -> Seen:
        """What was found in the clause of a row."""
        first, last = self.firsts[row], self.firsts[row + 1]
        return Seen(self.found, int(self.found.starts[first]), self.covers[first:last], self.in_title[:, row])


def weigh(question: Question, hits: Sequence[Hit], policies: Sequence[PolicyRecord]) -> Weighed:
    """The features of ``hits`` (each beside its policy) as candidates for ``question``."""
    if not hits:
        nothing, none = np.zeros(0, np.intp), np.zeros(0, np.float32)
        matrix, in_title = np.zeros((0, len(NAMES))), np.zeros((len(question.terms), 0), np.float32)
        return Weighed(matrix, nothing, Found.of(question.needles, []), nothing, none, in_title)
    records = [hit.record for hit in hits]
    distinct = list({hit.notice: policy for hit, policy in zip(hits, policies, strict=True)}.values())
    numbers: dict[int, int] = {}
    which = np.array([numbers.setdefault(hit.notice, len(numbers)) for hit in hits], np.intp)
    clauses, notices = len(records), len(distinct)
    facts = np.frombuffer(b"".join([r.facts for r in records]), "<i4").reshape(-1, len(FACTS)).T
    counts, lengths, ordinals, numbered, ends_open, asks = facts
    sizes = np.array([p.clauses for p in distinct])[which]
    firsts = np.zeros(clauses + 1, np.int64)
    counts.cumsum(out=firsts[1:])
    sentences, starts = int(firsts[-1]), firsts[:-1]
    # Sentences, titles and headings are searched together: one pass costs hardly more than one of three.
    lines = [*[r.plain for r in records], *[p.subject for p in distinct], *[r.heading for r in records]]
    found = Found.of(question.needles, lines)
    weights = question.weights
    covers = weights @ found.presence()[:, :sentences]
    # By clause, by notice, by heading.
    groups = np.arange(clauses + notices + clauses).repeat(
        np.concatenate([counts, np.ones(notices + clauses, np.intp)])
    )
    clause_of = groups[:sentences]
    presence = found.presence(groups, clauses + notices + clauses)
    in_notices, place_in_notices = _in_notices(question, distinct)
    # Side by side, so that one product tells all shares of the question's weight.
    parts = np.empty((len(weights), 7, clauses), np.float32)
    in_clause, in_title, in_heading, in_either, in_notice = (parts[:, n] for n in range(5))
    in_both, exact = parts[:, 3:5], parts[:, 5:]
    in_clause[:], in_heading[:] = presence[:, :clauses], presence[:, clauses + notices :]
    in_title[:] = presence[:, clauses : clauses + notices][:, which]
    np.maximum(in_clause, in_title, out=in_either)
    np.maximum(in_either, in_notices[:, which], out=in_notice)
    np.equal(in_both, 1, out=exact)
    # Of pairs that are no words many are mere chance; only words can be missed.
    word_weights = question.word_weights
    total = float(weights.sum()) or 1.0
    rarest = float(word_weights.max(initial=0.0)) or 1.0
    both_weights = np.array([weights / total, word_weights / (float(word_weights.sum()) or 1.0)])
    shares, of_words = (both_weights @ parts.reshape(-1, 7 * clauses)).reshape(2, 7, clauses)
    words, notice_words = of_words[3:5]
    missing, absent = ((word_weights / rarest)[:, None, None] * (in_both == 0)).max(0, initial=0.0)
    highest = np.maximum.reduceat(covers, starts)
    tops = (covers == highest[clause_of]).nonzero()[0][::-1]
    # Of equals the first: what is assigned last stays.
    best = np.zeros(clauses, np.intp)
    best[clause_of[tops]] = tops
    best_sentences = found.texts(best.tolist())
    paired = covers.copy()
    paired[:-1] += covers[1:] * (clause_of[1:] == clause_of[:-1])
    scores = np.array([hit.score for hit in hits])
    matrix = np.zeros((len(NAMES), clauses))
    matrix[_SHARES] = shares
    columns: Columns = {
        "bm25": scores / total,
        "bm25_relative": scores / scores[0],
        "words": words,
        "notice_words": notice_words,
        "notice_squared": matrix[_AT["notice"]] ** 2,
        "sentence": highest / total,
        "two_sentences": np.minimum(1.0, np.maximum.reduceat(paired, starts) / total),
        "rarest_missing": missing,
        "rarest_absent": absent,
        "likeness": _likeness(question.content, best_sentences),
        "position": np.log1p(ordinals),
        "first": ordinals == 0,
        "last": ordinals == sizes - 1,
        "length": np.log1p(lengths),
        "notice_length": np.log1p(sizes),
        "numbered": numbered,
        "ends_open": ends_open,
        "asks": asks / counts,
    }
    columns |= _places(question, records, distinct, place_in_notices, which)
    columns |= _figures(question, records, policies)
    kinds = np.frombuffer(b"".join([r.holds or b"\0" for r in records]), np.uint8)
    columns |= _asked(question, records, best_sentences, kinds[best], np.bitwise_or.reduceat(kinds, starts))
    for name, column in columns.items():
        matrix[_AT[name]] = column
    return Weighed(matrix.T, which, found, firsts, covers, in_title)


def _likeness(content: str, sentences: Sequence[str]) -> npt.NDArray[np.float32]:
    found = process.cdist([content], sentences, scorer=fuzz.partial_ratio, score_cutoff=_UNLIKE)
    return np.asarray(found[0] / 100)


def _in_notices(question: Question, notices: Sequence[PolicyRecord]) -> tuple[Presence, npt.NDArray[np.bool_]]:
    """As ``Found.presence``, for whole notices, and which of them have one of the places asked about."""
    needles = question.needles
    found = held([n.pairs for n in notices], [*needles.strings, *question.places])
    strings = len(needles.strings)
    if not strings:
        return np.zeros((0, len(notices)), np.float32), np.logical_or.reduce(found)
    terms: Presence = found[needles.entries] * needles.factors[:, None]
    return np.maximum.reduceat(terms, needles.firsts, axis=0), np.logical_or.reduce(found[strings:])


def _figures(question: Question, records: Sequence[ClauseRecord], policies: Sequence[PolicyRecord]) -> Columns:
    if not question.figures:
        return {}
    return {
        "figures": [
            sum(has_figure(r.plain, f) or has_figure(p.subject, f) for f in question.figures) / len(question.figures)
            for r, p in zip(records, policies, strict=True)
        ]
    }


def _places(
    question: Question,
    records: Sequence[ClauseRecord],
    notices: Sequence[PolicyRecord],
    in_notices: npt.NDArray[np.bool_],
    which: npt.NDArray[np.intp],
) -> Columns:
    """``in_notices`` tells which of the notices have a place asked about."""
    if not question.places:
        return {}
    relation = np.array([_relation(question.places, notice.places) for notice in notices], np.int8)[which]
    named, related, differs = relation == _NAMED, relation == _RELATED, relation == _DIFFERS
    in_clause = np.zeros(len(records), bool)
    for place in question.places:
        in_clause |= np.array([place in r.plain for r in records])
    return {
        "place_in_title": named,
        "place_in_clause": in_clause,
        "place_broader": related,
        "place_differs": differs,
        "place_absent": ~(named | in_clause | in_notices[which]),
    }


_UNPLACED, _NAMED, _RELATED, _DIFFERS = range(4)


@lru_cache(maxsize=10_000)
def _relation(asked: tuple[str, ...], own: tuple[str, ...]) -> int:
    """How places that a notice is of stand to places asked about: one of the four above."""
    if not own:
        return _UNPLACED
    if not set(asked).isdisjoint(own):
        return _NAMED
    # Asked of 长沙 and found in a notice of 湖南, or the other way round, is no contradiction; 株洲 would be one.
    related = not {province_of(p) for p in asked}.isdisjoint(own) or not {province_of(p) for p in own}.isdisjoint(asked)
    return _RELATED if related else _DIFFERS


_BY_SENTENCE = ("number", "website", "when", "how_much", "who", "where")
_BY_CLAUSE = ("number", "when", "how_much")


def _asked(
    question: Question,
    records: Sequence[ClauseRecord],
    best_sentences: Sequence[str],
    of_best: npt.NDArray[np.uint8],
    of_clauses: npt.NDArray[np.uint8],
) -> Columns:
    """``of_best`` and ``of_clauses``: the kinds of thing that the best sentences and the clauses hold, as bits."""

    def hold(kind: str, bits: npt.NDArray[np.uint8], texts: Callable[[int], str]) -> npt.ArrayLike:
        shown = (bits & BITS[kind]) > 0
        if kind == "how_much":
            for n in shown.nonzero()[0].tolist():
                shown[n] = holds(kind, texts(n), question.plain)
        return shown

    asked = question.asked
    columns: Columns = {
        **{f"asked_{kind}": hold(kind, of_best, lambda n: best_sentences[n]) for kind in _BY_SENTENCE if kind in asked},
        **{
            f"clause_{kind}": hold(kind, of_clauses, lambda n: records[n].plain) for kind in _BY_CLAUSE if kind in asked
        },
    }
    if "which" in asked:
        columns["asked_which"] = [r.lists for r in records]
    return columns
