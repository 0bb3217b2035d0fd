"""The running service: one event loop for the web page, Telegram, and following new releases, and beside it the worker."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import signal
import socket
from collections.abc import Iterator
from datetime import timedelta

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot import output, telegram
from bot.logs import hide, log
from bot.settings import Settings
from bot.telegram import SECRET_HEADER, WEBHOOK_PATH, Telegram
from handlers.web.app import create_app
from handlers.web.entrance import first_admin_link
from handlers.web.options import WebOptions
from knowledge.errors import HelpdeskError, SettingsError
from knowledge.helpdesk import Helpdesk, Progress

_REFRESH_SECONDS = 3.0
_GRACE_SECONDS = 10


async def serve(settings: Settings, progress: Progress = lambda what, done, total: None) -> None:
    """Serve until SIGTERM or SIGINT, then finish what was accepted and stop.

    Raises SettingsError where the port is taken or Telegram refuses the token.
    """
    hide(settings.telegram_token.get_secret_value(), settings.webhook_secret.get_secret_value())
    listening = _listen(settings)
    with contextlib.closing(listening):
        async with Helpdesk.open(settings.config, progress, worker=settings.with_worker) as helpdesk:
            # What is loaded now stays. A full collection that walks it keeps everybody waiting for a quarter of a second.
            gc.freeze()
            bot = None
            if settings.telegram_token.get_secret_value():
                await helpdesk.people.ensure_admins(settings.admin_ids)
                bot = Telegram(telegram.build(settings, helpdesk), settings)
            await _run(settings, helpdesk, bot, listening)


async def _run(settings: Settings, helpdesk: Helpdesk, bot: Telegram | None, listening: socket.socket) -> None:
    server = _Server(
        uvicorn.Config(
            web(settings, helpdesk, bot),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            proxy_headers=False,
        )
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    work = [asyncio.create_task(_follow(helpdesk)), asyncio.create_task(_expire(helpdesk, settings.keep_days))]
    if bot is not None:
        work.append(asyncio.create_task(bot.run()))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    host, port = listening.getsockname()[:2]
    log.info("serving", address=f"http://{host}:{port}", telegram=bot is not None)
    output.show_welcome(settings.address, await first_admin_link(helpdesk, settings.address))
    try:
        await _until_stopped(serving, work)
    finally:
        server.stop()
        await serving
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        if bot is not None:
            await bot.stop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
        log.info("stopped")


async def _until_stopped(serving: asyncio.Task[None], work: list[asyncio.Task[None]]) -> None:
    """Wait for the server to end; an error of the other work ends the waiting too, and is raised."""
    waiting = {serving, *work}
    while not serving.done():
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()


def web(settings: Settings, helpdesk: Helpdesk, bot: Telegram | None) -> Starlette:
    """The web application: the pages, Telegram's webhook, and the probes."""

    async def receive(request: Request) -> Response:
        if bot is None:
            return PlainTextResponse("no Telegram here", 404)
        given = request.headers.get(SECRET_HEADER, "")
        if not bot.knows(given):
            return PlainTextResponse("not from Telegram", 403)
        try:
            update = await _json(request)
        except ValueError:
            return PlainTextResponse("not an update", 400)
        return Response(status_code=200 if await bot.accept(update) else 503)

    async def alive(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(_: Request) -> Response:
        parts = {"knowledge": await _knowledge(helpdesk), "telegram": bot.trouble if bot is not None else ""}
        wrong = {name: trouble for name, trouble in parts.items() if trouble}
        return JSONResponse({"ready": not wrong, **wrong}, 503 if wrong else 200)

    routes = [
        Route(WEBHOOK_PATH, receive, methods=["POST"]),
        Route("/healthz", alive),
        Route("/readyz", ready),
    ]
    if bot is None:
        return create_app(helpdesk, web_options(settings), routes)
    return create_app(helpdesk, web_options(settings), routes, bot.show_menu)


def web_options(settings: Settings) -> WebOptions:
    """What the web needs of the settings."""
    return WebOptions(
        base_url=settings.base_url,
        hotline=settings.hotline,
        hotline_hours=settings.hotline_hours,
        topics=settings.topics,
        trusted_proxies=settings.trusted_proxies,
        metrics_from=settings.metrics_from,
        session_lifetime=timedelta(hours=settings.session_hours),
        ask_rate=settings.ask_rate,
        api_rate=settings.api_rate,
        max_upload_bytes=settings.max_file_mb * 1_000_000,
    )


async def _json(request: Request) -> dict[str, object]:
    """The body as a JSON object. Raises ValueError for anything else; what is too large the web refuses by itself."""
    update = json.loads(await request.body())
    if not isinstance(update, dict) or not isinstance(update.get("update_id"), int):
        raise ValueError("not an update")
    return update


async def _knowledge(helpdesk: Helpdesk) -> str:
    try:
        return "" if await helpdesk.release_in_force() else "nothing is published"
    except HelpdeskError as error:
        return error.user


async def _follow(helpdesk: Helpdesk) -> None:
    """Serve each new release soon after any process has published it."""
    while True:
        await asyncio.sleep(_REFRESH_SECONDS)
        try:
            if await helpdesk.refresh():
                log.info("serving another release", release=helpdesk.answerer.release)
        except HelpdeskError as error:
            log.error("cannot follow the release in force", cause=error.log)


async def _expire(helpdesk: Helpdesk, days: int) -> None:
    """Once a day, remove what people asked longer ago than it is to be kept."""
    while True:
        try:
            if gone := await helpdesk.people.expire(days):
                log.info("removed what people asked long ago", questions=gone)
        except HelpdeskError as error:
            log.error("cannot remove what has expired", cause=error.log)
        await asyncio.sleep(24 * 3600)


def _listen(settings: Settings) -> socket.socket:
    try:
        listening = socket.create_server((settings.host, settings.port), backlog=2048, family=_family(settings.host))
        # asyncio sets this only on sockets that name their protocol; without it a reply waits 40 ms for an acknowledgement.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except (OSError, UnicodeError) as error:
        cause = getattr(error, "strerror", None) or error
        raise SettingsError(
            f"HELPDESK_HOST={settings.host!r} and HELPDESK_PORT={settings.port} cannot be listened on: {cause}. "
            "Stop what listens there, or set another port."
        ) from error


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers, which would end the process before Telegram's last work is done."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to ``_run``."""
        yield

    def stop(self) -> None:
        """Stop serving; asked twice, do not wait for connections."""
        self.force_exit = self.should_exit
        self.should_exit = True
