"""Reply markup: inline keyboards with their limits, and the keyboards that replace a person's own."""

from __future__ import annotations

from dataclasses import dataclass

from .chat import Wire
from .errors import bad_request
from .markup import checked_link
from .text import utf16_length

MAX_BUTTONS = 100
MAX_DATA_BYTES = 64
MAX_COPY_TEXT = 256

_TEXT_ACTIONS = ("callback_data", "switch_inline_query", "switch_inline_query_current_chat")


@dataclass(frozen=True, slots=True)
class Button:
    """One inline button: its words, the kind of its action (``callback_data``, ``url``, …) and the value of that."""

    text: str
    action: str
    value: str

    def wire(self) -> Wire:
        """The ``InlineKeyboardButton`` object."""
        if self.action == "copy_text":
            return {"text": self.text, "copy_text": {"text": self.value}}
        if self.action == "web_app":
            return {"text": self.text, "web_app": {"url": self.value}}
        return {"text": self.text, self.action: self.value}


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class CustomKeyboard:
    """Markup that only the person sees: ``keyboard`` with rows of texts, ``remove`` or ``force_reply``."""

    kind: str
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Markup:
    """What a call says in ``reply_markup``; at most one of the two is there."""

    inline: Rows = ()
    custom: CustomKeyboard | None = None


def rows_wire(rows: Rows) -> Wire:
    """The ``InlineKeyboardMarkup`` object."""
    return {"inline_keyboard": [[button.wire() for button in row] for row in rows]}


def read_markup(value: object) -> Markup:
    """``value`` (decoded JSON, None where there is none) as markup; raises ApiError in Telegram's words."""
    if value is None:
        return Markup()
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in value:
        rows = tuple(tuple(_inline_button(button) for button in row) for row in _rows(value["inline_keyboard"]))
        if sum(len(row) for row in rows) > MAX_BUTTONS:
            raise bad_request("reply markup is too long")
        return Markup(inline=tuple(row for row in rows if row))
    if "keyboard" in value:
        return Markup(custom=CustomKeyboard("keyboard", _custom_rows(value["keyboard"])))
    if value.get("remove_keyboard"):
        return Markup(custom=CustomKeyboard("remove"))
    if value.get("force_reply"):
        return Markup(custom=CustomKeyboard("force_reply"))
    return Markup()


def _rows(value: object) -> list[list[object]]:
    if not isinstance(value, list):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup should be an Array of Arrays')
    for row in value:
        if not isinstance(row, list):
            raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup should be an Array of Arrays')
    return value


def _custom_rows(value: object) -> tuple[tuple[str, ...], ...]:
    rows = []
    for row in _rows(value):
        texts = [button if isinstance(button, str) else _field(button, "text", "keyboard button") for button in row]
        rows.append(tuple(texts))
    return tuple(rows)


def _field(value: object, name: str, what: str) -> str:
    if not isinstance(value, dict):
        raise bad_request(f"can't parse {what}: expected an Object")
    if name not in value:
        raise bad_request(f"can't parse {what}: Can't find field \"{name}\"")
    if not isinstance(value[name], str):
        raise bad_request(f'can\'t parse {what}: Field "{name}" must be of type String')
    return str(value[name])


def _inline_button(value: object) -> Button:
    what = "inline keyboard button"
    text = _field(value, "text", what).strip()
    if not text:
        raise bad_request("BUTTON_TEXT_INVALID")
    if not isinstance(value, dict):  # pragma: no cover - _field has refused it; said again for the type checker
        raise bad_request(f"can't parse {what}: expected an Object")
    if "url" in value:
        url = _field(value, "url", what)
        if not checked_link(url):
            raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
        return Button(text, "url", url)
    if "copy_text" in value:
        words = _field(value["copy_text"], "text", what)
        if not 1 <= utf16_length(words) <= MAX_COPY_TEXT:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")
        return Button(text, "copy_text", words)
    if "web_app" in value:
        return Button(text, "web_app", _field(value["web_app"], "url", what))
    for action in _TEXT_ACTIONS:
        if action in value:
            return Button(text, action, _action_value(_field(value, action, what), action))
    raise bad_request(f"can't parse {what}: Text buttons are unallowed in the inline keyboard")


def _action_value(words: str, action: str) -> str:
    if action == "callback_data":
        # An empty value counts as none at all.
        if not words:
            raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
        if len(words.encode()) > MAX_DATA_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    return words
