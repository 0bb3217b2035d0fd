"""The webhook: each update is posted until it is taken, one after another, and what the answer asks for is done."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx

from .chat import Wire
from .parameters import Parameters, from_mapping
from .updates import Signal, Update, UpdateQueue

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
Answer = Callable[[str, Parameters], Awaitable[None]]
"""Carries out the method that an answer to an update names; refusals go nowhere, as with Telegram."""


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """What setWebhook was given; an empty ``url`` means that there is no webhook."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    has_certificate: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to deliver an update: ``status`` is None where no answer came; ``at`` is monotonic seconds."""

    update_id: int
    at: float
    status: int | None
    error: str = ""

    @property
    def taken(self) -> bool:
        """Whether the bot has taken the update."""
        return self.status is not None and 200 <= self.status < 300


class Webhook:
    """Delivers the updates of ``queue`` in order.

    A failed one is tried again after each of ``retry_delays()`` (seconds), the last of them over and over; nothing
    behind it goes out before it.
    """

    def __init__(
        self, signal: Signal, queue: UpdateQueue, retry_delays: Callable[[], tuple[float, ...]], answer: Answer
    ) -> None:
        self._signal = signal
        self._queue = queue
        self._retry_delays = retry_delays
        self._answer = answer
        self._task: asyncio.Task[None] | None = None
        self._last_error: tuple[int, str] | None = None
        self.settings = WebhookSettings()
        # So many answers of the bot will get lost on their way, so that an update it has taken comes once more.
        self.answers_to_lose = 0
        self.deliveries: list[Delivery] = []

    async def set(self, settings: WebhookSettings) -> None:
        """Deliver to this address from now on; with an empty one deliver no more."""
        await self.stop()
        self.settings = settings
        self._last_error = None
        if settings.url:
            self._queue.webhook_was_set()
            self._task = asyncio.create_task(self._deliver_all(settings))

    async def stop(self) -> None:
        """End the deliveries; raises what ended them before, if anything did."""
        if self._task is not None:
            task, self._task = self._task, None
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def info(self) -> Wire:
        """The ``WebhookInfo`` object."""
        wire: Wire = {
            "url": self.settings.url,
            "has_custom_certificate": self.settings.has_certificate,
            "pending_update_count": len(self._queue.pending),
        }
        if self.settings.url:
            wire["max_connections"] = self.settings.max_connections
        if self._last_error is not None:
            wire["last_error_date"], wire["last_error_message"] = self._last_error
        if self._queue.allowed:
            wire["allowed_updates"] = list(self._queue.allowed)
        return wire

    async def _deliver_all(self, settings: WebhookSettings) -> None:
        headers = {SECRET_HEADER: settings.secret} if settings.secret else {}
        failures = 0
        async with httpx.AsyncClient(headers=headers, trust_env=False, timeout=10) as client:
            while True:
                update = await self._signal.until(lambda: next(iter(self._queue.pending), None), 3600)
                if update is None:
                    continue
                if await self._deliver(client, settings.url, update):
                    failures = 0
                    continue
                delays = self._retry_delays()
                await asyncio.sleep(delays[min(failures, len(delays) - 1)])
                failures += 1

    async def _deliver(self, client: httpx.AsyncClient, url: str, update: Update) -> bool:
        at = time.monotonic()
        try:
            response = await client.post(url, json=update.wire())
        except httpx.ConnectError:
            delivery = Delivery(update.update_id, at, None, "Connection refused")
        except httpx.TimeoutException:
            delivery = Delivery(update.update_id, at, None, "Read timeout expired")
        except httpx.HTTPError:
            delivery = Delivery(update.update_id, at, None, "Connection closed")
        else:
            reason = f"Wrong response from the webhook: {response.status_code} {response.reason_phrase}"
            delivery = Delivery(update.update_id, at, response.status_code, "" if response.is_success else reason)
            if delivery.taken and self.answers_to_lose > 0:
                self.answers_to_lose -= 1
                delivery = Delivery(update.update_id, at, None, "Connection closed")
        self.deliveries.append(delivery)
        if not delivery.taken:
            self._last_error = int(time.time()), delivery.error
            self._signal.notify()
            return False
        self._queue.acknowledge(update.update_id + 1)
        call = _call_in(response.content)
        if call is not None:
            await self._answer(str(call.pop("method")), from_mapping(call))
        return True


def _call_in(body: bytes) -> dict[str, object] | None:
    """The call that the body of an answer makes, if it is JSON that names a method."""
    try:
        decoded = json.loads(body)
    except ValueError:
        return None
    return decoded if isinstance(decoded, dict) and isinstance(decoded.get("method"), str) else None
