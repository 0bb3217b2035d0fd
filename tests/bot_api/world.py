"""The state of this small Telegram: who there is, which chats, what stands in them, and what the bot has set."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from .chat import ABSENT, PRESENT, Chat, User, member_wire
from .errors import bad_request, forbidden, upgraded
from .message import File, Message
from .parameters import Parameters
from .profile import Profile
from .queries import Queries
from .updates import Signal, UpdateQueue
from .webhook import Webhook


@dataclass(slots=True)
class Settings:
    """What a test may change at any time; all times in seconds, sizes in bytes."""

    # How long a pressed button or an inline query waits for its answer (Telegram: about 15).
    query_lifetime: float = 15.0
    # Whether the bot sees only what is meant for it in groups (BotFather's /setprivacy).
    privacy: bool = True
    # Whether the bot is told which inline result was chosen (BotFather's /setinlinefeedback).
    inline_feedback: bool = False
    # The pauses between attempts to deliver to a webhook; the last one is repeated.
    webhook_retry_delays: tuple[float, ...] = (0.01, 0.02, 0.05)
    # getFile refuses what is larger, as does an upload by the bot.
    download_limit: int = 20 * 1024 * 1024
    upload_limit: int = 50 * 1024 * 1024
    # How long people in tests wait before they say that nothing came: long enough for a machine with much else to do.
    patience: float = 30.0


@dataclass(slots=True)
class Room:
    """A chat with all that stands in it now; ``members`` holds statuses by user id, the bot's among them; ``moved_to`` is
    the id of the supergroup that a group has become."""

    chat: Chat
    messages: dict[int, Message] = field(default_factory=dict)
    members: dict[int, str] = field(default_factory=dict)
    last_id: int = 0
    pinned_id: int | None = None
    moved_to: int | None = None

    def status(self, user_id: int) -> str:
        """What the user is here; ``left`` for those who never came."""
        return self.members.get(user_id, ABSENT)

    def after(self, message_id: int) -> Iterator[Message]:
        """The messages with a larger id, oldest first; those deleted are skipped."""
        for number in range(message_id + 1, self.last_id + 1):
            if number in self.messages:
                yield self.messages[number]


class World:
    """Everything the server knows. Methods of the Bot API and people in tests both act on it."""

    def __init__(self, bot: User, settings: Settings, signal: Signal, updates: UpdateQueue, webhook: Webhook) -> None:
        self.bot = bot
        self.settings = settings
        self.signal = signal
        self.updates = updates
        self.webhook = webhook
        self.queries = Queries(lambda: settings.query_lifetime)
        self.profile = Profile(bot.first_name)
        self.users: dict[int, User] = {bot.id: bot}
        self.rooms: dict[int, Room] = {}
        self.files: dict[str, File] = {}
        self.contents: dict[str, bytes] = {}
        self.inline_messages: dict[str, tuple[int, int]] = {}

    def add_user(self, user: User) -> Room:
        """A person and the private chat, which the bot may not write to before the person has."""
        self.users[user.id] = user
        chat = Chat(user.id, "private", "", user.username, user.first_name, user.last_name)
        return self.add_room(Room(chat, members={user.id: "member"}))

    def add_room(self, room: Room) -> Room:
        """A chat; its id must be new."""
        if room.chat.id in self.rooms:
            raise ValueError(f"there is a chat {room.chat.id} already")
        self.rooms[room.chat.id] = room
        return room

    # What calls name.

    def room(self, parameters: Parameters, name: str = "chat_id") -> Room:
        """The chat that a call names by id or @username; refused where there is none."""
        value = parameters.text(name).strip()
        if not value:
            raise bad_request(f"{name} is empty")
        if value.startswith("@"):
            named = (room for room in self.rooms.values() if f"@{room.chat.username}".lower() == value.lower())
            found = next(named, None)
        else:
            found = self.rooms.get(parameters.integer(name))
        if found is None:
            raise bad_request("chat not found")
        return found

    def open_room(self, parameters: Parameters) -> Room:
        """The chat that a call names, where the bot may write to it; 403 where it may not."""
        room = self.room(parameters)
        if room.moved_to is not None:
            raise upgraded(room.moved_to)
        status = room.status(self.bot.id)
        if status in PRESENT:
            return room
        if room.chat.private:
            blocked = status == "kicked"
            raise forbidden("bot was blocked by the user" if blocked else "bot can't initiate conversation with a user")
        if status == "kicked":
            raise forbidden(f"bot was kicked from the {room.chat.type} chat")
        raise forbidden(f"bot is not a member of the {room.chat.type} chat")

    def user(self, parameters: Parameters) -> User:
        """The user that a call names; refused where there is none."""
        user = self.users.get(parameters.integer("user_id"))
        if user is None:
            raise bad_request("user not found")
        return user

    # What happens.

    def post(self, message: Message) -> Message:
        """Put a message into its chat, under the next id and with the time of now."""
        room = self.rooms[message.chat.id]
        room.last_id += 1
        reply_to = replace(message.reply_to, reply_to=None) if message.reply_to else None
        posted = replace(message, message_id=room.last_id, date=int(time.time()), reply_to=reply_to)
        room.messages[posted.message_id] = posted
        self.signal.notify()
        return posted

    def change(self, message: Message) -> Message:
        """Put the new state of a message in place of the old one, as an edit made now."""
        changed = replace(message, edit_date=int(time.time()), version=message.version + 1)
        self.rooms[message.chat.id].messages[message.message_id] = changed
        self.signal.notify()
        return changed

    def remove(self, message: Message) -> None:
        """Delete a message for everybody; those that reply to it no longer show what they reply to."""
        messages = self.rooms[message.chat.id].messages
        del messages[message.message_id]
        for number, other in messages.items():
            if other.reply_to and other.reply_to.message_id == message.message_id:
                messages[number] = replace(other, reply_to=None)
        self.signal.notify()

    def tell_bot(self, message: Message, kind: str = "message") -> None:
        """Queue the update about what a person wrote, where the bot gets to see it."""
        room = self.rooms[message.chat.id]
        if room.status(self.bot.id) in PRESENT and (room.chat.private or self._reaches(message, room)):
            self.updates.push(kind, message.wire())

    def set_status(self, room: Room, user: User, status: str, by: User) -> None:
        """Change what a user is in a chat; the bot is told of itself always, of others where it is administrator."""
        old = room.status(user.id)
        if old == status:
            return
        watching = room.status(self.bot.id) == "administrator"
        room.members[user.id] = status
        if user == self.bot or watching:
            change = {
                "chat": room.chat.wire(),
                "from": by.wire(),
                "date": int(time.time()),
                "old_chat_member": member_wire(user, old),
                "new_chat_member": member_wire(user, status),
            }
            self.updates.push("my_chat_member" if user == self.bot else "chat_member", change)
        self.signal.notify()

    def keep_file(self, name: str, mime_type: str, content: bytes, folder: str, size: int | None = None) -> File:
        """Store a file; ``size`` may claim more than there is, so that tests need not hold 20 MB."""
        number = len(self.files)
        _, dot, extension = name.rpartition(".")
        path = f"{folder}/file_{number}{dot}{extension if dot else ''}"
        file = File(f"file-{number:06d}", name, mime_type, len(content) if size is None else size, path)
        self.files[file.file_id] = file
        self.contents[path] = content
        return file

    def _reaches(self, message: Message, room: Room) -> bool:
        """Whether a message of a group is shown to the bot (privacy mode)."""
        if message.notice or not self.settings.privacy or room.status(self.bot.id) == "administrator":
            return True
        if self.bot in (message.via_bot, message.reply_to.sender if message.reply_to else None):
            return True
        own = f"@{self.bot.username}".lower()
        for entity in message.entities:
            words = message.body.words(entity).lower()
            command = entity.type == "bot_command" and entity.offset == 0 and ("@" not in words or words.endswith(own))
            mention = (entity.type == "mention" and words == own) or entity.user == self.bot
            if command or mention:
                return True
        return False
