"""What every test of the server starts from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from telegram import Bot

from .client import connected_bot
from .person import Person
from .server import BotApiServer


@pytest_asyncio.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer() as server:
        yield server


@pytest_asyncio.fixture
async def bot(server: BotApiServer) -> AsyncIterator[Bot]:
    async with connected_bot(server) as bot:
        yield bot


@pytest.fixture
def alice(server: BotApiServer) -> Person:
    """A person who has not yet written to the bot."""
    return server.user("Alice", username="alice_li")


@dataclass(frozen=True)
class Meeting:
    """A server, the bot, and a person new to it who has started it."""

    server: BotApiServer
    bot: Bot
    alice: Person


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def connected() -> AsyncIterator[tuple[BotApiServer, Bot]]:
    async with BotApiServer() as server, connected_bot(server) as bot:
        yield server, bot


@pytest.fixture
def meeting(connected: tuple[BotApiServer, Bot]) -> Meeting:
    server, bot = connected
    return Meeting(server, bot, server.user("Alice", started=True))
