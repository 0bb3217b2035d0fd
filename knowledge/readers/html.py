"""Saved web pages: the words a browser shows, one block a line, with the numbers that it puts before list items.

Page furniture (navigation, filters, footers) keeps its words, since labels such as 文件级别 stand there; telling it
from the notice is the parser's work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from knowledge.errors import UnreadableFileError
from knowledge.readers.html_names import (
    BLOCKS,
    CHINESE_STYLES,
    CODECS,
    HEADINGS,
    LATIN_STYLES,
    LIST_TYPES,
    NEVER_CLOSED,
    UNSEEN,
)
from knowledge.readers.lines import row_lines, squeeze
from knowledge.readers.list_numbers import numeral
from knowledge.readers.paragraphs import is_marked, is_wide
from knowledge.readers.text import decode, mended

_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([^;]+)", re.IGNORECASE)
_CHARSET = re.compile(
    rb"""<meta\s[^>]*?charset\s*=\s*["']?\s*([\w-]+)|<\?xml\s[^>]*?encoding\s*=\s*["']([\w-]+)""", re.IGNORECASE
)
_PRESCAN = 4096
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# Browsers stop at 512; the parser's time grows with the square of the depth.
_DEEPEST = 512


def read_html(data: bytes) -> str:
    """The text of a saved web page; raises ``UnreadableFileError`` where the bytes are no text."""
    label = _CHARSET.search(data, 0, _PRESCAN)
    name = (label[1] or label[2]).decode("ascii", "replace").lower() if label else ""
    try:
        return markup_text(decode(data, declared=CODECS.get(name)))
    except UnreadableFileError:
        # Servers cut descriptions in the middle of a character; where nobody sees that, it does no harm.
        page = mended(data)
        text = markup_text(page) if page is not None else "\ufffd"
        if "\ufffd" in text:
            raise
        return text


def markup_text(markup: str) -> str:
    """The text of an HTML page or fragment of one, one block a line."""
    if _depth(markup) > _DEEPEST:
        raise UnreadableFileError(
            f"The page's elements are nested more than {_DEEPEST} deep; save its text as .txt instead."
        )
    try:
        tree = LexborHTMLParser(markup)
    except SelectolaxError as error:
        raise UnreadableFileError(
            "The page cannot be parsed as HTML; open it in a browser and save it again.", log=str(error)
        ) from error
    page = _Page()
    root = tree.root
    for node, entering in _walk(root) if root is not None else ():
        page.take(node, entering)
    page.lines.end_line()
    title = tree.css_first("head title")
    return "\n".join(_titled(squeeze(title.text().replace("\n", " ")) if title else "", page.lines.done))


def _depth(markup: str) -> int:
    """How deep the elements are nested at most, as far as counting tags can tell."""
    depth = deepest = 0
    for closing, name in _TAG.findall(markup):
        if name.lower() not in NEVER_CLOSED:
            depth = max(0, depth - 1) if closing else depth + 1
            deepest = max(deepest, depth)
    return deepest


