"""A clause cut into words, and its words into phrases, with all that can be told of them whatever is asked.

It is worked out when a clause is indexed, so that an answer need not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

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
_ECHOED_BY_CHANCE = frozenset("的了和与及")
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
            | TELLING * (word not in _ECHOED_BY_CHANCE)
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
        words = [
            word
            for n, (s, p) in enumerate(zip(spans, sentences, strict=True))
            for word in _words(text, s, p, first=not n)
        ]
        plain = [word.plain for word in words]
        phrases = [Span(m.start(), m.end()) for m in _PHRASE.finditer(text) if m[0].strip()]
        begins = np.array([phrase.start for phrase in phrases], np.int64)
        which = np.maximum(begins.searchsorted([word.start for word in words], "right") - 1, 0)
        opens = np.diff(which, prepend=-1).nonzero()[0].tolist()
        bits = [_word_bits[word] for word in plain]
        marks = bytearray(bits)
        for n in _behind_leads(plain, bits).difference(opens):
            marks[n] |= BEHIND_LEAD
        for n in opens:
            marks[n] |= OPENS_PHRASE
        for n, word in enumerate(words):
            if word.spaced:
                marks[n] |= _SPACED
        return cls(
            "".join([chr(_BLANK + word.length) for word in words]),
            "".join([chr(_BLANK + word.size) for word in words]),
            bytes(marks),
            bytes(_phrase_bits(text, [phrases[n] for n in which[opens].tolist()])),
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


class _Word(NamedTuple):
    """A word: where it starts in the clause's text and how long it is there, what it is in the normalised text and how much of
    that it takes up, and whether a blank or line end stands before it there."""

    start: int
    length: int
    plain: str
    size: int
    spaced: bool


def _words(text: str, span: Span, plain: str, *, first: bool) -> list[_Word]:
    """The words of a sentence, of which ``plain`` is the normalised form; blanks in the text belong to what follows them.

    Unless it is the ``first``, a line end stands before it in the normalised text.
    """
    cut_up = cut(plain)
    visible = [i for i, c in enumerate(text[span.start : span.end], span.start) if not c.isspace()]
    if len(visible) != len(plain) - plain.count(" ") or max(map(len, cut_up), default=0) > _MOST:
        return _words_astray(text, span, plain, first=first)
    found: list[_Word] = []
    start, seen, spaced = span.start, 0, not first
    for piece in cut_up:
        if piece == " ":
            spaced = True
            continue
        size = len(piece)
        seen += size
        end = visible[seen - 1] + 1
        found.append(_Word(start, end - start, piece, size, spaced))
        start, spaced = end, False
    return found


def _words_astray(text: str, span: Span, plain: str, *, first: bool) -> list[_Word]:
    """As ``_words``, where text and normalised form do not go together character by character: the text is cut, and its words
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
    found: list[_Word] = []
    at = 0
    for (start, end), word in zip(places, normalise_each([text[start:end] for start, end in places]), strict=True):
        spaced = not found and not first
        if found and word and plain.startswith(" " + word, at):
            spaced = True
            at += 1
        where = plain.find(word, at, at + len(word) + _ASTRAY) if word else -1
        if where < 0:
            found.append(_Word(start, end - start, word, 0, spaced))
            continue
        if found:
            found[-1] = found[-1]._replace(size=found[-1].size + where - at)
            at = where
        found.append(_Word(start, end - start, word, where + len(word) - at, spaced))
        at = where + len(word)
    if found:
        found[-1] = found[-1]._replace(size=found[-1].size + len(plain) - at)
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
