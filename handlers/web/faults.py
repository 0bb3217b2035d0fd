"""Errors as replies: a page for people, JSON for other systems; one sentence that says what to do, never a traceback."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse
from starlette.exceptions import HTTPException

from handlers.told import sentence
from handlers.web import words
from handlers.web.site import Site, guest
from handlers.web.viewer import NotAllowedError
from knowledge.errors import (
    HelpdeskError,
    NoReleaseError,
    NothingToPublishError,
    StoreError,
    UnknownClauseError,
    UnknownReleaseError,
)

API = "/api/"
_STATUS: tuple[tuple[type[HelpdeskError], int], ...] = (
    (UnknownClauseError, 404),
    (UnknownReleaseError, 404),
    (NothingToPublishError, 409),
    (NoReleaseError, 503),
    (StoreError, 503),
)
_HEADINGS = {403: "无权访问", 404: "没有找到", 413: "内容太大", 429: "请稍候", 500: "出错了", 503: "暂时无法使用"}
_SENTENCES = {404: words.NOT_FOUND, 405: words.METHOD}


async def reply(request: Request, status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    """``text`` in the form that the client reads."""
    if request.url.path.startswith(API):
        return JSONResponse({"detail": text}, status, headers=headers)
    if request.headers.get("x-requested-with") == "fetch":
        return PlainTextResponse(text, status, headers=headers)
    site = Site.of(request)
    viewer = await guest(request)
    heading = _HEADINGS.get(status, "无法完成")
    response = site.page(request, viewer, "error.html", status, heading=heading, text=text)
    response.headers.update(headers or {})
    return response


async def helpdesk_error(request: Request, error: Exception) -> Response:
    """An error of the library's."""
    assert isinstance(error, HelpdeskError)
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 400)
    return await reply(request, status, sentence(error))


async def not_allowed(request: Request, error: Exception) -> Response:
    """A page for members: strangers are led to signing in, members are told that it is not for them."""
    assert isinstance(error, NotAllowedError)
    if error.sign_in and request.method == "GET" and request.headers.get("x-requested-with") != "fetch":
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(asked)}", 303)
    return await reply(request, 403, words.NOT_ALLOWED)


async def bad_request(request: Request, error: Exception) -> Response:
    """Parameters that do not fit: in detail for programs, in a sentence for people."""
    assert isinstance(error, RequestValidationError)
    if request.url.path.startswith(API):
        details = [{"loc": e["loc"], "msg": e["msg"], "type": e["type"]} for e in error.errors()]
        return JSONResponse({"detail": details}, 422)
    return await reply(request, 400, words.BAD_REQUEST)


async def http_error(request: Request, error: Exception) -> Response:
    """What routes refuse themselves, and addresses that do not exist."""
    assert isinstance(error, HTTPException)
    text = (
        error.detail
        if error.detail and not error.detail.isascii()
        else _SENTENCES.get(error.status_code, words.BAD_REQUEST)
    )
    return await reply(request, error.status_code, text, dict(error.headers or {}))


async def broken(request: Request, error: Exception) -> Response:
    """A fault of ours: the server logs it, people are told without details."""
    return await reply(request, 500, words.BROKEN)
