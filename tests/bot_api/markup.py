"""HTML as the Bot API reads it (parse_mode HTML), and back.

What is refused, and in which words, follows the tests of tdlib's parser; offsets in the refusals are in bytes of UTF-8.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from .errors import ApiError, bad_request
from .text import Entity, FormattedText, utf16_length

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_TAGS = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "spoiler": ("<tg-spoiler>", "</tg-spoiler>"),
    "code": ("<code>", "</code>"),
    "pre": ("<pre>", "</pre>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ("<blockquote expandable>", "</blockquote>"),
}
_REFERENCE = re.compile(
    r"&(?:#(?P<decimal>\d{1,8})|#x(?P<hexadecimal>[0-9a-fA-F]{1,7})|(?P<name>lt|gt|amp|quot)(?![a-zA-Z]));?"
)
_NAMES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_PLAIN = re.compile(r"[^<&]*")
_SPACE = re.compile(r"\s*")
_TAG_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE_NAME = re.compile(r"[^\s=>]*")
_BARE_VALUE = re.compile(r"[A-Za-z0-9.-]*")


@dataclass(frozen=True, slots=True)
class _Open:
    """A start tag that waits for its end: name, the argument that matters to it, and where it began."""

    name: str
    argument: str
    offset: int
    written: int


@dataclass(slots=True)
class _Parser:
    source: str
    at: int = 0
    units: int = 0
    written: list[str] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def run(self) -> FormattedText:
        while self.at < len(self.source):
            if self.source.startswith("</", self.at):
                self._end_tag()
            elif self.source[self.at] == "<":
                self._start_tag()
            else:
                self._write(self._take(_PLAIN) or self._character())
        if self.open:
            raise _unparsable(f'Can\'t find end tag corresponding to start tag "{self.open[-1].name}"')
        # The language of code outside <pre> goes nowhere.
        entities = (replace(entity, language="") if entity.type == "code" else entity for entity in self.entities)
        return FormattedText("".join(self.written), tuple(entities))

    def _write(self, text: str) -> None:
        self.written.append(text)
        self.units += utf16_length(text)

    def _character(self) -> str:
        """The next character, or the one that a character reference stands for; unknown references stay as they are."""
        match = _REFERENCE.match(self.source, self.at) if self.source[self.at] == "&" else None
        if match is not None:
            code = int(match["decimal"] or 0) or int(match["hexadecimal"] or "0", 16)
            if 0xD800 <= code <= 0xDFFF:
                raise _unparsable(
                    "Text contains invalid Unicode characters after decoding HTML entities, "
                    "check for unmatched surrogate code units"
                )
            if match["name"] or 0 < code < 0x10FFFF:
                self.at = match.end()
                return _NAMES[match["name"]] if match["name"] else chr(code)
        self.at += 1
        return self.source[self.at - 1]

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.source, self.at)
        words = match.group() if match else ""
        self.at += len(words)
        return words

    def _next(self) -> str:
        return self.source[self.at : self.at + 1]

    def _bytes(self, position: int) -> int:
        return len(self.source[:position].encode())

    def _start_tag(self) -> None:
        begin, where = self.at, self._bytes(self.at)
        self.at += 1
        name = self._take(_TAG_NAME).lower()
        if not self._next():
            raise _unparsable(f"Unclosed start tag at byte offset {where}")
        if name not in _TYPES:
            raise _unparsable(f'Unsupported start tag "{name}" at byte offset {where}')
        argument = ""
        for attribute, value in self._attributes(name, begin):
            argument = _argument(name, attribute, value) or argument
        self.at += 1
        if name == "span" and argument != "spoiler":
            raise _unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
        self.open.append(_Open(name, argument, self.units, len(self.written)))

    def _attributes(self, name: str, begin: int) -> Iterator[tuple[str, str]]:
        where = self._bytes(begin)
        while True:
            self._take(_SPACE)
            if self._next() == ">":
                return
            if not self._next():
                raise _unparsable(f'Unclosed start tag "{name}" at byte offset {where}')
            attribute = self._take(_ATTRIBUTE_NAME)
            if not attribute:
                raise _unparsable(f'Empty attribute name in the tag "{name}" at byte offset {where}')
            self._take(_SPACE)
            if self._next() != "=":
                yield attribute, ""
                continue
            self.at += 1
            self._take(_SPACE)
            if not self._next():
                raise _unparsable(f'Unclosed start tag "{name}" at byte offset {where}')
            value = self._quoted() if self._next() in "'\"" else self._bare()
            if not self._next():
                raise _unparsable(f"Unclosed start tag at byte offset {where}")
            yield attribute, value

    def _bare(self) -> str:
        begin = self.at
        value = self._take(_BARE_VALUE).lower()
        if not self._next().isspace() and self._next() != ">":
            raise _unparsable(f"Unexpected end of name token at byte offset {self._bytes(begin)}")
        return value

    def _quoted(self) -> str:
        mark = self._next()
        self.at += 1
        value = ""
        while self._next() not in (mark, ""):
            value += self._character()
        self.at += len(self._next())
        return value

    def _end_tag(self) -> None:
        where = self._bytes(self.at)
        if not self.open:
            raise _unparsable(f"Unexpected end tag at byte offset {where}")
        self.at += 2
        name = self._take(_TAG_NAME).lower()
        self._take(_SPACE)
        if self._next() != ">":
            raise _unparsable(f"Unclosed end tag at byte offset {where}")
        self.at += 1
        opened = self.open.pop()
        if name and name != opened.name:
            raise _unparsable(
                f'Unmatched end tag at byte offset {where}, expected "</{opened.name}>", found "</{name}>"'
            )
        if self.units > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        kind, length = _TYPES[opened.name], self.units - opened.offset
        argument = opened.argument
        previous = self.entities[-1] if self.entities else None
        same = previous is not None and (previous.offset, previous.length) == (opened.offset, length)
        if kind == "text_link":
            url = checked_link(argument or "".join(self.written[opened.written :]))
            if url:
                self.entities.append(Entity(kind, opened.offset, length, url=url))
        elif kind == "custom_emoji":
            if not argument.isdigit() or int(argument) == 0:
                raise _unparsable("Invalid custom emoji identifier specified")
            self.entities.append(Entity(kind, opened.offset, length, custom_emoji_id=argument))
        elif kind == "pre" and previous and same and previous.type == "code" and previous.language:
            self.entities[-1] = Entity("pre", opened.offset, length, language=previous.language)
        elif kind == "code" and argument and previous and same and previous.type == "pre":
            self.entities[-1] = Entity("pre", opened.offset, length, language=argument)
        elif kind == "blockquote" and argument:
            self.entities.append(Entity("expandable_blockquote", opened.offset, length))
        else:
            self.entities.append(Entity(kind, opened.offset, length, language=argument if kind == "code" else ""))


def _argument(tag: str, attribute: str, value: str) -> str:
    """What an attribute means to its tag; all other attributes are allowed and mean nothing."""
    match tag, attribute:
        case "a", "href":
            return value
        case "code", "class":
            return value.removeprefix("language-") if value.startswith("language-") else ""
        case "span", "class":
            return value.removeprefix("tg-") if value.startswith("tg-") else ""
        case "tg-emoji", "emoji-id":
            return value
        case "blockquote", "expandable":
            return "expandable"
        case _:
            return ""


def checked_link(url: str) -> str:
    """``url`` as Telegram keeps it: http where no scheme is given, a path always; "" where it is no link."""
    if not re.match(r"[a-z][a-z0-9+.-]*://", url, re.IGNORECASE):
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme in ("tg", "ton"):
        return url
    host = (parts.hostname or "").strip(".")
    if parts.scheme not in ("http", "https") or "." not in host or re.search(r"\s", url):
        return ""
    return url if parts.path or parts.query or parts.fragment else f"{url}/"


def _unparsable(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")


def parse_html(source: str) -> FormattedText:
    """The text and the entities of ``source``, neither trimmed nor settled.

    Raises ApiError with Telegram's "can't parse entities: …" where it refuses the HTML.
    """
    return _Parser(source).run()


def to_html(formatted: FormattedText) -> str:
    """``formatted`` as HTML with Telegram's tags; what Telegram detects by itself (commands, addresses) has none."""
    raw = formatted.text.encode("utf-16-le")
    pieces: list[tuple[int, int, str]] = []
    for rank, entity in enumerate(formatted.entities):
        start, end = _TAGS.get(entity.type, ("", ""))
        if entity.type == "text_link":
            start, end = f'<a href="{html.escape(entity.url)}">', "</a>"
        if entity.type == "pre" and entity.language:
            start, end = f'<pre><code class="language-{html.escape(entity.language)}">', "</code></pre>"
        # At one place the ends come before the starts, and the inner end before the outer one.
        pieces += [(entity.offset, rank + 1, start), (entity.end, -rank - 1, end)]
    written, at = [], 0
    for offset, _, tag in sorted(pieces):
        written += [html.escape(raw[2 * at : 2 * offset].decode("utf-16-le"), quote=False), tag]
        at = offset
    return "".join(written) + html.escape(raw[2 * at :].decode("utf-16-le"), quote=False)
