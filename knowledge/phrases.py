"""The phrases of a clause, cut at commas, colons and sentence ends, and what bears on each belonging to the answer."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.holds import BITS, PATTERNS, holds
from knowledge.matching import Seen
from knowledge.pieces import ASKS, COLON, HEADING, NUMBERED, OPENS_SENTENCE, Offsets
from knowledge.question import Question
from knowledge.record import ClauseRecord
from knowledge.weights import Matrix, rows

_BY_KIND = ("how", "what_measures", "why", "may_i")

# Those of one of the slices below stand in the order that they are computed in.
NAMES: tuple[str, ...] = (
    "cover", "beyond_title", "ends_colon", "ends_question", "numbered", "opens_sentence", "heading",
    "cover_before", "beyond_title_before", "behind_colon", "behind_question", "cover_after", "cover_so_far",
    "position", "first", "last", "count", "after_best", "is_best", "just_after_best", "distance",
    "cover_sentence", "sentence_lag", "in_best_sentence", "behind_best_sentence", "cover_sentence_before",
    "length",
    *(f"{kind}_{what}" for kind in PATTERNS for what in ("here", "elsewhere", "here_by_cover", "here_by_sentence")),
    *(f"{kind}_{what}" for kind in _BY_KIND for what in ("asked", "by_length", "after_best", "by_sentence")),
)  # fmt: skip
_SHARES, _MARKS = rows(NAMES, "cover", "beyond_title"), rows(NAMES, "ends_colon", "heading")
_HERE, _BEFORE = rows(NAMES, "cover", "ends_question"), rows(NAMES, "cover_before", "behind_question")
_STANDING, _OF_SENTENCE = rows(NAMES, "position", "distance"), rows(NAMES, "cover_sentence", "cover_sentence_before")
_ROW = {name: n for n, name in enumerate(NAMES)}
# The marks for whatever bits.
_MARKED = np.array([[n & bit > 0 for n in range(32)] for bit in (COLON, ASKS, NUMBERED, OPENS_SENTENCE, HEADING)])


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
    sizes = ends - edges[:-1]
    weights = question.weights
    total = float(weights.sum()) or 1.0
    untitled = weights * (seen.in_title == 0)
    shares = np.array([weights / total, untitled / (float(untitled.sum()) or 1.0)])
    # Sentences end at an ellipsis, too; a phrase may go on beyond it.
    of, last = np.array(record.starts).searchsorted([edges[:-1], ends - 1], "right") - 1
    found = np.zeros((len(NAMES), count))
    found[_SHARES] = shares @ seen.by(edges).presence()
    found[_MARKS] = _MARKED[:, bits]
    found[_BEFORE, 1:] = found[_HERE, :-1]
    cover = found[_ROW["cover"]]
    found[_ROW["cover_after"], :-1] = cover[1:]
    found[_ROW["cover_so_far"], 1:] = np.maximum.accumulate(cover)[:-1]
    # Rounded, since sums in another order differ in their last bits.
    found[_STANDING] = _standing_of_phrases(count, int(cover.round(6).argmax()))
    found[_OF_SENTENCE] = _of_sentence(seen.covers / total)[:, of]
    found[_ROW["length"]] = np.log1p(sizes)
    row = _ROW["length"] + 1
    sentence, length, after_best = (found[_ROW[name]] for name in ("cover_sentence", "length", "after_best"))
    held = np.frombuffer(record.holds, np.uint8)
    for kind, bit in BITS.items():
        if kind in question.asked:
            # What a phrase within one sentence holds the sentence holds.
            here = (held & bit > 0)[of] | (last > of)
            for n in here.nonzero()[0].tolist():
                here[n] = holds(kind, record.plain[edges[n] : ends[n]], question.plain)
            found[row], found[row + 1], found[row + 2], found[row + 3] = here, ~here, here * cover, here * sentence
        row += 4
    for kind in _BY_KIND:
        if kind in question.asked:
            found[row], found[row + 1], found[row + 2], found[row + 3] = 1.0, length, after_best, sentence
        row += 4
    return found.T


@lru_cache(maxsize=1024)
def _standing_of_phrases(count: int, best: int) -> Matrix:
    """How each of so many phrases stands in its clause, and to the one that covers most of the question: the rows _STANDING."""
    at = np.arange(count)
    behind = at - best
    return np.array(
        [
            at / count, at == 0, at == count - 1, np.full(count, math.log1p(count)), behind > 0, behind == 0,
            (behind == 1) | (behind == 2), np.minimum(np.abs(behind), 8) / 8,
        ]
    )  # fmt: skip


def _of_sentence(covers: npt.NDArray[np.floating[Any]]) -> Matrix:
    """What is told of a phrase by its sentence, of those that cover so much of the question: the rows _OF_SENTENCE."""
    best = int(covers.argmax())
    found = np.zeros((5, len(covers)))
    found[0], found[1] = covers, covers - covers[best]
    found[2, best] = 1
    found[3, best + 1 : best + 2] = 1
    found[4, 1:] = covers[:-1]
    return found
