"""What can be measured from outside: requests, answers and the release, for Prometheus."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FAST = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """Counters of one application, in a registry of their own so that two applications do not add up."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Histogram(
            "helpdesk_http_request_seconds",
            "Time from a request to the start of its reply.",
            ("method", "route", "status"),
            buckets=_FAST,
            registry=self._registry,
        )
        self.answers = Counter(
            "helpdesk_answers",
            "Questions answered, by surface and decision.",
            ("surface", "decision"),
            registry=self._registry,
        )
        self.answering = Histogram(
            "helpdesk_answer_seconds", "Time to answer one question.", buckets=_FAST, registry=self._registry
        )
        self.release = Gauge(
            "helpdesk_release", "The release that questions are answered from.", registry=self._registry
        )

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self._registry)


class Measured:
    """Measures every request by its route's pattern, never by its address, which holds what people wrote."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = scope.get("route")
                pattern = route.path if isinstance(route, Route) else "other"
                method = scope["method"] if scope["method"] in _METHODS else "other"
                self._metrics.requests.labels(method, pattern, str(message["status"])).observe(
                    time.perf_counter() - began
                )
            await send(message)

        await self._app(scope, receive, timed)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
