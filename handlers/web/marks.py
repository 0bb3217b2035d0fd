"""Which stretches of a clause to mark: the words looked for, and the evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from knowledge.normalise import normalise
from knowledge.sentences import Span


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of characters of a text, and whether it is part of the evidence, one of the words looked for, or the heading."""

    text: str
    evidence: bool = False
    word: bool = False
    heading: bool = False


def stretches(text: str, evidence: Span | None = None, words: Iterable[Span] = (), heading: int = 0) -> list[Stretch]:
    """``text`` cut wherever marking begins or ends; joined again it is ``text``, character for character.

    Its first ``heading`` characters are the heading.
    """
    spans = tuple(words)
    edges = {0, heading, len(text)}
    for span in (*spans, *([evidence] if evidence else [])):
        edges |= {span.start, span.end}
    return [
        Stretch(
            text[a:b],
            evidence is not None and evidence.start <= a < evidence.end,
            any(s.start <= a < s.end for s in spans),
            a < heading,
        )
        for a, b in pairwise(sorted(edges))
    ]


def words_in(text: str, terms: Collection[str]) -> list[Span]:
    """Where the normalised ``terms`` stand in ``text``; runs that touch or overlap are one."""
    plain, places = _mapped(text)
    found = []
    for term in terms:
        at = plain.find(term)
        while at >= 0:
            found.append(Span(places[at], places[at + len(term) - 1] + 1))
            at = plain.find(term, at + 1)
    merged: list[Span] = []
    for span in sorted(found, key=lambda s: (s.start, s.end)):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def opening(text: str, spans: list[Span], room: int) -> Span:
    """The ``room`` characters of ``text`` in which most of ``spans`` stand; the first such."""
    if len(text) <= room:
        return Span(0, len(text))
    starts = [0, *(max(0, min(s.start - 8, len(text) - room)) for s in spans)]
    best = max(starts, key=lambda a: (sum(s.end - s.start for s in spans if a <= s.start and s.end <= a + room), -a))
    return Span(best, best + room)


def _mapped(text: str) -> tuple[str, list[int]]:
    """``text`` normalised a character at a time without its blanks, and the index in ``text`` of each character left."""
    plain: list[str] = []
    places: list[int] = []
    for at, character in enumerate(text):
        for one in _plain(character):
            plain.append(one)
            places.append(at)
    return "".join(plain), places


@lru_cache(maxsize=20_000)
def _plain(character: str) -> str:
    """Whole texts are normalised the same way, but for what depends on neighbours."""
    return normalise(character)
