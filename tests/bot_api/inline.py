"""Answers to inline queries, held to Telegram's limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .chat import User, Wire
from .errors import bad_request
from .formatting import MAX_TEXT, formatted
from .keyboard import Rows, read_markup
from .parameters import Parameters
from .text import FormattedText, utf16_length

MAX_RESULTS = 50
MAX_ID_BYTES = 64
MAX_OFFSET_BYTES = 64


@dataclass(frozen=True, slots=True)
class InlineResult:
    """One article in the list; ``body`` is what it puts into the chat when it is chosen."""

    result_id: str
    title: str
    description: str
    body: FormattedText
    rows: Rows = ()
    raw: Wire = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class InlineAnswer:
    """What a person sees while typing: the results, the offset of the next page ("": none), the button above them."""

    results: tuple[InlineResult, ...] = ()
    next_offset: str = ""
    cache_time: int = 300
    is_personal: bool = False
    button_text: str = ""
    start_parameter: str = ""

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles in order."""
        return tuple(result.title for result in self.results)


def read_answer(parameters: Parameters, users: Mapping[int, User]) -> InlineAnswer:
    """The answer that a call of answerInlineQuery gives; raises ApiError in Telegram's words."""
    raw = parameters.objects("results")
    if len(raw) > MAX_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    results = tuple(_result(each, users) for each in raw)
    if len({result.result_id for result in results}) < len(results):
        raise bad_request("RESULT_ID_DUPLICATE")
    next_offset = parameters.text("next_offset")
    if len(next_offset.encode()) > MAX_OFFSET_BYTES:
        raise bad_request("NEXT_OFFSET_INVALID")
    text, start = _button(parameters.json("button"))
    return InlineAnswer(
        results,
        next_offset,
        parameters.integer("cache_time", 300),
        parameters.flag("is_personal"),
        text,
        start,
    )


def _button(value: object) -> tuple[str, str]:
    if not isinstance(value, dict):
        return "", ""
    text, start = str(value.get("text", "")), str(value.get("start_parameter", ""))
    if not text:
        raise bad_request("BUTTON_TEXT_INVALID")
    if "web_app" not in value and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", start):
        raise bad_request("START_PARAM_INVALID")
    return text, start


def _result(raw: Wire, users: Mapping[int, User]) -> InlineResult:
    result_id, title = str(raw.get("id", "")), str(raw.get("title", ""))
    if not result_id:
        raise bad_request("RESULT_ID_EMPTY")
    if len(result_id.encode()) > MAX_ID_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    if raw.get("type") != "article":
        raise bad_request("RESULT_TYPE_INVALID")
    if not title:
        raise bad_request("ARTICLE_TITLE_EMPTY")
    content = raw.get("input_message_content")
    if not isinstance(content, dict):
        raise bad_request("can't parse InlineQueryResult: Can't find field \"input_message_content\"")
    mode, entities = str(content.get("parse_mode") or ""), content.get("entities")
    body = formatted(str(content.get("message_text", "")), mode, entities, users)
    if not body.text:
        raise bad_request("MESSAGE_EMPTY")
    if utf16_length(body.text) > MAX_TEXT:
        raise bad_request("MESSAGE_TOO_LONG")
    rows = read_markup(raw.get("reply_markup")).inline
    return InlineResult(result_id, title, str(raw.get("description", "")), body, rows, raw)
