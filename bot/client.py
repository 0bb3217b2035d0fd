"""The HTTP client of the bot: python-telegram-bot's, with a short way for the calls that make up nearly all its traffic.

A call through httpx, httpcore and anyio costs 3 to 5 ms of processor time on a small machine, more than all else that
an update costs besides its answer; straight through h11 and asyncio it costs half a millisecond.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections import deque
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

import h11
import httpx
from telegram.error import NetworkError, TimedOut
from telegram.request import HTTPXRequest, RequestData

_CONNECT_SECONDS = 5.0
_READ_SECONDS = 15.0
_POOL_SECONDS = 10.0
# As httpx has it: what was silent for longer may have been forgotten by a router on the way, which tells nobody.
_KEPT_SECONDS = 5.0
_SECOND_ADDRESS_AFTER = 0.25
_HEADERS = [("Accept", "*/*"), ("User-Agent", HTTPXRequest.USER_AGENT), ("Content-Type", "application/json")]


class Client(HTTPXRequest):
    """Calls of the Bot API at ``api`` without files go over connections kept here; the rest goes by httpx, and so does
    everything where a proxy leads outside. Errors are those of ``HTTPXRequest``, down to their causes."""

    def __init__(self, api: str, connections: int) -> None:
        # A Bot API server on this machine is not asked for through the proxy that leads outside.
        local = urlsplit(api).hostname in ("127.0.0.1", "localhost", "::1")
        more: dict[str, Any] = {"trust_env": False, "verify": not api.startswith("http://")} if local else {}
        super().__init__(
            connection_pool_size=connections,
            pool_timeout=_POOL_SECONDS,
            read_timeout=_READ_SECONDS,
            connect_timeout=_CONNECT_SECONDS,
            httpx_kwargs=more,
        )
        self._pool = _Pool(api, connections) if local or not getproxies() else None

    async def shutdown(self) -> None:
        """Close every connection."""
        if self._pool:
            self._pool.close()
        await super().shutdown()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = HTTPXRequest.DEFAULT_NONE,
        write_timeout: Any = HTTPXRequest.DEFAULT_NONE,
        connect_timeout: Any = HTTPXRequest.DEFAULT_NONE,
        pool_timeout: Any = HTTPXRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """The status and the body of the answer. See ``BaseRequest.do_request``."""
        if self._pool is None or method != "POST" or (request_data is not None and request_data.contains_files):
            return await super().do_request(
                url, method, request_data, read_timeout, write_timeout, connect_timeout, pool_timeout
            )
        # As JSON Chinese takes half the bytes that it takes in a form, and is written in a tenth of the time.
        body = json.dumps(request_data.json_parameters if request_data else {}, ensure_ascii=False)
        try:
            return await self._pool.post(
                url,
                body.encode("utf-8", "replace"),
                read=_chosen(read_timeout, _READ_SECONDS),
                connect=_chosen(connect_timeout, _CONNECT_SECONDS),
                pool=_chosen(pool_timeout, _POOL_SECONDS),
            )
        except httpx.TimeoutException as error:
            raise TimedOut(f"Timed out: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise NetworkError(f"{type(error).__name__}: {error}") from error


def _chosen(value: Any, default: float) -> float | None:
    chosen: float | None = default if value is HTTPXRequest.DEFAULT_NONE else value
    return chosen


class _Pool:
    """Connections to one server, the one used last taken first. Raises httpx's errors."""

    def __init__(self, api: str, most: int) -> None:
        parts = urlsplit(api)
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._headers = [("Host", parts.netloc.rpartition("@")[2]), *_HEADERS]
        self._prefix = f"{parts.scheme}://{parts.netloc}"
        self._secure = parts.scheme == "https"
        self._context: ssl.SSLContext | None = None
        self._free = asyncio.Semaphore(most)
        self._idle: deque[_Connection] = deque()

    async def post(
        self, url: str, body: bytes, *, read: float | None, connect: float | None, pool: float | None
    ) -> tuple[int, bytes]:
        """Send ``body`` and wait for the answer: at most ``read`` seconds for each piece of it."""
        assert url.startswith(self._prefix), "the bot talks to its own server only"
        try:
            async with asyncio.timeout(pool):
                await self._free.acquire()
        except TimeoutError as error:
            raise httpx.PoolTimeout("every connection is in use") from error
        try:
            connection = self._kept() or await self._connect(connect)
            answer = await connection.post(url.removeprefix(self._prefix) or "/", self._headers, body, read)
            if connection.open:
                connection.used = time.monotonic()
                self._idle.append(connection)
            return answer
        finally:
            self._free.release()

    def close(self) -> None:
        """Close the connections that wait for work."""
        while self._idle:
            self._idle.pop().close()

    def _kept(self) -> _Connection | None:
        too_old = time.monotonic() - _KEPT_SECONDS
        while self._idle and self._idle[0].used < too_old:
            self._idle.popleft().close()
        while self._idle:
            if (connection := self._idle.pop()).open:
                return connection
        return None

    async def _connect(self, within: float | None) -> _Connection:
        if self._secure and self._context is None:
            self._context = httpx.create_ssl_context()
            self._context.set_alpn_protocols(["http/1.1"])
        try:
            async with asyncio.timeout(within):
                _, connection = await asyncio.get_running_loop().create_connection(
                    _Connection,
                    self._host,
                    self._port,
                    ssl=self._context,
                    happy_eyeballs_delay=_SECOND_ADDRESS_AFTER,
                )
        except TimeoutError as error:
            raise httpx.ConnectTimeout("no connection in time") from error
        except (OSError, ssl.SSLError) as error:
            raise httpx.ConnectError(str(error)) from error
        return connection


