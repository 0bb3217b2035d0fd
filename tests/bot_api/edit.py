"""The methods that change what stands in a chat, and those that answer people's queries."""

from __future__ import annotations

from dataclasses import replace

from .content import markup, named_message, read_caption, read_text
from .errors import NOT_MODIFIED, bad_request
from .inline import read_answer
from .message import Message
from .parameters import Parameters
from .queries import CallbackAnswer
from .text import utf16_length
from .world import World

MAX_CALLBACK_ANSWER = 200
# Telegram names a text too long to edit in another way than one too long to send.
EDIT_TOO_LONG = "MESSAGE_TOO_LONG"


def _editable(world: World, parameters: Parameters) -> Message:
    """The message a call wants to edit: one of the bot's own, or one that was inserted through it."""
    inline_id = parameters.text("inline_message_id")
    if inline_id:
        chat_id, message_id = world.inline_messages.get(inline_id, (0, 0))
        room = world.rooms.get(chat_id)
        message = room.messages.get(message_id) if room else None
        if message is None:
            raise bad_request("MESSAGE_ID_INVALID")
        return message
    message = named_message(parameters, world.open_room(parameters), "message to edit not found")
    if message.sender != world.bot or message.notice is not None or message.origin is not None:
        raise bad_request("message can't be edited")
    return message


def _change(world: World, parameters: Parameters, old: Message, new: Message) -> object:
    if (old.body, old.rows) == (new.body, new.rows):
        raise bad_request(NOT_MODIFIED)
    changed = world.change(new)
    return True if parameters.text("inline_message_id") else changed.wire()


async def edit_message_text(world: World, parameters: Parameters) -> object:
    """editMessageText; without ``reply_markup`` the buttons go."""
    body = read_text(world, parameters, too_long=EDIT_TOO_LONG)
    old = _editable(world, parameters)
    if old.attachment is not None:
        raise bad_request("there is no text in the message to edit")
    return _change(world, parameters, old, replace(old, body=body, rows=markup(parameters).inline))


async def edit_message_caption(world: World, parameters: Parameters) -> object:
    """editMessageCaption."""
    body = read_caption(world, parameters, too_long="MEDIA_CAPTION_TOO_LONG")
    old = _editable(world, parameters)
    if old.attachment is None:
        raise bad_request("there is no caption in the message to edit")
    return _change(world, parameters, old, replace(old, body=body, rows=markup(parameters).inline))


async def edit_message_reply_markup(world: World, parameters: Parameters) -> object:
    """editMessageReplyMarkup."""
    old = _editable(world, parameters)
    return _change(world, parameters, old, replace(old, rows=markup(parameters).inline))


async def delete_message(world: World, parameters: Parameters) -> object:
    """deleteMessage: in private chats any message, in groups the bot's own unless it is administrator."""
    room = world.open_room(parameters)
    message = named_message(parameters, room, "message to delete not found")
    may = room.chat.private or message.sender == world.bot or room.status(world.bot.id) == "administrator"
    if not may:
        raise bad_request("message can't be deleted")
    world.remove(message)
    return True


async def answer_callback_query(world: World, parameters: Parameters) -> object:
    """answerCallbackQuery: once for each query, up to 200 characters."""
    query = world.queries.take(parameters.text("callback_query_id"))
    text = parameters.text("text")
    if utf16_length(text) > MAX_CALLBACK_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    url = parameters.text("url")
    if url and not url.startswith((f"https://t.me/{world.bot.username}?", f"t.me/{world.bot.username}?")):
        raise bad_request("URL_INVALID")
    query.answer = CallbackAnswer(text, parameters.flag("show_alert"), url, parameters.integer("cache_time"))
    world.signal.notify()
    return True


async def answer_inline_query(world: World, parameters: Parameters) -> object:
    """answerInlineQuery: once for each query, with up to 50 articles."""
    query = world.queries.take(parameters.text("inline_query_id"))
    query.answer = read_answer(parameters, world.users)
    world.signal.notify()
    return True


METHODS = {
    "editmessagetext": edit_message_text,
    "editmessagecaption": edit_message_caption,
    "editmessagereplymarkup": edit_message_reply_markup,
    "deletemessage": delete_message,
    "answercallbackquery": answer_callback_query,
    "answerinlinequery": answer_inline_query,
}
