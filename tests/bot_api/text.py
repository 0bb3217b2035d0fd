"""Text as Telegram keeps it: counted in UTF-16 units, cleaned, trimmed, with entities that do not clash."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from .chat import User, Wire

_DETECTED = {
    "bot_command": re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])"),
    "url": re.compile(
        r"(?<![\w@])(?:https?://|www\.|t\.me/)[\w.-]*(?::\d+)?(?:[/?#][\w\-./?=&%#~+:@!$*;]*)?", re.ASCII
    ),
    "email": re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII),
    "mention": re.compile(r"(?<![\w@])@[A-Za-z0-9_]{2,32}\b"),
    "hashtag": re.compile(r"(?<![\w#])#(?=\w*[^\W\d])\w{1,256}"),
}
_MONOSPACE = frozenset({"code", "pre"})
_QUOTES = frozenset({"blockquote", "expandable_blockquote"})
_STYLES = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})
# The order in which entities that cover the same words are listed, the outer one first.
_ORDER = ("expandable_blockquote", "blockquote", "pre", "code", "text_link", "text_mention", *sorted(_STYLES))
_CONTROL: dict[int, str | None] = {**{code: " " for code in range(32) if code != 10}, 13: None}


def utf16_length(text: str) -> int:
    """The length of ``text`` in UTF-16 code units, in which Telegram states all its limits and offsets."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True, slots=True)
class Entity:
    """A marked stretch of a text; ``offset`` and ``length`` in UTF-16 units."""

    type: str
    offset: int
    length: int
    url: str = ""
    language: str = ""
    user: User | None = None
    custom_emoji_id: str = ""

    @property
    def end(self) -> int:
        """The offset after the last unit."""
        return self.offset + self.length

    def wire(self) -> Wire:
        """The ``MessageEntity`` object."""
        wire: Wire = {"type": self.type, "offset": self.offset, "length": self.length}
        for name in ("url", "language", "custom_emoji_id"):
            if value := getattr(self, name):
                wire[name] = value
        if self.user is not None:
            wire["user"] = self.user.wire()
        return wire


@dataclass(frozen=True, slots=True)
class FormattedText:
    """A text with its entities, ordered by offset, the longer first."""

    text: str = ""
    entities: tuple[Entity, ...] = ()

    def words(self, entity: Entity) -> str:
        """The part of the text that ``entity`` covers."""
        raw = self.text.encode("utf-16-le")
        return raw[2 * entity.offset : 2 * entity.end].decode("utf-16-le")

    def wire(self, text_field: str, entities_field: str) -> Wire:
        """The two fields of a message; nothing at all for an empty text."""
        if not self.text:
            return {}
        wire: Wire = {text_field: self.text}
        if self.entities:
            wire[entities_field] = [entity.wire() for entity in self.entities]
        return wire


NO_TEXT = FormattedText()


def clean(text: str) -> str:
    """Control characters become spaces and carriage returns go, as Telegram does before it reads anything else."""
    return text.translate(_CONTROL)


def settle(text: str, entities: Iterable[Entity]) -> FormattedText:
    """Trim ``text``, resolve what entities may not do (nest in code, quote in a quote), and add those it detects.

    Telegram drops or cuts such entities without a word; only the HTML itself can be refused.
    """
    left = utf16_length(text[: len(text) - len(text.lstrip())])
    text = text.strip()
    total = utf16_length(text)
    kept = [moved for entity in entities if (moved := _clip(entity, left, total)).length > 0]
    kept = _without_inner_quotes(sorted(kept, key=_position))
    for mono in [entity for entity in kept if entity.type in _MONOSPACE]:
        if mono in kept:
            kept = [part for entity in kept for part in _beside(entity, mono)]
    kept += _detect(text, kept)
    return FormattedText(text, tuple(sorted(kept, key=_position)))


def _position(entity: Entity) -> tuple[int, int, int]:
    order = _ORDER.index(entity.type) if entity.type in _ORDER else len(_ORDER)
    return entity.offset, -entity.length, order


def _clip(entity: Entity, left: int, total: int) -> Entity:
    start = min(max(entity.offset - left, 0), total)
    end = min(max(entity.end - left, 0), total)
    return replace(entity, offset=start, length=end - start)


def _without_inner_quotes(entities: list[Entity]) -> list[Entity]:
    kept: list[Entity] = []
    quoted = 0
    for entity in entities:
        if entity.type in _QUOTES:
            if entity.offset < quoted:
                continue
            quoted = entity.end
        kept.append(entity)
    return kept


def _beside(entity: Entity, mono: Entity) -> list[Entity]:
    """What is left of ``entity`` next to a stretch of code: styles are cut, links dropped, quotations stay."""
    apart = entity.end <= mono.offset or entity.offset >= mono.end
    if entity is mono or apart or entity.type in _QUOTES:
        return [entity]
    if entity.type not in _STYLES:
        return []
    before = replace(entity, length=mono.offset - entity.offset)
    after = replace(entity, offset=mono.end, length=entity.end - mono.end)
    return [part for part in (before, after) if part.length > 0]


def _detect(text: str, taken: Iterable[Entity]) -> list[Entity]:
    """Commands, addresses, mentions and hashtags in plain text, outside code and links."""
    closed = [(entity.offset, entity.end) for entity in taken if entity.type not in _STYLES | _QUOTES]
    found: list[Entity] = []
    for kind, pattern in _DETECTED.items():
        for match in pattern.finditer(text):
            words = match.group().rstrip(".,:;!?") if kind == "url" else match.group()
            start = utf16_length(text[: match.start()])
            end = start + utf16_length(words)
            if all(end <= low or start >= high for low, high in closed):
                found.append(Entity(kind, start, end - start))
                closed.append((start, end))
    return found
