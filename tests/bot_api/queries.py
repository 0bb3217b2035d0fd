"""Pressed buttons and inline queries: each waits a while for one answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from .errors import QUERY_TOO_OLD, bad_request
from .inline import InlineAnswer


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """What a person sees after pressing a button: a note at the top, or a window where ``show_alert``."""

    text: str = ""
    show_alert: bool = False
    url: str = ""
    cache_time: int = 0


@dataclass(slots=True)
class Query:
    """One that was asked at ``asked_at`` (monotonic seconds); ``answer`` is None until the bot has answered."""

    query_id: str
    asked_at: float = field(default_factory=time.monotonic)
    expired: bool = False
    answer: CallbackAnswer | InlineAnswer | None = None


class Queries:
    """The queries asked so far; ``lifetime`` tells how many seconds they may wait now."""

    def __init__(self, lifetime: Callable[[], float]) -> None:
        self._lifetime = lifetime
        self._queries: dict[str, Query] = {}

    def ask(self) -> Query:
        """A new query; ids are numbers written as text, as Telegram's are."""
        query = Query(str(4_000_000_000_000 + len(self._queries)))
        self._queries[query.query_id] = query
        return query

    def take(self, query_id: str) -> Query:
        """The query to be answered; refused where it is unknown, too old or answered already."""
        query = self._queries.get(query_id)
        if query is None or query.expired or query.answer is not None:
            raise bad_request(QUERY_TOO_OLD)
        if time.monotonic() - query.asked_at > self._lifetime():
            raise bad_request(QUERY_TOO_OLD)
        return query

    def expire(self) -> None:
        """Make every query asked so far too old."""
        for query in self._queries.values():
            query.expired = True
