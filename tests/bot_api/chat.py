"""Users, chats and what a user is in a chat, as the Bot API writes them."""

from __future__ import annotations

from dataclasses import dataclass

Wire = dict[str, object]
"""A JSON object as it goes over HTTP."""

# Those who are in the chat and can read and write there.
PRESENT = frozenset({"creator", "administrator", "member"})
ABSENT = "left"

_ADMINISTRATOR_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
)


@dataclass(frozen=True, slots=True)
class User:
    """A person or the bot; empty strings are left out of the JSON."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_bot: bool = False

    def wire(self) -> Wire:
        """The ``User`` object."""
        wire: Wire = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            if value := getattr(self, name):
                wire[name] = value
        return wire


@dataclass(frozen=True, slots=True)
class Chat:
    """A private chat (its id is the person's), a group or a supergroup (ids below zero)."""

    id: int
    type: str
    title: str = ""
    username: str = ""
    first_name: str = ""
    last_name: str = ""

    @property
    def private(self) -> bool:
        """Whether this is the chat of one person with the bot."""
        return self.type == "private"

    def wire(self) -> Wire:
        """The ``Chat`` object inside messages and updates."""
        wire: Wire = {"id": self.id, "type": self.type}
        for name in ("title", "username", "first_name", "last_name"):
            if value := getattr(self, name):
                wire[name] = value
        return wire

    def full_wire(self) -> Wire:
        """The ``ChatFullInfo`` object of getChat, with the fields it must always have."""
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
        return self.wire() | {
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(gifts, False),
        }


def member_wire(user: User, status: str) -> Wire:
    """The ``ChatMember`` object of a user with this status; administrators hold every right."""
    wire: Wire = {"status": status, "user": user.wire()}
    if status in ("creator", "administrator"):
        wire["is_anonymous"] = False
    if status == "administrator":
        wire["can_be_edited"] = False
        wire.update(dict.fromkeys(_ADMINISTRATOR_RIGHTS, True))
    if status == "kicked":
        wire["until_date"] = 0
    return wire
