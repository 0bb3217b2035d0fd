"""To answer, to let people choose, or to refuse: by the calibrated chance that the first clause is the right one."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from knowledge.answer import Decision
from knowledge.features import NAMES, Weighed
from knowledge.question import KINDS, Question
from knowledge.weights import Order, Vector, Weights

_AT = {name: n for n, name in enumerate(NAMES)}


def chances(scores: Vector) -> Vector:
    """The softmax of ranking scores: each candidate's share of the chance that one of them is right."""
    if not len(scores):
        return scores
    raised = np.exp(scores - scores.max())
    return np.asarray(raised / raised.sum())


# Features whose best candidates are looked at beside the first: what it lags behind the highest, and the mean of the first five.
_COMPARED = ("exact", "words", "notice_words", "clause", "run", "bm25", "sentence")
_COMPARED_AT = [_AT[name] for name in _COMPARED]


def signs(question: Question, weighed: Weighed, scores: Vector, order: Order) -> dict[str, float]:
    """What the confidence is computed from, by name. ``order`` ranks the rows of ``weighed``, best first."""
    matrix = weighed.matrix
    together = (weighed.notices[order[:10]] == weighed.notices[order[0]]).tolist()
    compared = matrix[:, _COMPARED_AT]
    highest = dict(zip(_COMPARED, compared.max(0).tolist(), strict=True))
    of_five = dict(zip(_COMPARED, compared[order[:5]].mean(0).tolist(), strict=True))
    first = dict(zip(NAMES, matrix[order[0]].tolist(), strict=True))
    shares = chances(scores)[order]
    ranked = scores[order]
    words = sorted((t.weight for t in question.terms if t.word), reverse=True)
    total, word_total = sum(t.weight for t in question.terms), sum(words)
    return {
        **first,
        **{
            f"{name}_squared": first[name] ** 2
            for name in ("title_and_clause", "notice", "clause", "exact", "notice_words")
        },
        **{f"{name}_lag": highest[name] - first[name] for name in _COMPARED},
        **{f"{name}_of_five": of_five[name] for name in _COMPARED},
        **{f"asks_{kind}": float(kind in question.asked) for kind in KINDS},
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


def sigmoid(x: float) -> float:
    """The logistic function."""
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, x))))


def confidence(weights: Weights, values: Mapping[str, float]) -> float:
    """The chance (0 to 1) that the first candidate is right."""
    return sigmoid(weights.confidence(values))


# A time is not among them: that something is put off, or begins soon, answers who asks until when.
DOUBTS = {
    "place": "its notice is of another place than the one asked about",
    "how_much": "it has no amount, which is asked for",
    "number": "it has no number to call, which is asked for",
}
"""Why a clause may be offered, but is not the answer however likely it looks."""


def doubt(question: Question, features: Vector) -> str:
    """The key in ``DOUBTS`` of what speaks against the candidate with these features; "" where nothing does."""
    if features[_AT["place_differs"]]:
        return "place"
    for kind in ("how_much", "number"):
        if kind in question.asked and not features[_AT[f"clause_{kind}"]]:
            return kind
    return ""


def decide(weights: Weights, chance: float, *, doubted: bool = False) -> Decision:
    """The decision at this confidence; a clause with a ``doubt`` is only offered, never the answer."""
    if chance >= weights.answer and not doubted:
        return "answer"
    return "choose" if chance >= weights.choose else "refuse"
