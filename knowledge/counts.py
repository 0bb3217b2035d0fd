"""In how many clauses each term stands: exact for the release, whatever order it was indexed in."""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt


def _hash(term: str) -> int:
    data = term.encode()
    return zlib.crc32(data) << 32 | zlib.crc32(data[::-1], 0x9E3779B9)


@dataclass(frozen=True)
class TermCounts:
    """``hashes`` (sorted, uint64) and, beside each, the number of clauses that hold the term (uint32).

    tantivy has such counts too, but its own include deleted clauses until a merge, so that two processes serving the
    same release could weigh a word differently. Terms are kept as 64-bit hashes; a clash among a million terms has a
    chance of 3 in 100 million.
    """

    hashes: npt.NDArray[np.uint64]
    frequencies: npt.NDArray[np.uint32]

    @classmethod
    def empty(cls) -> Self:
        """Counts of no clause at all."""
        return cls(np.empty(0, np.uint64), np.empty(0, np.uint32))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Counts from a file that ``save`` wrote. Raises OSError, ValueError, KeyError, EOFError or BadZipFile where it is none."""
        # Opened here: of a damaged file numpy leaves its own open.
        with path.open("rb") as file, np.load(file) as arrays:
            return cls(arrays["hashes"], arrays["documents"])

    def save(self, path: Path) -> None:
        """Write the counts, never into a file that is there already: it may be shared with another index."""
        path.unlink(missing_ok=True)
        with path.open("xb") as file:
            np.savez(file, hashes=self.hashes, documents=self.frequencies)

    def changed(self, *, add: Sequence[Iterable[str]] = (), remove: Sequence[Iterable[str]] = ()) -> Self:
        """The counts with some clauses (each the terms it holds, repeated or not) added and others removed."""
        if not add and not remove:
            return self
        groups = [(self.hashes, self.frequencies.astype(np.int64))]
        for clauses, sign in ((add, 1), (remove, -1)):
            distinct = [_hash(t) for terms in clauses for t in set(terms)]
            hashes, counts = np.unique(np.array(distinct, np.uint64), return_counts=True)
            groups.append((hashes, counts * sign))
        hashes, inverse = np.unique(np.concatenate([h for h, _ in groups]), return_inverse=True)
        totals = np.zeros(len(hashes), np.int64)
        np.add.at(totals, inverse, np.concatenate([c for _, c in groups]))
        kept = totals > 0
        return type(self)(hashes[kept], totals[kept].astype(np.uint32))

    def documents(self, term: str) -> int:
        """The number of clauses that hold ``term``."""
        known = self._known.get(term)
        if known is None:
            wanted, hashes = _hash(term), self._sorted
            at = bisect_left(hashes, wanted)
            known = int(self.frequencies[at]) if at < len(hashes) and hashes[at] == wanted else 0
            if len(self._known) < 100_000:
                self._known[term] = known
        return known

    @cached_property
    def _sorted(self) -> memoryview:
        """The hashes, to be looked through for one at a time: numpy is quick for many, and slow for one."""
        return memoryview(self.hashes.data)

    @cached_property
    def _known(self) -> dict[str, int]:
        return {}
