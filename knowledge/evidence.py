"""Which words of a clause answer: the run of words with the best expected overlap with the answer.

Every word gets three chances: of belonging to the answer, of opening it and of closing it, from features that can be named.
Of all runs the one is quoted whose expected F1 (chances weighted by length, as Lewis 1995 has it), helped by how well it opens
and closes, is highest. What is quoted always stands in the clause as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.holds import PATTERNS
from knowledge.matching import Found, Matrix
from knowledge.normalise import normalise_each
from knowledge.phrases import NAMES as PHRASE_NAMES
from knowledge.phrases import phrases
from knowledge.question import Question
from knowledge.record import ClauseRecord, Offsets, PolicyRecord
from knowledge.sentences import Span
from knowledge.weights import EvidenceWeights

# How much of the expected answer outside the run counts against it (below 1 favours short runs), and how much opening and
# closing well counts for it.
_OUTSIDE, _BORDERS = 0.4, 0.08
# How many openings of a run are weighed at once.
_ROWS = 64
_BEFORE = np.tri(_ROWS, k=-1, dtype=bool)
# Words behind which an answer often begins.
_LEADS = (
    "为", "是", "至", ":", "由", "按", "按照", "给予", "可", "将", "不超过", "达", "共", "达到", "在", "于", "从", "即", "包括",
    "实行", "采取", "通过", "以",
)  # fmt: skip
_LONG_LEADS = re.compile("|".join(lead for lead in _LEADS if len(lead) > 1))
_FIGURE, _WORD, _HAN = re.compile(r"\d"), re.compile(r"\w"), re.compile(r"[\u4e00-\u9fff]")
_UNIT = re.compile(
    r"(?<=个)(?:月|百分点|工作日|小时)|(?<=[\d万亿千百])个?(?:月|百分点|工作日|小时|天|日|年|[万亿]?元|[%％]|倍|折|家|户|人)"
)
_ECHOED_BY_CHANCE = frozenset("的了和与及")
_KEPT = 50_000
_BY_FIGURE = ("how_much", "when", "number", "website", "who", "where")
_BY_ECHO = ("how", "what_measures", "why", "may_i", "which")

# A question for no more than this (may I …, or a bare keyword) is answered by a sentence; its words must be among those quoted.
_ASKS_NOTHING_EXACT = frozenset({"may_i"})
_HEADING_LENGTH = 45

_NEAR = (-3, -2, -1, 1, 2, 3)
_OF_PHRASE = [
    PHRASE_NAMES.index(name) for name in ("cover", "cover_sentence", "is_best", "after_best", "in_best_sentence")
]

_WORD_NAMES = (
    "echo", "term", "opens_phrase", "closes_phrase", "place_in_phrase", "words_before", "words_after", "echoed_before",
    "behind_echo", "before_echo", "between_echoes", "no_echo", "figure", "behind_lead", "is_lead", "han", "mark", "length",
    "echo_before", "echo_after", "echoes_before", "echoes_after", "distance_from_echo", "echo_share", "phrase_words",
    "behind_echo_by_cover", "before_echo_by_cover", "echo_by_cover", "behind_echo_in_best", "echo_in_best", "no_echo_after_best",
    "echo_by_sentence", "no_echo_in_best_sentence",
    *(f"{kind}_{what}" for kind in _BY_FIGURE for what in ("here", "figure", "behind_echo")),
    *(f"{kind}_{what}" for kind in _BY_ECHO for what in ("behind_echo", "echo", "before_echo", "no_echo")),
)  # fmt: skip
NAMES: tuple[str, ...] = (
    *_WORD_NAMES,
    *(f"{name}_of_word_before" for name in _WORD_NAMES),
    *(f"{name}_of_word_after" for name in _WORD_NAMES),
    *(f"{name}_of_phrase" for name in PHRASE_NAMES),
)


@dataclass(frozen=True)
class Words:
    """The words of a clause: where they start and end in its text, and what is known of each.

    ``own`` has a row of ``_WORD_NAMES`` for each, ``of_phrases`` a row of ``phrases.NAMES`` for each phrase that has words, and
    ``phrase`` the row there of each word's phrase.
    """

    starts: Offsets
    ends: Offsets
    own: Matrix
    of_phrases: Matrix
    phrase: npt.NDArray[np.intp]

    @property
    def matrix(self) -> Matrix:
        """One row of ``NAMES`` for each word."""
        before, after = np.zeros_like(self.own), np.zeros_like(self.own)
        before[1:], after[:-1] = self.own[:-1], self.own[1:]
        return np.concatenate([self.own, before, after, self.of_phrases[self.phrase]], axis=1)

    def scores(self, weights: EvidenceWeights) -> Matrix:
        """The scores of each word for belonging to the answer, opening and closing it: three columns.

        The same as those of ``matrix``, without making it.
        """
        intercepts, forms = weights.stacked(NAMES)
        width = self.own.shape[1]
        own, before, after = (self.own @ forms[n * width : (n + 1) * width] for n in range(3))
        found = intercepts + own + (self.of_phrases @ forms[3 * width :])[self.phrase]
        found[1:] += before[:-1]
        found[:-1] += after[1:]
        return np.asarray(found)


_NOWHERE = np.zeros(0, np.int64)
_NO_WORDS = Words(
    _NOWHERE, _NOWHERE, np.zeros((0, len(_WORD_NAMES))), np.zeros((0, len(PHRASE_NAMES))), np.zeros(0, np.intp)
)


def words(question: Question, record: ClauseRecord, policy: PolicyRecord) -> Words:
    """Cut a clause into words (punctuation marks among them) and weigh each against the question."""
    found = phrases(question, record, policy)
    starts, ends = record.words
    if not len(starts) or not found.spans:
        return _NO_WORDS
    text = record.clause.text
    plain = normalise_each([text[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)])
    begins = [phrase.start for phrase in found.spans]
    phrase_of = np.maximum(np.array(begins).searchsorted(starts, "right") - 1, 0)
    opens = np.concatenate([[0], (phrase_of[1:] != phrase_of[:-1]).nonzero()[0] + 1])
    sizes = np.concatenate([opens[1:], [len(starts)]]) - opens
    of_phrases = found.matrix[phrase_of[opens]]
    own = _word_features(question, plain, sizes, of_phrases)
    return Words(starts, ends, own, of_phrases, np.arange(len(sizes)).repeat(sizes))


class _Traits(dict[str, bytes]):
    """Of a word, whatever the question: is it a word, with a figure, a lead, Chinese; its length; whether a question echoes it
    with reason. Worked out once, and looked up faster than any function is called."""

    def __missing__(self, word: str) -> bytes:
        if len(self) >= _KEPT:
            self.clear()
        found = self[word] = bytes(
            (
                bool(_WORD.match(word)),
                bool(_FIGURE.search(word)),
                word.endswith(_LEADS),
                bool(_HAN.match(word)),
                min(len(word), 255),
                word not in _ECHOED_BY_CHANCE,
            )
        )
        return found


_traits = _Traits()


def _word_features(question: Question, plain: list[str], sizes: npt.NDArray[np.int64], of_phrases: Matrix) -> Matrix:
    """One row of ``_WORD_NAMES`` for each word; ``sizes`` counts the words of each phrase."""
    total = len(plain)
    firsts = sizes.cumsum() - sizes
    phrase = np.arange(len(sizes)).repeat(sizes)
    size = sizes[phrase].astype(float)
    place = np.arange(total) - firsts[phrase]
    known = {t.text for t in question.terms} | {f.text for t in question.terms for f in t.forms}
    traits = np.frombuffer(b"".join(map(_traits.__getitem__, plain)), np.uint8).reshape(total, -1)
    is_word, figure, is_lead, han, length, telling = traits.T
    asked = question.plain
    echo = np.array(list(map(asked.__contains__, plain))) & (is_word > 0) & (telling > 0)
    echoes = np.add.reduceat(echo, firsts, dtype=float)[phrase]
    last = np.maximum.reduceat(np.where(echo, place, -1), firsts)[phrase]
    first = np.minimum.reduceat(np.where(echo, place, total), firsts)[phrase]
    any_echo = echoes > 0
    behind, ahead = any_echo & (place > last), any_echo & (place < first)
    echoed: npt.NDArray[np.int64] = echo.cumsum() - echo
    so_far = echoed - echoed[firsts][phrase]
    lead = np.zeros(total, bool)
    lead[1:] = is_lead[:-1]
    joined = "".join(plain)
    # A lead may be cut in two (不, 超过).
    if spanning := {m.end() for m in _LONG_LEADS.finditer(joined)}:
        lead[1:] |= np.array(list(map(spanning.__contains__, accumulate(map(len, plain[:-1])))), bool)
    lead &= place > 0
    # Whether the word so many places on, in the same phrase, echoes the question.
    padded = np.zeros(total + 6)
    padded[3:-3] = echo
    near = {step: padded[3 + step : 3 + step + total] * ((place + step >= 0) & (place + step < size)) for step in _NEAR}
    cover, cover_sentence, is_best, after_best, in_best = of_phrases[:, _OF_PHRASE].T[:, phrase]
    none = ~any_echo
    columns: list[npt.NDArray[Any]] = [
        echo, np.array(list(map(known.__contains__, plain))), place == 0, place == size - 1, place / size,
        np.minimum(place, 10) / 10,
        np.minimum(size - 1 - place, 10) / 10, np.divide(so_far, echoes, out=np.zeros(total), where=any_echo),
        behind, ahead, any_echo & (place >= first) & (place <= last) & ~echo, none, figure, lead,
        is_lead, han, is_word == 0, length / 4,
        near[-1], near[1], (near[-1] + near[-2] + near[-3]) / 3, (near[1] + near[2] + near[3]) / 3,
        np.where(any_echo, np.minimum(np.maximum(place - last, 0), 8) / 8, 0.0), echoes / size, size / 20,
        behind * cover, ahead * cover, echo * cover, behind * is_best, echo * is_best, none * after_best,
        echo * cover_sentence, none * in_best,
    ]  # fmt: skip
    found = np.zeros((len(_WORD_NAMES), total))
    for at, column in enumerate(columns):
        found[at] = column
    at = len(columns)
    for kind in _BY_FIGURE:
        if kind in question.asked:
            around = ["".join(plain[max(0, i - 1) : i + 3]) for i in range(total)]
            found[at] = [bool(PATTERNS[kind].search(a)) for a in around]
            found[at + 1], found[at + 2] = figure, behind
        at += 3
    for kind in _BY_ECHO:
        if kind in question.asked:
            found[at], found[at + 1], found[at + 2], found[at + 3] = behind, echo, ahead, none
        at += 4
    return found.T


def quote(question: Question, record: ClauseRecord, policy: PolicyRecord, weights: EvidenceWeights) -> Span | None:
    """The words of a clause to quote: for a figure, a date, a list or the like those words, else the whole sentence."""
    if question.asked <= _ASKS_NOTHING_EXACT:
        return _sentence(question, record)
    found = words(question, record, policy)
    return select(found.starts, found.ends, found.scores(weights), record.clause.text)


def _sentence(question: Question, record: ClauseRecord) -> Span | None:
    """The sentence that covers most of the question; not the clause's own heading, where anything stands under it."""
    if not record.spans:
        return None
    covers = question.weights @ Found(question.needles, [record.plain]).presence()
    first = record.spans[0]
    if len(record.spans) > 1 and record.clause.heading and first.end - first.start <= _HEADING_LENGTH:
        covers[0] = -1.0
    return record.spans[int(np.argmax(covers))]


