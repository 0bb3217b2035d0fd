"""What a publication would change: as much as a message holds, and all of it as a text to be sent as a file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from handlers import telegram_texts as texts
from handlers.differences import Passage, differences
from handlers.html import bold, escape, opening, shown_length, struck
from handlers.told import in_chinese
from knowledge.model import ClauseChange, Comparison, Fault
from knowledge.numerals import CLASS, to_int

_SIGNS = ("＋", "～", "－")
_SHOWN = 8
_TITLE, _WORDS, _CHANGED, _AROUND = 60, 40, 60, 10
# What a file holds before it grows larger than anybody reads, or Telegram takes.
_MOST_IN_FILE = 10_000
_FIGURE = re.compile(r"[A-Za-z\d.%]")
_NUMBER = re.compile(rf"(\d+|[{CLASS}]+)")


@dataclass(frozen=True, slots=True)
class Shown:
    """Lines of HTML for a message, and whether they tell all that changes."""

    lines: Sequence[str]
    complete: bool


def natural(title: str) -> list[tuple[int, str]]:
    """A key that orders titles by their numbers as people count: 第2号 before 第10号, 第二号 before 第十号."""
    # Every other part is a number, so that numbers are only compared with numbers.
    parts = _NUMBER.split(title)
    return [(_value(part), "") if n % 2 else (0, part) for n, part in enumerate(parts)]


def _value(number: str) -> int:
    if number.isdecimal():
        return int(number[:30])
    return to_int(number) or 0


def shown(comparison: Comparison, room: int) -> Shown:
    """What changes, in natural order, as far as it fits in ``room`` UTF-16 units."""
    lines: list[str] = []
    complete = True
    for sign, items in _sections(comparison):
        told = 0
        for item in items[:_SHOWN]:
            line, whole = _line(sign, item)
            cost = shown_length(line) + 1
            # Room is left to say how many more there are.
            if cost + 20 > room:
                break
            room -= cost
            told += 1
            lines.append(line)
            complete = complete and whole
        if told < len(items):
            complete = False
            lines.append(texts.MORE.format(count=len(items) - told))
            room -= len(lines[-1]) + 1
    return Shown(lines, complete)


def report(comparison: Comparison, faults: Sequence[Fault]) -> str:
    """All that changes, and all that is wrong with the files, as plain text; changed clauses with their old and new words."""
    lines: list[str] = []
    for sign, items in _sections(comparison):
        for item in items[:_MOST_IN_FILE]:
            if isinstance(item, str):
                lines.append(f"{sign} {item}")
                continue
            lines.append(f"{sign} {item.title} {item.label}")
            if item.before is not None:
                lines.append(f"　　{texts.OLD_WORDS}{' '.join(item.before.split())}")
            if item.after is not None:
                lines.append(f"　　{texts.NEW_WORDS}{' '.join(item.after.split())}")
        if len(items) > _MOST_IN_FILE:
            lines.append(texts.MORE.format(count=len(items) - _MOST_IN_FILE))
        if items:
            lines.append("")
    for fault in faults[:_MOST_IN_FILE]:
        kind = texts.NOT_READ if fault.fatal else texts.TO_CHECK
        place = f"{fault.path}:{fault.line}" if fault.line else fault.path
        lines.append(f"{kind} {place}：{in_chinese(fault.message)}")
    return "\n".join(lines).strip() + "\n"


def _sections(c: Comparison) -> list[tuple[str, Sequence[str | ClauseChange]]]:
    """Each kind of change with its sign: titles of notices, then clauses, which stay in the order of their notice."""
    titles = (c.policies_added, c.policies_changed, c.policies_gone)
    clauses = (c.added, c.changed, c.gone)
    return [
        *((sign, sorted(some, key=natural)) for sign, some in zip(_SIGNS, titles, strict=True)),
        *(
            (sign, sorted(some, key=lambda change: natural(change.title)))
            for sign, some in zip(_SIGNS, clauses, strict=True)
        ),
    ]


def _line(sign: str, item: str | ClauseChange) -> tuple[str, bool]:
    """A change as a line of HTML, and whether it tells all of it."""
    if isinstance(item, str):
        return f"{sign} {escape(opening(item, _TITLE))}", True
    if item.before is None or item.after is None:
        words, whole = escape(opening(item.after or item.before or "", _WORDS)), True
    else:
        words, whole = _difference(differences(item.before, item.after))
    return f"{sign} {escape(opening(item.title, 24))} {escape(item.label)}：{words}", whole


def _difference(passages: Sequence[Passage]) -> tuple[str, bool]:
    """The first difference with a few characters around it, and whether it is the only one and stands there whole."""
    places = [n for n, one in enumerate(passages) if one.before.split() != one.after.split()]
    if not places:
        return texts.ONLY_SPACES, True
    at, further = places[0], len(places) - 1
    first, ending = _parted(passages[at])
    before = " ".join(passages[at - 1].before.split()) if at else ""
    after = " ".join((ending + (passages[at + 1].after if at + 1 < len(passages) else "")).split())
    old, new = opening(first.before, _CHANGED), opening(first.after, _CHANGED)
    words = f"{struck(old) if old else texts.NO_WORDS} → {bold(new) if new else texts.NO_WORDS}"
    head = ("…" if len(before) > _AROUND or at > 1 else "") + before[-_AROUND:]
    tail = after[:_AROUND] + ("…" if len(after) > _AROUND or at + 2 < len(passages) else "")
    line = f"{escape(head)}{words}{escape(tail)}"
    if further:
        line += texts.MORE_CHANGES.format(count=further)
    return line, not further and max(len(first.before), len(first.after)) <= _CHANGED


def _parted(passage: Passage) -> tuple[Passage, str]:
    """A difference without the ending that both its sides share, a full stop most often, and that ending; figures stay whole."""
    before, after, n = passage.before, passage.after, 0
    while n < min(len(before), len(after)) and before[-1 - n] == after[-1 - n] and not _FIGURE.match(before[-1 - n]):
        n += 1
    return Passage(before[: len(before) - n], after[: len(after) - n]), before[len(before) - n :]
