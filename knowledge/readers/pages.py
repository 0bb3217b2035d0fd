"""Printed pages: lines with their place and type size, running headers and footers, and the paragraphs they make."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median, quantiles

from knowledge.readers.lines import squeeze
from knowledge.readers.paragraphs import Line, columns, is_wide, join_lines

_COLUMN_GAP = "\x1f"
_EDGE = 2
_PAGE_NUMBER = re.compile(
    r"(?:[-—–－·.]\s*\d{1,4}\s*[-—–－·.] | 第\s*\d{1,4}\s*页.{0,12} | \d{1,4}\s*/\s*\d{1,4} | page\s*\d{1,4}.{0,12})",
    re.VERBOSE | re.IGNORECASE,
)
_ENOUGH_LINES = 8
# No column of text is set narrower; a page of shorter lines is a list.
_NARROWEST = 30
_APART = 1.25
_SPACED_OUT = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])")
_BETWEEN_SCRIPTS = re.compile(
    r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\x21-\x7e])|(?<=[\x21-\x7e]) (?=[\u3000-\u9fff\uff00-\uffef])"
)


@dataclass(slots=True)
class PrintedLine:
    """One line of a page: where it begins (points from the left and from the bottom) and its type size in points."""

    x: float
    y: float
    size: float
    text: str = ""
    end: float = 0.0
    sizes: Counter[float] = field(default_factory=Counter)


class PrintedPage:
    """Gathers a page's lines; ``take`` is a ``visitor_text`` of pypdf's ``extract_text``."""

    def __init__(self) -> None:
        self.lines: list[PrintedLine] = []
        self._line: PrintedLine | None = None
        self._spaced = False

    def take(
        self, text: str, matrix: Sequence[float], text_matrix: Sequence[float], font: object, font_size: float
    ) -> None:
        """Add ``text``, which is printed at the place the two matrices give (PDF 32000-1, 9.4.4)."""
        a, b, c, d, e, f = (float(value) for value in text_matrix)
        x = e * matrix[0] + f * matrix[2] + matrix[4]
        y = e * matrix[1] + f * matrix[3] + matrix[5]
        across, up = a * matrix[0] + b * matrix[2], a * matrix[1] + b * matrix[3]
        size = abs(font_size) * math.hypot(c * matrix[0] + d * matrix[2], c * matrix[1] + d * matrix[3])
        # On a page that lies on its side, the places are taken along the lines all the same.
        length = math.hypot(across, up)
        x, y = ((x * across + y * up) / length, (y * across - x * up) / length) if length else (x, y)
        if not (math.isfinite(x) and math.isfinite(y) and math.isfinite(size)):
            x = y = size = 0.0
        for count, piece in enumerate(text.split("\n")):
            if count:
                self._end_line()
            if piece.strip():
                self._add(piece.strip(), x, y, round(size, 1), spaced=piece[0].isspace())
            self._spaced = piece[-1:].isspace() or (self._spaced and not piece)

    def close(self) -> None:
        """Take note that the page has no more text."""
        self._end_line()

    def edge(self) -> list[PrintedLine]:
        """The lines at the top and the bottom, where running headers, footers and page numbers stand."""
        ordered = sorted(self.lines, key=lambda line: line.y)
        return ordered if len(ordered) <= 2 * _EDGE else ordered[:_EDGE] + ordered[-_EDGE:]

    def _add(self, piece: str, x: float, y: float, size: float, *, spaced: bool) -> None:
        line = self._line
        if line is None:
            line = self._line = PrintedLine(x, y, size)
        elif spaced or self._spaced:
            wide = is_wide(line.text[-1]) and is_wide(piece[0])
            line.text += _COLUMN_GAP if x - line.end > 0.8 * size else "" if wide else " "
        line.text += piece
        line.sizes[size] += len(piece)
        line.end = x + columns(piece) * size / 2

    def _end_line(self) -> None:
        line, self._line = self._line, None
        self._spaced = False
        if line is not None:
            line.size = line.sizes.most_common(1)[0][0]
            line.text = _closed_up(squeeze(line.text))
            if line.text:
                self.lines.append(line)


def paragraphs(pages: Sequence[PrintedPage]) -> list[str]:
    """The paragraphs of ``pages``, joined across lines and pages, without what runs along at every page's edge."""
    for page in pages:
        page.close()
    running = _running(pages)
    kept = [[line for line in page.lines if id(line) not in running] for page in pages]
    return join_lines(_placed([page for page in kept if page]))


