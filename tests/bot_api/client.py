"""python-telegram-bot, the real one, pointed at the server."""

from __future__ import annotations

import contextlib
import itertools
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from telegram import Bot
from telegram.ext import Application
from telegram.request import HTTPXRequest

from .server import BotApiServer

# The library warns at every RetryAfter otherwise, and warnings are errors in tests.
os.environ.setdefault("PTB_TIMEDELTA", "1")

_FIRST_PORT, _SHARE, _WORKERS = 20_000, 600, 20
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
# Suites that run at once begin at different places.
_PLACES = itertools.count(os.getpid())

AnyApplication = Application[Any, Any, Any, Any, Any, Any]


def http_client(read_timeout: float = 5.0) -> HTTPXRequest:
    """A client that goes to loopback whatever proxy the environment names; ``read_timeout`` in seconds."""
    # Without verify=False each client reads the list of certificate authorities first, for http addresses too.
    plain = {"trust_env": False, "verify": False}
    return HTTPXRequest(connection_pool_size=64, read_timeout=read_timeout, httpx_kwargs=plain)


def free_port() -> int:
    """A port of 127.0.0.1 on which nothing listens, and which nobody else is given before it is used.

    It is none of those that the system hands out itself (on Linux from 32,768 on): the other workers of the tests connect
    and listen all the time, and each worker has a share of its own.
    """
    while True:
        port = _FIRST_PORT + _WORKER % _WORKERS * _SHARE + next(_PLACES) % _SHARE
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@asynccontextmanager
async def connected_bot(server: BotApiServer, *, token: str = "", read_timeout: float = 5.0) -> AsyncIterator[Bot]:
    """A ``Bot`` that talks to ``server``; entering calls getMe, as ``Bot.initialize`` does."""
    bot = Bot(
        token or server.token,
        base_url=server.base_url,
        base_file_url=server.base_file_url,
        request=http_client(read_timeout),
        get_updates_request=http_client(read_timeout),
    )
    async with bot:
        yield bot


def new_application(server: BotApiServer) -> AnyApplication:
    """An ``Application`` without handlers that talks to ``server``."""
    return (
        Application.builder()
        .token(server.token)
        .base_url(server.base_url)
        .base_file_url(server.base_file_url)
        .request(http_client())
        .get_updates_request(http_client())
        .job_queue(None)
        .build()
    )


@asynccontextmanager
async def _at_work(application: AnyApplication) -> AsyncIterator[AnyApplication]:
    await application.start()
    try:
        yield application
    finally:
        if application.updater is not None:
            await application.updater.stop()
        await application.stop()


@asynccontextmanager
async def polling(application: AnyApplication) -> AsyncIterator[AnyApplication]:
    """The application at work, by long polling."""
    assert application.updater is not None
    async with application:
        await application.updater.start_polling(timeout=5)
        async with _at_work(application):
            yield application


@asynccontextmanager
async def listening(application: AnyApplication, secret: str) -> AsyncIterator[AnyApplication]:
    """The application at work, by python-telegram-bot's own webhook server."""
    assert application.updater is not None
    port = free_port()
    async with application:
        await application.updater.start_webhook(
            "127.0.0.1", port, "hook", webhook_url=f"http://127.0.0.1:{port}/hook", secret_token=secret
        )
        async with _at_work(application):
            yield application
