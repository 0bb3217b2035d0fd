"""How many clauses hold each term: the same however the clauses came and went, and after a save."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.counts import TermCounts

ADDED = [["电", "费", "费"], ["电"], ["水", "电", "费"], []]

COUNTS: list[tuple[str, Callable[[TermCounts], TermCounts]]] = [
    ("added at once", lambda empty: empty.changed(add=ADDED)),
    ("added one by one", lambda empty: empty.changed(add=ADDED[:1]).changed(add=ADDED[1:])),
    ("added and removed", lambda empty: empty.changed(add=[*ADDED, ["气"]]).changed(remove=[["气"]])),
    ("both at once", lambda empty: empty.changed(add=[*ADDED[:3], ["气"]]).changed(add=[[]], remove=[["气"]])),
]


@pytest.mark.parametrize("change", [change for _, change in COUNTS], ids=[name for name, _ in COUNTS])
def test_counts_are_exact(tmp_path: Path, change: Callable[[TermCounts], TermCounts]) -> None:
    counts = change(TermCounts.empty())
    counts.save(tmp_path / "counts.npz")
    for one in (counts, TermCounts.load(tmp_path / "counts.npz")):
        assert [one.documents(term) for term in ("电", "费", "水", "气", "")] == [3, 2, 1, 0, 0]
        assert len(one.hashes) == 3
    assert counts.changed() is counts
