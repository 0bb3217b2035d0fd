"""The phrases of a clause, cut at commas, colons and sentence ends, and what bears on each belonging to the answer."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from knowledge.holds import PATTERNS, holds
from knowledge.matching import Found, Matrix
from knowledge.normalise import normalise_each
from knowledge.question import Question
from knowledge.record import ClauseRecord, PolicyRecord
from knowledge.sentences import Span

_PHRASE = re.compile(r"[^，,；;：:。！？!?\n]*[，,；;：:。！？!?\n]+[”’」』）)】》]*|[^，,；;：:。！？!?\n]+$")
_MARK = re.compile(r"[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|\d+[.、]")
_STOPS = "。；！？\n"
_CLOSED = tuple(".;,?!:。；，")
_BY_KIND = ("how", "what_measures", "why", "may_i")

NAMES: tuple[str, ...] = (
    "cover", "cover_before", "cover_after", "cover_sentence", "sentence_lag", "in_best_sentence",
    "behind_best_sentence", "cover_sentence_before", "beyond_title", "beyond_title_before", "cover_so_far", "length",
    "position", "first", "last", "count", "after_best", "is_best", "just_after_best", "distance", "ends_colon",
    "ends_question", "behind_colon", "behind_question", "numbered", "likeness", "opens_sentence", "heading", "run",
    "run_of_phrase",
    *(f"{kind}_{what}" for kind in PATTERNS for what in ("here", "elsewhere", "here_by_cover", "here_by_sentence")),
    *(f"{kind}_{what}" for kind in _BY_KIND for what in ("asked", "by_length", "after_best", "by_sentence")),
)  # fmt: skip
_AT = {name: n for n, name in enumerate(NAMES)}


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of a clause: their ranges in its text, and one row of ``NAMES`` for each."""

    spans: tuple[Span, ...]
    matrix: Matrix


def phrases(question: Question, record: ClauseRecord, policy: PolicyRecord) -> Phrases:
    """Cut a clause into phrases (at commas, colons and sentence ends) and weigh each against the question."""
    text = record.clause.text
    spans = tuple(Span(m.start(), m.end()) for m in _PHRASE.finditer(text) if m[0].strip())
    if not spans:
        return Phrases((), np.zeros((0, len(NAMES))))
    plain = normalise_each([text[s.start : s.end] for s in spans])
    count = len(spans)
    weights = question.weights
    total = float(weights.sum()) or 1.0
    # The phrases, the sentences and the notice's title are searched together.
    found = Found(question.needles, [*plain, record.plain, policy.subject])
    presence = found.presence()
    present = presence[:, :count]
    untitled = weights * (presence[:, -1] == 0)
    cover = weights @ present / total
    beyond = untitled @ present / (untitled.sum() or 1.0)
    runs = found.longest_runs()[:count]
    by_sentence = weights @ presence[:, count:-1] / total
    best_sentence = int(by_sentence.argmax())
    best = int(cover.argmax())
    at = np.arange(count)
    of = _sentence_of(record, text, spans)
    sentence = by_sentence[of]
    sizes = np.array([len(p) for p in plain])
    length = np.log1p(sizes)
    colon = np.array([p.endswith(":") for p in plain])
    asks = np.array([p.endswith("?") for p in plain])
    columns: dict[str, npt.ArrayLike] = {
        "cover": cover,
        "cover_before": _before(cover),
        "cover_after": np.concatenate([cover[1:], [0.0]]),
        "cover_sentence": sentence,
        "sentence_lag": sentence - by_sentence.max(),
        "in_best_sentence": of == best_sentence,
        "behind_best_sentence": of == best_sentence + 1,
        "cover_sentence_before": np.where(of > 0, by_sentence[of - 1], 0.0),
        "beyond_title": beyond,
        "beyond_title_before": _before(beyond),
        "cover_so_far": _before(np.maximum.accumulate(cover)),
        "length": length,
        "position": at / count,
        "first": at == 0,
        "last": at == count - 1,
        "count": np.full(count, math.log1p(count)),
        "after_best": at > best,
        "is_best": at == best,
        "just_after_best": (at - best > 0) & (at - best <= 2),
        "distance": np.minimum(np.abs(at - best), 8) / 8,
        "ends_colon": colon,
        "ends_question": asks,
        "behind_colon": _before(colon),
        "behind_question": _before(asks),
        "numbered": [bool(_MARK.match(p)) for p in plain],
        "likeness": process.cdist([question.content], plain, scorer=fuzz.partial_ratio)[0] / 100,
        "opens_sentence": [i == 0 or text[s.start - 1] in _STOPS for i, s in enumerate(spans)],
        "heading": [len(p) <= 30 and not p.endswith(_CLOSED) for p in plain],
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
            columns[f"{kind}_asked"] = np.ones(count)
            columns[f"{kind}_by_length"] = length
            columns[f"{kind}_after_best"] = at > best
            columns[f"{kind}_by_sentence"] = sentence
    matrix = np.zeros((count, len(NAMES)))
    for name, column in columns.items():
        matrix[:, _AT[name]] = column
    return Phrases(spans, matrix)


def _before(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The value of the phrase before; 0 for the first."""
    return np.concatenate([[0], values[:-1]])


def _sentence_of(record: ClauseRecord, text: str, spans: Sequence[Span]) -> npt.NDArray[np.intp]:
    """The number of the sentence that each phrase begins in."""
    begins = [s.end - len(text[s.start : s.end].lstrip()) for s in spans]
    ends = [s.end for s in record.spans]
    return np.minimum(np.array(ends).searchsorted(begins, "right"), len(ends) - 1)
