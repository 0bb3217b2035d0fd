"""What staff type behind /find: words and filters, read and checked against what the release holds."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from rapidfuzz import fuzz, process

from handlers import telegram_texts as texts
from knowledge.errors import HelpdeskError
from knowledge.filters import Filters
from knowledge.helpdesk import Helpdesk

_NAMES = {
    "级别": "level",
    "文件级别": "level",
    "部门": "department",
    "发文系统": "department",
    "主题": "topic",
    "主题分类": "topic",
    "地区": "region",
    "自": "since",
    "从": "since",
    "至": "until",
    "到": "until",
}
_LABELS = {"level": "级别", "department": "部门", "topic": "主题", "region": "地区", "since": "自", "until": "至"}
# A name of the table before a colon, or a word as short as these are: then it was meant for one.
_NAME = rf"(?:(?:{'|'.join(sorted(_NAMES, key=len, reverse=True))})\s*|[\u4e00-\u9fff]{{1,4}})[:：]"
# People part conditions with commas as well as with blanks.
_VALUE = r"([^\s，,；;]+)"
_FILTER = re.compile(rf"(?:^|(?<=[\s，,；;]))({_NAME})(?:{_VALUE}|\s+(?!{_NAME}){_VALUE})?")
_DATE = re.compile(r"(\d{4})(?:[-./年](\d{1,2})(?:[-./月](\d{1,2})日?|月)?|年)?")
_SHOWN_VALUES = 12


class UnusableLookupError(HelpdeskError):
    """A search that cannot be made; the sentence says what to write instead."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A search: the words looked for, and the notices that are searched."""

    words: str
    filters: Filters


def read_lookup(text: str, helpdesk: Helpdesk) -> Lookup:
    """The search that ``text`` describes. Raises UnusableLookupError for what cannot be meant: a filter that does not exist,
    has no value or stands there twice, a value that no notice has, a date that is none."""
    filters = Filters()
    seen: set[str] = set()
    for typed, close, apart in _FILTER.findall(text):
        name, value = typed[:-1].rstrip(), close or apart
        key = _NAMES.get(name, "")
        if not key:
            names = "、".join(_LABELS.values())
            raise UnusableLookupError(texts.UNKNOWN_FILTER.format(name=name, names=names, typed=typed + close))
        if not value:
            example = next(iter(helpdesk.filter_values(key)), "……") if key not in ("since", "until") else "2020-02"
            raise UnusableLookupError(texts.EMPTY_FILTER.format(name=name, example=example))
        if key in seen:
            raise UnusableLookupError(texts.REPEATED_FILTER.format(name=_LABELS[key]))
        seen.add(key)
        if key in ("since", "until"):
            day = _date(value, last=key == "until")
            filters = replace(filters, since=day) if key == "since" else replace(filters, until=day)
        else:
            known = helpdesk.filter_values(key)
            filters = with_value(filters, key, _value(name, value, known))
    return Lookup(" ".join(_FILTER.sub(" ", text).split()).strip(" ，,；;"), filters)


def described(filters: Filters) -> str:
    """The filters in force as they are typed; "" where there are none."""
    values = {name: getattr(filters, name) for name in _LABELS}
    return " ".join(f"{_LABELS[name]}:{value}" for name, value in values.items() if value)


def with_value(filters: Filters, name: str, value: str) -> Filters:
    """``filters`` and besides only notices whose ``name`` (department, topic, level or region) is ``value``."""
    values = {
        "department": filters.department,
        "topic": filters.topic,
        "level": filters.level,
        "region": filters.region,
    }
    return Filters(**{**values, name: value}, since=filters.since, until=filters.until)


def _value(name: str, value: str, known: Sequence[str]) -> str:
    """The one known value that ``value`` means: itself, or the only one that contains it."""
    if value in known:
        return value
    near = sorted(one for one in known if value in one or one in value)
    if len(near) == 1:
        return near[0]
    if near:
        raise UnusableLookupError(texts.MANY_VALUES.format(name=name, value=value, values=_some(near, value)))
    raise UnusableLookupError(texts.NO_VALUE.format(name=name, value=value, values=_some(known, value)))


def _some(values: Sequence[str], typed: str) -> str:
    """The values most like what was typed, and how many there are where that is not all of them."""
    likest = process.extract(typed, values, scorer=fuzz.WRatio, limit=_SHOWN_VALUES)
    words = "、".join(value for value, *_ in likest) or "无"
    return words + texts.OF_SO_MANY.format(count=len(values)) if len(values) > _SHOWN_VALUES else words


def _date(value: str, *, last: bool) -> date:
    """The day that ``value`` names; of a month or a year its first day, or its last where that is wanted."""
    found = _DATE.fullmatch(value)
    year, month, day = (int(part) if part else 0 for part in found.groups()) if found else (0, 0, 0)
    try:
        if not last:
            return date(year, month or 1, day or 1)
        return date(year, month or 12, day or calendar.monthrange(year, month or 12)[1])
    except ValueError:
        raise UnusableLookupError(texts.BAD_DATE.format(value=value)) from None