def _closed_up(text: str) -> str:
    """``text`` without the spaces that stand for the small gaps of typesetting and not for words' ends."""
    # Typesetters put a gap between Chinese and figures, which pypdf reports as a space here and there.
    text = _BETWEEN_SCRIPTS.sub("", text)
    spaced = len(_SPACED_OUT.findall(text))
    together = sum(is_wide(a) and is_wide(b) for a, b in pairwise(text))
    if spaced > together:
        text = _SPACED_OUT.sub("", text)
    return squeeze(text.replace(_COLUMN_GAP, " "))


def _running(pages: Sequence[PrintedPage]) -> set[int]:
    """The ids of the lines that repeat at the edge of every other page at least, and of the page numbers."""
    edges = [(number, line) for number, page in enumerate(pages, 1) for line in page.edge()]
    counts = Counter(key for _, key in {(number, key) for number, line in edges for key in _keys(line, number)})
    often = {key for key, count in counts.items() if count >= max(2, (len(pages) - 1) / 2)}
    return {
        id(line)
        for number, line in edges
        if _PAGE_NUMBER.fullmatch(line.text) or line.text == str(number) or often.intersection(_keys(line, number))
    }


def _keys(line: PrintedLine, number: int) -> set[str]:
    """What makes ``line`` the same as another page's: its words, or its words around a number that counts the pages."""
    text = "".join(line.text.split())
    # 附件1, 附件2 also count up page by page.
    if text.startswith("附"):
        return {text}
    return {text, re.sub(r"\d{1,4}", lambda match: f"#{int(match[0]) - number}", text)}


def _placed(pages: Sequence[Sequence[PrintedLine]]) -> Iterator[Line]:
    """The lines of ``pages`` with what their places tell about paragraphs."""
    lines = [line for page in pages for line in page]
    if not lines:
        return
    sizes = Counter[float]()
    for line in lines:
        sizes.update(line.sizes)
    body = sizes.most_common(1)[0][0] or 1.0
    lefts = [_left(page, _left(lines, None, body), body) for page in pages]
    indented = [
        1.2 * body < line.x - left < 3.2 * body for page, left in zip(pages, lefts, strict=True) for line in page
    ]
    leadings = [_leading(page) for page in pages]
    spaced = sum(
        above.y - line.y > _APART * leading
        for page, leading in zip(pages, leadings, strict=True)
        for above, line in pairwise(page)
    )
    for page, left, leading in zip(pages, lefts, leadings, strict=True):
        right = _right(page if len(page) >= _ENOUGH_LINES else lines)
        above: PrintedLine | None = None
        for line in page:
            size = line.size or body
            # Fewer would be single lines that are centred or set to the right.
            inset = line.x - left > 0.9 * size if sum(indented) > 2 else None
            # Where space between paragraphs takes the place of indents, its absence tells as much.
            if inset is None and spaced > 2 and above is not None:
                inset = False
            yield Line(
                text=line.text,
                full=max(int((right - line.x) / size * 2), _NARROWEST),
                indented=inset,
                apart=above is not None and above.y - line.y > _APART * leading,
                centred=line.x - left > 3.2 * size and abs(line.x - left - (right - line.end)) < 1.6 * size,
                size=line.size,
                large=line.size > 1.15 * body,
            )
            above = line


def _leading(page: Sequence[PrintedLine]) -> float:
    """The usual distance from one line of ``page`` to the next."""
    drops = [above.y - line.y for above, line in pairwise(page) if above.y > line.y]
    return median(drops) if drops else math.inf


def _left(lines: Sequence[PrintedLine], usual: float | None, body: float) -> float:
    """The left margin of ``lines``: the leftmost place at which several begin, or the ``usual`` one close by."""
    places = Counter(round(line.x) for line in lines)
    margin = min((x for x, count in places.items() if count >= max(2, 0.1 * len(lines))), default=min(places))
    return usual if usual is not None and 0 <= margin - usual < 3.2 * body else margin


def _right(lines: Sequence[PrintedLine]) -> float:
    """How far full lines reach: nine of ten end before that place or there."""
    ends = [line.end for line in lines]
    return quantiles(ends, n=10, method="inclusive")[-1] if len(ends) > 1 else ends[0]
