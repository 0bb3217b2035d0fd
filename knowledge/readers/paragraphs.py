"""Joins the lines that a page's width broke back into paragraphs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_NUMBER = "[一二三四五六七八九十百〇○零]"
# "3.5亿元" at the start of a line is an amount and "第十五条的规定" a reference: neither begins a paragraph by itself.
_MARK = re.compile(
    rf"""(?: {_NUMBER}{{1,5}} \s? [、．.]
      | [（(] \s? (?: {_NUMBER}{{1,5}} | \d{{1,3}} ) \s? [）)]
      | \d{{1,2}} (?: [、）)] | [.．] (?!\d) )
      | \d{{1,2}} (?: [.．] \d{{1,2}} ){{1,3}} \s
      | 第{_NUMBER}{{1,5}}[编章节条] \s
      | [①-⒛㈠-㈩㊀-㊉●■◆▪•★]
      | 附件? \d{{0,2}} [:：]
    )""",
    re.VERBOSE,
)
_END = re.compile(r"[。：；！？:;!?][”’」』）)]*$")
_BROKEN_WORD = re.compile(r"[^\W\d_]-$")
_ADDRESS = re.compile(r"(?:://|www\.)\S*$")
_SHORT = 0.8


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is printed.

    ``full`` is how wide the lines around it run, in columns (a Chinese character takes two). ``indented`` tells
    whether it is set in from the margin, None where the document tells nothing by that, ``apart`` whether more space
    than usual is above it, ``centred`` whether it stands in the middle as titles do. ``size`` is its type size, 0 where
    that is not known; ``large``: above the body text's.
    """

    text: str
    full: int
    indented: bool | None = None
    apart: bool = False
    centred: bool = False
    size: float = 0.0
    large: bool = False


def columns(text: str) -> int:
    """The width of ``text`` in columns: two for a Chinese character, one for a Latin letter."""
    return sum(2 if is_wide(character) else 1 for character in text)


def is_wide(character: str) -> bool:
    """Whether ``character`` is Chinese or Chinese punctuation: such text is set without spaces."""
    return unicodedata.east_asian_width(character) in "WF"


def is_marked(text: str) -> bool:
    """Whether ``text`` begins with a numbering mark or a bullet: 一、（一） 1. （1） ① or 第一条 and a gap."""
    return _MARK.match(text) is not None


def join_lines(lines: Iterable[Line]) -> list[str]:
    """The paragraphs of ``lines``: each line in exactly one of them, in order."""
    paragraphs: list[str] = []
    previous: Line | None = None
    for line in lines:
        if previous is None or starts_paragraph(previous, line):
            paragraphs.append(line.text)
        else:
            paragraphs[-1] = join(paragraphs[-1], line.text)
        previous = line
    return paragraphs


def join(before: str, after: str) -> str:
    """``before`` and the line that follows it as one run of text.

    A space comes between words of Latin letters only, and the hyphen that broke such a word goes.
    """
    if not before or not after:
        return before + after
    if _BROKEN_WORD.search(before) and after[0].islower():
        return before[:-1] + after
    last, first = before[-1], after[0]
    words = (last.isalpha() and first.isascii()) or (first.isalpha() and last.isascii())
    spaced = words and not is_wide(last) and not is_wide(first) and last not in "-/(["
    return f"{before} {after}" if spaced and not _ADDRESS.search(before) else before + after


def starts_paragraph(previous: Line, line: Line) -> bool:
    """Whether ``line`` begins a paragraph and does not go on with that of the line before it."""
    if previous.size and line.size and abs(previous.size - line.size) > 0.08 * max(previous.size, line.size):
        return True
    marked = is_marked(line.text)
    ended = _END.search(previous.text) is not None
    # The lines of a title are centred, so neither their margin nor their width says anything.
    if previous.large:
        return marked or ended
    if line.apart or columns(previous.text) < _SHORT * previous.full:
        return True
    if line.indented is None or previous.indented is None:
        return marked or ended
    if line.centred or line.indented == previous.indented:
        return (marked and ended) or (line.indented and not line.centred and (marked or ended))
    return line.indented or (marked and ended)
