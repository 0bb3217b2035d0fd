"""Members, keys for other systems, and the audit trail. A link or a key is shown once, in the reply that made it."""

from __future__ import annotations

from typing import Annotated, get_args

from fastapi import APIRouter, Form, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.background import BackgroundTask

from handlers.web import words
from handlers.web.chat import Text
from handlers.web.entrance import login_address
from handlers.web.releases import Admin
from handlers.web.site import Site
from handlers.web.viewer import Viewer
from knowledge.people import Member, Role

router = APIRouter(include_in_schema=False)
_ENTRIES = 50

MemberId = Annotated[int, Form(ge=1, le=2**31 - 1)]


@router.get("/desk/members")
async def members(request: Request, viewer: Admin) -> Response:
    """Who belongs to the helpdesk."""
    return await _members(request, viewer)


@router.post("/desk/members")
async def appoint(request: Request, viewer: Admin, name: Text, role: Text, token: Text = "") -> Response:
    """Appoint somebody, who comes in by the link that the page then shows."""
    site = Site.of(request)
    site.check_form(request, viewer, token)
    made = await site.helpdesk.people.appoint(name=name, role=_role(role), by=_actor(viewer))
    return await _with_link(request, viewer, made.member_id)


@router.post("/desk/members/link")
async def link(request: Request, viewer: Admin, member_id: MemberId, token: Text = "") -> Response:
    """A one-time link for a member."""
    Site.of(request).check_form(request, viewer, token)
    return await _with_link(request, viewer, member_id)


@router.post("/desk/members/role")
async def change(request: Request, viewer: Admin, member_id: MemberId, role: Text, token: Text = "") -> Response:
    """Give a member another role."""
    site = Site.of(request)
    site.check_form(request, viewer, token)
    known = await site.helpdesk.people.member(member_id)
    if known is None:
        raise HTTPException(404, words.NO_MEMBER)
    changed = await site.helpdesk.people.appoint(
        name=known.name, role=_role(role), member_id=member_id, by=_actor(viewer)
    )
    return _back(site, changed)


@router.post("/desk/members/dismiss")
async def dismiss(request: Request, viewer: Admin, member_id: MemberId, token: Text = "") -> Response:
    """End a member's office and sessions."""
    site = Site.of(request)
    site.check_form(request, viewer, token)
    return _back(site, await site.helpdesk.people.dismiss(member_id, _actor(viewer)))


@router.post("/desk/members/sessions")
async def end_sessions(request: Request, viewer: Admin, member_id: MemberId, token: Text = "") -> Response:
    """End all sessions of a member, who may come in again by a new link."""
    site = Site.of(request)
    site.check_form(request, viewer, token)
    count = await site.helpdesk.people.close_sessions(member_id)
    await site.helpdesk.people.record(_actor(viewer), "sessions", f"#{member_id}: {count} ended")
    return RedirectResponse("/desk/members", 303)


@router.get("/desk/keys")
async def keys(request: Request, viewer: Admin) -> Response:
    """The keys of other systems."""
    return await _keys(request, viewer)


@router.post("/desk/keys")
async def new_key(request: Request, viewer: Admin, name: Text, token: Text = "") -> Response:
    """A new key, shown this once."""
    site = Site.of(request)
    site.check_form(request, viewer, token)
    return await _keys(request, viewer, made=await site.helpdesk.people.new_key(name, _actor(viewer)))


@router.post("/desk/keys/revoke")
async def revoke(request: Request, viewer: Admin, key_id: MemberId, token: Text = "") -> Response:
    """End a key."""
    site = Site.of(request)
    site.check_form(request, viewer, token)
    await site.helpdesk.people.revoke_key(key_id, _actor(viewer))
    return RedirectResponse("/desk/keys", 303)


@router.get("/desk/audit")
async def audit(request: Request, viewer: Admin, page: Annotated[int, Query(ge=1, le=1000)] = 1) -> Response:
    """Who did what, when."""
    site = Site.of(request)
    entries = await site.helpdesk.people.audit(_ENTRIES + 1, (page - 1) * _ENTRIES)
    return site.page(request, viewer, "audit.html", entries=entries[:_ENTRIES], page=page, more=len(entries) > _ENTRIES)


def _back(site: Site, changed: Member) -> Response:
    """Back to the list; whoever else is to know of the change is told when that is sent, for it may take long."""
    return RedirectResponse("/desk/members", 303, background=BackgroundTask(site.member_changed, changed))


async def _members(request: Request, viewer: Viewer, *, address: str = "", name: str = "") -> Response:
    site = Site.of(request)
    found = await site.helpdesk.people.members()
    lifetime = int(site.options.link_lifetime.total_seconds() // 60)
    return site.page(request, viewer, "members.html", members=found, address=address, name=name, minutes=lifetime)


async def _with_link(request: Request, viewer: Viewer, member_id: int) -> Response:
    site = Site.of(request)
    people, lifetime = site.helpdesk.people, site.options.link_lifetime
    token = await people.new_link("login", member_id=member_id, by=_actor(viewer), lifetime=lifetime)
    member = await people.member(member_id)
    address = login_address(site.address(request, ""), token)
    return await _members(request, viewer, address=address, name=member.name if member else "")


async def _keys(request: Request, viewer: Viewer, *, made: str = "") -> Response:
    site = Site.of(request)
    base = site.address(request, "/api/v1")
    return site.page(request, viewer, "keys.html", keys=await site.helpdesk.people.keys(), made=made, base=base)


def _actor(viewer: Viewer) -> str:
    assert viewer.member is not None
    return viewer.member.actor


def _role(text: str) -> Role:
    for role in get_args(Role):
        if role == text:
            known: Role = role
            return known
    raise HTTPException(400, words.BAD_REQUEST)