class _Connection(asyncio.Protocol):
    """One connection: a request at a time."""

    def __init__(self) -> None:
        self._http = h11.Connection(h11.CLIENT)
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._limit: asyncio.Timeout | None = None
        self._read: float | None = None
        self._status = 0
        self._body = bytearray()
        self.used = 0.0

    @property
    def open(self) -> bool:
        """Whether another request can be sent."""
        return self._transport is not None and self._http.our_state is h11.IDLE

    async def post(
        self, target: str, headers: list[tuple[str, str]], body: bytes, read: float | None
    ) -> tuple[int, bytes]:
        """Send a request and wait for the answer; what fails or is cancelled on the way closes the connection."""
        assert self._transport is not None
        loop = asyncio.get_running_loop()
        self._answer, self._read = loop.create_future(), read
        self._status, self._body = 0, bytearray()
        request = h11.Request(method="POST", target=target, headers=[*headers, ("Content-Length", str(len(body)))])
        try:
            self._transport.write(
                b"".join((self._sent(request), self._sent(h11.Data(body)), self._sent(h11.EndOfMessage())))
            )
            async with asyncio.timeout(read) as self._limit:
                return await self._answer
        except TimeoutError as error:
            raise httpx.ReadTimeout("no answer in time") from error
        finally:
            if not self._answer.done() or self._answer.cancelled() or self._answer.exception():
                self.close()
            self._answer = self._limit = None

    def close(self) -> None:
        """Close it at once."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It stands."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """A piece of the answer."""
        if self._answer is None:
            # Nothing was asked: what a server says then is that it hangs up.
            self.close()
            return
        if self._limit is not None and self._read is not None and not self._answer.done():
            self._limit.reschedule(asyncio.get_running_loop().time() + self._read)
        self._receive(data)

    def eof_received(self) -> None:
        """The server has said all it will say."""
        if self._answer is not None:
            self._receive(b"")

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._transport = None
        self._fail(httpx.ReadError(str(exc or "the connection was closed")))

    def _receive(self, data: bytes) -> None:
        try:
            self._http.receive_data(data)
            while (event := self._http.next_event()) is not h11.NEED_DATA:
                if isinstance(event, h11.Response):
                    self._status = event.status_code
                elif isinstance(event, h11.Data):
                    self._body += event.data
                elif isinstance(event, h11.EndOfMessage):
                    self._end()
                    return
                elif isinstance(event, h11.ConnectionClosed) or event is h11.PAUSED:
                    return
        except h11.RemoteProtocolError as error:
            self._fail(httpx.RemoteProtocolError(str(error)))

    def _end(self) -> None:
        whole = self._http.our_state is h11.DONE and self._http.their_state is h11.DONE
        if whole and self._http.trailing_data == (b"", False):
            self._http.start_next_cycle()
        else:
            self.close()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((self._status, bytes(self._body)))

    def _fail(self, error: httpx.HTTPError) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    def _sent(self, event: h11.Request | h11.Data | h11.EndOfMessage) -> bytes:
        return self._http.send(event) or b""
