"""The bot's HTTP client: connections that are kept, answers of every form, and errors that say what may be tried again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest
from bot_api.client import free_port
from telegram import InputFile
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

import bot.client
from bot.client import NEVER_SENT, Client

BODY = b'{"ok": true, "result": {"message_id": 7}}'
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY


class Server:
    """Answers every request with the next of ``answers``, and the last one over and over; None hangs up instead."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.connections = 0
        self.requests: list[tuple[bytes, bytes]] = []
        self.url = ""
        self.pause = 0.0
        self._tasks: list[asyncio.Task[None]] = []

    @contextlib.asynccontextmanager
    async def listening(self, context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> AsyncIterator[Server]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", ssl=context)
        port = server.sockets[0].getsockname()[1]
        self.url = f"{'https' if context else 'http'}://{host}:{port}"
        try:
            yield self
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.append(task)
        self.connections += 1
        try:
            await self._answer(reader, writer)
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
            self.requests.append((head, await reader.readexactly(length)))
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if answer is None:
                break
            for piece in answer.split(b"|"):
                await asyncio.sleep(self.pause)
                writer.write(piece)
                await writer.drain()


@contextlib.asynccontextmanager
async def client_of(server: Server, connections: int = 8) -> AsyncIterator[Client]:
    async with Client(server.url, connections) as client:
        yield client


async def send(client: Client, server: Server, text: str = "您好", **timeouts: float) -> object:
    data = RequestData([RequestParameter("chat_id", 5, None), RequestParameter("text", text, None)])
    return await client.post(f"{server.url}/bot1:a/sendMessage", data, **timeouts)


async def test_one_connection_serves_calls_in_turn() -> None:
    async with Server(WHOLE).listening() as server, client_of(server) as client:
        for _ in range(3):
            assert await send(client, server) == {"message_id": 7}
        assert server.connections == 1
        head, body = server.requests[0]
        assert head.startswith(b"POST /bot1:a/sendMessage HTTP/1.1\r\nHost: 127.0.0.1:")
        assert b"Content-Type: application/json\r\n" in head
        assert body.decode() == '{"chat_id":5,"text":"您好"}'
        # A call without parameters
        assert await client.post(f"{server.url}/bot1:a/getMe") == {"message_id": 7}


def test_what_the_bot_knows_of_its_own_messages_is_left_out() -> None:
    said = {"message_id": 7, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "缓缴"}
    known = {"reply_to_message": said, "entities": [{"type": "bold"}], "reply_markup": {"inline_keyboard": [[]]}}
    # sendMessage, and then getUpdates, where people say what the bot does not know
    for result, expected in ((said | known, said), ([{"update_id": 1, "message": said | known}],) * 2):
        answer = Client.parse_json_payload(json.dumps({"ok": True, "result": result}).encode())
        assert answer == {"ok": True, "result": expected}


async def test_calls_at_once_have_connections_of_their_own_up_to_the_limit() -> None:
    async with Server(WHOLE).listening() as server, client_of(server, 3) as client:
        server.pause = 0.02
        assert len(await asyncio.gather(*(send(client, server) for _ in range(12)))) == 12
        assert server.connections == 3


ANSWERS = [
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n"
    + BODY[:5]
    + b"\r\n24\r\n"
    + BODY[5:]
    + b"\r\n0\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n" + WHOLE,
    WHOLE[:10] + b"|" + WHOLE[10:60] + b"|" + WHOLE[60:],
    WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"),
    WHOLE.replace(b"HTTP/1.1", b"HTTP/1.0"),
    # What nobody asked for must not be taken for the answer to the next call.
    WHOLE + b"HTTP/1.1 500 What\r\nContent-Length: 0\r\n\r\n",
]


@pytest.mark.parametrize("answer", ANSWERS)
async def test_answers_of_every_form(answer: bytes) -> None:
    async with Server(answer).listening() as server, client_of(server) as client:
        for _ in range(3):
            assert await send(client, server) == {"message_id": 7}


async def test_refusals_are_those_of_the_library() -> None:
    refusal = b'{"ok": false, "error_code": 400, "description": "Bad Request: chat not found"}'
    answer = b"HTTP/1.1 400 Bad Request\r\nContent-Length: %d\r\n\r\n" % len(refusal) + refusal
    async with Server(answer, WHOLE).listening() as server, client_of(server) as client:
        with pytest.raises(BadRequest, match="Chat not found"):
            await send(client, server)
        assert await send(client, server) == {"message_id": 7}
        assert server.connections == 1


@pytest.mark.parametrize(("status", "error"), [(200, TelegramError), (403, NetworkError), (502, NetworkError)])
async def test_a_proxy_s_page_is_no_word_of_telegram_s_and_not_logged(
    caplog: pytest.LogCaptureFixture, status: int, error: type[TelegramError]
) -> None:
    answer = b"HTTP/1.1 %d What\r\nContent-Length: 13\r\n\r\n<html></html>" % status
    async with Server(answer).listening() as server, client_of(server) as client:
        with pytest.raises(error) as raised:
            await send(client, server)
    assert type(raised.value) is error and not caplog.records


async def test_nobody_is_sent_elsewhere() -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
    async with Server(answer, WHOLE).listening() as server, client_of(server) as client:
        with pytest.raises(TelegramError):
            await send(client, server)
        assert len(server.requests) == 1


# what the server does, what is raised, and its cause, by which it is told whether the call may be made again
FAULTS: list[tuple[bytes | None, type[TelegramError], type[Exception]]] = [
    (None, NetworkError, aiohttp.ServerDisconnectedError),
    (b"what is this\r\n\r\n", NetworkError, aiohttp.ClientResponseError),
    (WHOLE[:60], TimedOut, aiohttp.SocketTimeoutError),
    (b"", TimedOut, aiohttp.SocketTimeoutError),
]


@pytest.mark.parametrize(("answer", "error", "cause"), FAULTS)
async def test_faults(answer: bytes | None, error: type[TelegramError], cause: type[Exception]) -> None:
    async with Server(answer, WHOLE).listening() as server, client_of(server) as client:
        with pytest.raises(error) as raised:
            await send(client, server, read_timeout=0.1)
        assert type(raised.value) is error and isinstance(raised.value.__cause__, cause)
        assert not isinstance(raised.value.__cause__, NEVER_SENT)
        # The connection that failed is not used again.
        assert await send(client, server) == {"message_id": 7}
        assert server.connections == 2


async def test_an_answer_that_is_still_coming_is_waited_for() -> None:
    async with Server(b"|".join([WHOLE[:20], WHOLE[20:30], WHOLE[30:]])).listening() as server:
        server.pause = 0.15
        async with client_of(server) as client:
            assert await send(client, server, read_timeout=0.3) == {"message_id": 7}


async def test_a_server_that_is_not_there() -> None:
    server = Server()
    server.url = f"http://127.0.0.1:{free_port()}"
    async with client_of(server) as client:
        with pytest.raises(NetworkError) as raised:
            await send(client, server)
    assert isinstance(raised.value.__cause__, NEVER_SENT)


async def test_no_connection_free() -> None:
    async with Server(b"").listening() as server, client_of(server, 1) as client:
        first = asyncio.create_task(send(client, server, read_timeout=5))
        await asyncio.sleep(0)
        with pytest.raises(TimedOut) as raised:
            await send(client, server, pool_timeout=0.05, connect_timeout=0.05)
        assert isinstance(raised.value.__cause__, NEVER_SENT)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)


