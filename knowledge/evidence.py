"""Which words of a clause answer: the run of words with the best expected overlap with the answer.

Every word gets three chances: of belonging to the answer, of opening it and of closing it, from features that can be named.
Of all runs the one is quoted whose expected F1 (chances weighted by length, as Lewis 1995 has it), helped by how well it opens
and closes, is highest. What is quoted always stands in the clause as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.features import HOLDS
from knowledge.matching import Matrix, Texts
from knowledge.normalise import normalise_each
from knowledge.phrases import NAMES as PHRASE_NAMES
from knowledge.phrases import phrases
from knowledge.question import Question
from knowledge.record import ClauseRecord, PolicyRecord
from knowledge.sentences import Span
from knowledge.weights import EvidenceWeights

# How much of the expected answer outside the run counts against it (below 1 favours short runs), and how much opening and
# closing well counts for it.
_OUTSIDE, _BORDERS = 0.4, 0.08
# Words behind which an answer often begins.
_LEAD = re.compile(r"(?:为|是|至|:|由|按|按照|给予|可|将|不超过|达|共|达到|在|于|从|即|包括|实行|采取|通过|以)$")
_FIGURE, _WORD, _HAN = re.compile(r"\d"), re.compile(r"\w"), re.compile(r"[\u4e00-\u9fff]")
_UNIT = re.compile(
    r"(?<=个)(?:月|百分点|工作日|小时)|(?<=[\d万亿千百])个?(?:月|百分点|工作日|小时|天|日|年|[万亿]?元|[%％]|倍|折|家|户|人)"
)
_ECHOED_BY_CHANCE = frozenset("的了和与及")
_BY_FIGURE = ("how_much", "when", "number", "website", "who", "where")
_BY_ECHO = ("how", "what_measures", "why", "may_i", "which")

# A question for no more than this (may I …, or a bare keyword) is answered by a sentence; its words must be among those quoted.
_ASKS_NOTHING_EXACT = frozenset({"may_i"})
_HEADING_LENGTH = 45

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


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a clause: their ranges in its text, and one row of ``NAMES`` for each."""

    spans: tuple[Span, ...]
    matrix: Matrix


def words(question: Question, record: ClauseRecord, policy: PolicyRecord) -> Words:
    """Cut a clause into words (punctuation marks among them) and weigh each against the question."""
    found = phrases(question, record, policy)
    spans = record.words
    if not spans or not found.spans:
        return Words((), np.zeros((0, len(NAMES))))
    plain = normalise_each([record.clause.text[s.start : s.end] for s in spans])
    begins = [phrase.start for phrase in found.spans]
    phrase_of = np.maximum(np.searchsorted(begins, [s.start for s in spans], "right") - 1, 0)
    held, sizes = np.unique(phrase_of, return_counts=True)
    of_phrases = found.matrix[held]
    own = _word_features(question, plain, sizes, of_phrases)
    before, after = np.zeros_like(own), np.zeros_like(own)
    before[1:], after[:-1] = own[:-1], own[1:]
    return Words(spans, np.concatenate([own, before, after, np.repeat(of_phrases, sizes, axis=0)], axis=1))


