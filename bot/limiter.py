"""How fast the bot may talk and how often it tries again: Telegram's limits, and patience with a bad network."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiolimiter import AsyncLimiter
from telegram.error import BadRequest, Forbidden, NetworkError
from telegram.ext import AIORateLimiter

from bot.client import NEVER_SENT
from bot.logs import log

_SAYING = ("send", "copy", "forward")
_SILENT = ("sendchataction",)
_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Pace:
    """Messages a second to one private chat and overall, messages a minute to one group, and the pauses (seconds)
    before each new attempt."""

    private: float = 1.0
    overall: float = 30.0
    group: float = 20.0
    pauses: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0)


class Limiter(AIORateLimiter):
    """python-telegram-bot's limiter, and what it lacks: a limit for each private chat, and new attempts where safe."""

    def __init__(self, pace: Pace) -> None:
        super().__init__(overall_max_rate=pace.overall, group_max_rate=pace.group, max_retries=len(pace.pauses))
        self._pace = pace
        self._private: OrderedDict[int, AsyncLimiter] = OrderedDict()

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Make the request when its turn has come; again where that is safe. See ``BaseRateLimiter.process_request``."""
        name = endpoint.lower()
        chat_id = data.get("chat_id")
        says = name.startswith(_SAYING) and name not in _SILENT
        for pause in (*self._pace.pauses, None):
            if says and isinstance(chat_id, int) and chat_id > 0:
                await self._turn(chat_id).acquire()
            try:
                return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)
            except Forbidden as error:
                log.info("telegram: not let in", method=endpoint, cause=error.message)
                raise
            except BadRequest:
                raise
            except NetworkError as error:
                if pause is None or not _may_repeat(error, says):
                    raise
                log.warning("telegram: trying again", method=endpoint, cause=type(error.__cause__ or error).__name__)
            await asyncio.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _turn(self, chat_id: int) -> AsyncLimiter:
        limiter = self._private.pop(chat_id, None) or AsyncLimiter(
            max(1.0, self._pace.private), max(1.0, 1 / self._pace.private)
        )
        self._private[chat_id] = limiter
        # The longest unused goes first, but never one that still makes somebody wait.
        while len(self._private) > _KEPT:
            oldest, waiting = next(iter(self._private.items()))
            if not waiting.has_capacity(waiting.max_rate):
                break
            del self._private[oldest]
        return limiter


def _may_repeat(error: NetworkError, says: bool) -> bool:
    """Whether a failed request may be made again without saying anything twice."""
    cause = error.__cause__
    if isinstance(cause, NEVER_SENT):
        # To send it again cannot do anything twice.
        return True
    if isinstance(cause, aiohttp.ClientError | TimeoutError):
        # The connection broke on the way: the message may be there already.
        return not says
    # Telegram, or a proxy before it, answered that it failed.
    return True
