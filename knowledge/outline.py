"""The provisions of a notice: its lines as paragraphs, their numbering mended, grouped under the outermost numbering."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from knowledge.model import Fault
from knowledge.numbering import Level, Marker, inner_marker, lost_marker, marker
from knowledge.numerals import to_chinese
from knowledge.page import Line
from knowledge.sentences import visible
from knowledge.title import ORGANISATION

HEADING_LENGTH = 40

_ATTACHMENT = re.compile(r"[\s\u3000]*附\s*[件录表]\s*[一二三四五六七八九十\d]*\s*[:：]?")
_DATE_LINE = re.compile(
    r"[\s\u3000]*(?:20\d\d|二[〇零○O0]二[〇零○O0一二])年[\d一二三四五六七八九十]{1,2}月[\d一二三四五六七八九十]{1,3}日[\s\u3000]*$"
)
_ENDS = re.compile(r"[。！？!?；;，,、…](?:[”’」』）)】》]*)$")
_HEADING_IN_LINE = re.compile(r"[^。：:；;\n]{2,40}?(?=[。：:；;\n]|$)")
_WORDS = re.compile(r"[\u4e00-\u9fff]{3}")
_NO_HEADING = re.compile(
    r"[：:]$|^特此|记者|通讯员|来源|[\[\]【】]|\d{4}年\d+月\d+日$|^[（(]|https?://|电话|[（(][^）)]*$"
)
_AT_THE_END = 8


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of the body, or what follows a mark inside one: its range, its line in the file, its mark if it has one.

    ``heading`` holds the words of a line that only heads what follows, without its mark; "" where it is no such line.
    """

    start: int
    end: int
    line: int
    text: str
    marker: Marker | None
    heading: str = ""

    def leads_to(self, following: Paragraph) -> bool:
        """Whether it belongs to what follows: a heading, a question, a line that ends in a colon, an item that is divided."""
        text = self.text.strip()
        short = len(text) <= HEADING_LENGTH
        divided = self.marker and following.marker and following.marker.level > self.marker.level
        return text.endswith(("：", ":", "？", "?")) or (short and bool(divided or not _ENDS.search(text)))

    @property
    def breaks_off(self) -> bool:
        """Whether its line was broken inside a sentence, so that the next one goes on with it."""
        text = self.text.strip()
        return len(text) > HEADING_LENGTH and bool(re.search(r"[\w、，,（(“《]$", text))


@dataclass(slots=True)
class Provision:
    """A run of paragraphs under one top-level mark, or under none (preamble, unnumbered text, closing).

    ``key`` names it within its notice; ``number`` counts the numbered ones from 1 (a chapter has none).
    """

    key: str
    number: int | None
    marker: Marker | None
    paragraphs: list[Paragraph] = field(default_factory=list)


def provisions(lines: Sequence[Line], path: str) -> tuple[list[Provision], list[Fault]]:
    """The provisions that ``lines`` make, in order and without a gap, and what is wrong with their numbering.

    Offsets are those in the lines joined by line ends.
    """
    paragraphs = list(_paragraphs(lines))
    faults = _repair(paragraphs, path)
    return _grouped(list(_headed(paragraphs))), faults


def _paragraphs(lines: Sequence[Line]) -> Iterator[Paragraph]:
    start = 0
    for line in lines:
        yield Paragraph(start, start + len(line.text), line.number, line.text, marker(line.text))
        start += len(line.text) + 1


def _repair(paragraphs: list[Paragraph], path: str) -> list[Fault]:
    """Find marks whose separator was lost or that stand inside a line; report them and every jump that is left."""
    faults: list[Fault] = []
    previous = {Level.HAN: 0, Level.ARTICLE: 0}
    at = i = 0
    while i < len(paragraphs):
        paragraph = paragraphs[i]
        m = paragraph.marker
        if _ATTACHMENT.match(paragraph.text):
            previous, at = dict.fromkeys(previous, 0), i
        elif m and m.level in previous:
            missing = previous[m.level] + 1
            if m.level is Level.HAN and m.value > missing and (found := _missing(paragraphs, at, i, missing)):
                at, how = found
                faults.append(Fault(path, paragraphs[at].line, how))
                previous[Level.HAN], i = missing, at + 1
                continue
            if m.value > missing > 1:
                faults.append(
                    Fault(path, paragraph.line, f"the numbering jumps from {to_chinese(missing - 1)} to {m.label}")
                )
            elif m.value > missing and m.level is Level.HAN:
                faults.append(Fault(path, paragraph.line, f"the numbering begins with {m.label}"))
            if m.level is Level.HAN or missing > 1 or m.value == 1:
                previous[m.level], at = m.value, i
        i += 1
    return faults


