"""A message as it stands in a chat now: a snapshot that never changes; an edit makes a new one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .chat import Chat, User, Wire
from .keyboard import Button, CustomKeyboard, Rows, rows_wire
from .markup import to_html
from .text import NO_TEXT, Entity, FormattedText


@dataclass(frozen=True, slots=True)
class File:
    """A file that Telegram keeps; ``size`` in bytes, ``path`` as getFile gives it."""

    file_id: str
    name: str
    mime_type: str
    size: int
    path: str

    def wire(self) -> Wire:
        """The fields that every kind of file has."""
        return {"file_id": self.file_id, "file_unique_id": f"unique-{self.file_id}", "file_size": self.size}


@dataclass(frozen=True, slots=True)
class Attachment:
    """What a message carries beside words: ``kind`` is the field of the message (document, photo, voice, …)."""

    kind: str
    file: File | None = None
    latitude: float = 0.0
    longitude: float = 0.0

    def wire(self) -> Wire:
        """The field of the message, whole."""
        base: Wire = self.file.wire() if self.file else {}
        named: Wire = base | ({"file_name": self.file.name, "mime_type": self.file.mime_type} if self.file else {})
        match self.kind:
            case "photo":
                return {"photo": [base | {"width": 90, "height": 60}]}
            case "voice":
                return {"voice": base | {"duration": 2, "mime_type": "audio/ogg"}}
            case "video":
                return {"video": named | {"width": 90, "height": 60, "duration": 2}}
            case "sticker":
                shape = {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular"}
                return {"sticker": base | shape | {"emoji": "🙂"}}
            case "location":
                return {"location": {"latitude": self.latitude, "longitude": self.longitude}}
            case "contact":
                return {"contact": {"phone_number": "+8613800000000", "first_name": "联系人"}}
            case _:
                return {self.kind: named}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a forwarded message was first said; ``date`` in Unix seconds."""

    sender: User
    date: int

    def wire(self) -> Wire:
        """The ``MessageOriginUser`` object."""
        return {"type": "user", "sender_user": self.sender.wire(), "date": self.date}


@dataclass(frozen=True, slots=True)
class Notice:
    """A service message: ``new_chat_members``, ``left_chat_member`` or ``pinned_message``."""

    kind: str
    users: tuple[User, ...] = ()
    message: Message | None = None

    def wire(self) -> Wire:
        """The field of the message, whole."""
        if self.message is not None:
            return {self.kind: self.message.wire()}
        if self.kind == "left_chat_member":
            return {self.kind: self.users[0].wire()}
        return {self.kind: [user.wire() for user in self.users]}


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat, or one state of it.

    ``message_id`` counts up per chat from 1; ``date`` and ``edit_date`` are Unix seconds; ``version`` counts the edits.
    """

    chat: Chat
    sender: User
    body: FormattedText = NO_TEXT
    message_id: int = 0
    date: int = 0
    attachment: Attachment | None = None
    rows: Rows = ()
    custom_keyboard: CustomKeyboard | None = None
    reply_to: Message | None = None
    origin: Origin | None = None
    via_bot: User | None = None
    inline_message_id: str = ""
    album: str = ""
    notice: Notice | None = None
    edit_date: int | None = None
    version: int = 0

    @property
    def text(self) -> str:
        """The words of the message, or the caption of what it carries."""
        return self.body.text

    @property
    def html(self) -> str:
        """The words with Telegram's tags, whatever HTML they were sent as."""
        return to_html(self.body)

    @property
    def entities(self) -> tuple[Entity, ...]:
        """The marked stretches of the words, those that Telegram finds itself (commands, addresses) too."""
        return self.body.entities

    @property
    def buttons(self) -> tuple[str, ...]:
        """The words on the inline buttons, row by row."""
        return tuple(button.text for row in self.rows for button in row)

    def button(self, text: str) -> Button:
        """The button whose words are ``text``, else the first that holds it; AssertionError where there is none."""
        every = [button for row in self.rows for button in row]
        for button in [*(each for each in every if each.text == text), *(each for each in every if text in each.text)]:
            return button
        raise AssertionError(f"no button {text!r} under {self.text!r}; there are {self.buttons}")

    def marked(self, entity_type: str) -> tuple[str, ...]:
        """The words of every stretch marked as ``entity_type`` (blockquote, expandable_blockquote, bold, …)."""
        return tuple(self.body.words(entity) for entity in self.entities if entity.type == entity_type)

    def wire(self) -> Wire:
        """The ``Message`` object; of a message replied to, the reply before it is left out as Telegram does."""
        wire: Wire = {
            "message_id": self.message_id,
            "from": self.sender.wire(),
            "chat": self.chat.wire(),
            "date": self.date,
        }
        if self.attachment is not None:
            wire |= self.attachment.wire() | self.body.wire("caption", "caption_entities")
        else:
            wire |= self.body.wire("text", "entities")
        if self.rows:
            wire["reply_markup"] = rows_wire(self.rows)
        if self.reply_to is not None:
            wire["reply_to_message"] = replace(self.reply_to, reply_to=None).wire()
        if self.origin is not None:
            wire["forward_origin"] = self.origin.wire()
        if self.via_bot is not None:
            wire["via_bot"] = self.via_bot.wire()
        if self.album:
            wire["media_group_id"] = self.album
        if self.notice is not None:
            wire |= self.notice.wire()
        if self.edit_date is not None:
            wire["edit_date"] = self.edit_date
        return wire
