"""From a file's text to a policy: its page taken off, its metadata read, its clauses numbered."""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from dataclasses import replace
from pathlib import PurePosixPath

from knowledge.clauses import clauses
from knowledge.metadata import read_metadata
from knowledge.model import Fault, Policy
from knowledge.page import strip_page
from knowledge.title import names_issuers

VERSION = 3
"""Raised whenever the same bytes would be parsed otherwise, so that a reload reads unchanged files anew."""


def policy_id(path: str) -> str:
    """Ten characters of a-z and 2-7 that stand for the file's path without its suffix (50 bits of its SHA-256).

    Short enough for clause ids to fit Telegram's 64 characters of a deep link. Systems that spell an accented letter as
    two characters give the same.
    """
    stem = unicodedata.normalize("NFC", str(PurePosixPath(path).with_suffix("")))
    return base64.b32encode(hashlib.sha256(stem.encode()).digest()).decode().lower()[:10]


def digest(file_digest: str) -> str:
    """What identifies one reading of a file: hexadecimal SHA-256 of the file's own digest and the parser's version."""
    return hashlib.sha256(f"{VERSION}:{file_digest}".encode()).hexdigest()


def parse(path: str, text: str, file_digest: str) -> tuple[Policy, list[Fault]]:
    """The policy that ``text`` holds and what looks wrong in it.

    ``path`` is the file's, relative to the policy folder, with "/" between its parts.
    """
    page = strip_page(text)
    name = policy_id(path)
    source = PurePosixPath(path).stem
    body, parts, faults = clauses(name, source, path, page.lines)
    if not page.title:
        faults.append(Fault(path, 1, "no title found; the file's name is used"))
    elif names_issuers(page.title):
        faults.append(Fault(path, 1, "the title names its issuers only; put the whole of it on the first line"))
    metadata = read_metadata(page, body)
    if not metadata.title:
        metadata = replace(metadata, title=source)
    return Policy(name, source, path, digest(file_digest), metadata, body, parts), faults
