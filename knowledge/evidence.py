"""Which words of a clause answer: the run of words with the best expected overlap with the answer.

Every word gets three chances: of belonging to the answer, of opening it and of closing it, from features that can be named.
Of all runs the one is quoted whose expected F1 (chances weighted by length, as Lewis 1995 has it), helped by how well it opens
and closes, is highest. What is quoted always stands in the clause as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from knowledge.holds import PATTERNS
from knowledge.matching import Seen
from knowledge.phrases import NAMES as PHRASE_NAMES
from knowledge.phrases import phrases
from knowledge.pieces import BEHIND_LEAD, FIGURE, HAN, LEAD, OPENS_PHRASE, TELLING, WORD, Offsets
from knowledge.question import Question
from knowledge.record import ClauseRecord
from knowledge.sentences import Span
from knowledge.weights import EvidenceWeights, Matrix, rows

# How much of the expected answer outside the run counts against it (below 1 favours short runs), and how much opening and
# closing well counts for it.
_OUTSIDE, _BORDERS = 0.4, 0.08
# Of how many words that are likeliest to open a run, and to close it, each with each is weighed. Of the best runs of the clauses
# that answer a set of questions, none opened or closed beyond the first 24.
_BORDER_WORDS = 32
# The first word may always open a run, lest none that closes stand behind one that opens. No run is shorter than the least length.
_FIRST, _LEAST_LENGTH = np.zeros(1, np.intp), np.float32(1e-9)
_UNIT = re.compile(
    r"(?<=个)(?:月|百分点|工作日|小时)|(?<=[\d万亿千百])个?(?:月|百分点|工作日|小时|天|日|年|[万亿]?元|[%％]|倍|折|家|户|人)"
)
_BY_FIGURE = ("how_much", "when", "number", "website", "who", "where")
_BY_ECHO = ("how", "what_measures", "why", "may_i", "which")

# A question for no more than this (may I …, or a bare keyword) is answered by a sentence; its words must be among those quoted.
_ASKS_NOTHING_EXACT = frozenset({"may_i"})
_HEADING_LENGTH = 45

_OF_PHRASE = [
    PHRASE_NAMES.index(name) for name in ("cover", "cover_sentence", "is_best", "after_best", "in_best_sentence")
]

# Those of one of the slices below stand in the order that they are computed in.
_WORD_NAMES = (
    "behind_echo", "echo", "before_echo", "no_echo",
    "figure", "behind_lead", "is_lead", "han", "mark",
    "echo_before", "echo_after", "echoes_before", "echoes_after",
    "behind_echo_by_cover", "echo_by_cover", "before_echo_by_cover", "behind_echo_in_best", "echo_in_best",
    "echo_by_sentence", "no_echo_after_best", "no_echo_in_best_sentence",
    "opens_phrase", "closes_phrase", "place_in_phrase", "words_before", "words_after", "phrase_words",
    "term", "echoed_before", "between_echoes", "length", "distance_from_echo", "echo_share",
    *(f"{kind}_{what}" for kind in _BY_FIGURE for what in ("here", "figure", "behind_echo")),
    *(f"{kind}_{what}" for kind in _BY_ECHO for what in ("behind_echo", "echo", "before_echo", "no_echo")),
)  # fmt: skip
_ECHOES, _MARKS = rows(_WORD_NAMES, "behind_echo", "no_echo"), rows(_WORD_NAMES, "figure", "mark")
_NEARBY, _STANDING = rows(_WORD_NAMES, "echo_before", "echoes_after"), rows(_WORD_NAMES, "opens_phrase", "phrase_words")
_BY_COVER = rows(_WORD_NAMES, "behind_echo_by_cover", "before_echo_by_cover")
_IN_BEST = rows(_WORD_NAMES, "behind_echo_in_best", "echo_in_best")
_ROW = {name: n for n, name in enumerate(_WORD_NAMES)}
# The marks for whatever bits.
_MARKED = np.array(
    [
        *[[n & bit > 0 for n in range(256)] for bit in (FIGURE, BEHIND_LEAD, LEAD, HAN)],
        [not n & WORD for n in range(256)],
    ]
)
# The places from one word that others are looked at from, and for four features how much each of those counts.
_NEAR = np.array([[-3], [-2], [-1], [1], [2], [3]])
_BY_NEAR = np.array([[0, 0, 3, 0, 0, 0], [0, 0, 0, 3, 0, 0], [1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]]) / 3
_REACH = int(_NEAR.max())
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
        intercepts, of_words, of_phrases = weights.stacked(NAMES, self.own.shape[1])
        # Three forms for each of: the word, the one before it, the one behind it.
        of_each = self.own @ of_words
        found = (self.of_phrases @ of_phrases + intercepts)[self.phrase]
        found += of_each[:, :3]
        found[1:] += of_each[:-1, 3:6]
        found[:-1] += of_each[1:, 6:]
        return found


_NOWHERE = np.zeros(0, np.int64)
_NO_WORDS = Words(
    _NOWHERE, _NOWHERE, np.zeros((0, len(_WORD_NAMES))), np.zeros((0, len(PHRASE_NAMES))), np.zeros(0, np.intp)
)


def words(question: Question, record: ClauseRecord, seen: Seen) -> Words:
    """Weigh each word of a clause (punctuation marks among them) against the question."""
    pieces = record.pieces
    if not len(pieces.marks):
        return _NO_WORDS
    starts, ends = pieces.places(record.spans)
    opens = (pieces.bits & OPENS_PHRASE).nonzero()[0]
    sizes = np.empty_like(opens)
    sizes[:-1], sizes[-1] = opens[1:] - opens[:-1], len(starts) - opens[-1]
    places = pieces.plain_places()
    of_phrases = phrases(question, record, seen, opens, places)
    phrase = np.arange(len(sizes)).repeat(sizes)
    own = _word_features(question, record, places, sizes, phrase, of_phrases)
    return Words(starts, ends, own, of_phrases, phrase)


def _word_features(
    question: Question,
    record: ClauseRecord,
    places: tuple[Offsets, Offsets],
    sizes: Offsets,
    phrase: npt.NDArray[np.intp],
    of_phrases: Matrix,
) -> Matrix:
    """One row of ``_WORD_NAMES`` for each word, of these ``places`` in the clause's normalised text; ``sizes`` counts the words
    of each phrase, ``phrase`` has the number of each word's."""
    bits = record.pieces.bits
    starts, ends = places
    total = len(starts)
    # Neither a mark nor a word like 的 echoes a question, nor is it looked for.
    telling = (bits & (WORD | TELLING) == WORD | TELLING).nonzero()[0]
    plain = [record.plain[s:e] for s, e in zip(starts[telling].tolist(), ends[telling].tolist(), strict=True)]
    echo, term = np.zeros((2, total), bool)
    echo[telling] = np.fromiter(map(question.plain.__contains__, plain), bool, len(plain))
    term[telling] = np.fromiter(map(question.needles.looks.__contains__, plain), bool, len(plain))
    so_far = echo.cumsum() - echo
    found = np.zeros((len(_WORD_NAMES), total))
    standing = np.concatenate([_standing_of_words(size) for size in sizes.tolist()], axis=1)
    found[_STANDING], (place, size) = standing[:-2], standing[-2:]
    # Of each word's phrase: how many words of it echo the question, how many before it do, which the first and which the last.
    firsts = sizes.cumsum() - sizes
    count, before, first, last = np.array(
        [
            np.add.reduceat(echo, firsts, dtype=np.int64),
            so_far[firsts],
            np.minimum.reduceat(np.where(echo, place, total), firsts),
            np.maximum.reduceat(np.where(echo, place, -1), firsts),
        ]
    )[:, phrase]
    none = count == 0
    past, ahead = place > last, place < first
    echoes = found[_ECHOES]
    # Without an echo, every word is behind the last and before the first.
    echoes[0], echoes[1], echoes[2], echoes[3] = past > none, echo, ahead > none, none
    found[_MARKS] = _MARKED[:, bits]
    # Whether words near it echo the question, in the same phrase: between phrases there is room.
    apart = np.arange(total) + _REACH * (phrase + 1)
    spread = np.zeros(total + _REACH * (len(sizes) + 1))
    spread[apart] = echo
    np.matmul(_BY_NEAR, spread[apart + _NEAR], out=found[_NEARBY])
    cover, cover_sentence, is_best, after_best, in_best = of_phrases.T[_OF_PHRASE][:, phrase]
    np.multiply(echoes[:3], cover, out=found[_BY_COVER])
    np.multiply(echoes[:2], is_best, out=found[_IN_BEST])
    found[_ROW["echo_by_sentence"]] = echo * cover_sentence
    found[_ROW["no_echo_after_best"]] = none * after_best
    found[_ROW["no_echo_in_best_sentence"]] = none * in_best
    found[_ROW["term"]] = term
    found[_ROW["echoed_before"]] = (so_far - before) / np.maximum(count, 1)
    found[_ROW["between_echoes"]] = ~(past | ahead | echo)
    found[_ROW["length"]] = (ends - starts) / 4
    found[_ROW["distance_from_echo"]] = np.minimum(np.maximum(place - last, 0), 8) / 8 * ~none
    found[_ROW["echo_share"]] = count / size
    row = _ROW["echo_share"] + 1
    for kind in _BY_FIGURE:
        if kind in question.asked:
            found[row], found[row + 1], found[row + 2] = (
                _shown(kind, record.plain, ends),
                found[_ROW["figure"]],
                echoes[0],
            )
        row += 3
    for kind in _BY_ECHO:
        if kind in question.asked:
            found[row : row + 4] = echoes
        row += 4
    return found.T


