"""One-time links as addresses to send to someone: for the command line, the bot and the first start."""

from __future__ import annotations

from datetime import timedelta

from knowledge.helpdesk import Helpdesk

FIRST_LINK = timedelta(hours=24)


def login_address(base_url: str, token: str) -> str:
    """The address that signs in with ``token``. The token stands behind "#", so it is in no server's or proxy's log."""
    return f"{base_url.rstrip('/')}/login#{token}"


async def first_admin_link(helpdesk: Helpdesk, base_url: str) -> str | None:
    """An address that makes whoever opens it first an administrator; None where there are members already. Lasts a day."""
    if await helpdesk.people.members():
        return None
    token = await helpdesk.people.new_link("login", role="admin", by="first start", lifetime=FIRST_LINK)
    return login_address(base_url, token)
