"""How updates reach the bot: by long polling with acknowledgement, and by webhook with retries."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot, Message, Update
from telegram.error import Conflict, NetworkError

from .client import connected_bot, free_port
from .errors import OTHER_POLLER, WEBHOOK_ACTIVE, WEBHOOK_SET
from .loopback import Loopback
from .server import BotApiServer
from .webhook import SECRET_HEADER

SECRET = "A-secret_1"


async def texts(bot: Bot, offset: int | None = None, limit: int | None = None) -> list[str]:
    updates = await bot.get_updates(offset=offset, limit=limit, timeout=0)
    return [update.effective_message.text or "" for update in updates if update.effective_message]


async def started_poll(server: BotApiServer, bot: Bot) -> asyncio.Task[object]:
    """A long poll that the server is already waiting in."""
    before = len(server.calls_of("getUpdates"))
    task: asyncio.Task[object] = asyncio.create_task(bot.get_updates(timeout=5))
    await server.world.signal.until(lambda: True if server.world.updates.polled else None, 5)
    assert len(server.calls_of("getUpdates")) == before + 1
    return task


# Polling.


async def test_updates_come_again_until_they_are_acknowledged(server: BotApiServer, bot: Bot) -> None:
    alice = server.user("Alice")
    for text in ("一", "二", "三"):
        await alice.send(text)
    first, second, third = await bot.get_updates(timeout=0)
    assert (first.update_id + 1, first.update_id + 2) == (second.update_id, third.update_id)
    assert await texts(bot) == ["一", "二", "三"]
    assert await texts(bot, limit=2) == ["一", "二"]
    assert await texts(bot, offset=second.update_id) == ["二", "三"]
    assert await texts(bot) == ["二", "三"]
    assert not await server.all_taken(within=0)
    assert await texts(bot, offset=-1) == ["三"]
    assert await texts(bot, offset=third.update_id + 1) == []
    assert await server.all_taken()


async def test_a_long_poll_waits_for_the_first_update(server: BotApiServer, bot: Bot) -> None:
    poll = await started_poll(server, bot)
    assert not poll.done()
    await server.user("Alice").send("来了")
    updates = await poll
    assert isinstance(updates, tuple)
    assert [update.message.text for update in updates] == ["来了"]


async def test_a_second_poller_ends_the_first(server: BotApiServer, bot: Bot) -> None:
    poll = await started_poll(server, bot)
    async with connected_bot(server) as other:
        assert await texts(other) == []
    with pytest.raises(Conflict, match=OTHER_POLLER):
        await poll


async def test_setting_a_webhook_ends_the_poll_and_forbids_the_next(server: BotApiServer, bot: Bot) -> None:
    poll = await started_poll(server, bot)
    await bot.set_webhook(f"http://127.0.0.1:{free_port()}/")
    with pytest.raises(Conflict, match=WEBHOOK_SET):
        await poll
    with pytest.raises(Conflict, match=WEBHOOK_ACTIVE):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await texts(bot) == []


async def test_allowed_updates_are_remembered_and_filter_what_comes_later(server: BotApiServer, bot: Bot) -> None:
    alice = server.user("Alice")
    await alice.send("先来的")
    await bot.get_updates(timeout=0, allowed_updates=["edited_message"])
    message = await alice.send("不要的")
    await bot.get_updates(timeout=0)
    await alice.edit(message, "改过的")
    assert await texts(bot) == ["先来的", "改过的"]
    await bot.get_updates(offset=-1, timeout=0, allowed_updates=[])
    await alice.send("又要的")
    assert await texts(bot) == ["改过的", "又要的"]


async def test_an_outage_loses_nothing(server: BotApiServer, bot: Bot) -> None:
    alice = server.user("Alice")
    poll = await started_poll(server, bot)
    await server.stop()
    assert await poll == ()
    await alice.send("一")
    with pytest.raises(NetworkError):
        await bot.get_updates()
    await server.start()
    assert await texts(bot) == ["一"]


# Webhook.


@dataclass
class Hook:
    """A bot's end of the webhook that answers as ``statuses`` say, then 200; it keeps what it was sent."""

    statuses: list[int] = field(default_factory=list)
    body: bytes = b""
    messages: list[Message] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)

    async def receive(self, request: Request) -> Response:
        self.secrets.append(request.headers.get(SECRET_HEADER, ""))
        update = Update.de_json(json.loads(await request.body()))
        assert update.message is not None
        self.messages.append(update.message)
        status = self.statuses.pop(0) if self.statuses else 200
        body, self.body = (b"", self.body) if status != 200 else (self.body, b"")
        return Response(body, status)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/hook", self.receive, methods=["POST"])])


