"""The HTTP client of the bot: aiohttp beneath python-telegram-bot, whose own is httpx.

On a small machine a call through httpx costs 4 to 5 ms of processor time, more than all else that an update costs besides
its answer; through aiohttp it costs a quarter of a millisecond.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import httpx
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

_CONNECT_SECONDS, _READ_SECONDS, _POOL_SECONDS = 5.0, 15.0, 10.0
# What was silent for longer may have been forgotten by a router on the way, which tells nobody. Many servers hang up after
# five seconds: a loop that is busy with an answer would learn of it only after the next message was lost on the way.
_KEPT_SECONDS = 3.0
# Of a message of its own the bot reads where it stands. All else in it the bot has just said itself, and to make objects of
# that takes longer than the call.
_KNOWN = ("reply_to_message", "entities", "reply_markup", "link_preview_options")
_JSON = {"Content-Type": "application/json"}
NEVER_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
"""The causes of errors that tell that a call never left this machine."""
_REFUSALS = (401, 404)


class Client(BaseRequest):
    """Calls of the Bot API at ``api``, at most ``connections`` at once. Errors are those of the library, aiohttp's their causes."""

    def __init__(self, api: str, connections: int) -> None:
        # A Bot API server on this machine is not asked for through the proxy that leads outside.
        self._local = urlsplit(api).hostname in ("127.0.0.1", "localhost", "::1")
        self._secure = not api.startswith("http://")
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds to wait for each piece of an answer, where a call does not say."""
        return _READ_SECONDS

    async def initialize(self) -> None:
        """Get ready to call."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._connections,
                    keepalive_timeout=_KEPT_SECONDS,
                    # The authorities that the library trusts, wherever Python finds none of its own.
                    ssl=httpx.create_ssl_context() if self._secure else True,
                ),
                trust_env=not self._local,
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """The status and the body of the answer. See ``BaseRequest.do_request``; there is no limit to writing.

        A refusal with a page in place of JSON is a NetworkError: a proxy before Telegram said that.
        """
        if self._session is None:
            raise RuntimeError("the client is used before it is initialized")
        connect, pool = _chosen(connect_timeout, _CONNECT_SECONDS), _chosen(pool_timeout, _POOL_SECONDS)
        timeout = aiohttp.ClientTimeout(
            total=None,
            connect=None if connect is None or pool is None else connect + pool,
            sock_connect=connect,
            sock_read=_chosen(read_timeout, _READ_SECONDS),
        )
        try:
            async with self._session.request(
                method, URL(url, encoded=True), timeout=timeout, allow_redirects=False, **_body(request_data)
            ) as response:
                status, body = response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut(f"Timed out: {type(error).__name__}") from error
        except aiohttp.ClientError as error:
            raise NetworkError(f"{type(error).__name__}: {error}") from error
        if not 200 <= status <= 299 and not body.lstrip().startswith(b"{"):
            # Read as Telegram's word, a proxy's 404 would be a bad token and its 403 somebody who blocked the bot.
            raise NetworkError(f"a page in place of an answer ({status})")
        return status, body

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As in ``BaseRequest``, without what the bot knows of its own messages. Raises TelegramError for what is no JSON."""
        try:
            answer: dict[str, Any] = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            # The library would log all of it, with a traceback over many lines; whoever called logs that the call failed.
            raise TelegramError("Invalid server response") from None
        result = answer.get("result")
        if isinstance(result, dict) and "message_id" in result:
            for name in _KNOWN:
                result.pop(name, None)
        return answer


class TokenRefusedError(NetworkError):
    """Telegram refused the token in answer to getUpdates; it may take it again."""


class PollingClient(Client):
    """A client for getUpdates alone, to which a refusal of the token is a failure like others.

    To the library it is the end of all polling, of which it tells the bot nothing; but it may pass, and while it lasts the
    operator is to know.
    """

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """As in ``Client``. Raises TokenRefusedError too."""
        status, body = await super().do_request(*args, **kwargs)
        if status in _REFUSALS:
            raise TokenRefusedError(f"the token is refused ({status})")
        return status, body


def _chosen(value: Any, default: float) -> float | None:
    chosen: float | None = default if value is BaseRequest.DEFAULT_NONE else value
    return chosen


def _body(data: RequestData | None) -> dict[str, Any]:
    """A call's parameters as JSON, in which Chinese takes a third of the bytes that it takes in a form; with files, as a form
    in parts, for JSON holds none."""
    if data is None:
        return {}
    if not data.contains_files:
        # Half a surrogate, which may stand in what people wrote, is no text: it is left out rather than the whole.
        text = json.dumps(data.parameters, ensure_ascii=False, separators=(",", ":"))
        return {"data": text.encode("utf-8", "ignore"), "headers": _JSON}
    form = aiohttp.FormData(data.json_parameters)
    for name, (filename, content, kind) in (data.multipart_data or {}).items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return {"data": form}
