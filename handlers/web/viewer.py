"""Who looks at a page: a visit, which a cookie tells from others, and the member who signed in, if any."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from fastapi import Request, Response

from handlers.web import words
from handlers.web.security import form_token
from knowledge.people import Member, Role

VISIT = "helpdesk_visit"
SESSION = "helpdesk_session"
_TOKEN_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


@dataclass(frozen=True, slots=True)
class Viewer:
    """One visit. ``fresh``: its cookie has not been set yet. ``session`` is the member's session token, "" for others.

    A session without its member: the database could not say whose it is.
    """

    visit: str
    fresh: bool
    session: str = ""
    member: Member | None = None

    @classmethod
    def new(cls) -> Viewer:
        """A visit that begins now."""
        return cls(secrets.token_urlsafe(24), fresh=True)

    @property
    def form_token(self) -> str:
        """What the viewer's forms carry; signing in or out changes it."""
        return form_token(self.visit + self.session)

    def may(self, role: Role) -> bool:
        """Whether a member with that role, or a greater one, is signed in."""
        return self.member is not None and self.member.may(role)

    def keep(self, response: Response, *, secure: bool) -> None:
        """Give a fresh visit its cookie, which ends with the browser."""
        if self.fresh:
            response.set_cookie(cookie_name(VISIT, secure), self.visit, httponly=True, samesite="lax", secure=secure)


class NotAllowedError(Exception):
    """The viewer may not see this. ``sign_in``: a member who signs in may."""

    def __init__(self, *, sign_in: bool) -> None:
        super().__init__(words.NOT_ALLOWED)
        self.sign_in = sign_in


def cookie_name(name: str, secure: bool) -> str:
    """Behind TLS, a name that no other site under the same domain can set."""
    return f"__Host-{name}" if secure else name


def visit_in(request: Request, secure: bool) -> str:
    """The visit that the request's cookie names, "" for none."""
    found = request.cookies.get(cookie_name(VISIT, secure), "")
    return found if 16 <= len(found) <= 64 and _TOKEN_CHARACTERS.issuperset(found) else ""
