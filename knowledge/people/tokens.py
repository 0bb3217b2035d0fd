"""Tokens: made at random, given out once, kept as their SHA-256 only.

A plain hash is enough, since a token holds at least 192 random bits: there is nothing to guess that salt or a slow hash
would protect. A token is compared by looking its hash up in an index, which tells a guesser nothing about the token.
"""

from __future__ import annotations

import hashlib
import secrets


def new_token(size: int = 32) -> str:
    """A URL-safe token of ``size`` random bytes, in about 4/3 as many characters of A-Z, a-z, 0-9, ``_`` and ``-``."""
    return secrets.token_urlsafe(size)


def hashed(token: str) -> str:
    """What is kept of a token: its SHA-256 in hexadecimal. Whatever was sent as a token has one, however long or odd."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
