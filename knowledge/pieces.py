"""A clause cut into words, and its words into phrases, with all that can be told of them whatever is asked.

It is worked out when a clause is indexed, so that an answer need not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from knowledge.normalise import normalise_each
from knowledge.segment import cut
from knowledge.sentences import Span

Offsets = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint8]

# Of a word: letters or figures, a figure, Chinese, echoed by a question with reason, a lead, behind a lead, the first of its
# phrase, with a blank before it in the normalised text.
WORD, FIGURE, HAN, TELLING, LEAD, BEHIND_LEAD, OPENS_PHRASE, _SPACED = (1 << n for n in range(8))
# Of a phrase: how it ends, whether it bears a number, opens a sentence, is short and without a mark at its end.
COLON, ASKS, NUMBERED, OPENS_SENTENCE, HEADING = (1 << n for n in range(5))

_BLANK, _MOST = ord(" "), 1000
_PHRASE = re.compile(r"[^，,；;：:。！？!?\n]*[，,；;：:。！？!?\n]+[”’」』）)】》]*|[^，,；;：:。！？!?\n]+$")
_NUMBER = re.compile(r"[一二三四五六七八九十]+、|\([一二三四五六七八九十]+\)|\d+[.、]")
_STOPS = "。；！？\n"
_CLOSED = tuple(".;,?!:。；，")
_HEADING_LENGTH = 30
# Words behind which an answer often begins.
_LEADS = (
    "为", "是", "至", ":", "由", "按", "按照", "给予", "可", "将", "不超过", "达", "共", "达到", "在", "于", "从", "即", "包括",
    "实行", "采取", "通过", "以",
)  # fmt: skip
_LONG_LEADS = re.compile("|".join(lead for lead in _LEADS if len(lead) > 1))
_FIGURE, _WORD, _HAN = re.compile(r"\d"), re.compile(r"\w"), re.compile(r"[\u4e00-\u9fff]")
ECHOED_BY_CHANCE = frozenset("的了和与及")
_KEPT = 50_000
# How far a word may stand from where it is looked for: what a scan left behind is in no normalised text.
_ASTRAY = 8


class _WordBits(dict[str, int]):
    """The bits of a word wherever it stands, worked out once."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _KEPT:
            self.clear()
        found = self[word] = (
            WORD * bool(_WORD.match(word))
            | FIGURE * bool(_FIGURE.search(word))
            | HAN * bool(_HAN.match(word))
            | TELLING * (word not in ECHOED_BY_CHANCE)
            | LEAD * word.endswith(_LEADS)
        )
        return found


_word_bits = _WordBits()


@dataclass(frozen=True, slots=True)
class Pieces:
    """The words of a clause (marks among them) and their phrases, which end at commas, colons and sentence ends.

    ``lengths`` and ``sizes`` have a character for every word, of the number beyond the blank that is its length: in the
    sentences of the clause's text and in their normalised form. ``marks`` has a byte for every word and ``phrases`` one for every
    phrase, of the bits above.
    """

    lengths: str
    sizes: str
    marks: bytes
    phrases: bytes

    @classmethod
    def of(cls, text: str, spans: Sequence[Span], sentences: Sequence[str]) -> Pieces:
        """The pieces of a clause with the sentences ``spans``, of which ``sentences`` are the normalised forms."""
        words = _Words()
        for span, plain in zip(spans, sentences, strict=True):
            _cut(words, text, span, plain)
        phrases = [Span(m.start(), m.end()) for m in _PHRASE.finditer(text) if m[0].strip()]
        opens = _openings(words.starts, phrases)
        bits = [_word_bits[word] for word in words.plain]
        marks = bytearray(bits)
        for n in _behind_leads(words.plain, bits).difference(opens):
            marks[n] |= BEHIND_LEAD
        for n in opens:
            marks[n] |= OPENS_PHRASE
        for n in words.spaced:
            marks[n] |= _SPACED
        return cls(
            "".join([chr(_BLANK + length) for length in words.lengths]),
            "".join([chr(_BLANK + size) for size in words.sizes]),
            bytes(marks),
            bytes(_phrase_bits(text, list(opens.values()))),
        )

    def places(self, spans: Sequence[Span]) -> tuple[Offsets, Offsets]:
        """Where the words start and end in the clause's text, of which ``spans`` are the sentences."""
        sizes = _numbers(self.lengths)
        starts, ends = np.array([(s.start, s.end) for s in spans]).T
        # As if nothing stood between the sentences, and then moved to where each sentence is.
        reached = sizes.cumsum()
        sentences_reached = (ends - starts).cumsum()
        ends_of_words = reached + (ends - sentences_reached)[sentences_reached.searchsorted(reached)]
        return ends_of_words - sizes, ends_of_words

    def plain_places(self) -> tuple[Offsets, Offsets]:
        """Where the words start and end in the clause's normalised text."""
        sizes = _numbers(self.sizes)
        ends = (sizes + ((self.bits & _SPACED) > 0)).cumsum()
        return ends - sizes, ends

    @property
    def bits(self) -> Bits:
        """What is marked of each word."""
        return np.frombuffer(self.marks, np.uint8)

    @property
    def phrase_bits(self) -> Bits:
        """What is marked of each phrase."""
        return np.frombuffer(self.phrases, np.uint8)


