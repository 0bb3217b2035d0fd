"""The automatic numbers of a Word document: 一、（一）1. stand in no paragraph and are counted when it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from knowledge.readers.list_numbers import numeral
from knowledge.readers.ooxml import Element

_LEVELS = 9
_PLACEHOLDER = re.compile(r"%([1-9])")
# After these a gap says nothing; "1." needs one before "5亿元", and so does 第一条 before its words.
_CLOSED = tuple("、，。：；）)」』．")


@dataclass(frozen=True, slots=True)
class _Level:
    """How one level of a list counts. ``pattern`` is such as "%1、" or "（%2）"; ``restart`` is w:lvlRestart."""

    start: int = 1
    style: str = "decimal"
    padding: int = 0
    pattern: str = ""
    gap: bool = True
    legal: bool = False
    restart: int | None = None
    paragraph_style: str = ""


@dataclass(slots=True)
class _List:
    """One w:abstractNum: its levels, and how far each has counted (None: not begun)."""

    levels: dict[int, _Level]
    style_link: str
    counts: list[int | None] = field(default_factory=lambda: [None] * _LEVELS)


@dataclass(slots=True)
class _Instance:
    """One w:num: a use of a list, with levels of its own and starts of its own where it has any."""

    list_id: str
    levels: dict[int, _Level]
    starts: dict[int, int]
    used: bool = False


@dataclass(frozen=True, slots=True)
class _Style:
    """What a style says of numbering."""

    parent: str
    instance: str | None
    level: int | None


class Numbering:
    """Counts the numbered paragraphs of a document; ask for each paragraph once, in the document's order."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        """Take the roots of the parts numbering.xml and styles.xml, None where the document has none."""
        self._lists = {_id(item, "abstractNumId"): _list(item) for item in _children(numbering, "{w}abstractNum")}
        self._instances = {_id(item, "numId"): _instance(item) for item in _children(numbering, "{w}num")}
        self._styles: dict[str, _Style] = {}
        self._default_style = ""
        for style in _children(styles, "{w}style"):
            name = _id(style, "styleId")
            instance, level = _reference(style.find("{w}pPr"))
            self._styles[name] = _Style(_value(style, "{w}basedOn") or "", instance, level)
            if style.get("{w}type") == "paragraph" and style.get("{w}default") in ("1", "true", "on"):
                self._default_style = name

    def label(self, properties: Element | None) -> str:
        """The number that Word shows before a paragraph with these w:pPr, and the gap after it.

        "" where it shows none, or a bullet.
        """
        found = self._place(properties)
        if found is None:
            return ""
        instance, around, at = found
        self._count(instance, around, at)
        return self._written(instance, around, at)

    def _place(self, properties: Element | None) -> tuple[_Instance, _List, int] | None:
        """Where the paragraph counts: which use of which list, on which level."""
        number, level = _reference(properties)
        chain = list(self._ancestry(_value(properties, "{w}pStyle") or self._default_style))
        if number is None:
            number = next((style.instance for _, style in chain if style.instance is not None), None)
            styled = next((style.level for _, style in chain if style.level is not None), None)
            level = level if level is not None else styled
        instance = self._instances.get(number or "")
        around = self._resolve(instance) if instance is not None else None
        if instance is None or around is None:
            return None
        if level is None:
            names = [name for name, _ in chain]
            linked = (at for at, item in around.levels.items() if item.paragraph_style in names)
            level = next(linked, 0)
        return (instance, around, level) if 0 <= level < _LEVELS else None

    def _ancestry(self, name: str) -> Iterator[tuple[str, _Style]]:
        seen: set[str] = set()
        while name in self._styles and name not in seen:
            seen.add(name)
            yield name, self._styles[name]
            name = self._styles[name].parent

    def _resolve(self, instance: _Instance) -> _List | None:
        """The list of ``instance``, through the list styles that may stand between (w:numStyleLink)."""
        seen: set[str] = set()
        while (found := self._lists.get(instance.list_id)) is not None and found.style_link:
            style = self._styles.get(found.style_link)
            following = self._instances.get(style.instance or "") if style is not None else None
            if following is None or found.style_link in seen:
                break
            seen.add(found.style_link)
            instance = following
        return found

    @staticmethod
    def _count(instance: _Instance, around: _List, at: int) -> None:
        if not instance.used:
            instance.used = True
            for level in instance.starts:
                around.counts[level] = None
        count = around.counts[at]
        start = instance.starts.get(at, _level(instance, around, at).start)
        around.counts[at] = start if count is None else count + 1
        for deeper in range(at + 1, _LEVELS):
            restart = _level(instance, around, deeper).restart
            if restart is None or at < restart:
                around.counts[deeper] = None

    @staticmethod
    def _written(instance: _Instance, around: _List, at: int) -> str:
        own = _level(instance, around, at)
        if own.style == "bullet":
            return ""

        def number(match: re.Match[str]) -> str:
            place = int(match[1]) - 1
            level = _level(instance, around, place)
            count = around.counts[place]
            value = instance.starts.get(place, level.start) if count is None else count
            style = "decimal" if own.legal and level.style != "none" else level.style
            return numeral(value, style).zfill(level.padding)

        written = _PLACEHOLDER.sub(number, own.pattern).strip()
        return f"{written} " if written and own.gap and not written.endswith(_CLOSED) else written