async def test_a_webhook_gets_everything_in_order_with_the_secret(server: BotApiServer, bot: Bot) -> None:
    alice, hook = server.user("Alice"), Hook()
    await alice.send("零")
    async with Loopback(hook.app) as listener:
        await bot.set_webhook(f"{listener.url}/hook", secret_token=SECRET)
        for text in ("一", "二"):
            await alice.send(text)
        assert await server.all_taken()
        await bot.delete_webhook()
    assert [message.text for message in hook.messages] == ["零", "一", "二"]
    assert hook.secrets == [SECRET] * 3


async def test_a_webhook_without_a_secret_sends_none(server: BotApiServer, bot: Bot) -> None:
    hook = Hook()
    async with Loopback(hook.app) as listener:
        await bot.set_webhook(f"{listener.url}/hook")
        await server.user("Alice").send("一")
        assert await server.all_taken()
    assert hook.secrets == [""]


async def test_a_refused_update_is_sent_again_before_the_next(server: BotApiServer, bot: Bot) -> None:
    server.settings.webhook_retry_delays = (0.0, 0.01)
    alice, hook = server.user("Alice"), Hook(statuses=[500, 403, 302])
    async with Loopback(hook.app) as listener:
        await bot.set_webhook(f"{listener.url}/hook")
        await alice.send("一")
        await alice.send("二")
        assert await server.all_taken()
        info = await bot.get_webhook_info()
    assert [message.text for message in hook.messages] == ["一"] * 4 + ["二"]
    assert [delivery.status for delivery in server.deliveries] == [500, 403, 302, 200, 200]
    assert info.last_error_message == "Wrong response from the webhook: 302 Found"
    pauses = [later.at - sooner.at for sooner, later in zip(server.deliveries, server.deliveries[1:], strict=False)]
    assert pauses[1] >= 0.01
    assert pauses[2] >= 0.01


async def test_an_update_comes_again_when_the_answer_is_lost(server: BotApiServer, bot: Bot) -> None:
    server.settings.webhook_retry_delays = (0.0,)
    alice, hook = server.user("Alice"), Hook()
    async with Loopback(hook.app) as listener:
        await bot.set_webhook(f"{listener.url}/hook")
        server.lose_answers()
        await alice.send("一")
        await alice.send("二")
        assert await server.all_taken()
    assert [message.text for message in hook.messages] == ["一", "一", "二"]


async def test_a_webhook_that_does_not_listen_yet(server: BotApiServer, bot: Bot) -> None:
    server.settings.webhook_retry_delays = (0.0,)
    hook = Hook()
    listener = Loopback(hook.app)
    async with listener:
        url = f"{listener.url}/hook"
    await bot.set_webhook(url)
    message = await server.user("Alice").send("一")
    failed = await server.world.signal.until(lambda: server.deliveries or None, 5)
    assert failed is not None
    assert (failed[0].status, failed[0].error) == (None, "Connection refused")
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count, info.last_error_message) == (url, 1, "Connection refused")
    async with listener:
        assert await server.all_taken()
    assert [received.message_id for received in hook.messages] == [message.message_id]


