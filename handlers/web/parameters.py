"""The province platform's filters as parameters of an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query

from knowledge.filters import Filters
from knowledge.helpdesk import Helpdesk

FILTERS = ("department", "topic", "level", "region")
_Value = Annotated[str, Query(max_length=50)]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filters as they were typed; a date that is none counts as not given, for a form may be half filled in."""

    department: str
    topic: str
    level: str
    region: str
    since: str
    until: str

    @property
    def filters(self) -> Filters:
        """What the helpdesk filters by."""
        return Filters(
            self.department, self.topic, self.level, self.region, since=_date(self.since), until=_date(self.until)
        )

    @property
    def given(self) -> Mapping[str, str]:
        """Those that are set, by name."""
        return {name: value for name in (*FILTERS, "since", "until") if (value := getattr(self, name))}

    def address(self, path: str, **more: str | int) -> str:
        """``path`` with the filters that are set and ``more``."""
        query = urlencode({**self.given, **{k: v for k, v in more.items() if v}})
        return f"{path}?{query}" if query else path


def chosen(
    department: _Value = "",
    topic: _Value = "",
    level: _Value = "",
    region: _Value = "",
    since: _Value = "",
    until: _Value = "",
) -> Chosen:
    """The filters of an address, as a dependency."""
    return Chosen(department, topic, level, region, since, until)


def choices(helpdesk: Helpdesk) -> Mapping[str, tuple[str, ...]]:
    """The values that each filter can take in the release in force."""
    return {name: helpdesk.filter_values(name) for name in FILTERS}


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
