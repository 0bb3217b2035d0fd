"""Callback data of buttons: what each says in at most 64 bytes, and those that only one person may press, once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from enum import StrEnum

from telegram import InlineKeyboardButton

from handlers.html import MAX_CALLBACK_DATA


class Verb(StrEnum):
    """What a button asks for: the first part of its callback data."""

    CLAUSE = "c"
    CALL = "k"
    COPY = "q"
    RELATED = "r"
    NOTICE = "n"
    NOTICE_PAGE = "np"
    JUDGE = "h"
    PERSON = "p"
    BROWSE = "b"
    VALUES = "bv"
    NOTICES = "bl"
    FIND_PAGE = "f"
    HISTORY_PAGE = "hi"
    RELEASES_PAGE = "rl"
    AUDIT_PAGE = "au"
    SIGNED = "s"
    NOTHING = "0"


class Deed(StrEnum):
    """What a signed button does."""

    PUBLISH = "p"
    ROLL_BACK = "r"
    UPLOAD = "u"
    DISMISS = "d"
    LOWER = "l"
    CANCEL = "x"


_SIGNATURE = 12
_LIFETIME = 24 * 3600


def data(verb: Verb, *arguments: object) -> str:
    """Callback data. Raises ValueError where it is over 64 bytes, which Telegram refuses."""
    text = ":".join([verb, *map(str, arguments)])
    if len(text.encode()) > MAX_CALLBACK_DATA:
        raise ValueError(f"callback data of {len(text.encode())} bytes; at most {MAX_CALLBACK_DATA} are sent")
    return text


def button(words: str, verb: Verb, *arguments: object) -> InlineKeyboardButton:
    """A button that tells the bot something."""
    return InlineKeyboardButton(words, callback_data=data(verb, *arguments))


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signed button says: the deed, on what, what it shares with the buttons beside it and no others, and until
    when (Unix seconds) it holds."""

    deed: Deed
    subject: str
    nonce: str
    until: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What one of the buttons that are offered together says and does."""

    words: str
    deed: Deed
    subject: str = ""


def signed_row(secret: bytes, user_id: int, *choices: Choice) -> list[InlineKeyboardButton]:
    """Buttons for the person ``user_id`` alone, good for a day, of which one may be pressed, once.

    Nothing need be remembered of them: any process that has the secret can tell whose they are and what they do.
    """
    nonce, until = secrets.token_hex(4), f"{int(time.time()) + _LIFETIME:x}"
    row = []
    for choice in choices:
        parts = (choice.deed, choice.subject, nonce, until)
        row.append(button(choice.words, Verb.SIGNED, *parts, _sign(secret, user_id, parts)))
    return row


def read_signed(text: str, secret: bytes, user_id: int) -> Signed | None:
    """What a signed button pressed by ``user_id`` says; None where it is not theirs, made up or out of date."""
    parts = text.split(":")
    if len(parts) != 6 or parts[0] != Verb.SIGNED:
        return None
    _, deed, subject, nonce, until, signature = parts
    if not hmac.compare_digest(signature.encode(), _sign(secret, user_id, (deed, subject, nonce, until)).encode()):
        return None
    # Only what this house signed is read from here on.
    return Signed(Deed(deed), subject, nonce, int(until, 16)) if int(until, 16) >= time.time() else None


def _sign(secret: bytes, user_id: int, parts: tuple[str, ...]) -> str:
    message = ":".join([str(user_id), *parts]).encode()
    return hmac.new(secret, b"button:" + message, hashlib.sha256).hexdigest()[:_SIGNATURE]
