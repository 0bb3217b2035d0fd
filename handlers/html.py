"""Telegram's HTML in one place: escaping, the few tags used, lengths as Telegram counts them, and cutting to fit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape as _escape
from html import unescape

MAX_TEXT = 4096
MAX_CALLBACK_DATA = 64
MAX_CALLBACK_ANSWER = 200
MAX_COPY_TEXT = 256
MAX_INLINE_RESULTS = 50

_TAG = re.compile(r"</?(?:b|i|u|s|a|code|pre|blockquote)(?:\s[^<>]*)?>")
_ENDS = re.compile(r"[。！？；;!?\n]")


def utf16_length(text: str) -> int:
    """The length of ``text`` in UTF-16 code units, in which Telegram states its limits."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shown_length(html: str) -> int:
    """The length in UTF-16 units that Telegram holds against its limit: without the tags, entities as characters."""
    return utf16_length(unescape(_TAG.sub("", html)))


def escape(text: str) -> str:
    """``text`` so that it can stand between tags and in attribute values."""
    # A lone surrogate (half an emoji, from a broken client) cannot be sent at all.
    return _escape(text.encode("utf-8", "replace").decode("utf-8"), quote=True)


def bold(text: str) -> str:
    """Bold words."""
    return f"<b>{escape(text)}</b>"


def struck(text: str) -> str:
    """Words struck through."""
    return f"<s>{escape(text)}</s>"


def italic(text: str) -> str:
    """Words in italics."""
    return f"<i>{escape(text)}</i>"


def code(text: str) -> str:
    """Words in a fixed-width face, copied whole at a touch."""
    return f"<code>{escape(text)}</code>"


def preformatted(text: str) -> str:
    """A block that is copied whole at a touch."""
    return f"<pre>{escape(text)}</pre>"


def link(text: str, address: str) -> str:
    """Words that lead to an address."""
    return f'<a href="{escape(address)}">{escape(text)}</a>'


def quotation(text: str, marked: tuple[int, int] | None = None) -> str:
    """An expandable quotation of ``text``; the range ``marked`` (offsets in ``text``) is underlined."""
    if marked is None:
        body = escape(text)
    else:
        start, end = marked
        body = f"{escape(text[:start])}<u>{escape(text[start:end])}</u>{escape(text[end:])}"
    return f"<blockquote expandable>{body}</blockquote>"


def clip(text: str, units: int) -> str:
    """``text`` where it has at most ``units`` UTF-16 units; else its beginning, cut behind a sentence where one ends
    in the last half of it, with an ellipsis."""
    if utf16_length(text) <= units:
        return text
    cut = _head(text, units - 1)
    ends = [m.end() for m in _ENDS.finditer(cut)]
    if ends and ends[-1] * 2 > len(cut):
        cut = cut[: ends[-1]].rstrip("\n")
    return cut + "…"


def _head(text: str, units: int) -> str:
    for kept, character in enumerate(text):
        units -= 1 + (ord(character) > 0xFFFF)
        if units < 0:
            return text[:kept]
    return text


def opening(text: str, characters: int) -> str:
    """The first words of ``text`` on one line, at most ``characters`` of them."""
    line = " ".join(text.split())
    return line if len(line) <= characters else line[: characters - 1] + "…"


def pack(blocks: Iterable[str], room: int) -> list[list[str]]:
    """``blocks`` of HTML in pages whose texts, joined with blank lines, show at most ``room`` UTF-16 units.

    A block that is longer than a page by itself must have been cut before.
    """
    pages: list[list[str]] = []
    used = 0
    for block in blocks:
        length = shown_length(block) + 2
        if not pages or used + length > room:
            pages.append([])
            used = 0
        pages[-1].append(block)
        used += length
    return pages


def pieces(text: str, units: int) -> list[str]:
    """``text`` in pieces of at most ``units`` UTF-16 units, cut at sentence ends where there are any."""
    result = []
    while utf16_length(text) > units:
        head = clip(text, units)[:-1] or text[:1]
        result.append(head)
        text = text[len(head) :].lstrip("\n")
    return [*result, text] if text else result
