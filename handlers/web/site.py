"""What every route needs: the helpdesk, the options, the templates, the limits. One for each application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse

from handlers.log import log
from handlers.web import words
from handlers.web.intake import Uploads
from handlers.web.jobs import Jobs
from handlers.web.limits import RateLimit
from handlers.web.metrics import Metrics
from handlers.web.options import WebOptions
from handlers.web.pages import Pages
from handlers.web.security import check_form, client_address
from handlers.web.viewer import SESSION, NotAllowedError, Viewer, cookie_name, visit_in
from knowledge.answer import Answer
from knowledge.errors import StoreError
from knowledge.helpdesk import Helpdesk
from knowledge.people import Member, Role

_KEPT_ANSWERS = 500


async def nobody_told(_: Member) -> None:
    """For a web without a bot beside it."""


@dataclass(frozen=True)
class Site:
    """The parts of the running web. ``of`` is the only place that knows where the application keeps it.

    ``member_changed`` is called, once the reply is sent, with a member whose role was changed or office ended.
    """

    helpdesk: Helpdesk
    options: WebOptions
    pages: Pages
    metrics: Metrics
    asking: RateLimit
    looking: RateLimit
    entering: RateLimit
    calling: RateLimit
    member_changed: Callable[[Member], Awaitable[None]] = nobody_told
    jobs: Jobs = field(default_factory=Jobs)
    uploads: Uploads = field(default_factory=Uploads)
    _answered: Callable[[int, str, tuple[str, ...]], Answer] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Keep what was answered, so that opening a page again does not answer a whole conversation again."""
        kept = lru_cache(maxsize=_KEPT_ANSWERS)(lambda release, question, before: self.helpdesk.ask(question, before))
        object.__setattr__(self, "_answered", kept)

    def answer_again(self, question: str, before: Sequence[str]) -> Answer:
        """What ``Helpdesk.ask`` answers, from memory where it was asked lately of the same release."""
        answer: Answer = self._answered(self.helpdesk.answerer.release, question, tuple(before))
        return answer

    @classmethod
    def of(cls, request: Request) -> Site:
        """The site that ``request`` came to."""
        site = request.app.state.site
        assert isinstance(site, Site)
        return site

    def page(
        self, request: Request, viewer: Viewer, template: str, status: int = 200, /, **values: Any
    ) -> HTMLResponse:
        """A page for ``viewer``; a visit that begins with it gets its cookie."""
        shared = {"viewer": viewer, "today": date.today()}
        response = self.pages.response(request, template, {**shared, **values}, status)
        viewer.keep(response, secure=self.is_secure(request))
        return response

    def person(self, viewer: Viewer) -> str:
        """The name under which the visit's questions are kept, from which its cookie cannot be found."""
        return self.helpdesk.people.person("visit", viewer.visit)

    def is_secure(self, request: Request) -> bool:
        """Whether the browser talks TLS, to this server or to a proxy before it."""
        return self.options.secure or request.url.scheme == "https"

    def address(self, request: Request, path: str) -> str:
        """``path`` as an address that can be sent to someone."""
        base = self.options.base_url or f"{request.url.scheme}://{request.url.netloc}"
        return base + path

    def check_form(self, request: Request, viewer: Viewer, given: str) -> None:
        """Raise HTTPException 403 unless the viewer sent the form from a page of this site."""
        check_form(request, viewer.form_token, given, self.options.base_url)

    def limit(self, request: Request, limit: RateLimit, key: str = "") -> None:
        """Raise HTTPException 429 where the client has called too often."""
        if seconds := limit.wait(key or client_address(request)):
            raise HTTPException(429, words.TOO_OFTEN.format(seconds=seconds), headers={"Retry-After": str(seconds)})


async def current_viewer(request: Request) -> Viewer:
    """Who looks at the page: the visit that the cookie names, with its member; a fresh visit where it names none."""
    viewer, session = _cookies(request)
    if session and (member := await Site.of(request).helpdesk.people.session(session)):
        return replace(viewer, session=session, member=member)
    return viewer


async def guest(request: Request) -> Viewer:
    """The viewer of a page that is for everyone: while the database is away, members read it as strangers do."""
    try:
        return await current_viewer(request)
    except StoreError as error:
        log.error("a session could not be looked up", cause=error.log)
        viewer, session = _cookies(request)
        # With the session, so that forms from before the trouble are still known.
        return replace(viewer, session=session)


async def staff(request: Request) -> Viewer:
    """The viewer, where hotline staff or an administrator is signed in. Raises NotAllowedError."""
    return await _member(request, "staff")


async def admin(request: Request) -> Viewer:
    """The viewer, where an administrator is signed in. Raises NotAllowedError."""
    return await _member(request, "admin")


def _cookies(request: Request) -> tuple[Viewer, str]:
    """The visit that the request's cookie names, or a fresh one; and the session token beside it, "" for none."""
    secure = Site.of(request).is_secure(request)
    visit = visit_in(request, secure)
    viewer = Viewer(visit, fresh=False) if visit else Viewer.new()
    return viewer, request.cookies.get(cookie_name(SESSION, secure), "")


async def _member(request: Request, role: Role) -> Viewer:
    viewer = await current_viewer(request)
    if not viewer.may(role):
        raise NotAllowedError(sign_in=viewer.member is None)
    return viewer
