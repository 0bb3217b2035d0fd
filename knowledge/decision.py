"""To answer, to let people choose, or to refuse: by the calibrated chance that the first clause is the right one."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import numpy as np

from knowledge.answer import Decision
from knowledge.features import LABELS, NAMES, Weighed
from knowledge.holds import has_figure, holds
from knowledge.question import KINDS, Question
from knowledge.record import ClauseRecord, PolicyRecord
from knowledge.regions import PLACE, places
from knowledge.segment import frame_words
from knowledge.weights import Order, Vector, Weights

_AT = {name: n for n, name in enumerate(NAMES)}


def chances(scores: Vector) -> Vector:
    """The softmax of ranking scores: each candidate's share of the chance that one of them is right."""
    if not len(scores):
        return scores
    raised = np.exp(scores - scores.max())
    return np.asarray(raised / raised.sum())


# Features whose best candidates are looked at beside the first: what it lags behind the highest, and the mean of the first five.
_COMPARED = ("exact", "words", "notice_words", "clause", "bm25", "sentence")
_COMPARED_AT = [_AT[name] for name in _COMPARED]
_LAGS, _MEANS = [f"{name}_lag" for name in _COMPARED], [f"{name}_of_five" for name in _COMPARED]
_SQUARES = {f"{name}_squared": name for name in ("title_and_clause", "notice", "clause", "exact", "notice_words")}
_ASKS = {f"asks_{kind}": kind for kind in KINDS}


def signs(question: Question, weighed: Weighed, scores: Vector, order: Order) -> dict[str, float]:
    """What the confidence is computed from, by name. ``order`` ranks the rows of ``weighed``, best first."""
    matrix = weighed.matrix
    together = (weighed.notices[order[:10]] == weighed.notices[order[0]]).tolist()
    compared, five = matrix[:, _COMPARED_AT], order[:5]
    lags = compared.max(0) - compared[order[0]]
    means = compared[five].sum(0) / len(five)
    first = dict(zip(NAMES, matrix[order[0]].tolist(), strict=True))
    shares = chances(scores)[order]
    ranked = scores[order]
    words = sorted((t.weight for t in question.terms if t.word), reverse=True)
    total, word_total = sum(t.weight for t in question.terms), sum(words)
    return {
        **first,
        **{square: first[name] ** 2 for square, name in _SQUARES.items()},
        **dict(zip(_LAGS, lags.tolist(), strict=True)),
        **dict(zip(_MEANS, means.tolist(), strict=True)),
        **{asks: float(kind in question.asked) for asks, kind in _ASKS.items()},
        "share": float(shares[0]),
        "share_of_three": float(shares[:3].sum()),
        "spread": float(-(shares * np.log(shares + 1e-12)).sum()),
        "lead": min(float(ranked[0] - ranked[1]), 5.0) if len(ranked) > 1 else 5.0,
        "lead_over_third": min(float(ranked[0] - ranked[2]), 5.0) if len(ranked) > 2 else 5.0,
        "score": float(ranked[0]),
        "question_weight": math.log1p(total),
        "question_terms": len(question.terms) / 30,
        "question_words": float(len(words)),
        "question_length": float(len(question.content)),
        "rarest_weight": words[0] if words else 0.0,
        "second_rarest_weight": words[1] if len(words) > 1 else 0.0,
        "missing_weight": (1 - first["exact"]) * total,
        "missing_word_weight": (1 - first["words"]) * word_total,
        "absent_word_weight": (1 - first["notice_words"]) * word_total,
        "covered_weight": math.log1p(first["exact"] * total),
        "covered_word_weight": math.log1p(first["words"] * word_total),
        "covered_form_weight": math.log1p(first["title_and_clause"] * total),
        **{f"same_notice_of_{n}": sum(together[:n]) / len(together[:n]) for n in (3, 5, 10)},
        "names_place": float(bool(question.places)),
    }


