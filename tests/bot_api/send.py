"""The methods that put messages into chats."""

from __future__ import annotations

from .chat import Wire
from .content import markup, named_message, read_caption, read_text, replied_to
from .errors import ApiError, bad_request
from .message import Attachment, File, Message, Origin
from .parameters import Parameters
from .text import FormattedText
from .world import Room, World

_MEDIA = ("photo", "video", "voice", "document", "video_note")
ACTIONS = frozenset(
    {"typing", "choose_sticker", "find_location"}
    | {f"upload_{kind}" for kind in _MEDIA}
    | {f"record_{kind}" for kind in _MEDIA if kind.startswith("v")}
)


def _post(
    world: World, parameters: Parameters, room: Room, body: FormattedText, attachment: Attachment | None = None
) -> Message:
    keyboard = markup(parameters)
    return world.post(
        Message(
            chat=room.chat,
            sender=world.bot,
            body=body,
            attachment=attachment,
            rows=keyboard.inline,
            custom_keyboard=keyboard.custom,
            reply_to=replied_to(parameters, room),
        )
    )


async def send_message(world: World, parameters: Parameters) -> object:
    """sendMessage."""
    room = world.open_room(parameters)
    return _post(world, parameters, room, read_text(world, parameters)).wire()


async def send_document(world: World, parameters: Parameters) -> object:
    """sendDocument: an upload, or the file_id of a file the bot has met."""
    return await _send_file(world, parameters, "document")


async def send_photo(world: World, parameters: Parameters) -> object:
    """sendPhoto, without looking at the picture."""
    return await _send_file(world, parameters, "photo")


async def _send_file(world: World, parameters: Parameters, kind: str) -> Wire:
    room = world.open_room(parameters)
    caption = read_caption(world, parameters)
    attachment = Attachment(kind, _file(world, parameters, kind))
    return _post(world, parameters, room, caption, attachment).wire()


def _file(world: World, parameters: Parameters, kind: str) -> File:
    named = parameters.text(kind)
    upload = parameters.uploads.get(named.removeprefix("attach://") or kind) or parameters.uploads.get(kind)
    if upload is not None:
        if not upload.content:
            raise bad_request("file must be non-empty")
        if len(upload.content) > world.settings.upload_limit:
            raise ApiError(413, "Request Entity Too Large")
        return world.keep_file(upload.name, upload.mime_type, upload.content, f"{kind}s")
    if not named:
        raise bad_request(f"there is no {kind} in the request")
    if named in world.files:
        return world.files[named]
    if named.startswith(("http://", "https://")):
        # This server reaches nothing beyond loopback.
        raise bad_request("failed to get HTTP URL content")
    raise bad_request("wrong remote file identifier specified: Wrong string length")


async def send_chat_action(world: World, parameters: Parameters) -> object:
    """sendChatAction: nothing stays of it but the call in the log."""
    world.open_room(parameters)
    if parameters.text("action") not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


def _original(world: World, parameters: Parameters, verb: str) -> Message:
    source = world.room(parameters, "from_chat_id")
    message = named_message(parameters, source, f"message to {verb} not found")
    if message.notice is not None:
        raise bad_request("message can't be forwarded" if verb == "forward" else "message can't be copied")
    return message


async def forward_message(world: World, parameters: Parameters) -> object:
    """forwardMessage: the words keep the name of whoever said them first."""
    room = world.open_room(parameters)
    original = _original(world, parameters, "forward")
    origin = original.origin or Origin(original.sender, original.date)
    forwarded = Message(room.chat, world.bot, original.body, attachment=original.attachment, origin=origin)
    return world.post(forwarded).wire()


async def copy_message(world: World, parameters: Parameters) -> object:
    """copyMessage: the same words as the bot's own, without the buttons."""
    room = world.open_room(parameters)
    original = _original(world, parameters, "copy")
    body = original.body
    if original.attachment is not None and "caption" in parameters.texts:
        body = read_caption(world, parameters)
    return {"message_id": _post(world, parameters, room, body, original.attachment).message_id}


async def pin_chat_message(world: World, parameters: Parameters) -> object:
    """pinChatMessage; in groups for administrators only."""
    room = world.open_room(parameters)
    _may_pin(world, room)
    room.pinned_id = named_message(parameters, room, "message to pin not found").message_id
    world.signal.notify()
    return True


async def unpin_chat_message(world: World, parameters: Parameters) -> object:
    """unpinChatMessage."""
    room = world.open_room(parameters)
    _may_pin(world, room)
    room.pinned_id = None
    world.signal.notify()
    return True


def _may_pin(world: World, room: Room) -> None:
    if not room.chat.private and room.status(world.bot.id) != "administrator":
        raise bad_request("not enough rights to manage pinned messages in the chat")


METHODS = {
    "sendmessage": send_message,
    "senddocument": send_document,
    "sendphoto": send_photo,
    "sendchataction": send_chat_action,
    "forwardmessage": forward_message,
    "copymessage": copy_message,
    "pinchatmessage": pin_chat_message,
    "unpinchatmessage": unpin_chat_message,
}