async def test_the_answer_to_an_update_may_be_a_call(server: BotApiServer, bot: Bot) -> None:
    alice = server.user("Alice")
    answer = {"method": "sendMessage", "chat_id": alice.chat_id, "text": "<b>答</b>", "parse_mode": "HTML"}
    refused = {"method": "sendMessage", "chat_id": alice.chat_id, "text": ""}
    hook = Hook(body=json.dumps(answer).encode())
    async with Loopback(hook.app) as listener:
        await bot.set_webhook(f"{listener.url}/hook")
        reply = await alice.ask("问")
        assert (reply.text, reply.marked("bold")) == ("答", ("答",))
        hook.body = json.dumps(refused).encode()
        await alice.send("再问")
        assert await server.all_taken()
    assert server.calls_of("sendMessage")[-1].description == "Bad Request: message text is empty"


async def test_webhook_info_and_dropping_what_is_pending(server: BotApiServer, bot: Bot) -> None:
    assert (await bot.get_webhook_info()).url == ""
    await server.user("Alice").send("旧的")
    url = f"http://127.0.0.1:{free_port()}/"
    await bot.set_webhook(url, max_connections=7, allowed_updates=["message"], drop_pending_updates=True)
    info = await bot.get_webhook_info()
    assert (info.url, info.max_connections, info.allowed_updates) == (url, 7, ("message",))
    assert info.pending_update_count == 0
    # An empty address takes the webhook away.
    await bot.set_webhook("")
    assert await texts(bot) == []


# HTTP.

Values = dict[str, str]
WAYS: dict[str, Callable[[str, Values], httpx.Request]] = {
    "query string": lambda url, values: httpx.Request("GET", url, params=values),
    "form": lambda url, values: httpx.Request("POST", url, data=values),
    "multipart": lambda url, values: httpx.Request("POST", url, files={k: (None, v) for k, v in values.items()}),
    "JSON": lambda url, values: httpx.Request(
        "POST", url, json=values | {"reply_markup": json.loads(values["reply_markup"])}
    ),
}


@pytest.mark.parametrize("way", WAYS)
async def test_parameters_come_in_four_ways(server: BotApiServer, way: str) -> None:
    alice = server.user("Alice", started=True)
    markup = '{"inline_keyboard": [[{"text": "是", "callback_data": "y"}]]}'
    values = {"chat_id": str(alice.chat_id), "text": "文 & <字>", "reply_markup": markup}
    async with httpx.AsyncClient(trust_env=False) as client:
        response = await client.send(WAYS[way](f"{server.base_url}{server.token}/sendMessage", values))
    assert response.json()["result"]["text"] == "文 & <字>"
    assert alice.messages[-1].buttons == ("是",)


PATHS = [
    ("/bot{token}/getMe", 200, None),
    ("/bot{token}/GETME", 200, None),
    ("/bot{token}/noSuchMethod", 404, "Not Found: method not found"),
    ("/bot{token}x/getMe", 401, "Unauthorized"),
    ("/botx/getMe", 404, "Not Found"),
    ("/file/bot{token}/documents/none.txt", 404, "Not Found"),
    ("/file/bot{token}x/documents/none.txt", 401, "Unauthorized"),
    ("/", 404, "Not Found"),
]


@pytest.mark.parametrize(("path", "status", "description"), PATHS)
async def test_paths(server: BotApiServer, path: str, status: int, description: str | None) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        response = await client.get(server.url + path.format(token=server.token))
    assert (response.status_code, response.json().get("description")) == (status, description)


@pytest.mark.parametrize("body", [b"{", b"[]"])
async def test_json_that_is_no_object(server: BotApiServer, body: bytes) -> None:
    url = f"{server.base_url}{server.token}/sendMessage"
    async with httpx.AsyncClient(trust_env=False, headers={"Content-Type": "application/json"}) as client:
        response = await client.post(url, content=body)
    assert response.status_code == 400
    assert response.json()["description"].startswith("Bad Request: can't parse JSON object")