def _missing(paragraphs: list[Paragraph], start: int, stop: int, value: int) -> tuple[int, str] | None:
    """Give the paragraph between ``start`` and ``stop`` that begins provision ``value`` its mark: which it is, what was wrong."""
    numeral = to_chinese(value)
    for i in range(start, stop):
        lost = lost_marker(paragraphs[i].text, value) if value > 1 and paragraphs[i].marker is None else None
        if lost:
            paragraphs[i] = replace(paragraphs[i], marker=lost)
            return i, f"the separator after {numeral} is missing; read as {numeral}、"
    for i in range(start, stop):
        whole = paragraphs[i]
        if inner := inner_marker(whole.text, value, whole.marker.end if whole.marker else 0):
            cut, mark = inner
            paragraphs[i : i + 1] = [
                replace(whole, end=whole.start + cut, text=whole.text[:cut]),
                Paragraph(whole.start + cut, whole.end, whole.line, whole.text[cut:], mark),
            ]
            return i + 1, f"{mark.label}、 stands inside a line; read as a provision of its own"
    return None


def _headed(paragraphs: Sequence[Paragraph]) -> Iterator[Paragraph]:
    """Give each paragraph its heading. Three short lines in a row are a list (of names, of telephone numbers), no headings."""
    for alone, run in groupby(paragraphs, key=_stands_alone):
        members = list(run)
        for paragraph in members:
            listed = alone and len(members) > 2
            yield paragraph if listed else replace(paragraph, heading=_heading(paragraph, alone=alone))


def _stands_alone(paragraph: Paragraph) -> bool:
    text = paragraph.text.strip()
    short = len(text) <= HEADING_LENGTH and not _ENDS.search(text)
    return short and paragraph.marker is None and not _DATE_LINE.match(text)


def _heading(paragraph: Paragraph, *, alone: bool) -> str:
    if paragraph.marker:
        m = _HEADING_IN_LINE.match(paragraph.text[paragraph.marker.end :].strip())
        return m[0].strip() if m else ""
    text = paragraph.text.strip()
    named = alone and _WORDS.search(text) and not _NO_HEADING.search(text) and not ORGANISATION.match(text)
    return text if named else ""


def _grouped(paragraphs: Sequence[Paragraph]) -> list[Provision]:
    """Group the paragraphs. The outermost numbering met so far numbers the provisions; an attachment starts afresh.

    Figures (1. 2. 3.) and below number steps and items, which are joined like paragraphs, never provisions.
    """
    closings = _closings(paragraphs)
    found = [Provision("0", None, None)]
    top: Level | None = None
    figures = False
    number = attachments = 0
    prefix = ""
    for i, original in enumerate(paragraphs):
        paragraph = original
        m = paragraph.marker
        if i in closings.values() or (_ATTACHMENT.match(paragraph.text) and visible(paragraph.text) <= HEADING_LENGTH):
            attachments += 1
            prefix = f"a{attachments}-"
            found.append(Provision(f"{prefix}0", None, None))
            top, figures = None, False
        elif i in closings:
            found.append(Provision(f"{prefix}end", None, None))
            top, figures = None, False
        elif m and _opens(m, top, figures=figures):
            top = m.level
            number += 1
            found.append(Provision(f"{prefix}{m.value}", number, m))
        elif m and m.level is Level.CHAPTER:
            found.append(Provision(f"{prefix}c{m.value}", None, m))
        elif m and m.level is Level.ARTICLE:
            # An article that is quoted numbers nothing here.
            paragraph = replace(paragraph, marker=None, heading="")
        figures = figures or (top is None and m is not None and m.level >= Level.FIGURE)
        found[-1].paragraphs.append(paragraph)
    return [p for p in found if p.paragraphs]


def _opens(m: Marker, top: Level | None, *, figures: bool) -> bool:
    """Whether the mark numbers a provision, where ``top`` does so far and ``figures`` number items under none.

    Questions numbered 1、 2、 quote articles and their items: 第三十一条 out of sequence and （一） under a figure are theirs.
    """
    match m.level:
        case Level.HAN:
            return top is None or top >= Level.HAN
        case Level.ARTICLE:
            return top is Level.ARTICLE or m.value == 1
        case Level.HAN_BRACKET:
            return top is Level.HAN_BRACKET or (top is None and not figures)
    return False


def _closings(paragraphs: Sequence[Paragraph]) -> dict[int, int]:
    """Where signatures begin (the issuers' lines above a date that stands alone), and where what follows them does.

    Of text behind the last one, short lines are still part of it.
    """
    found: dict[int, int] = {}
    for i, paragraph in enumerate(paragraphs):
        if not _DATE_LINE.match(paragraph.text):
            continue
        start = i
        while start > 1 and i - start < 6 and _signs(paragraphs[start - 1]):
            start -= 1
        last = i >= len(paragraphs) - _AT_THE_END
        if start < i and (last or (i > 2 and ORGANISATION.match(paragraphs[i - 1].text.strip()))):
            found[start] = len(paragraphs) if last else i + 1
    return found


def _signs(paragraph: Paragraph) -> bool:
    text = paragraph.text.strip()
    return paragraph.marker is None and len(text) <= 30 and not re.search(r"[。；：:;？！]", text)
