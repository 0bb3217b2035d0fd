"""What the bot says of itself: commands by scope and language, names, descriptions, the menu button."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .chat import Wire
from .errors import bad_request
from .parameters import Parameters
from .text import utf16_length

MAX_COMMANDS = 100
MAX_COMMAND_DESCRIPTION = 256

_PLAIN_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
_CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")


@dataclass(frozen=True, slots=True)
class Command:
    """One line of a command menu, without the slash."""

    command: str
    description: str

    def wire(self) -> Wire:
        """The ``BotCommand`` object."""
        return {"command": self.command, "description": self.description}


@dataclass(frozen=True, slots=True)
class Scope:
    """For whom a command menu is meant."""

    type: str = "default"
    chat_id: int = 0
    user_id: int = 0


@dataclass(frozen=True, slots=True)
class TextField:
    """A text the bot has in several languages: the field of its JSON, its limit in UTF-16 units, the refusal above."""

    name: str
    limit: int
    too_long: str


NAME = TextField("name", 64, "BOT_NAME_TOO_LONG")
DESCRIPTION = TextField("description", 512, "DESCRIPTION_TOO_LONG")
SHORT_DESCRIPTION = TextField("short_description", 120, "ABOUT_TOO_LONG")


@dataclass(slots=True)
class Profile:
    """What was set, by scope or field and by language ("" is for all who have none of their own)."""

    first_name: str
    commands: dict[tuple[Scope, str], tuple[Command, ...]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    menu_buttons: dict[int, Wire] = field(default_factory=dict)

    def text(self, name: str, language: str = "") -> str:
        """The text people with this language see: theirs, else the one for all, else "" (or the bot's first name)."""
        default = self.first_name if name == "name" else ""
        return self.texts.get((name, language)) or self.texts.get((name, "")) or default

    def menu(self, chat_id: int, user_id: int, language: str, *, private: bool, admin: bool) -> tuple[Command, ...]:
        """The commands that a person sees in a chat: those of the narrowest scope that has any."""
        for scope in _scopes(chat_id, user_id, private=private, admin=admin):
            for code in dict.fromkeys((language, "")):
                if found := self.commands.get((scope, code)):
                    return found
        return ()


def _scopes(chat_id: int, user_id: int, *, private: bool, admin: bool) -> Iterator[Scope]:
    if private:
        yield from (Scope("chat", chat_id), Scope("all_private_chats"), Scope())
        return
    yield Scope("chat_member", chat_id, user_id)
    if admin:
        yield Scope("chat_administrators", chat_id)
    yield Scope("chat", chat_id)
    if admin:
        yield Scope("all_chat_administrators")
    yield from (Scope("all_group_chats"), Scope())


def read_language(parameters: Parameters) -> str:
    """``language_code``: two letters, or "" for all languages."""
    code = parameters.text("language_code")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("invalid language code specified")
    return code


def read_scope(value: object) -> Scope:
    """``scope`` (decoded JSON) with the ids its type calls for; whether the chat exists is the caller's to see."""
    if value is None:
        return Scope()
    if not isinstance(value, dict):
        raise bad_request("can't parse BotCommandScope: expected an Object")
    kind = value.get("type")
    if kind in _PLAIN_SCOPES:
        return Scope(str(kind))
    if kind not in _CHAT_SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    if "chat_id" not in value or (kind == "chat_member" and "user_id" not in value):
        missing = "user_id" if "chat_id" in value else "chat_id"
        raise bad_request(f"can't parse BotCommandScope: Can't find field \"{missing}\"")
    try:
        return Scope(str(kind), int(value["chat_id"]), int(value.get("user_id", 0)))
    except ValueError:
        raise bad_request("chat not found") from None


def read_commands(parameters: Parameters) -> tuple[Command, ...]:
    """``commands``: up to 100, names of 1 to 32 lower-case letters, digits and underscores."""
    found: list[Command] = []
    for each in parameters.objects("commands"):
        for name in ("command", "description"):
            if name not in each:
                raise bad_request(f"can't parse BotCommand: Can't find field \"{name}\"")
        command = Command(str(each["command"]).removeprefix("/"), str(each["description"]).strip())
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command.command):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= utf16_length(command.description) <= MAX_COMMAND_DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        found.append(command)
    if len(found) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    return tuple(found)


def read_field(parameters: Parameters, text: TextField) -> str:
    """The text of a setMy… call, within its limit."""
    value = parameters.text(text.name)
    if utf16_length(value) > text.limit:
        raise bad_request(text.too_long)
    return value
