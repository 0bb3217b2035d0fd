"""The indexes of the releases served last, kept under the data folder by their contents. All of them are derived."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from knowledge import index, indexing
from knowledge.config import Progress
from knowledge.errors import SearchIndexError
from knowledge.index import ClauseIndex
from knowledge.indexing import Load
from knowledge.store import fingerprint

_KEPT = 3
_ABANDONED_SECONDS = 3600


class Shelf:
    """The indexes under the folder ``root``. Any number of processes may use it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def index(self, wanted: Mapping[str, str], load: Load, progress: Progress) -> ClauseIndex:
        """The index of the policies ``wanted`` (id → digest), made where there is none yet. Raises SearchIndexError.

        ``load`` gives the policies asked for by id; it is called in a thread of its own.
        """
        folder = self._root / f"{fingerprint(wanted)[:20]}-{index.VERSION}"
        try:
            found = await _made(folder, wanted, load, progress)
        except SearchIndexError:
            # Damaged, or taken away by another process meanwhile: it is derived, so it is made anew, once.
            shutil.rmtree(folder, ignore_errors=True)
            found = await _made(folder, wanted, load, progress)
        with contextlib.suppress(OSError):
            folder.touch()
            _forget_old(self._root)
        return found


async def _made(folder: Path, wanted: Mapping[str, str], load: Load, progress: Progress) -> ClauseIndex:
    if index.contents(folder) is None:
        shutil.rmtree(folder, ignore_errors=True)
        await asyncio.to_thread(
            indexing.build, folder, wanted, load, progress=lambda done, total: progress("index", done, total)
        )
    return ClauseIndex(folder)


def _forget_old(root: Path) -> None:
    """Keep the indexes used last. One that another process still reads stays readable to it until it lets go."""
    ages: dict[Path, float] = {}
    for path in root.iterdir():
        # Another process may be forgetting the same.
        with contextlib.suppress(FileNotFoundError):
            ages[path] = time.time() - path.stat().st_mtime
    whole = sorted((path for path in ages if not path.name.startswith(".")), key=ages.__getitem__)
    # What a process that was killed left half made.
    broken = [path for path, age in ages.items() if path.name.startswith(".") and age > _ABANDONED_SECONDS]
    for path in [*whole[_KEPT:], *broken]:
        shutil.rmtree(path, ignore_errors=True)
