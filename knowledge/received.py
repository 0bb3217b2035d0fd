"""Files sent in by an administrator: looked at before they are put into the policy folder."""

from __future__ import annotations

import tempfile
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from uuid import uuid4

from knowledge.errors import SettingsError, UnreadableFileError
from knowledge.model import Fault, Policy
from knowledge.parse import parse
from knowledge.readers import SUFFIXES, read_file

_LONGEST_NAME = 180


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file as it was read: the policy it holds and what looks wrong in it. ``replaces``: the folder has one of that name.

    ``name`` is a plain file name that can be written anywhere; ``policy`` is None where the file cannot be read, and then
    ``faults`` says why.
    """

    name: str
    data: bytes = field(repr=False)
    policy: Policy | None
    faults: tuple[Fault, ...]
    replaces: bool


def check(folder: Path, name: str, data: bytes, max_bytes: int) -> ReceivedFile:
    """Read ``data`` as the file ``name`` of the folder, without writing it there. Raises UnreadableFileError for a bad name."""
    name = file_name(name)
    try:
        replaces = (folder / name).exists()
        with tempfile.TemporaryDirectory(prefix="helpdesk-") as scratch:
            path = Path(scratch) / f"received{PurePosixPath(name).suffix}"
            path.write_bytes(data)
            source = read_file(path, max_bytes=max_bytes)
    except UnreadableFileError as error:
        return ReceivedFile(name, data, None, (Fault(name, None, error.user, fatal=True),), replaces)
    policy, faults = parse(name, source.text, source.digest)
    return ReceivedFile(name, data, policy, tuple(faults), replaces)


def keep(folder: Path, received: ReceivedFile) -> None:
    """Write the file into the policy folder, whole or not at all. Raises SettingsError where the folder cannot be written."""
    path = folder / received.name
    new = folder / f".{uuid4().hex}.new"
    try:
        new.write_bytes(received.data)
        new.replace(path)
    except OSError as error:
        raise SettingsError(
            f"HELPDESK_POLICY_DIR={str(folder)!r} cannot be written: {error.strerror}. Give write permission on it, or name "
            "another folder.",
            log=str(error),
        ) from error
    finally:
        new.unlink(missing_ok=True)


def file_name(name: str) -> str:
    """The last part of what a browser or Telegram calls a file, if that can be a file's name here. Raises UnreadableFileError."""
    last = unicodedata.normalize("NFC", PurePosixPath(PureWindowsPath(name).name).name).strip()
    hidden = last.startswith((".", "~$")) or last.endswith("~")
    if not last or hidden or not last.isprintable() or len(last.encode("utf-8", "replace")) > _LONGEST_NAME:
        raise UnreadableFileError(
            "The file's name cannot be used; give it a short, plain one.", log=f"refused {name!r:.200}"
        )
    if PurePosixPath(last).suffix.lower() not in SUFFIXES:
        raise UnreadableFileError(f"Files of this type are not read; save it as one of {', '.join(sorted(SUFFIXES))}.")
    return last
