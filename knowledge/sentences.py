"""Where sentences end: the unit in which clauses are cut, compared and quoted."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A sentence ends at 。！？；… or a line end, together with the closing quotation marks and brackets behind it.
_END = re.compile(r"(?:[。！？!?；;]|…{1,2})+[”’」』）)】》]*|\n+")
_SOFT = re.compile(r"[，,、：:\s]")


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters, ``text[start:end]``."""

    start: int
    end: int


def sentences(text: str) -> list[Span]:
    """The sentences of ``text`` in order; blank ones are left out, blanks around the others belong to none."""
    spans: list[Span] = []
    start = 0
    for m in _END.finditer(text):
        _append(spans, text, start, m.end())
        start = m.end()
    _append(spans, text, start, len(text))
    return spans


def _append(spans: list[Span], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append(Span(start, end))


def cut(text: str, limit: int) -> list[Span]:
    """``text`` as pieces of at most ``limit`` characters without blanks: sentences, and where one is longer, its parts."""
    pieces: list[Span] = []
    for sentence in sentences(text):
        start = sentence.start
        while (stop := _reach(text, start, limit)) < sentence.end:
            window = text[start:stop]
            soft = max((m.end() for m in _SOFT.finditer(window)), default=0)
            # A cut in the first half would leave a stump; better a hard cut than that.
            end = start + (soft if soft > len(window) // 2 else len(window))
            _append(pieces, text, start, end)
            start = end
        _append(pieces, text, start, sentence.end)
    return pieces


def visible(text: str) -> int:
    """The number of characters that are not blank."""
    return len("".join(text.split()))


def _reach(text: str, start: int, limit: int) -> int:
    """The offset behind ``limit`` visible characters from ``start`` on."""
    seen, stop = 0, start
    while stop < len(text) and seen < limit:
        seen += not text[stop].isspace()
        stop += 1
    return stop
