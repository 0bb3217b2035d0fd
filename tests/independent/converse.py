"""A conversation with the helpdesk's bot through telemelya, a Bot API server that this project did not write.

    python tests/independent/converse.py PYTHON_OF_TELEMELYA

It knows webhooks and private chats only, and sends neither the secret along nor, with a button, the keyboard it is of: a small
proxy in between adds them, as the address that Telegram is told leads there. What it does not know (the setMy… methods) must
not keep the bot from starting.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from bot_api import Loopback  # noqa: E402 - found by the path just set
from bot_api.client import free_port  # noqa: E402

TOKEN = "123456789:ABCDefGhIjKlMnOpQrStUvWxYz"
SECRET = "the-secret-of-the-webhook"
CHAT = 4711

# what is said, what the answer holds
SAID = [
    ("/start", "惠企政策助手"),
    ("/help", "/policies"),
    ("厂里电费交不上，会不会断电？", "欠费不停供"),
    ("今天天气怎么样", "96871"),
    ("/policies", "按什么浏览"),
    ("/find 贷款", "只供工作人员"),
    ("/nosuch", "没有这个命令"),
    ("😀", "请写下您的问题"),
]


@contextlib.asynccontextmanager
async def process(*command: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that is stopped at the end."""
    started = await asyncio.create_subprocess_exec(*command, env={**os.environ, **environment}, cwd=ROOT)
    try:
        yield started
    finally:
        if started.returncode is None:
            started.terminate()
        await asyncio.wait_for(started.wait(), 20)


async def until(client: httpx.AsyncClient, url: str) -> None:
    """Wait until ``url`` answers 200."""
    for _ in range(600):
        with contextlib.suppress(httpx.HTTPError):
            if (await client.get(url)).status_code == 200:
                return
        await asyncio.sleep(0.1)
    raise SystemExit(f"{url} did not answer within a minute")


class Conversation:
    """Speaks through telemelya's control interface, in one chat."""

    def __init__(self, client: httpx.AsyncClient, url: str) -> None:
        self._client, self._url, self._seen = client, url, 0
        self._headers = {"Authorization": "Bearer none", "X-Test-Session": "conversation"}

    async def say(self, **update: object) -> dict[str, Any]:
        """Send an update and wait for what the bot does next."""
        body = {"chat_id": CHAT, **update}
        sent = await self._client.post(
            f"{self._url}/send_update", params={"bot_token": TOKEN}, json=body, headers=self._headers
        )
        assert sent.json()["delivery"]["status_code"] == 200, sent.text
        for _ in range(200):
            found = (await self.responses())[self._seen :]
            if found:
                self._seen += len(found)
                return dict(found[-1])
            await asyncio.sleep(0.05)
        raise SystemExit(f"no answer to {update}")

    async def keyboard(self, message_id: int) -> Any:
        """The keyboard of a message of the bot's."""
        return next(one["reply_markup"] for one in await self.responses() if one.get("message_id") == message_id)

    async def responses(self) -> list[Any]:
        """Everything the bot did so far."""
        params = {"session_id": "conversation"}
        return list(
            (await self._client.get(f"{self._url}/responses", params=params, headers=self._headers)).json()["responses"]
        )


async def converse(python: str) -> None:
    """The whole check."""
    api, port = free_port(), free_port()
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        conversation = Conversation(client, f"http://127.0.0.1:{api}/api/v1/test")

        async def forward(request: Request) -> Response:
            update = await request.json()
            if query := update.get("callback_query"):
                query["message"]["reply_markup"] = await conversation.keyboard(query["message"]["message_id"])
            headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
            answer = await client.post(f"http://127.0.0.1:{port}/telegram/webhook", json=update, headers=headers)
            return Response(answer.content, answer.status_code)

        proxy = Loopback(Starlette(routes=[Route("/telegram/webhook", forward, methods=["POST"])]))
        await proxy.start()
        try:
            with tempfile.TemporaryDirectory() as data:
                settings = {
                    "HELPDESK_DATA_DIR": data,
                    "HELPDESK_PORT": str(port),
                    "HELPDESK_TELEGRAM_TOKEN": TOKEN,
                    "HELPDESK_TELEGRAM_API_URL": f"http://127.0.0.1:{api}",
                    "HELPDESK_WEBHOOK_URL": proxy.url,
                    "HELPDESK_WEBHOOK_SECRET": SECRET,
                    "HELPDESK_LOG_LEVEL": "warning",
                }
                async with process(python, str(Path(__file__).parent / "serve_telemelya.py"), str(api)):
                    await until(client, f"http://127.0.0.1:{api}/")
                    async with process(sys.executable, "-m", "bot.main", **settings):
                        await until(client, f"http://127.0.0.1:{port}/readyz")
                        await check(conversation)
        finally:
            await proxy.stop()


async def check(conversation: Conversation) -> None:
    """Say what the table says, and press buttons."""
    for said, holds in SAID:
        key = "command" if said.startswith("/") else "text"
        answer = await conversation.say(**{key: said})
        assert answer["method"] == "sendMessage" and holds in answer["text"], (said, answer)
        print(f"{said} → …{holds}…")
    browse = await conversation.say(command="/policies")
    button = browse["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await conversation.say(callback_data=button, callback_message_id=browse["message_id"])
    for _ in range(100):
        methods = [each["method"] for each in await conversation.responses()]
        if "editMessageText" in methods and "answerCallbackQuery" in methods:
            print("a button was answered, and edited its message")
            return
        await asyncio.sleep(0.05)
    raise SystemExit(f"the button was not answered and its message edited: {methods}")


if __name__ == "__main__":
    asyncio.run(converse(sys.argv[1]))
