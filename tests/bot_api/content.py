"""What calls say of words, markup and replies, read and held to Telegram's limits."""

from __future__ import annotations

from .errors import bad_request
from .formatting import MAX_CAPTION, MAX_TEXT, formatted
from .keyboard import Markup, read_markup
from .message import Message
from .parameters import Parameters
from .text import FormattedText, utf16_length
from .world import Room, World


def read_text(world: World, parameters: Parameters, *, too_long: str = "message is too long") -> FormattedText:
    """The ``text`` of a call: 1 to 4,096 UTF-16 units after the entities are parsed."""
    source = parameters.text("text")
    if not source:
        raise bad_request("message text is empty")
    body = formatted(source, parameters.text("parse_mode"), parameters.json("entities"), world.users)
    if not body.text:
        raise bad_request("text must be non-empty")
    if utf16_length(body.text) > MAX_TEXT:
        raise bad_request(too_long)
    return body


def read_caption(
    world: World, parameters: Parameters, *, too_long: str = "message caption is too long"
) -> FormattedText:
    """The ``caption`` of a call: up to 1,024 UTF-16 units after the entities are parsed."""
    entities = parameters.json("caption_entities")
    body = formatted(parameters.text("caption"), parameters.text("parse_mode"), entities, world.users)
    if utf16_length(body.text) > MAX_CAPTION:
        raise bad_request(too_long)
    return body


def markup(parameters: Parameters) -> Markup:
    """The ``reply_markup`` of a call."""
    return read_markup(parameters.json("reply_markup"))


def replied_to(parameters: Parameters, room: Room) -> Message | None:
    """The message that ``reply_parameters`` (or the older ``reply_to_message_id``) names, if any.

    Refused where it is gone, unless ``allow_sending_without_reply`` is set.
    """
    reply = parameters.json("reply_parameters")
    if isinstance(reply, dict):
        number, lenient = int(reply.get("message_id", 0)), bool(reply.get("allow_sending_without_reply"))
    else:
        number = parameters.integer("reply_to_message_id")
        lenient = parameters.flag("allow_sending_without_reply")
    if not number:
        return None
    message = room.messages.get(number)
    if message is None and not lenient:
        raise bad_request("message to be replied not found")
    return message


def named_message(parameters: Parameters, room: Room, missing: str) -> Message:
    """The message with the id in ``message_id``; refused with the words ``missing`` where there is none."""
    number = parameters.integer("message_id")
    if not number:
        raise bad_request("message identifier is not specified")
    message = room.messages.get(number)
    if message is None:
        raise bad_request(missing)
    return message
