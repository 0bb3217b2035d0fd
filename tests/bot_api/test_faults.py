"""Faults to order, as python-telegram-bot meets them, and the log of calls."""

from __future__ import annotations

from datetime import timedelta

import pytest
from telegram import Bot
from telegram.error import Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from . import faults
from .client import connected_bot
from .errors import forbidden
from .faults import Fault
from .server import BotApiServer

# fault, what the library raises and says, whether the message was sent all the same, the status in the log
MET: list[tuple[Fault, type[TelegramError], str, bool, int]] = [
    (faults.too_many_requests(3), RetryAfter, "Flood control exceeded. Retry in 0:00:03", False, 429),
    (faults.blocked(), Forbidden, "Forbidden: bot was blocked by the user", False, 403),
    (faults.refused(forbidden("user is deactivated")), Forbidden, "Forbidden: user is deactivated", False, 403),
    (faults.bad_gateway(), NetworkError, r"Bad Gateway \(502\)", False, 502),
    (faults.server_error(), NetworkError, r"Internal Server Error \(500\)", False, 500),
    (faults.dropped_before(), NetworkError, "httpx.R", False, 0),
    (faults.dropped_after(), NetworkError, "httpx.R", True, 0),
]


@pytest.mark.parametrize(("fault", "error", "words", "sent", "status"), MET)
async def test_faults(
    server: BotApiServer, bot: Bot, fault: Fault, error: type[TelegramError], words: str, sent: bool, status: int
) -> None:
    alice = server.user("Alice", started=True)
    server.fail("sendMessage", fault, times=2)
    for _ in range(2):
        with pytest.raises(error, match=words):
            await bot.send_message(alice.chat_id, "一")
    await bot.send_message(alice.chat_id, "二")
    assert [message.text for message in alice.messages] == ["一"] * (2 if sent else 0) + ["二"]
    assert [call.status for call in server.calls_of("sendMessage")] == [status, status, 200]


async def test_a_flood_wait_is_told_in_seconds_and_may_be_short(server: BotApiServer, bot: Bot) -> None:
    server.fail("getChat", faults.too_many_requests(0.01))
    with pytest.raises(RetryAfter) as caught:
        await bot.get_chat(1)
    assert caught.value.retry_after == timedelta(seconds=0.01)


async def test_a_slow_answer_comes_too_late_though_the_action_is_done(server: BotApiServer) -> None:
    alice = server.user("Alice", started=True)
    server.fail("sendMessage", faults.slow(0.05))
    async with connected_bot(server) as bot:
        with pytest.raises(TimedOut):
            await bot.send_message(alice.chat_id, "一", read_timeout=0.01)
    assert [message.text for message in alice.messages] == ["一"]


async def test_faults_meet_only_what_they_are_ordered_for(server: BotApiServer, bot: Bot) -> None:
    alice, bob = server.user("Alice", started=True), server.user("Bob", started=True)
    server.fail("sendPhoto", faults.server_error())
    server.fail("*", faults.server_error(), where=alice)
    await bot.send_message(bob.chat_id, "一")
    with pytest.raises(NetworkError):
        await bot.send_chat_action(alice.chat_id, "typing")
    await bot.send_message(alice.chat_id, "二")
    assert [order.method for order in server.faults.orders] == ["sendphoto"]
    server.fail("*", faults.server_error())
    await bot.get_updates(timeout=0)
    assert len(server.faults.orders) == 2
    server.faults.clear()
    await bot.send_photo(bob.chat_id, b"\x89PNG")


async def test_faults_of_polling(server: BotApiServer, bot: Bot) -> None:
    await server.user("Alice").send("一")
    server.fail("getUpdates", faults.dropped_after())
    with pytest.raises(NetworkError):
        await bot.get_updates(timeout=0)
    (update,) = await bot.get_updates(timeout=0)
    assert update.message is not None
    assert update.message.text == "一"


async def test_the_log_of_calls(server: BotApiServer, bot: Bot) -> None:
    alice, bob = server.user("Alice", started=True), server.user("Bob", started=True)
    await bot.send_message(alice.chat_id, "一")
    await bot.send_document(bob.chat_id, b"content", filename="二.txt")
    await bot.send_message(bob.chat_id, "三")
    assert [call.method for call in server.calls] == ["getMe", "sendMessage", "sendDocument", "sendMessage"]
    assert [call.parameters.text("text") for call in server.calls_of("sendMessage")] == ["一", "三"]
    assert [call.parameters.text("text") for call in server.calls_of("sendMessage", bob)] == ["三"]
    (document,) = server.calls_of("sendDocument")
    assert (document.chat_id, document.parameters.uploads["document"].name) == (bob.chat_id, "二.txt")
    times = [call.at for call in server.calls]
    assert times == sorted(times)
