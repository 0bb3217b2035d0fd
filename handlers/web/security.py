"""What every request and response goes through: headers, sizes, addresses, and the token that forms carry."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import HTTPException, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from handlers.web import words
from handlers.web.options import LOOPBACK, Network

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: browsers then send forms with "Origin: null".
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})


class SecurityHeaders:
    """Adds the headers that tell browsers what pages may do; what a route sets itself stays."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, told if scope["type"] == "http" else send)


def client_address(request: Request) -> str:
    """The address the request comes from; "" where the server was not told (a Unix socket)."""
    return request.client.host if request.client else ""


def comes_from(request: Request, networks: Iterable[Network], *, proxies: bool) -> bool:
    """Whether the client is in one of the networks.

    ``proxies``: whether any proxy is trusted; if not, what came through one is from nowhere, for its address is the proxy's.
    """
    if not proxies and any(name in request.headers for name in _FORWARDED):
        return False
    try:
        address = ip_address(client_address(request))
    except ValueError:
        return False
    return any(address in network for network in networks)


def is_local(request: Request) -> bool:
    """Whether the client runs on this machine and meant to call it.

    The name it called by counts too: a page of another site can make its name point to 127.0.0.1 (DNS rebinding), and a
    proxy on this machine passes on what strangers ask.
    """
    forwarded = any(name in request.headers for name in _FORWARDED)
    return (
        not forwarded
        and comes_from(request, LOOPBACK, proxies=False)
        and (request.url.hostname or "") in _LOOPBACK_NAMES
    )


def form_token(secret: str) -> str:
    """What a form must carry, derived from a secret of the visitor's that other sites can neither read nor guess."""
    return hashlib.sha256(f"helpdesk form {secret}".encode()).hexdigest()[:32]


def check_form(request: Request, expected: str, given: str, base_url: str) -> None:
    """Raise HTTPException 403 unless the form came from a page of this site and carries the visitor's token."""
    origin = request.headers.get("origin")
    # Without "": that is what "null" and other origins of nowhere come to.
    hosts = {request.headers.get("host", ""), urlsplit(base_url).netloc} - {""}
    foreign = origin is not None and urlsplit(origin).netloc not in hosts
    if foreign or request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, words.FOREIGN_FORM)
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise HTTPException(403, words.STALE_FORM)
