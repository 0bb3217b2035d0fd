"""Who asked, without saying who: a keyed hash, which cannot be turned back nor compared with that of another helpdesk."""

from __future__ import annotations

import hmac
import re
import secrets
from typing import Literal

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from knowledge.store import schema

PersonKind = Literal["telegram", "visit"]

_NAME = "person"
# Long enough for a hash, too long for a Telegram id: what was not hashed does not get in.
_PERSON = re.compile(r"[0-9a-f]{32,64}")


def person_of(key: bytes, kind: PersonKind, identity: int | str) -> str:
    """The keyed hash of a Telegram id or of the token of a visit to the web page."""
    return keyed(key, f"person:{kind}:{identity}")


def keyed(key: bytes, text: str) -> str:
    """32 hexadecimal digits: 128 bits of HMAC-SHA-256."""
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256").hex()[:32]


def check_person(person: str) -> None:
    """Raises ValueError for what is not a hash."""
    if not _PERSON.fullmatch(person):
        raise ValueError("a person is named by People.person(...), never by the id itself")


async def read_key(connection: AsyncConnection) -> bytes | None:
    """The secret of this database; None before the first is made."""
    key: bytes | None = await connection.scalar(select(schema.secret.c.value).where(schema.secret.c.name == _NAME))
    return key


async def make_key(connection: AsyncConnection) -> bytes:
    """The secret of this database, made now unless another process was quicker. To be called inside ``Database.writing``."""
    known = await read_key(connection)
    if known is not None:
        return known
    key = secrets.token_bytes(32)
    await connection.execute(insert(schema.secret).values(name=_NAME, value=key))
    return key
