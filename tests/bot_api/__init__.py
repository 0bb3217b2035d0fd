"""A Telegram Bot API server for end-to-end tests: real HTTP on loopback, and people who talk to the bot.

    async with BotApiServer() as server:
        alice = server.user("Alice")
        reply = await alice.ask("厂里电费交不上，会不会断电？")
        answer = await alice.press(reply, "有帮助")

It holds to what Telegram promises and refuses what Telegram refuses, in Telegram's words. Of parse modes it reads HTML,
of inline results articles; other methods than those of ``server.METHODS`` answer 404 as unknown ones do.
"""

from __future__ import annotations

from . import faults
from .errors import NothingCameError
from .faults import Fault
from .group import Group
from .inline import InlineAnswer, InlineResult
from .keyboard import Button
from .loopback import Loopback
from .message import Message
from .person import Person
from .profile import Command, Scope
from .queries import CallbackAnswer
from .server import BotApiServer, Call
from .text import Entity, utf16_length
from .watcher import Place
from .world import Settings

__all__ = [
    "BotApiServer",
    "Button",
    "Call",
    "CallbackAnswer",
    "Command",
    "Entity",
    "Fault",
    "Group",
    "InlineAnswer",
    "InlineResult",
    "Loopback",
    "Message",
    "NothingCameError",
    "Person",
    "Place",
    "Scope",
    "Settings",
    "faults",
    "utf16_length",
]
