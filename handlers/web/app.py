"""Assembles the web application: middleware, routes in order, and the one place where errors become replies."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from fastapi import FastAPI, Response
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.routing import Route
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from handlers.web import api, browse, chat, desk, faults, insight, login, members, releases, status, uploads
from handlers.web.limits import RateLimit
from handlers.web.metrics import Measured, Metrics
from handlers.web.options import WebOptions
from handlers.web.pages import HERE, Pages
from handlers.web.security import SecurityHeaders
from handlers.web.site import Site, nobody_told
from handlers.web.viewer import NotAllowedError
from knowledge.errors import HelpdeskError
from knowledge.helpdesk import Helpdesk
from knowledge.people import Member

_LARGEST_BODY = 1_000_000
"""Of a form, a question or an update from Telegram, in bytes; uploads have a limit of their own."""


def create_app(
    helpdesk: Helpdesk,
    options: WebOptions | None = None,
    routes: Sequence[Route] = (),
    member_changed: Callable[[Member], Awaitable[None]] = nobody_told,
) -> FastAPI:
    """The web of ``helpdesk``: an ASGI application. ``routes`` (the webhook, the probes) come first.

    ``member_changed`` is told of members whose role was changed or office ended here.

    Whoever serves it leaves proxy headers and access logs to it (uvicorn: ``proxy_headers=False, access_log=False``): it knows
    which proxies to trust, and addresses may hold what people wrote.
    """
    options = options or WebOptions()
    site = Site(
        helpdesk,
        options,
        Pages(options),
        Metrics(),
        asking=RateLimit(options.ask_rate),
        looking=RateLimit(options.ask_rate * 10),
        entering=RateLimit(options.login_rate),
        calling=RateLimit(options.api_rate),
        member_changed=member_changed,
    )

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await site.jobs.close()

    app = FastAPI(
        title="企业政策咨询台",
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        max_body_size=_LARGEST_BODY,
        lifespan=lifespan,
    )
    app.state.site = site
    app.router.routes.extend(routes)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Measured, metrics=site.metrics)
    if options.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=[str(n) for n in options.trusted_proxies])
    app.add_exception_handler(HelpdeskError, faults.helpdesk_error)
    app.add_exception_handler(NotAllowedError, faults.not_allowed)
    app.add_exception_handler(RequestValidationError, faults.bad_request)
    app.add_exception_handler(HTTPException, faults.http_error)
    app.add_exception_handler(Exception, faults.broken)
    for module in (chat, browse, login, desk, releases, insight, members, status):
        app.include_router(module.router)
    app.include_router(uploads.router, max_body_size=options.max_upload_bytes)
    app.include_router(api.router)
    app.mount("/static", _Static(directory=HERE / "static"), name="static")
    return app


class _Static(StaticFiles):
    """Browsers ask each time whether a file is still the same: one address, no build step, never a stale script."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "no-cache"
        return response