def select(starts: Offsets, ends: Offsets, scores: Matrix, text: str) -> Span | None:
    """The run of words to quote, without blanks and loose punctuation at its ends; None for a clause of no word.

    ``scores`` has three columns: whether each word belongs to the answer, opens it, closes it.
    """
    if not len(starts):
        return None
    chance = 1 / (1 + np.exp(-np.minimum(np.maximum(scores, -60), 60)))
    length = (ends - starts).astype(float)
    # Twice what is expected up to each word, and how far it reaches.
    expected, reached = np.zeros(len(starts) + 1), np.zeros(len(starts) + 1)
    expected[1:], reached[1:] = (2 * chance[:, 0] * length).cumsum(), length.cumsum()
    opens, closes = _BORDERS * np.log(chance[:, 1:] + 1e-4).T
    highest, first, last = -np.inf, 0, 0
    outside = _OUTSIDE / 2 * expected[-1] + 1e-9
    # Rows open a run, columns close it. A run does not close before it opens, so that the later rows need fewer columns.
    for row in range(0, len(starts), _ROWS):
        rows = slice(row, min(row + _ROWS, len(starts)))
        worth = expected[None, row + 1 :] - expected[rows, None]
        worth /= (reached[row + 1 :] + outside)[None] - reached[rows, None]
        worth += opens[rows, None]
        worth += closes[None, row:]
        size = len(worth)
        worth[:, :size][_BEFORE[:size, :size]] = -np.inf
        at = int(worth.argmax())
        if worth.flat[at] > highest:
            highest, first, last = worth.flat[at], row + at // worth.shape[1], row + at % worth.shape[1]
    start, end = int(starts[first]), int(ends[last])
    while start < end and (text[start].isspace() or text[start] in "，,、；;。：:）)”"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in "，,、：:（("):
        end -= 1
    # A figure without its unit says something else (免收3个, 月).
    if start < end and (unit := _UNIT.match(text, end)):
        end = unit.end()
    return Span(start, end) if start < end else None