def _level(instance: _Instance, around: _List, at: int) -> _Level:
    return instance.levels.get(at) or around.levels.get(at) or _Level()


def _list(item: Element) -> _List:
    levels = {at: level for element in item.iterfind("{w}lvl") for at, level in _parsed(element)}
    return _List(levels, _value(item, "{w}numStyleLink") or "")


def _instance(item: Element) -> _Instance:
    levels: dict[int, _Level] = {}
    starts: dict[int, int] = {}
    for override in item.iterfind("{w}lvlOverride"):
        at = _integer(override.get("{w}ilvl"))
        for element in override.iterfind("{w}lvl"):
            levels.update(_parsed(element))
        start = _integer(_value(override, "{w}startOverride"))
        if at is not None and start is not None and 0 <= at < _LEVELS:
            starts[at] = start
    return _Instance(_value(item, "{w}abstractNumId") or "", levels, starts)


def _parsed(element: Element) -> Iterator[tuple[int, _Level]]:
    at = _integer(element.get("{w}ilvl"))
    if at is None or not 0 <= at < _LEVELS:
        return
    form = next(element.iter("{w}numFmt"), None)
    style = (form.get("{w}val") if form is not None else None) or "decimal"
    # "001, 002, 003, ..." is how Word 2010 and later spell numbers with leading zeros.
    custom = re.match(r"\d+", form.get("{w}format", "")) if form is not None and style == "custom" else None
    level = _Level(
        style="decimal" if custom else style,
        padding=len(custom[0]) if custom else 0,
        pattern=_value(element, "{w}lvlText") or "",
        gap=_value(element, "{w}suff") != "nothing",
        legal=_is_on(element, "{w}isLgl"),
        restart=_integer(_value(element, "{w}lvlRestart")),
        paragraph_style=_value(element, "{w}pStyle") or "",
    )
    start = _integer(_value(element, "{w}start"))
    yield at, level if start is None else replace(level, start=start)


def _reference(properties: Element | None) -> tuple[str | None, int | None]:
    """The w:numId and w:ilvl in a paragraph's or a style's properties."""
    numbering = properties.find("{w}numPr") if properties is not None else None
    if numbering is None:
        return None, None
    return _value(numbering, "{w}numId"), _integer(_value(numbering, "{w}ilvl"))


def _children(root: Element | None, tag: str) -> Iterator[Element]:
    yield from root.iterfind(tag) if root is not None else ()


def _id(element: Element, name: str) -> str:
    return element.get("{w}" + name, "")


def _value(element: Element | None, tag: str) -> str | None:
    child = element.find(tag) if element is not None else None
    return child.get("{w}val") if child is not None else None


def _is_on(element: Element, tag: str) -> bool:
    child = element.find(tag)
    return child is not None and child.get("{w}val", "true") not in ("0", "false", "off")


def _integer(value: str | None) -> int | None:
    return int(value) if value is not None and re.fullmatch(r"-?\d{1,9}", value, re.ASCII) else None
