"""The methods by which the bot receives: updates by polling or webhook, and files."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from .errors import WEBHOOK_ACTIVE, bad_request, conflict
from .parameters import Parameters
from .updates import KINDS
from .webhook import WebhookSettings
from .world import World


def _allowed(parameters: Parameters) -> tuple[str, ...] | None:
    kinds = parameters.json("allowed_updates")
    if kinds is None:
        return None
    if not isinstance(kinds, list):
        raise bad_request("can't parse allowed_updates JSON object")
    # Kinds that this server never sends are as good as unknown ones: Telegram takes no notice of those either.
    known = tuple(kind for kind in KINDS if kind in kinds)
    return known or (("none",) if kinds else ())


async def get_updates(world: World, parameters: Parameters) -> object:
    """getUpdates: what came since ``offset``, waiting up to ``timeout`` seconds."""
    if world.webhook.settings.url:
        raise conflict(WEBHOOK_ACTIVE)
    world.updates.allow(_allowed(parameters))
    updates = await world.updates.poll(
        parameters.integer("offset"), parameters.integer("limit", 100), parameters.number("timeout")
    )
    return [update.wire() for update in updates]


async def set_webhook(world: World, parameters: Parameters) -> object:
    """setWebhook: to loopback only, where http will do; elsewhere Telegram asks for https."""
    url = parameters.text("url")
    if not url:
        return await delete_webhook(world, parameters)
    _check(url)
    secret = parameters.text("secret_token")
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")
    connections = parameters.integer("max_connections", 40)
    if not 1 <= connections <= 100:
        raise bad_request("max_connections must be between 1 and 100")
    world.updates.allow(_allowed(parameters))
    if parameters.flag("drop_pending_updates"):
        world.updates.drop()
    has_certificate = "certificate" in parameters.uploads
    await world.webhook.set(WebhookSettings(url, secret, connections, has_certificate))
    return True


def _check(url: str) -> None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise bad_request("bad webhook: invalid URL specified")
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    if parts.scheme == "http" and not loopback:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not loopback:
        raise bad_request("bad webhook: Failed to resolve host: Name or service not known")


async def delete_webhook(world: World, parameters: Parameters) -> object:
    """deleteWebhook: what is pending waits for getUpdates."""
    if parameters.flag("drop_pending_updates"):
        world.updates.drop()
    await world.webhook.set(WebhookSettings())
    return True


async def get_webhook_info(world: World, parameters: Parameters) -> object:
    """getWebhookInfo."""
    return world.webhook.info()


async def get_file(world: World, parameters: Parameters) -> object:
    """getFile: the path under which the file can be fetched, up to 20 MB."""
    file = world.files.get(parameters.text("file_id"))
    if file is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if file.size > world.settings.download_limit:
        raise bad_request("file is too big")
    return file.wire() | {"file_path": file.path}


METHODS = {
    "getupdates": get_updates,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
    "getfile": get_file,
}
