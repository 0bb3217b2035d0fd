"""The phrases of a clause, cut at commas, colons and sentence ends, and what bears on each belonging to the answer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.holds import PATTERNS, holds
from knowledge.matching import Matrix, Seen
from knowledge.pieces import ASKS, COLON, HEADING, NUMBERED, OPENS_SENTENCE, Offsets
from knowledge.question import Question
from knowledge.record import ClauseRecord

_BY_KIND = ("how", "what_measures", "why", "may_i")

NAMES: tuple[str, ...] = (
    "cover", "cover_before", "cover_after", "cover_sentence", "sentence_lag", "in_best_sentence",
    "behind_best_sentence", "cover_sentence_before", "beyond_title", "beyond_title_before", "cover_so_far", "length",
    "position", "first", "last", "count", "after_best", "is_best", "just_after_best", "distance", "ends_colon",
    "ends_question", "behind_colon", "behind_question", "numbered", "opens_sentence", "heading", "run",
    "run_of_phrase",
    *(f"{kind}_{what}" for kind in PATTERNS for what in ("here", "elsewhere", "here_by_cover", "here_by_sentence")),
    *(f"{kind}_{what}" for kind in _BY_KIND for what in ("asked", "by_length", "after_best", "by_sentence")),
)  # fmt: skip
_AT = {name: n for n, name in enumerate(NAMES)}


def phrases(
    question: Question, record: ClauseRecord, seen: Seen, opens: Offsets, places: tuple[Offsets, Offsets]
) -> Matrix:
    """The phrases of a clause weighed against the question: one row of ``NAMES`` for each.

    ``opens`` numbers the words that open one, ``places`` has where each word starts and ends in the clause's normalised text.
    """
    bits = record.pieces.phrase_bits
    count = len(bits)
    edges, ends = np.empty(count + 1, np.int64), np.empty(count, np.int64)
    edges[:-1], edges[-1] = places[0][opens], len(record.plain)
    ends[:-1], ends[-1] = places[1][opens[1:] - 1], places[1][-1]
    plain = [record.plain[start:end] for start, end in zip(edges.tolist(), ends.tolist(), strict=False)]
    sizes = ends - edges[:-1]
    found = seen.by(edges)
    presence = found.presence()
    weights = question.weights
    total = float(weights.sum()) or 1.0
    untitled = weights * (seen.in_title == 0)
    cover = weights @ presence / total
    beyond = untitled @ presence / (float(untitled.sum()) or 1.0)
    runs = found.longest_runs()
    by_sentence = seen.covers / total
    best_sentence = int(by_sentence.argmax())
    best = int(cover.argmax())
    at = np.arange(count)
    of = np.array(record.starts).searchsorted(edges[:-1], "right") - 1
    sentence = by_sentence[of]
    length = np.log1p(sizes)
    colon, asks = (bits & COLON) > 0, (bits & ASKS) > 0
    behind = at - best
    columns: dict[str, npt.ArrayLike] = {
        "cover": cover,
        "cover_before": _before(cover),
        "cover_after": _after(cover),
        "cover_sentence": sentence,
        "sentence_lag": sentence - by_sentence[best_sentence],
        "in_best_sentence": of == best_sentence,
        "behind_best_sentence": of == best_sentence + 1,
        "cover_sentence_before": by_sentence[of - 1] * (of > 0),
        "beyond_title": beyond,
        "beyond_title_before": _before(beyond),
        "cover_so_far": _before(np.maximum.accumulate(cover)),
        "length": length,
        "position": at / count,
        "first": at == 0,
        "last": at == count - 1,
        "count": math.log1p(count),
        "after_best": behind > 0,
        "is_best": behind == 0,
        "just_after_best": (behind == 1) | (behind == 2),
        "distance": np.minimum(np.abs(behind), 8) / 8,
        "ends_colon": colon,
        "ends_question": asks,
        "behind_colon": _before(colon),
        "behind_question": _before(asks),
        "numbered": bits & NUMBERED > 0,
        "opens_sentence": bits & OPENS_SENTENCE > 0,
        "heading": bits & HEADING > 0,
        "run": runs / max(1, len(question.content)),
        "run_of_phrase": runs / np.maximum(1, sizes),
    }
    for kind in PATTERNS:
        if kind in question.asked:
            here = np.array([holds(kind, p, question.plain) for p in plain])
            columns[f"{kind}_here"] = here
            columns[f"{kind}_elsewhere"] = ~here
            columns[f"{kind}_here_by_cover"] = here * cover
            columns[f"{kind}_here_by_sentence"] = here * sentence
    for kind in _BY_KIND:
        if kind in question.asked:
            columns[f"{kind}_asked"] = 1.0
            columns[f"{kind}_by_length"] = length
            columns[f"{kind}_after_best"] = behind > 0
            columns[f"{kind}_by_sentence"] = sentence
    matrix = np.zeros((len(NAMES), count))
    for name, column in columns.items():
        matrix[_AT[name]] = column
    return matrix.T


def _before(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The value of the phrase before; 0 for the first."""
    moved = np.zeros_like(values)
    moved[1:] = values[:-1]
    return moved


def _after(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The value of the phrase behind; 0 for the last."""
    moved = np.zeros_like(values)
    moved[:-1] = values[1:]
    return moved
