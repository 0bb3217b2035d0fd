"""What a person sees: the bot's messages as they come and change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from .chat import User
from .errors import NothingCameError
from .message import Message
from .world import Room, World

T = TypeVar("T")


class Place(Protocol):
    """A chat in tests: a person stands for the private chat, a group for itself."""

    @property
    def chat_id(self) -> int:
        """The id of the chat."""


def transcript(room: Room, last: int = 8) -> str:
    """The last messages of a chat, a line each, for the text of a failure."""
    lines = [
        f"{message.message_id} {message.sender.first_name}: {message.text or message.notice or message.attachment!r}"
        for message in list(room.messages.values())[-last:]
    ]
    return "\n".join(lines) or "(no messages)"


class Watcher:
    """One who reads chats. Every wait is bounded by ``within`` seconds (``Settings.patience`` unless told) and raises
    NothingCameError, an AssertionError, when nothing came."""

    def __init__(self, world: World, user: User) -> None:
        self._world = world
        self._read: dict[int, int] = {}
        self.user = user

    @property
    def chat_id(self) -> int:
        """The id of the private chat with the bot, which is the person's own."""
        return self.user.id

    async def next_message(self, within: float | None = None, *, where: Place | None = None) -> Message:
        """The oldest message of the bot not returned before, in the private chat or ``where``."""
        room = self._room(where)

        def look() -> Message | None:
            new = room.after(self._read.get(room.chat.id, 0))
            return next((message for message in new if message.sender == self._world.bot), None)

        message = await self._wait(look, within, room, "no message of the bot came")
        self._read[room.chat.id] = message.message_id
        return message

    async def next_messages(
        self, count: int, within: float | None = None, *, where: Place | None = None
    ) -> tuple[Message, ...]:
        """The next ``count`` messages of the bot, oldest first."""
        return tuple([await self.next_message(within, where=where) for _ in range(count)])

    async def reply_of(self, message: Message | int, within: float | None = None) -> Message:
        """The bot's first message after ``message`` that replies to it or, in a private chat, to nothing at all.

        An id means a message of the private chat.
        """
        room = self._room(None) if isinstance(message, int) else self._world.rooms[message.chat.id]
        number = message if isinstance(message, int) else message.message_id

        def answers(candidate: Message) -> bool:
            if candidate.sender != self._world.bot:
                return False
            if candidate.reply_to is None:
                return room.chat.private
            return candidate.reply_to.message_id == number

        def look() -> Message | None:
            return next((each for each in room.after(number) if answers(each)), None)

        reply = await self._wait(look, within, room, f"no reply to message {number} came")
        self._read[room.chat.id] = max(self._read.get(room.chat.id, 0), reply.message_id)
        return reply

    async def next_edit(self, message: Message, within: float | None = None) -> Message:
        """The state of ``message`` after it was edited once more than in the state given."""
        room = self._world.rooms[message.chat.id]

        def look() -> Message | None:
            current = room.messages.get(message.message_id)
            return current if current is not None and current.version > message.version else None

        return await self._wait(look, within, room, f"message {message.message_id} was not edited")

    async def silence(self, within: float = 0.05, *, where: Place | None = None) -> None:
        """Wait ``within`` seconds and fail where the bot says something in that time."""
        try:
            message = await self.next_message(within, where=where)
        except NothingCameError:
            return
        raise AssertionError(f"the bot was to say nothing and said {message.text!r}")

    def _room(self, where: Place | None) -> Room:
        return self._world.rooms[(where or self).chat_id]

    async def _wait(self, look: Callable[[], T | None], within: float | None, room: Room, failure: str) -> T:
        seconds = self._world.settings.patience if within is None else within
        found = await self._world.signal.until(look, seconds)
        if found is None:
            raise NothingCameError(f"{failure} within {seconds:g} s; the chat:\n{transcript(room)}")
        return found
