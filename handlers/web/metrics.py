"""What can be measured from outside: requests, answers and the release, for Prometheus."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.routing import Match, Mount, Route
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
        # What is mounted sees its own part of the address only, and says so in the scope that it shares with this.
        began, root = time.perf_counter(), scope.get("root_path", "")

        async def timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                pattern = _pattern({**scope, "root_path": root})
                method = scope["method"] if scope["method"] in _METHODS else "other"
                self._metrics.requests.labels(method, pattern, str(message["status"])).observe(
                    time.perf_counter() - began
                )
            await send(message)

        await self._app(scope, receive, timed)


def _pattern(scope: Scope) -> str:
    """The pattern of the route that replied; "other" where there is none."""
    route = scope.get("route")
    if isinstance(route, Route):
        return route.path
    # Starlette names neither its own routes nor what is mounted in the scope: the webhook, the probes, the static files.
    for one in scope["app"].routes if "app" in scope else ():
        match = one.matches(scope)[0] if isinstance(one, Route | Mount) else Match.NONE
        if match is not Match.NONE:
            return f"{one.path}/*" if isinstance(one, Mount) else str(one.path)
    return "other"


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
