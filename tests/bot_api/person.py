"""A person in a test, with everything that people do in Telegram towards a bot."""

from __future__ import annotations

import mimetypes
import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from .chat import PRESENT, Wire
from .formatting import MAX_CAPTION, MAX_TEXT
from .inline import InlineAnswer, InlineResult
from .message import Attachment, Message, Origin
from .profile import Command
from .queries import CallbackAnswer, Query
from .text import NO_TEXT, FormattedText, clean, settle, utf16_length
from .watcher import Place, Watcher
from .world import Room

_FOLDERS = {"photo": "photos", "voice": "voice", "sticker": "stickers", "video": "videos"}
_EXTENSIONS = {"photo": "jpg", "voice": "oga", "sticker": "webp", "video": "mp4"}


def _plain(text: str, limit: int) -> FormattedText:
    body = settle(clean(text), ())
    if utf16_length(body.text) > limit:
        raise ValueError(f"a person cannot send {utf16_length(body.text)} UTF-16 units in one message, only {limit}")
    return body


class Person(Watcher):
    """Acts in the private chat with the bot unless ``to`` or ``where`` names a group."""

    @property
    def name(self) -> str:
        """The first name."""
        return self.user.first_name

    @property
    def messages(self) -> tuple[Message, ...]:
        """The private chat as it looks now, oldest first."""
        return tuple(self._room(None).messages.values())

    async def send(self, text: str, *, to: Place | None = None, reply_to: Message | None = None) -> Message:
        """Write a message of 1 to 4,096 UTF-16 units; commands and mentions are found as Telegram finds them."""
        body = _plain(text, MAX_TEXT)
        if not body.text:
            raise ValueError("a person cannot send an empty message")
        return self._say(Message(self._enter(to).chat, self.user, body, reply_to=reply_to))

    async def ask(self, text: str, within: float | None = None, *, to: Place | None = None) -> Message:
        """Write a message and wait for the reply to it."""
        return await self.reply_of(await self.send(text, to=to), within)

    async def start(self, payload: str = "") -> Message:
        """Press Start, or follow a deep link with ``payload`` (up to 64 letters, digits, _ and -)."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,64}", payload):
            raise ValueError(f"Telegram opens no deep link with the payload {payload!r}")
        return await self.send(f"/start {payload}".strip())

    async def follow(self, link: str) -> Message:
        """Open a link https://t.me/<bot>?start=… and press Start."""
        parts = urlsplit(link)
        if parts.path.strip("/").lower() != self._world.bot.username.lower():
            raise ValueError(f"{link} does not lead to this bot")
        return await self.start(parse_qs(parts.query).get("start", [""])[0])

    async def edit(self, message: Message | int, text: str, *, where: Place | None = None) -> Message:
        """Edit a message of one's own; an id means one in the private chat or ``where``."""
        place = message.chat.id if isinstance(message, Message) else self._room(where).chat.id
        number = message.message_id if isinstance(message, Message) else message
        old = self._world.rooms[place].messages[number]
        if old.sender != self.user:
            raise ValueError(f"{self.name} cannot edit what {old.sender.first_name} wrote")
        changed = self._world.change(replace(old, body=_plain(text, MAX_CAPTION if old.attachment else MAX_TEXT)))
        self._world.tell_bot(changed, "edited_message")
        return changed

    async def delete(self, message: Message) -> None:
        """Delete a message for both sides; bots are not told."""
        self._world.remove(message)

    async def forward(self, message: Message, *, to: Place | None = None) -> Message:
        """Forward a message to the bot or into a group."""
        origin = message.origin or Origin(message.sender, message.date)
        chat = self._enter(to).chat
        return self._say(Message(chat, self.user, message.body, attachment=message.attachment, origin=origin))

    async def send_document(
        self,
        name: str,
        content: bytes,
        *,
        mime_type: str | None = None,
        caption: str = "",
        to: Place | None = None,
        reply_to: Message | None = None,
        size: int | None = None,
    ) -> Message:
        """Send a file; ``size`` (bytes) may claim more than ``content`` holds, to be over the limit of getFile."""
        kind = mime_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
        attachment = Attachment("document", self._world.keep_file(name, kind, content, "documents", size))
        room, body = self._enter(to), _plain(caption, MAX_CAPTION)
        return self._say(Message(room.chat, self.user, body, attachment=attachment, reply_to=reply_to))

    async def send_other(self, kind: str, *, caption: str = "", to: Place | None = None, album: str = "") -> Message:
        """Send a ``photo``, ``voice``, ``sticker``, ``video``, ``location`` or ``contact``; those of one ``album`` were
        sent together."""
        if kind in _FOLDERS:
            mime_type = mimetypes.types_map.get(f".{_EXTENSIONS[kind]}", "application/octet-stream")
            file = self._world.keep_file(f"{kind}.{_EXTENSIONS[kind]}", mime_type, kind.encode(), _FOLDERS[kind])
            attachment = Attachment(kind, file)
        elif kind in ("location", "contact"):
            attachment = Attachment(kind, latitude=28.19, longitude=112.98)
        else:
            raise ValueError(f"people in tests do not send a {kind}")
        body = _plain(caption, MAX_CAPTION) if caption else NO_TEXT
        return self._say(Message(self._enter(to).chat, self.user, body, attachment=attachment, album=album))

    async def press(self, message: Message, words: str, within: float | None = None) -> CallbackAnswer:
        """Press the button with these words (or the first that holds them) and wait for the bot's answer.

        The button is looked up in the state of the message that is given, so that a stale one can be pressed too.
        """
        button = message.button(words)
        if button.action != "callback_data":
            raise ValueError(f"the button {button.text!r} opens {button.value!r} and tells the bot nothing")
        return await self.press_data(message, button.value, within)

    async def press_data(self, message: Message, data: str, within: float | None = None) -> CallbackAnswer:
        """Send made-up callback data, as a changed client can, and wait for the bot's answer."""
        room, query = self._world.rooms[message.chat.id], self._world.queries.ask()
        current = room.messages.get(message.message_id)
        gone: Wire = {"chat": message.chat.wire(), "message_id": message.message_id, "date": 0}
        payload: Wire = {
            "id": query.query_id,
            "from": self.user.wire(),
            "chat_instance": str(room.chat.id),
            "data": data,
        }
        if message.inline_message_id:
            payload["inline_message_id"] = message.inline_message_id
        else:
            payload["message"] = current.wire() if current is not None else gone
        self._world.updates.push("callback_query", payload)
        answer = await self._answer(query, within, room, f"the button press {data!r} was not answered")
        assert isinstance(answer, CallbackAnswer)
        return answer

    async def inline(
        self, query: str, offset: str = "", within: float | None = None, *, chat_type: str = "sender"
    ) -> InlineAnswer:
        """Type ``@bot query`` somewhere and wait for the list; ``offset`` asks for a further page."""
        asked = self._world.queries.ask()
        payload: Wire = {"id": asked.query_id, "from": self.user.wire(), "query": query, "offset": offset}
        self._world.updates.push("inline_query", payload | {"chat_type": chat_type})
        answer = await self._answer(asked, within, self._room(None), f"the inline query {query!r} was not answered")
        assert isinstance(answer, InlineAnswer)
        return answer

    async def choose(self, result: InlineResult, *, to: Place | None = None, query: str = "") -> Message:
        """Put an inline result into a chat; the bot hears of the choice where ``Settings.inline_feedback`` is on."""
        room, world = self._enter(to), self._world
        inline_id = f"inline-{len(world.inline_messages) + 1}" if result.rows else ""
        message = Message(room.chat, self.user, result.body, rows=result.rows, via_bot=world.bot)
        posted = self._say(replace(message, inline_message_id=inline_id))
        chosen: Wire = {"result_id": result.result_id, "from": self.user.wire(), "query": query}
        if inline_id:
            world.inline_messages[inline_id] = (room.chat.id, posted.message_id)
            chosen["inline_message_id"] = inline_id
        if world.settings.inline_feedback:
            world.updates.push("chosen_inline_result", chosen)
        return posted

    def block(self) -> None:
        """Block the bot (my_chat_member); it gets 403 from now on."""
        self._world.set_status(self._room(None), self._world.bot, "kicked", self.user)

    def unblock(self) -> None:
        """Let the bot write again (my_chat_member)."""
        self._world.set_status(self._room(None), self._world.bot, "member", self.user)

    def menu(self, where: Place | None = None) -> tuple[Command, ...]:
        """The command menu this person sees in the private chat or ``where``, in the language of the person."""
        room = self._room(where)
        admin = room.status(self.user.id) in ("creator", "administrator")
        language = self.user.language_code[:2]
        private = room.chat.private
        return self._world.profile.menu(room.chat.id, self.user.id, language, private=private, admin=admin)

    def _enter(self, to: Place | None) -> Room:
        """The chat to write in; the first message to the bot lets it write back."""
        room, bot = self._room(to), self._world.bot
        if room.status(self.user.id) not in PRESENT:
            raise ValueError(f"{self.name} is not in the chat {room.chat.title or room.chat.first_name!r}")
        if room.chat.private and room.status(bot.id) == "kicked":
            raise ValueError(f"{self.name} has blocked the bot")
        if room.chat.private:
            room.members[bot.id] = "member"
        return room

    def _say(self, message: Message) -> Message:
        posted = self._world.post(message)
        self._world.tell_bot(posted)
        return posted

    async def _answer(
        self, query: Query, within: float | None, room: Room, failure: str
    ) -> CallbackAnswer | InlineAnswer:
        return await self._wait(lambda: query.answer, within, room, failure)