async def test_who_goes_away_leaves_no_answer_behind_for_the_next() -> None:
    async with Server(WHOLE.replace(b"7", b"8"), WHOLE).listening() as server, client_of(server, 1) as client:
        server.pause = 0.05
        gone = asyncio.create_task(send(client, server))
        await asyncio.sleep(0.02)
        gone.cancel()
        assert await send(client, server) == {"message_id": 7}


async def test_connections_are_not_used_when_the_server_hung_up_or_they_were_silent_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bot.client, "_KEPT_SECONDS", 0.05)
    async with Server(WHOLE).listening() as server, client_of(server) as client:
        await send(client, server)
        await asyncio.sleep(0.3)
        await send(client, server)
        assert server.connections == 2
    closing = WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    async with Server(closing).listening() as server, client_of(server) as client:
        await send(client, server)
        await send(client, server)
        assert server.connections == 2


async def test_files_are_fetched_and_sent() -> None:
    async with Server(WHOLE).listening() as server, client_of(server) as client:
        assert await client.retrieve(f"{server.url}/file/bot1:a/x") == BODY
        assert server.requests[0][0].startswith(b"GET /file/bot1:a/x ")
        file = InputFile("缓缴".encode(), filename="通知.txt")
        data = RequestData([RequestParameter.from_input("chat_id", 5), RequestParameter.from_input("document", file)])
        await client.post(f"{server.url}/bot1:a/sendDocument", data)
        head, body = server.requests[1]
        assert b"multipart/form-data" in head
        assert "缓缴".encode() in body and b'name="chat_id"' in body and b"text/plain" in body


async def test_a_proxy_is_used_outside_this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Server(WHOLE).listening() as proxy, Server(WHOLE).listening() as server:
        monkeypatch.setenv("http_proxy", proxy.url)
        async with client_of(server) as client:
            await send(client, server)
        assert (len(proxy.requests), len(server.requests)) == (0, 1)
        async with Client("http://bot-api.invalid", 2) as client:
            assert await client.post("http://bot-api.invalid/bot1:a/getMe") == {"message_id": 7}
        assert proxy.requests[0][0].startswith(b"POST http://bot-api.invalid/bot1:a/getMe ")


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of ``localhost`` that signs itself, and its key, in one file."""
    file = tmp_path_factory.mktemp("certificate") / "both.pem"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    made = subprocess.run([*command.split(), "-keyout", "-", "-out", "-"], check=True, capture_output=True)
    file.write_bytes(made.stdout)
    return file


TRUST: list[tuple[bool, str, Callable[[object], bool]]] = [
    (True, "localhost", lambda found: found == {"message_id": 7}),
    (False, "localhost", lambda found: isinstance(found, NetworkError)),
    # A certificate of another name
    (True, "127.0.0.1", lambda found: isinstance(found, NetworkError)),
]


@pytest.mark.parametrize(("trusted", "host", "expected"), TRUST)
async def test_certificates_are_checked(
    certified: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool, host: str, expected: Callable[[object], bool]
) -> None:
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certified))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certified)
    async with Server(WHOLE).listening(context, host) as server, client_of(server) as client:
        (found,) = await asyncio.gather(send(client, server), return_exceptions=True)
    assert expected(found)
    if isinstance(found, NetworkError):
        assert isinstance(found.__cause__, NEVER_SENT)
