"""The marks that number provisions at the start of a line: 第一章, 第一条, 一、, （一）, 1., （1）, ①."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from knowledge.numerals import CLASS, to_int

_BLANK = r"[\s\u3000\u200b\u200d\ufeff]*"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


class Level(IntEnum):
    """Outermost first, as official documents nest them. A chapter only groups articles: it is never counted as a provision."""

    CHAPTER = 0
    ARTICLE = 1
    HAN = 2
    HAN_BRACKET = 3
    FIGURE = 4
    FIGURE_BRACKET = 5
    CIRCLED = 6


@dataclass(frozen=True, slots=True)
class Marker:
    """A numbering mark: ``label`` as a person would say it ("四", "（二）", "第三条"), ``end`` the offset behind it."""

    level: Level
    value: int
    label: str
    end: int


_PATTERNS: tuple[tuple[Level, re.Pattern[str]], ...] = (
    (Level.CHAPTER, re.compile(rf"{_BLANK}(第([{CLASS}]+|\d{{1,3}})[编章节])(?![{CLASS}\d])")),
    (
        Level.ARTICLE,
        re.compile(rf"{_BLANK}(第([{CLASS}]+|\d{{1,3}})条)(?=[\s\u3000：:、.，]|(?![款例])[\u4e00-\u9fff（《“])"),
    ),
    (Level.HAN, re.compile(rf"{_BLANK}(([{CLASS}]+))[、.．,，:：](?![\d{CLASS}])")),
    (Level.HAN_BRACKET, re.compile(rf"{_BLANK}([（(﹝〔]\s*([{CLASS}]+)\s*[）)﹞〕])")),
    # "1.5 亿元" is a figure, not a mark; "1.2020年" is a mark before a year.
    (Level.FIGURE, re.compile(rf"{_BLANK}(([0-9０-９]{{1,2}}))(?:[、．]|[.](?!\d)|[.](?=20\d\d年)|[)）](?!\d))")),
    (Level.FIGURE_BRACKET, re.compile(rf"{_BLANK}([（(]\s*([0-9０-９]{{1,2}})\s*[）)])")),
    (Level.CIRCLED, re.compile(rf"{_BLANK}([{CIRCLED}])")),
)


def marker(line: str) -> Marker | None:
    """The numbering mark that ``line`` starts with, or None."""
    for level, pattern in _PATTERNS:
        if m := pattern.match(line):
            if level is Level.CIRCLED:
                return Marker(level, CIRCLED.index(m[1]) + 1, m[1], m.end())
            value = to_int(m[2])
            if value is None or value == 0:
                return None
            label = re.sub(r"\s", "", m[1]).translate(_BRACKETS)
            return Marker(level, value, label, m.end())
    return None


_BRACKETS = str.maketrans("(﹝〔)﹞〕", "（（（）））")


def lost_marker(line: str, value: int) -> Marker | None:
    """The mark 六 of "六强化企业创新支持", whose separator was lost; only to be asked where ``value`` is missing."""
    m = re.match(rf"{_BLANK}([{CLASS}]+)[\s\u3000]*(?=[\u4e00-\u9fff“《])(?!{_COUNTS})", line)
    if m and to_int(m[1]) == value:
        return Marker(Level.HAN, value, m[1], m.end())
    return None


# 二是加强…, 三个月内…, 一方面… count or list, they do not number provisions.
_COUNTS = "是|要|来|方面|级|个|家|类|次|月|年|日|名|位|批|季|线|号|期|天|周|项|条|种|部|省|者|人|万|千|亿|分之|成|倍|元"


def inner_marker(line: str, value: int, after: int) -> tuple[int, Marker] | None:
    """The mark 八、 inside a line, behind a sentence's end or a blank, and where it begins; None where it is not there.

    Only to be asked where ``value`` is missing. What stands before the offset ``after`` is passed over.
    """
    for m in _INNER.finditer(line, after):
        if to_int(m[1]) == value and line[: m.start()].strip():
            return m.start(), Marker(Level.HAN, value, m[1], m.end() - m.start())
    return None


_INNER = re.compile(rf"(?<=[。；：:;）)\s])([{CLASS}]+)[、．.]{_BLANK}(?=[\u4e00-\u9fff“《])(?![{CLASS}])")
