"""The records of an index: encoded clauses and notices, one after another in files.

Where a record stands is a number that tantivy keeps in a column (a "fast field"), which takes less than a microsecond to read;
tantivy's own store would unpack 16 KB for every record. Files are never changed once they are written, so that several
indexes can share them. They are read, not mapped into memory: of a mapped file the system maps 64 KB around all that is looked
at, which with a million clauses came to more than a gigabyte.
"""

from __future__ import annotations

import os
import struct
import weakref
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

SUFFIX = ".records"
_HEAD = b"helpdesk"
_SIZE = struct.Struct("<I")
_FILE = 40  # bits of a place within a file
# Most records are no longer.
_CHUNK = 4096


class RecordsWriter:
    """Adds records to those of a folder, in a file of their own."""

    def __init__(self, folder: Path) -> None:
        number = len(list(folder.glob(f"*{SUFFIX}")))
        self._path = folder / f"{number:04}{SUFFIX}"
        self._number = number
        self._file = self._path.open("xb")
        self._at = self._file.write(_HEAD)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, record: bytes) -> int:
        """Write a record; where it stands."""
        place = self._number << _FILE | self._at
        self._at += self._file.write(_SIZE.pack(len(record)) + record)
        return place


class Records:
    """The records of a folder, open for reading. ``sizes`` is what ``sizes_of`` told when they were written.

    Raises OSError where a file is missing, and ValueError where one is not as it was written.
    """

    def __init__(self, folder: Path, sizes: Mapping[str, int]) -> None:
        self._files: list[int] = []
        weakref.finalize(self, _close, self._files)
        for name, size in sorted(sizes.items()):
            self._files.append(os.open(folder / name, os.O_RDONLY | os.O_CLOEXEC))
            if os.fstat(self._files[-1]).st_size != size or os.pread(self._files[-1], len(_HEAD), 0) != _HEAD:
                raise ValueError(f"{name} is damaged")

    def read(self, place: int) -> bytes:
        """The record that stands at ``place``. Raises OSError where the disk cannot be read."""
        file, at = self._files[place >> _FILE], place & (1 << _FILE) - 1
        found = os.pread(file, _CHUNK, at)
        end = _SIZE.size + _SIZE.unpack_from(found)[0]
        if end > len(found):
            found += os.pread(file, end - len(found), at + len(found))
        return found[_SIZE.size : end]


def _close(files: list[int]) -> None:
    for file in files:
        os.close(file)


def sizes_of(folder: Path) -> dict[str, int]:
    """The files of records in a folder, and their sizes in bytes."""
    return {path.name: path.stat().st_size for path in folder.glob(f"*{SUFFIX}")}
