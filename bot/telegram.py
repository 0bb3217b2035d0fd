"""Telegram at work: the application assembled, and its updates fetched or received until it is stopped."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any, cast
from urllib.parse import urlsplit

from telegram import Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.ext import ApplicationBuilder, ContextTypes

from bot.client import Client, PollingClient, TokenRefusedError
from bot.limiter import Limiter, Pace
from bot.logs import log
from bot.order import ChatOrder
from bot.settings import Settings
from handlers import profile, registration
from handlers.context import Context, Nothing, Options, Shared, TelegramApp
from knowledge.errors import SettingsError
from knowledge.helpdesk import Helpdesk
from knowledge.people import Member

# Durations as timedelta, which the library otherwise warns about.
os.environ.setdefault("PTB_TIMEDELTA", "1")

WEBHOOK_PATH = "/telegram/webhook"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
UPDATES = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
_POLL_SECONDS = 25
_WAITING_MOST = 10_000
_CONNECTIONS = 128
_WEBHOOK_CONNECTIONS = 40
_TROUBLE_SECONDS = 45
_REFUSED = "HELPDESK_TELEGRAM_TOKEN is refused by Telegram: copy it anew from @BotFather (/mybots, API Token)."


def options(settings: Settings) -> Options:
    """What conversations need of the settings."""
    # Every process of this bot has the token, and nobody else: what one signs another can check.
    secret = hashlib.sha256(b"helpdesk buttons:" + settings.telegram_token.get_secret_value().encode()).digest()
    return Options(
        hotline=settings.hotline,
        hotline_hours=settings.hotline_hours,
        topics=settings.topics,
        secret=secret,
        staff_chat_id=settings.staff_chat_id,
        inline_for_owners=settings.inline_for_owners,
        base_url=settings.base_url,
        keep_days=settings.keep_days,
    )


def build(settings: Settings, helpdesk: Helpdesk, pace: Pace | None = None) -> TelegramApp:
    """The application with all its handlers, not yet connected; ``pace`` is Telegram's limits unless told."""
    api = settings.telegram_api_url
    # The library calls this to make what it names bot_data; a class is not needed for that.
    shared = cast("type[Shared]", partial(Shared, helpdesk, options(settings)))
    builder = (
        ApplicationBuilder()
        .token(settings.telegram_token.get_secret_value())
        .base_url(f"{api}/bot")
        .base_file_url(f"{api}/file/bot")
        .request(Client(api, _CONNECTIONS))
        .get_updates_request(PollingClient(api, 2))
        .rate_limiter(Limiter(pace or Pace()))
        .concurrent_updates(ChatOrder())
        .context_types(ContextTypes(Context, bot_data=shared, chat_data=Nothing, user_data=Nothing))
        .job_queue(None)
    )
    if webhook_address(settings):
        builder = builder.updater(None)
    application: TelegramApp = builder.build()
    registration.register(application)
    return application


def webhook_address(settings: Settings) -> str:
    """The address that Telegram is to send updates to; "" for long polling."""
    url, secret = settings.webhook_url, settings.webhook_secret.get_secret_value()
    if not url or not secret:
        return ""
    return url if urlsplit(url).path else url + WEBHOOK_PATH


def _seconds(value: int | timedelta) -> float:
    return value.total_seconds() if isinstance(value, timedelta) else float(value)


