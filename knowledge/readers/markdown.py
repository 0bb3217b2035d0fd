"""Markdown: its words without its marks. The numbers of lists stay, as the author wrote them."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge.readers.html import markup_text
from knowledge.readers.lines import tidy
from knowledge.readers.paragraphs import Line, columns, is_wide, starts_paragraph
from knowledge.readers.text import decode

# A heading written without the space that CommonMark asks for: "##一、总则".
_TIGHT_HEADING = re.compile(r"^(#{1,6})(?=[\u3400-\u9fff（《“])(?!.*#)", re.MULTILINE)
# CommonMark sees no bold in "**注意：**各地", whose end mark stands between punctuation and a letter without a space, as
# Chinese has it; so what is bold is found here.
_BOLD = re.compile(r"(?<![*\\])(\*{1,3})(?=[^\s*])([^*\n]+)(?<=[^\s*\\])\1(?!\*)")
# Authors who break lines by hand do it beyond this many columns; shorter lines are meant to end where they end.
_NARROWEST = 60


def read_markdown(data: bytes) -> str:
    """The text of a ``.md`` (CommonMark with tables); raises ``UnreadableFileError`` where the bytes are no text."""
    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable(["table", "strikethrough"])
    source = _BOLD.sub(r"\2", _TIGHT_HEADING.sub(r"\1 ", tidy(decode(data))))
    tokens = parser.parse(source)
    _write_numbers(tokens)
    for token in tokens:
        if token.children:
            _set_line_ends(token.children)
    return markup_text(parser.renderer.render(tokens, parser.options, {}))


def _write_numbers(tokens: list[Token]) -> None:
    """Turn the numbers of list items into text.

    They are kept as written, save for the habit of giving every item the first one's number, which means "count".
    """
    items: list[list[Token]] = []
    for token in tokens:
        match token.type:
            case "ordered_list_open" | "bullet_list_open":
                items.append([])
            case "ordered_list_close" | "bullet_list_close":
                written = [item.info for item in items[-1]]
                if len(set(written)) == 1:
                    for count, item in enumerate(items[-1]):
                        item.info = str(int(item.info) + count) if item.info else ""
                items.pop()
            case "list_item_open":
                items[-1].append(token)
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        if token.type in ("ordered_list_open", "ordered_list_close"):
            token.tag = "ul"
        elif token.type == "list_item_open" and token.info:
            number = Token("text", "", 0, content=f"{token.info}{token.markup} ")
            first = tokens[index + 2] if index + 2 < len(tokens) else None
            if first is not None and first.type == "inline" and first.children is not None:
                first.children.insert(0, number)
            else:
                tokens.insert(index + 1, Token("inline", "", 0, children=[number]))


def _set_line_ends(children: list[Token]) -> None:
    """Make each line end inside a paragraph one that is shown, or else join the two lines."""
    lines = [""]
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            lines.append("")
        elif child.type in ("text", "code_inline", "text_special"):
            lines[-1] += child.content
    full = max(_NARROWEST, *map(columns, lines))
    at = 0
    for child in children:
        if child.type not in ("softbreak", "hardbreak"):
            continue
        before, after = lines[at].strip(), lines[at + 1].strip()
        at += 1
        if child.type == "hardbreak":
            continue
        if starts_paragraph(Line(before, full), Line(after, full)):
            child.type = "hardbreak"
        else:
            child.type = "text"
            child.content = "" if is_wide(before[-1:] or " ") or is_wide(after[:1] or " ") else " "