_LABELS = {
    "share": "the first's share of the candidates' chances",
    "share_of_three": "the first three's share of the candidates' chances",
    "spread": "how the candidates' chances are spread (entropy)",
    "lead": "lead of the first over the second",
    "lead_over_third": "lead of the first over the third",
    "score": "score of the first",
    "question_weight": "weight of the question's terms (logarithm)",
    "question_terms": "number of the question's terms",
    "question_words": "number of the question's whole words",
    "question_length": "length of the question",
    "rarest_weight": "weight of the question's rarest word",
    "second_rarest_weight": "weight of the second rarest word",
    "missing_weight": "weight that title and clause lack",
    "missing_word_weight": "weight of the words that title and clause lack",
    "absent_word_weight": "weight of the words that the whole notice lacks",
    "covered_weight": "weight that title and clause have (logarithm)",
    "covered_word_weight": "weight of the words that title and clause have (logarithm)",
    "covered_form_weight": "weight that title and clause have in whatever form (logarithm)",
    "same_notice_of_3": "share of the first three that stand in the first's notice",
    "same_notice_of_5": "share of the first five that stand in the first's notice",
    "same_notice_of_10": "share of the first ten that stand in the first's notice",
    "names_place": "the question names a place",
}
_COMPARISONS = {
    "_squared": "; squared",
    "_lag": "; how much the first lags behind the highest",
    "_of_five": "; mean of the first five",
}


def sign_label(name: str) -> str:
    """What a sign is, in words. Raises KeyError for what is none."""
    if name in LABELS:
        return LABELS[name]
    if name.startswith("asks_"):
        return f"the question asks for: {name.removeprefix('asks_')}"
    for end, words in _COMPARISONS.items():
        if name.endswith(end):
            return LABELS[name.removesuffix(end)] + words
    return _LABELS[name]


def sigmoid(x: float) -> float:
    """The logistic function."""
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, x))))


def confidence(weights: Weights, values: Mapping[str, float]) -> float:
    """The chance (0 to 1) that the first candidate is right."""
    return sigmoid(weights.confidence(values))


# A time is not among them: that something is put off, or begins soon, answers who asks until when.
DOUBTS = {
    "place": "its notice is of another place than the one asked about",
    "figure": "it has not the number, grade or year that is asked about",
    "how_much": "it has no amount, which is asked for",
    "number": "it has no number to call, which is asked for",
    "where": "it has no place to go to, which is asked for",
    "subject": "neither it nor its notice's title has a word of the question's subject",
    "vague": "the question is nothing but a place, a figure, or a word of what all notices are about",
}
"""Why a clause may be offered, but is not the answer however likely it looks."""

# What is itself, or is not it: a number to call, a grade, the how-manieth, a year. Amounts are not: people tell their own.
_A_YEAR = r"(?:19|20)\d\d"
_EXACT = re.compile(rf"\d{{5,}}(?![\d万亿元户人家])|第?[一二三四五六七八九十\d]+[级届档]|{_A_YEAR}(?=年)")
_YEAR = re.compile(rf"(?<!\d){_A_YEAR}(?!\d)")


def doubt(question: Question, features: Vector, record: ClauseRecord, policy: PolicyRecord) -> str:
    """The key in ``DOUBTS`` of what speaks against a candidate, a clause with these features; "" where nothing does."""
    if features[_AT["place_differs"]]:
        return "place"
    metadata = policy.metadata
    texts = (record.plain, policy.subject, f"{metadata.published or ''} {metadata.signed or ''}")
    dated = any(map(_YEAR.search, texts))
    for exact in _EXACT.findall(question.plain):
        # Where a notice tells no year, it may be of any.
        if (dated or not _YEAR.fullmatch(exact)) and not any(has_figure(text, exact) for text in texts):
            return "figure"
    for kind in ("how_much", "number", "where"):
        if kind in question.asked and not holds(kind, record.plain, question.plain):
            return kind
    if not _speaks_of(question, record.plain + policy.subject):
        return "subject"
    return "vague" if _vague(question) else ""


def _speaks_of(question: Question, text: str) -> bool:
    """Whether a text has a word of the subject (no place, figure, or mere frame), or what any word may stand for.

    Also where the question names no subject.
    """
    subject = [
        t.text
        for t in question.terms
        if t.word and t.text not in frame_words() and not places(t.text) and not t.text[0].isdecimal()
    ]
    forms = (f.text for t in question.terms for f in t.forms if f.why not in ("place", "figure"))
    return not subject or any(looks in text for looks in (*subject, *forms))


def _vague(question: Question) -> bool:
    """Whether it is a single word that names no subject: 企业, 湖南, 2020 (but 96871 is a number to call)."""
    words = [t.text for t in question.terms if t.word or t.text.isdecimal()]
    if len(words) != 1 or words[0] != question.content:
        return False
    word = words[0]
    return word in frame_words() or PLACE.fullmatch(word) is not None or (word.isdecimal() and not _EXACT.match(word))


def decide(weights: Weights, chance: float, *, doubted: bool = False) -> Decision:
    """The decision at this confidence; a clause with a ``doubt`` is only offered, never the answer."""
    if chance >= weights.answer and not doubted:
        return "answer"
    return "choose" if chance >= weights.choose else "refuse"
