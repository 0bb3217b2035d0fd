"""A group in a test."""

from __future__ import annotations

from .chat import PRESENT, Chat, User
from .message import Message, Notice
from .person import Person
from .world import Room, World


class Group:
    """A group or supergroup; every change of its members is said in the chat, as Telegram does."""

    def __init__(self, world: World, room: Room) -> None:
        self._world = world
        self._room = room

    @property
    def chat(self) -> Chat:
        """The chat as the Bot API describes it."""
        return self._room.chat

    @property
    def chat_id(self) -> int:
        """The id, below zero."""
        return self._room.chat.id

    @property
    def messages(self) -> tuple[Message, ...]:
        """The chat as it looks now, oldest first."""
        return tuple(self._room.messages.values())

    def status(self, person: Person) -> str:
        """What somebody is here: creator, administrator, member, left or kicked."""
        return self._room.status(person.user.id)

    @property
    def bot_status(self) -> str:
        """What the bot is here."""
        return self._room.status(self._world.bot.id)

    def add(self, person: Person, status: str = "member") -> None:
        """Let somebody in, or change what they are (``administrator``, ``creator``)."""
        self._set(person.user, status, person.user)

    def remove(self, person: Person, *, kicked: bool = False) -> None:
        """Let somebody leave, or put them out."""
        self._set(person.user, "kicked" if kicked else "left", person.user)

    def add_bot(self, by: Person, status: str = "member") -> None:
        """Add the bot, or make it an administrator or a plain member again (my_chat_member)."""
        self._set(self._world.bot, status, by.user)

    def remove_bot(self, by: Person) -> None:
        """Put the bot out (my_chat_member); it gets 403 from now on."""
        self._set(self._world.bot, "kicked", by.user)

    def upgrade(self) -> Group:
        """The supergroup that the group becomes (migrate_to_chat_id); the bot is refused in the group from now on."""
        old = self._room
        chat = Chat(old.chat.id - 1_001_000_000_000, "supergroup", old.chat.title, old.chat.username)
        new = self._world.add_room(Room(chat, members=dict(old.members)))
        old.moved_to = chat.id
        return Group(self._world, new)

    def _set(self, user: User, status: str, by: User) -> None:
        was, will = self._room.status(user.id) in PRESENT, status in PRESENT
        self._world.set_status(self._room, user, status, by)
        if was != will:
            notice = Notice("new_chat_members" if will else "left_chat_member", (user,))
            self._world.tell_bot(self._world.post(Message(self.chat, by, notice=notice)))
