"""Reads a notice's file into plain text: ``.txt``, ``.md``, ``.html``, ``.docx`` and ``.pdf``.

``read_file`` is the one entry. Each format has a module of its own, imported when the first file of that kind is read,
so that an answer never waits for a PDF library.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import UnreadableFileError
from knowledge.readers.lines import tidy

SUFFIXES = frozenset({".txt", ".md", ".html", ".htm", ".docx", ".pdf"})
"""The file name endings that are read, in lower case; a file's own may be in either."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """What one file says.

    ``text`` has ``\\n`` line ends, one paragraph a line, and neither byte order mark nor control characters. A ``.txt``
    keeps its lines as they are, blank ones too, so that line numbers are the file's own. ``digest`` is the hexadecimal
    SHA-256 of the file's bytes.
    """

    text: str
    digest: str


def read_file(path: Path, *, max_bytes: int = 20_000_000) -> SourceText:
    """Read ``path`` by its suffix, at most ``max_bytes`` long.

    Raises ``UnreadableFileError``, and nothing else, where the file gives no text; its sentence names the cause and the
    remedy but not the file.
    """
    read = _reader(path.suffix.lower())
    data = _bytes(path, max_bytes)
    text = tidy(read(data))
    if not text.strip():
        raise UnreadableFileError("The file holds no words; put the notice's text into it or take it away.")
    return SourceText(text, hashlib.sha256(data).hexdigest())


def _reader(suffix: str) -> Callable[[bytes], str]:
    match suffix:
        case ".txt":
            from knowledge.readers.text import read_text

            return read_text
        case ".md":
            from knowledge.readers.markdown import read_markdown

            return read_markdown
        case ".html" | ".htm":
            from knowledge.readers.html import read_html

            return read_html
        case ".docx":
            from knowledge.readers.docx import read_docx

            return read_docx
        case ".pdf":
            from knowledge.readers.pdf import read_pdf

            return read_pdf
    kind = f"of type {suffix}" if suffix else "without a type"
    known = ", ".join(sorted(SUFFIXES))
    raise UnreadableFileError(f"Files {kind} are not read; save it as one of {known}.")


def _bytes(path: Path, max_bytes: int) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UnreadableFileError("This is a folder with the name of a document; rename it.")
        # Opening a pipe or a device could wait for ever.
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableFileError("This is not an ordinary file; put a copy of the document in its place.")
        if status.st_size > max_bytes:
            raise _too_large(status.st_size, max_bytes)
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except FileNotFoundError as error:
        raise UnreadableFileError("The file is no longer there; put it back or reload.", log=str(error)) from error
    except PermissionError as error:
        raise UnreadableFileError(
            "The file may not be read by this user; give read permission on it.", log=str(error)
        ) from error
    except OSError as error:
        cause = error.strerror or type(error).__name__
        raise UnreadableFileError(
            f"The file could not be read from the disk ({cause}); copy it here again.", log=str(error)
        ) from error
    # The file may have grown between the look and the reading.
    if len(data) > max_bytes:
        raise _too_large(len(data), max_bytes)
    if not data:
        raise UnreadableFileError("The file is empty; put the notice's text into it or take it away.")
    return data


def _too_large(size: int, max_bytes: int) -> UnreadableFileError:
    return UnreadableFileError(
        f"The file is larger than the limit ({size / 1e6:,.1f} MB against {max_bytes / 1e6:,.1f} MB); "
        "split it or raise the limit."
    )