class Telegram:
    """The bot's connection to Telegram: ``run`` keeps it up, ``accept`` takes what the webhook receives."""

    def __init__(self, application: TelegramApp, settings: Settings) -> None:
        self.application = application
        self._settings = settings
        self._webhook = webhook_address(settings)
        self._stopping = False
        self._trouble = ""
        self._trouble_at = 0.0
        self.ready = False

    @property
    def trouble(self) -> str:
        """What is wrong with the connection now, in a few words for operators; "" where nothing is."""
        if not self.ready:
            return self._trouble or "connecting"
        # A poll that fails is tried again within half a minute: silence for longer means that polling works again.
        return self._trouble if time.monotonic() - self._trouble_at < _TROUBLE_SECONDS else ""

    async def run(self) -> None:
        """Connect, trying again until Telegram can be reached, and begin to work. Raises SettingsError for a bad token."""
        if bool(self._settings.webhook_url) != bool(self._settings.webhook_secret.get_secret_value()):
            log.warning("telegram: HELPDESK_WEBHOOK_URL and HELPDESK_WEBHOOK_SECRET are not both set; polling instead")
        await self._until_done("connect", self.application.initialize)
        await self.application.start()
        if self._webhook:
            await self._until_done("set the webhook", self._set_webhook)
        else:
            await self._until_done("start polling", self._start_polling)
        self.ready, self._trouble = True, ""
        log.info("telegram: at work", bot=self.application.bot.username, by="webhook" if self._webhook else "polling")
        await profile.publish(self.application)

    def knows(self, secret: str) -> bool:
        """Whether ``secret`` is the one that Telegram was told to send with each update; compared in constant time."""
        expected = self._settings.webhook_secret.get_secret_value()
        return bool(self._webhook) and hmac.compare_digest(secret.encode("utf-8", "replace"), expected.encode())

    async def accept(self, update: dict[str, Any]) -> bool:
        """Take an update that the webhook received; False where Telegram must send it again, here or elsewhere."""
        waiting = self.application.update_queue
        if self._stopping or not self.application.running or waiting.qsize() >= _WAITING_MOST:
            return False
        try:
            read = Update.de_json(update, self.application.bot)
        except (TypeError, KeyError, ValueError, AttributeError) as error:
            # Sent again it would read no better, and keep those behind it waiting.
            log.error("telegram: an update cannot be read", kind=type(error).__name__)
            return True
        await waiting.put(read)
        return True

    async def show_menu(self, member: Member) -> None:
        """Let a member see the menu of the role they have now; before the bot is at work, it does that for all by itself."""
        if self.ready:
            await profile.publish_member(self.application.bot, member)

    async def stop(self) -> None:
        """Take nothing more, finish what was taken, and let go of the connection."""
        self._stopping, self.ready = True, False
        updater = self.application.updater
        if updater is not None and updater.running:
            try:
                await asyncio.wait_for(updater.stop(), 10)
            except TimeoutError:
                # In an outage the library sleeps between attempts; what was taken is safe without its last word.
                log.info("telegram: polling was broken off")
            except Exception as error:  # noqa: BLE001 - whatever ended polling, what was taken is still to be answered
                log.error("telegram: polling had ended before", kind=type(error).__name__)
        if self.application.running:
            await self.application.stop()
        await self.application.shutdown()

    async def _start_polling(self) -> None:
        updater = self.application.updater
        assert updater is not None
        await updater.start_polling(
            timeout=timedelta(seconds=_POLL_SECONDS),
            bootstrap_retries=-1,
            allowed_updates=UPDATES,
            error_callback=self._polling_failed,
        )

    async def _set_webhook(self) -> None:
        await self.application.bot.set_webhook(
            self._webhook,
            secret_token=self._settings.webhook_secret.get_secret_value(),
            allowed_updates=UPDATES,
            max_connections=_WEBHOOK_CONNECTIONS,
        )

    async def _until_done(self, what: str, action: Callable[[], Awaitable[object]]) -> None:
        pause = 1.0
        while True:
            try:
                await action()
                return
            except InvalidToken:
                # The library's message quotes the token, so it is not passed on.
                raise SettingsError(_REFUSED) from None
            except RetryAfter as error:
                pause = max(pause, _seconds(error.retry_after))
                self._trouble = f"cannot {what}: too many requests"
            except TelegramError as error:
                self._trouble = f"cannot {what}: {error.message}"
            log.warning("telegram: trying again", trouble=self._trouble, seconds=pause)
            await asyncio.sleep(pause)
            pause = min(30.0, pause * 2)

    def _polling_failed(self, error: TelegramError) -> None:
        if isinstance(error, Conflict):
            self._trouble = "another process polls with the same token"
        elif isinstance(error, TokenRefusedError):
            self._trouble = _REFUSED
        else:
            self._trouble = type(error).__name__
        self._trouble_at = time.monotonic()
        log.warning("telegram: polling failed", trouble=self._trouble)