def _word_features(question: Question, plain: list[str], sizes: npt.NDArray[np.int64], of_phrases: Matrix) -> Matrix:
    """One row of ``_WORD_NAMES`` for each word; ``sizes`` counts the words of each phrase."""
    total = len(plain)
    firsts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    phrase = np.repeat(np.arange(len(sizes)), sizes)
    size = sizes[phrase].astype(float)
    place = np.arange(total) - firsts[phrase]
    known = {t.text for t in question.terms} | {f.text for t in question.terms for f in t.forms}
    is_word = np.array([bool(_WORD.match(w)) for w in plain])
    echo = np.array([w in question.plain and w not in _ECHOED_BY_CHANCE for w in plain]) & is_word
    echoes = np.add.reduceat(echo, firsts, dtype=float)[phrase]
    last = np.maximum.reduceat(np.where(echo, place, -1), firsts)[phrase]
    first = np.minimum.reduceat(np.where(echo, place, total), firsts)[phrase]
    any_echo = echoes > 0
    behind, ahead = any_echo & (place > last), any_echo & (place < first)
    so_far = np.cumsum(echo) - echo
    so_far = so_far - so_far[firsts][phrase]
    figure = np.array([bool(_FIGURE.search(w)) for w in plain])
    lead = np.array([bool(_LEAD.search("".join(plain[max(0, i - 3) : i]))) for i in range(total)]) & (place > 0)

    def near(step: int) -> Matrix:
        """Whether the word ``step`` places on, in the same phrase, echoes the question."""
        at = np.clip(np.arange(total) + step, 0, total - 1)
        return np.asarray(echo[at] & (place + step >= 0) & (place + step < size), float)

    left, right = near(-1), near(1)

    cover, cover_sentence, is_best, after_best, in_best = (
        of_phrases[:, PHRASE_NAMES.index(name)][phrase]
        for name in ("cover", "cover_sentence", "is_best", "after_best", "in_best_sentence")
    )
    columns: list[npt.ArrayLike] = [
        echo, [w in known for w in plain], place == 0, place == size - 1, place / size, np.minimum(place, 10) / 10,
        np.minimum(size - 1 - place, 10) / 10, np.divide(so_far, echoes, out=np.zeros(total), where=any_echo),
        behind, ahead, any_echo & (place >= first) & (place <= last) & ~echo, ~any_echo, figure, lead,
        [bool(_LEAD.search(w)) for w in plain], [bool(_HAN.match(w)) for w in plain], ~is_word, [len(w) / 4 for w in plain],
        left, right, (left + near(-2) + near(-3)) / 3, (right + near(2) + near(3)) / 3,
        np.where(any_echo, np.clip(place - last, 0, 8) / 8, 0.0), echoes / size, size / 20,
        behind * cover, ahead * cover, echo * cover, behind * is_best, echo * is_best, ~any_echo * after_best,
        echo * cover_sentence, ~any_echo * in_best,
    ]  # fmt: skip
    nothing = np.zeros(total)
    for kind in _BY_FIGURE:
        if kind in question.asked:
            around = ["".join(plain[max(0, i - 1) : i + 3]) for i in range(total)]
            columns += [[bool(HOLDS[kind].search(a)) for a in around], figure, behind]
        else:
            columns += [nothing] * 3
    for kind in _BY_ECHO:
        columns += [behind, echo, ahead, ~any_echo] if kind in question.asked else [nothing] * 4
    return np.array(columns, float).T


def quote(question: Question, record: ClauseRecord, policy: PolicyRecord, weights: EvidenceWeights) -> Span | None:
    """The words of a clause to quote: for a figure, a date, a list or the like those words, else the whole sentence."""
    if question.asked <= _ASKS_NOTHING_EXACT:
        return _sentence(question, record)
    return select(words(question, record, policy), weights, record.clause.text)


def _sentence(question: Question, record: ClauseRecord) -> Span | None:
    """The sentence that covers most of the question; not the clause's own heading, where anything stands under it."""
    if not record.spans:
        return None
    weight = np.array([t.weight for t in question.terms])
    covers = weight @ Texts(record.plain.split("\n")).match(question.terms).presence
    first = record.spans[0]
    if len(record.spans) > 1 and record.clause.heading and first.end - first.start <= _HEADING_LENGTH:
        covers[0] = -1.0
    return record.spans[int(np.argmax(covers))]


def select(found: Words, weights: EvidenceWeights, text: str) -> Span | None:
    """The run of words to quote, without blanks and loose punctuation at its ends; None for a clause of no word."""
    if not found.spans:
        return None
    forms = (weights.inside, weights.opens, weights.closes)
    scores = np.column_stack([found.matrix @ form.vector(NAMES) + form.intercept for form in forms])
    chance = 1 / (1 + np.exp(-np.clip(scores, -60, 60)))
    length = np.array([s.end - s.start for s in found.spans], float)
    expected = np.concatenate([[0.0], np.cumsum(chance[:, 0] * length)])
    reached = np.concatenate([[0.0], np.cumsum(length)])
    # Rows open a run, columns close it; below the diagonal there is none.
    gain = expected[None, 1:] - expected[:-1, None]
    size = reached[None, 1:] - reached[:-1, None]
    f1 = 2 * gain / (np.abs(size) + _OUTSIDE * expected[-1] + 1e-9)
    borders = np.log(chance[:, 1] + 1e-4)[:, None] + np.log(chance[:, 2] + 1e-4)[None, :]
    worth = np.where(size > 0, f1 + _BORDERS * borders, -np.inf)
    first, last = np.unravel_index(int(np.argmax(worth)), worth.shape)
    start, end = found.spans[int(first)].start, found.spans[int(last)].end
    while start < end and (text[start].isspace() or text[start] in "，,、；;。：:）)”"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in "，,、：:（("):
        end -= 1
    # A figure without its unit says something else (免收3个, 月).
    if start < end and (unit := _UNIT.match(text, end)):
        end = unit.end()
    return Span(start, end) if start < end else None
