"""Coming in and leaving: one-time links, sessions. The link's secret stands behind "#", which browsers never send."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from handlers.web import words
from handlers.web.chat import Guest, Text
from handlers.web.site import Site, staff
from handlers.web.viewer import SESSION, Viewer, cookie_name
from knowledge.errors import LinkError
from knowledge.helpdesk import Helpdesk
from knowledge.people import Member

router = APIRouter(include_in_schema=False)
_LONGEST_CODE = 100
_HOME = "/desk"


@router.get("/login")
async def form(request: Request, viewer: Guest, next: str = _HOME) -> Response:  # noqa: A002
    """Where a login code is entered; the page's script takes it from the address that was opened."""
    return Site.of(request).page(request, viewer, "login.html", next=_own_path(next), problem="")


@router.post("/login")
async def enter(request: Request, viewer: Guest, code: Text = "", token: Text = "", next: Text = _HOME) -> Response:  # noqa: A002
    """Use the code up and open a session."""
    site = Site.of(request)
    site.limit(request, site.entering)
    site.check_form(request, viewer, token)
    try:
        member = await redeem(site.helpdesk, code.strip())
    except LinkError:
        return site.page(request, viewer, "login.html", 403, next=_own_path(next), problem=words.BAD_LINK)
    session = await site.helpdesk.people.open_session(member.member_id, site.options.session_lifetime)
    response = RedirectResponse(_own_path(next), 303)
    secure = site.is_secure(request)
    response.set_cookie(cookie_name(SESSION, secure), session, httponly=True, samesite="lax", secure=secure)
    return response


@router.post("/logout")
async def leave(request: Request, viewer: Guest, token: Text = "") -> Response:
    """End the session."""
    site = Site.of(request)
    site.check_form(request, viewer, token)
    if viewer.session:
        await site.helpdesk.people.close_session(viewer.session)
    response = RedirectResponse("/", 303)
    secure = site.is_secure(request)
    response.delete_cookie(cookie_name(SESSION, secure), httponly=True, samesite="lax", secure=secure)
    # What the browser keeps of the desk (recent look-ups) goes with the session.
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


@router.get("/desk/me")
async def me(request: Request, viewer: Annotated[Viewer, Depends(staff)]) -> Response:
    """The member's open sessions."""
    site = Site.of(request)
    assert viewer.member is not None
    sessions = await site.helpdesk.people.sessions(viewer.member.member_id)
    return site.page(request, viewer, "me.html", sessions=sessions)


@router.post("/desk/me")
async def close(
    request: Request,
    viewer: Annotated[Viewer, Depends(staff)],
    session_id: Annotated[int | None, Form()] = None,
    token: Text = "",
) -> Response:
    """End one of the member's sessions, or all of them."""
    site = Site.of(request)
    site.check_form(request, viewer, token)
    assert viewer.member is not None
    await site.helpdesk.people.close_sessions(viewer.member.member_id, session_id)
    return RedirectResponse("/desk/me", 303)


async def redeem(helpdesk: Helpdesk, code: str) -> Member:
    """The member that a login link, or an invitation, leads to. Raises LinkError."""
    if len(code) > _LONGEST_CODE:
        raise LinkError(words.BAD_LINK)
    try:
        return await helpdesk.people.use_link(code, "login")
    except LinkError:
        return await helpdesk.people.use_link(code, "invite")


def _own_path(path: str) -> str:
    """``path`` where it lies on this site, else the desk: an address in a parameter must not lead elsewhere."""
    own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if own else _HOME
