"""jieba's dictionary, prepared once and kept in a file: to prepare it takes a second, to read it half as long.

jieba would do that itself, but in the folder where every user's temporary files lie; and where a disk is full it leaves
what it has written behind, with a traceback on the terminal.
"""

from __future__ import annotations

import logging
import marshal
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from knowledge.tokenizer import Tokenizer

FILE = "jieba.cache"
"""The name of the file, about 9 MB."""

_ABANDONED_SECONDS = 3600
_log = logging.getLogger(__name__)


def load(folder: Path | None) -> Tokenizer:
    """A tokenizer of jieba's with its own dictionary, which is read from ``folder`` and kept there; None: it is not kept.

    Where it cannot be kept, that is logged, and it works all the same.
    """
    tokenizer = Tokenizer()
    found = _read(folder / FILE) if folder else None
    if found is None:
        found = tokenizer.gen_pfdict(tokenizer.get_dict_file())
        if folder:
            _keep(folder, found)
    tokenizer.FREQ, tokenizer.total = found
    tokenizer.initialized = True
    return tokenizer


def _read(file: Path) -> tuple[dict[str, int], int] | None:
    """What the file holds; None where there is none, or one that is damaged."""
    try:
        # In the helpdesk's own folder, and written by it: whoever can change it can change the program as well.
        match marshal.loads(file.read_bytes()):  # noqa: S302
            case (dict() as frequencies, int() as total) if frequencies and total > 0:
                return frequencies, total
    except (OSError, ValueError, EOFError, TypeError) as error:
        if not isinstance(error, FileNotFoundError):
            _log.info("%s cannot be read, it is made anew: %s", file, error)
    return None


def _keep(folder: Path, found: tuple[dict[str, int], int]) -> None:
    _forget_abandoned(folder)
    written: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=f"{FILE}.", delete=False) as file:
            written = Path(file.name)
            marshal.dump(found, file)
        written.replace(folder / FILE)
    except OSError as error:
        _log.warning(
            "the dictionary cannot be kept in %s, so that it is prepared at every start: %s", folder, error.strerror
        )
        if written:
            with suppress(OSError):
                written.unlink()


def _forget_abandoned(folder: Path) -> None:
    """Remove what processes that were killed left half written."""
    for path in folder.glob(f"{FILE}.*"):
        # Another process may be removing the same.
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _ABANDONED_SECONDS:
                path.unlink()
