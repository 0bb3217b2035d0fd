"""The features that candidates are ranked by: plain measures of a question against a clause, its notice and its best sentence.

Each is a number between about 0 and 1 unless its name says otherwise, and can be shown to a person (``LABELS``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from knowledge.holds import BITS, holds
from knowledge.index import Hit
from knowledge.matching import Found, Matrix, Presence
from knowledge.question import Question
from knowledge.record import ClauseRecord, PolicyRecord
from knowledge.regions import province_of
from knowledge.signature import held

LABELS: dict[str, str] = {
    "bm25": "BM25 of title, heading and clause, by the question's total weight",
    "bm25_relative": "the same as a share of the best candidate's",
    "bm25_clause": "BM25 of the clause's own words alone",
    "clause": "how much of the question the clause covers, weighted by rarity",
    "sentence": "… its best sentence covers",
    "two_sentences": "… its best two neighbouring sentences cover",
    "title": "… the notice's title covers",
    "heading": "… the clause's heading covers",
    "title_and_clause": "… title and clause cover together",
    "notice": "… the whole notice covers",
    "notice_squared": "the same, squared: full coverage counts more than its share",
    "exact": "… title and clause cover together, by the question's own words alone",
    "notice_exact": "… the whole notice covers, by the question's own words alone",
    "words": "… title and clause cover together, whole words alone",
    "notice_words": "… the whole notice covers, whole words alone",
    "rarest_missing": "weight of the rarest word that neither title nor clause has, by that of the rarest word",
    "rarest_absent": "weight of the rarest word that the whole notice has not, by that of the rarest word",
    "run": "longest run of the question's characters found in the clause, by the question's length",
    "title_run": "… found in the title",
    "likeness": "likeness of the question to the best sentence (rapidfuzz partial_ratio)",
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

# Lucene's usual BM25 parameters, and the mean length of a clause in normalised characters.
_K1, _B, _MEAN_LENGTH = 1.2, 0.75, 250.0


Columns = dict[str, npt.ArrayLike]


@dataclass(frozen=True, slots=True)
class Weighed:
    """The features of candidates: one row of ``NAMES`` for each.

    ``sentence`` is the index of each one's best sentence, ``notices`` numbers the notices that they stand in.
    """

    matrix: Matrix
    sentence: tuple[int, ...]
    notices: npt.NDArray[np.int64]


def weigh(question: Question, hits: Sequence[Hit], policies: Sequence[PolicyRecord]) -> Weighed:
    """The features of ``hits`` (each beside its policy) as candidates for ``question``."""
    if not hits:
        return Weighed(np.zeros((0, len(NAMES))), (), np.zeros(0, np.int64))
    records = [hit.record for hit in hits]
    weights = question.weights
    total = float(weights.sum()) or 1.0
    distinct = list({p.policy_id: p for p in policies}.values())
    at_notice = {p.policy_id: n for n, p in enumerate(distinct)}
    which = np.array([at_notice[p.policy_id] for p in policies], np.intp)
    counts = np.array([len(r.starts) or 1 for r in records])
    sentences, clauses, notices = int(counts.sum()), len(records), len(distinct)
    firsts = counts.cumsum() - counts
    clause_of = np.arange(clauses).repeat(counts)
    # Sentences, titles and headings are searched together: one pass costs hardly more than one of three.
    found = Found(
        question.needles, [*(r.plain for r in records), *(p.subject for p in distinct), *(r.heading for r in records)]
    )
    by_sentence = weights @ found.presence()[:, :sentences]
    groups = np.concatenate([clause_of, np.arange(clauses, clauses + notices + clauses)])
    presence = found.presence(groups, clauses + notices + clauses)
    in_clause, in_heading = presence[:, :clauses], presence[:, clauses + notices :]
    in_either = np.maximum(in_clause, in_title := presence[:, clauses : clauses + notices][:, which])
    in_notices, place_in_notices = _in_notices(question, distinct)
    in_notice = np.maximum(in_either, in_notices[:, which])
    frequency = found.frequency(groups, clauses + notices + clauses)[:, :clauses]
    lengths = np.array([len(r.plain) for r in records], float)
    norm = _K1 * (1 - _B + _B * lengths / _MEAN_LENGTH)
    bm25 = weights @ (in_clause * frequency * (_K1 + 1) / (frequency + norm))
    # Of pairs that are no words many are mere chance; only words can be missed.
    is_word = np.array([t.word for t in question.terms])
    word_weights = weights * is_word if is_word.any() else weights
    words = float(word_weights.sum()) or 1.0
    rarest = float(word_weights.max(initial=0.0)) or 1.0
    highest = np.maximum.reduceat(by_sentence, firsts)
    tops = (by_sentence == highest[clause_of]).nonzero()[0]
    # Of equals the first: what is assigned last stays.
    best = np.zeros(len(records), np.intp)
    best[clause_of[tops[::-1]]] = tops[::-1] - firsts[clause_of[tops[::-1]]]
    best_sentences = [r.sentence(n) if r.starts else "" for r, n in zip(records, best.tolist(), strict=True)]
    paired = by_sentence.copy()
    paired[:-1] += np.where(clause_of[1:] == clause_of[:-1], by_sentence[1:], 0.0)
    two = np.maximum.reduceat(paired, firsts)
    length = max(1, len(question.content))
    longest = found.longest_runs()
    runs = np.maximum.reduceat(longest[:sentences], firsts)
    scores = np.array([hit.score for hit in hits])
    ordinals = np.array([r.clause.ordinal for r in records], float)
    sizes = np.array([p.clauses for p in policies], float)
    notice = weights @ in_notice / total
    columns: Columns = {
        "bm25": scores / total,
        "bm25_relative": scores / scores[0],
        "bm25_clause": bm25 / total,
        "clause": weights @ in_clause / total,
        "sentence": highest / total,
        "two_sentences": np.minimum(1.0, two / total),
        "title": weights @ in_title / total,
        "heading": weights @ in_heading / total,
        "title_and_clause": weights @ in_either / total,
        "notice": notice,
        "notice_squared": notice**2,
        "exact": weights @ (in_either == 1) / total,
        "notice_exact": weights @ (in_notice == 1) / total,
        "words": word_weights @ in_either / words,
        "notice_words": word_weights @ in_notice / words,
        "rarest_missing": (word_weights[:, None] * (in_either == 0)).max(0, initial=0.0) / rarest,
        "rarest_absent": (word_weights[:, None] * (in_notice == 0)).max(0, initial=0.0) / rarest,
        "run": runs / length,
        "title_run": longest[sentences : sentences + notices][which] / length,
        "likeness": process.cdist([question.content], best_sentences, scorer=fuzz.partial_ratio)[0] / 100,
        "position": np.log1p(ordinals),
        "first": ordinals == 0,
        "last": ordinals == sizes - 1,
        "length": np.log1p(lengths),
        "notice_length": np.log1p(sizes),
        "numbered": [r.clause.number is not None for r in records],
        "ends_open": [r.plain.endswith(":") for r in records],
        "asks": np.array([r.plain.count("?") for r in records]) / counts,
    }
    columns |= _places(question, records, distinct, place_in_notices, which)
    columns |= _figures(question, records, policies)
    kinds = np.frombuffer(b"".join(r.holds or b"\0" for r in records), np.uint8)
    of_clauses = np.bitwise_or.reduceat(kinds, firsts)
    columns |= _asked(question, records, best_sentences, kinds[firsts + best], of_clauses)
    matrix = np.empty((len(NAMES), clauses))
    for n, name in enumerate(NAMES):
        matrix[n] = columns[name]
    return Weighed(matrix.T, tuple(best.tolist()), which)


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
        return {"figures": np.zeros(len(records))}
    return {
        "figures": [
            sum(f in r.plain or f in p.subject for f in question.figures) / len(question.figures)
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
    names = ("place_in_title", "place_in_clause", "place_broader", "place_differs", "place_absent")
    if not question.places:
        return dict.fromkeys(names, np.zeros(len(records)))
    asked = set(question.places)
    provinces = {province_of(p) for p in asked}
    rows = []
    for notice in notices:
        own = set(notice.places)
        named = bool(asked & own)
        # Asked of 长沙 and found in a notice of 湖南, or the other way round, is no contradiction; 株洲 would be one.
        related = bool(own) and not named and bool((provinces & own) or (asked & {province_of(p) for p in own}))
        rows.append((named, related, bool(own) and not named and not related))
    named, related, differs = np.array(rows, bool).reshape(-1, 3)[which].T
    in_clause = np.array([any(p in r.plain for p in asked) for r in records])
    columns = (named, in_clause, related, differs, ~(named | in_clause | in_notices[which]))
    return dict(zip(names, columns, strict=True))


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
        if kind not in question.asked:
            return np.zeros(len(records))
        shown = (bits & BITS[kind]) > 0
        if kind == "how_much":
            for n in shown.nonzero()[0].tolist():
                shown[n] = holds(kind, texts(n), question.plain)
        return shown

    return {
        **{f"asked_{kind}": hold(kind, of_best, lambda n: best_sentences[n]) for kind in _BY_SENTENCE},
        "asked_which": [r.lists for r in records] if "which" in question.asked else np.zeros(len(records)),
        **{f"clause_{kind}": hold(kind, of_clauses, lambda n: records[n].plain) for kind in _BY_CLAUSE},
    }