@lru_cache(maxsize=256)
def _standing_of_words(size: int) -> Matrix:
    """How each word of a phrase of so many stands in it: one row for each of _STANDING, then its place and the phrase's size."""
    place = np.arange(size)
    to_come = place[::-1]
    return np.array(
        [
            place == 0, to_come == 0, place / size, np.minimum(place, 10) / 10, np.minimum(to_come, 10) / 10,
            np.full(size, size / 20), place, np.full(size, size),
        ]
    )  # fmt: skip


def _shown(kind: str, plain: str, ends: Offsets) -> npt.NDArray[np.bool_]:
    """Which words show something of ``kind``: from one word before them to two behind."""
    shown = np.zeros(len(ends), bool)
    places = [(m.start(), m.end() - 1) for m in PATTERNS[kind].finditer(plain)]
    if places:
        for first, last in ends.searchsorted(places, "right").tolist():
            shown[max(0, last - 2) : first + 2] = True
    return shown


def quote(question: Question, record: ClauseRecord, seen: Seen, weights: EvidenceWeights) -> Span | None:
    """The words of a clause to quote: for a figure, a date, a list or the like those words, else the whole sentence."""
    if question.asked <= _ASKS_NOTHING_EXACT:
        return _sentence(record, seen)
    found = words(question, record, seen)
    return select(found.starts, found.ends, found.scores(weights), record.clause.text)