def _walk(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Every node that a browser shows, once when it is entered and, elements only, once when it is left."""
    # Not recursive: a page may nest deeper than Python's stack.
    pending = [(root, True)]
    while pending:
        node, entering = pending.pop()
        if entering and node.is_element_node and not _is_shown(node):
            continue
        yield node, entering
        if entering and not node.is_text_node:
            pending.append((node, False))
            pending.extend((child, True) for child in reversed(list(node.iter(include_text=True))))


def _is_shown(node: LexborNode) -> bool:
    if node.tag in UNSEEN:
        return False
    attributes = node.attributes
    return "hidden" not in attributes and not _HIDING.search(attributes.get("style") or "")


@dataclass(slots=True)
class _Lines:
    """The lines of the page or of one table cell, as they grow."""

    done: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    markers: list[str] = field(default_factory=list)

    def end_line(self) -> None:
        line = squeeze("".join(self.pieces))
        self.pieces.clear()
        if not line:
            return
        # Where the author numbered the items, the browser's numbers are as a rule switched off by a style sheet.
        if self.markers and not is_marked(line):
            line = "".join(self.markers) + line
        self.markers.clear()
        self.done.append(line)


@dataclass(slots=True)
class _List:
    """One ``ol``, ``ul`` or ``menu`` that is open: how its items are marked and which number comes next."""

    style: str
    number: int
    step: int


@dataclass(slots=True)
class _Row:
    """One table row that is open. ``layout``: its cells hold parts of the page, not entries of a table."""

    cells: list[list[str]] = field(default_factory=list)
    layout: bool = False


class _Page:
    """Turns the nodes of a page, in order, into lines."""

    def __init__(self) -> None:
        self._open = [_Lines()]
        self._rows: list[_Row] = []
        self._lists: list[_List] = []
        self._preformatted = 0

    @property
    def lines(self) -> _Lines:
        return self._open[-1]

    def take(self, node: LexborNode, entering: bool) -> None:
        if node.is_text_node:
            self._text(node.text_content or "")
            return
        tag = node.tag or ""
        if tag in BLOCKS:
            self.lines.end_line()
        match tag:
            case "pre" | "textarea":
                self._preformatted += 1 if entering else -1
            case "ol" | "ul" | "menu" | "dir":
                self._list(node, entering)
            case "li":
                self._item(node, entering)
            case "tr":
                self._row(entering)
            case "td" | "th":
                self._cell(entering)
            case "option":
                self.lines.pieces.append(" ")
        if self._rows and (tag == "table" or tag in HEADINGS):
            self._rows[-1].layout = True

    def _text(self, text: str) -> None:
        if not self._preformatted:
            self.lines.pieces.append(_unbroken(text))
            return
        first, *others = text.split("\n")
        self.lines.pieces.append(first)
        for line in others:
            self.lines.end_line()
            self.lines.pieces.append(line)

    def _list(self, node: LexborNode, entering: bool) -> None:
        if not entering:
            self._lists.pop()
            return
        attributes = node.attributes
        ordered = node.tag == "ol"
        style = _list_style(node, "decimal" if ordered else "none")
        backwards = ordered and "reversed" in attributes
        first = len([child for child in node.iter() if child.tag == "li"]) if backwards else 1
        self._lists.append(_List(style, _integer(attributes.get("start"), first), -1 if backwards else 1))

    def _item(self, node: LexborNode, entering: bool) -> None:
        if not entering:
            self.lines.markers.clear()
            return
        if not self._lists:
            return
        around = self._lists[-1]
        number = _integer(node.attributes.get("value"), around.number)
        around.number = number + around.step
        self.lines.markers.append(_marker(number, _list_style(node, around.style)))

    def _row(self, entering: bool) -> None:
        if entering:
            self._rows.append(_Row())
            return
        row = self._rows.pop()
        self.lines.done += [line for cell in row.cells for line in cell] if row.layout else row_lines(row.cells)

    def _cell(self, entering: bool) -> None:
        if entering:
            self._open.append(_Lines())
            return
        self.lines.end_line()
        self._rows[-1].cells.append(self._open.pop().done)


def _unbroken(text: str) -> str:
    """``text`` with the line ends of the page's source as spaces, or as nothing between two Chinese characters."""
    # CSS Text, level 3, section 4.1.3 (segment break transformation).
    if "\n" not in text:
        return text
    head, *rest = text.split("\n")
    for line in rest:
        before, after = head.rstrip(" \t\r\f"), line.lstrip(" \t\r\f")
        inside = before and after and is_wide(before[-1]) and is_wide(after[0])
        head = before + ("" if inside else " ") + after
    return head


def _list_style(node: LexborNode, default: str) -> str:
    attributes = node.attributes
    styled = _LIST_STYLE.search(attributes.get("style") or "")
    for word in styled[1].lower().split() if styled else ():
        if word in LATIN_STYLES or word in CHINESE_STYLES:
            return word
    return LIST_TYPES.get(attributes.get("type") or "", default)


def _marker(number: int, style: str) -> str:
    if style in CHINESE_STYLES:
        return numeral(number, CHINESE_STYLES[style]) + "、"
    written = numeral(number, LATIN_STYLES[style])
    return written + ". " if written else ""


def _integer(value: str | None, default: int) -> int:
    match = re.match(r"\s*([+-]?\d{1,9})", value or "", re.ASCII)
    return int(match[1]) if match else default


def _titled(title: str, lines: list[str]) -> list[str]:
    """``lines`` with the page's title before them where none of them says it."""
    bare = _bare(title)
    if not bare or any(
        bare in line or (len(line) * 2 >= len(bare) and line in bare) for line in map(_bare, lines) if line
    ):
        return lines
    # The title often has the site's name at its end: then the notice's heading is a part of it.
    parts = [_bare(part) for part in re.split(r"[-_|—–·]+", title)]
    if any(len(part) >= 8 and part in line for line in map(_bare, lines) for part in parts):
        return lines
    return [title, *lines]


def _bare(text: str) -> str:
    return "".join(text.split())