def _numbers(lengths: str) -> Offsets:
    return np.frombuffer(lengths.encode("utf-32-le"), "<u4").astype(np.int64) - _BLANK


@dataclass(slots=True)
class _Words:
    """The words of a clause: where each starts in the text and how long it is there, what it is in the normalised text and how
    much of that it takes up, and the numbers of those with a blank or line end before them there."""

    starts: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    spaced: list[int] = field(default_factory=list)


def _cut(words: _Words, text: str, span: Span, plain: str) -> None:
    """Add the words of a sentence, of which ``plain`` is the normalised form; blanks in the text belong to what follows them."""
    if words.starts:
        words.spaced.append(len(words.starts))
    cut_up = cut(plain)
    visible = [i for i, c in enumerate(text[span.start : span.end], span.start) if not c.isspace()]
    if len(visible) != len(plain) - plain.count(" ") or max(map(len, cut_up), default=0) > _MOST:
        _cut_astray(words, text, span, plain)
        return
    start, seen = span.start, 0
    for piece in cut_up:
        if piece == " ":
            words.spaced.append(len(words.starts))
            continue
        size = len(piece)
        seen += size
        end = visible[seen - 1] + 1
        words.starts.append(start)
        words.lengths.append(end - start)
        words.plain.append(piece)
        words.sizes.append(size)
        start = end


def _cut_astray(words: _Words, text: str, span: Span, plain: str) -> None:
    """As ``_cut``, where text and normalised form do not go together character by character: the text is cut, and its words
    are looked for in the normalised form.

    Together they make up the whole of that: what they lack counts as part of the word before, or of the first.
    """
    places: list[tuple[int, int]] = []
    start = span.start
    for piece in cut(text[span.start : span.end]):
        # A word that long is a run of blanks or dirt, and may as well be several.
        for begin in range(start, start + len(piece), _MOST):
            places.append((begin, min(begin + _MOST, start + len(piece))))
        start += len(piece)
    first, at = len(words.starts), 0
    for (start, end), word in zip(places, normalise_each([text[start:end] for start, end in places]), strict=True):
        number = len(words.starts)
        if number > first and word and plain.startswith(" " + word, at):
            words.spaced.append(number)
            at += 1
        where = plain.find(word, at, at + len(word) + _ASTRAY) if word else -1
        reached = where + len(word) if where >= 0 else at
        if where > at and number > first:
            words.sizes[-1] += where - at
            at = where
        words.starts.append(start)
        words.lengths.append(end - start)
        words.plain.append(word)
        words.sizes.append(reached - at)
        at = reached
    if len(words.starts) > first:
        words.sizes[-1] += len(plain) - at


def _openings(starts: Sequence[int], phrases: Sequence[Span]) -> dict[int, Span]:
    """The words that open a phrase, each with that phrase; phrases without words are left out."""
    found: dict[int, Span] = {}
    phrase = -1
    for n, start in enumerate(starts):
        before = phrase
        while phrase + 1 < len(phrases) and (phrase < 0 or phrases[phrase + 1].start <= start):
            phrase += 1
        if phrase != before:
            found[n] = phrases[phrase]
    return found


def _behind_leads(words: Sequence[str], bits: Sequence[int]) -> set[int]:
    """The words that stand behind a lead, which may be cut in two (不, 超过)."""
    found = {n for n, of_word in enumerate(bits[:-1], 1) if of_word & LEAD}
    if ends := {m.end() for m in _LONG_LEADS.finditer("".join(words))}:
        found.update(n for n, at in enumerate(accumulate(map(len, words[:-1])), 1) if at in ends)
    return found


def _phrase_bits(text: str, phrases: Sequence[Span]) -> Iterator[int]:
    plain = normalise_each([text[phrase.start : phrase.end] for phrase in phrases])
    for n, (phrase, said) in enumerate(zip(phrases, plain, strict=True)):
        yield (
            COLON * said.endswith(":")
            | ASKS * said.endswith("?")
            | NUMBERED * bool(_NUMBER.match(said))
            | OPENS_SENTENCE * (not n or text[phrase.start - 1] in _STOPS)
            | HEADING * (len(said) <= _HEADING_LENGTH and not said.endswith(_CLOSED))
        )