def _sentence(record: ClauseRecord, seen: Seen) -> Span | None:
    """The sentence that covers most of the question; not the clause's own heading, where anything stands under it."""
    if not record.spans:
        return None
    covers, first = seen.covers, record.spans[0]
    if len(record.spans) > 1 and record.clause.heading and first.end - first.start <= _HEADING_LENGTH:
        return record.spans[1 + int(np.argmax(covers[1:]))]
    return record.spans[int(np.argmax(covers))]


def select(starts: Offsets, ends: Offsets, scores: Matrix, text: str) -> Span | None:
    """The run of words to quote, without blanks and loose punctuation at its ends; None for a clause of no word.

    ``scores`` has three columns: whether each word belongs to the answer, opens it, closes it.
    """
    if not len(starts):
        return None
    chance = 1 / (1 + np.exp(np.minimum(-scores, 60)))
    length = (ends - starts).astype(float)
    # Twice what is expected up to each word, and how far it reaches.
    expected, reached = np.zeros(len(starts) + 1, np.float32), np.zeros(len(starts) + 1, np.float32)
    expected[1:], reached[1:] = (2 * chance[:, 0] * length).cumsum(), length.cumsum()
    opens, closes = borders = (_BORDERS * np.log(chance[:, 1:] + 1e-4)).T.astype(np.float32, order="C")
    outside = _OUTSIDE / 2 * expected[-1] + 1e-9
    # Rows open a run, columns close it; behind the first word any may close.
    likeliest = borders.argpartition(-min(_BORDER_WORDS, len(starts)), axis=1)[:, -_BORDER_WORDS:]
    likeliest.sort(axis=1)
    firsts, lasts = np.concatenate([likeliest[0], _FIRST]), likeliest[1]
    worth = expected[lasts + 1] - expected[firsts, None]
    # What closes before it opens may have no length at all; it is left out below.
    worth /= np.maximum((reached[lasts + 1] + outside) - reached[firsts, None], _LEAST_LENGTH)
    worth += opens[firsts, None]
    worth += closes[lasts]
    worth[lasts < firsts[:, None]] = -np.inf
    row, column = divmod(int(worth.argmax()), len(lasts))
    first, last = int(firsts[row]), int(lasts[column])
    start, end = int(starts[first]), int(ends[last])
    while start < end and (text[start].isspace() or text[start] in "，,、；;。：:）)”"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in "，,、：:（("):
        end -= 1
    # A figure without its unit says something else (免收3个, 月).
    if start < end and (unit := _UNIT.match(text, end)):
        end = unit.end()
    return Span(start, end) if start < end else None
