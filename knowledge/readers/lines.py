"""Lines as every reader hands them over: what ends one, what is no part of one, and a table's row as one of them."""

from __future__ import annotations

import re

_CONTROLS = {code: None for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"}
# Zero-width spaces and the like stay: they are in the notice's words, and searching sees past them.
_DROPPED = _CONTROLS | {ord("\ufeff"): None}
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BLANKS = re.compile(r"[ \t\xa0]+")


def tidy(text: str) -> str:
    """``text`` with ``\\n`` as its only line end without control characters, byte order marks or halves of characters."""
    # Some PDF files spell a character beyond the first 65,536 as two halves.
    if _LONE_SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return "\n".join(text.splitlines()).translate(_DROPPED)


def squeeze(line: str) -> str:
    """``line`` with its blanks as single spaces and none at the ends; ideographic spaces inside it stay."""
    return _BLANKS.sub(" ", line).strip()


def row_lines(cells: list[list[str]]) -> list[str]:
    """The lines of a table's row from the lines of its cells: one line, its cells separated by a space.

    A row with words in one cell only keeps that cell's lines: pages are often laid out with a table around them.
    """
    filled = [cell for cell in cells if cell]
    if len(filled) == 1:
        return filled[0]
    # Side by side, a column of that much text is the page's layout and not a table's cell.
    if any(len(cell) > 5 and sum(map(len, cell)) > 400 for cell in filled):
        return [line for cell in filled for line in cell]
    return [" ".join(line for cell in filled for line in cell)] if filled else []
