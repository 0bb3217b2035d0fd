"""The files of an index: whatever becomes of them it is whole or not there at all, and is made again."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from index_fixtures import Loader, assert_same, made, release

from knowledge.errors import SearchIndexError
from knowledge.index import ClauseIndex, contents
from knowledge.indexing import build
from knowledge.model import Policy


def damage(path: Path, how: str) -> None:
    data = path.read_bytes()
    # Another file in its place: the old one may be mapped into memory.
    path.unlink()
    if how != "gone":
        path.write_bytes({"empty": b"", "cut": data[: len(data) // 2], "garbage": b"\x00garbage\xff" * 20}[how])


PARTS = ["helpdesk.json", "counts.npz", "meta.json", "*.store", "*.idx", "*.term", "*.fast", "*.zip", "*.records"]


@pytest.mark.parametrize("how", ["gone", "empty", "cut", "garbage"])
@pytest.mark.parametrize("part", PARTS)
def test_a_damaged_index_is_refused_or_whole_and_never_built_upon(tmp_path: Path, part: str, how: str) -> None:
    made(tmp_path / "0", release(*range(6)))
    damaged = next((tmp_path / "0").glob(part))
    damage(damaged, how)
    if part not in ("*.zip", "*.store", "*.idx", "*.term", "*.fast"):
        assert contents(tmp_path / "0") is None or _refused(tmp_path / "0")
    after = release(*range(6), 9, changed=[2])
    if part == "*.zip" or contents(tmp_path / "0") is None or _refused(tmp_path / "0"):
        index, _ = made(tmp_path / "1", after)
        assert_same(index, made(tmp_path / "afresh" / "0", after)[0])


def _refused(folder: Path) -> bool:
    try:
        ClauseIndex(folder)
    except SearchIndexError as error:
        assert str(folder) in error.user
        return True
    return False


@pytest.mark.parametrize("loaded", [0, 60, 120, 180])
def test_broken_off_at_any_point_it_leaves_nothing(tmp_path: Path, loaded: int) -> None:
    policies = release(*range(200))

    def load(ids: Sequence[str]) -> Iterator[Policy]:
        for policy_id in ids[:loaded]:
            yield policies[policy_id]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(tmp_path / "indexes" / "one", {key: one.digest for key, one in policies.items()}, load)
    assert list((tmp_path / "indexes").iterdir()) == []


def test_a_lock_that_appears_while_a_folder_is_removed_is_removed_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = [".tantivy-meta.lock"]
    remove = os.rmdir

    def rmdir(path: Path, *, dir_fd: int | None = None) -> None:
        if late:
            (Path(path) / late.pop()).touch()
        remove(path, dir_fd=dir_fd)

    before, after = release(*range(6)), release(*range(6), 9, changed=[2])
    made(tmp_path / "indexes" / "0", before)
    damage(next((tmp_path / "indexes" / "0").glob("*.zip")), "gone")
    monkeypatch.setattr(os, "rmdir", rmdir)
    index, _ = made(tmp_path / "indexes" / "1", after)
    assert not late
    assert_same(index, made(tmp_path / "afresh" / "0", after)[0])
    assert sorted(path.name for path in (tmp_path / "indexes").iterdir()) == ["0", "1"]


def test_no_room_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "root").write_text("no folder")
    with pytest.raises(SearchIndexError, match="the release published is safe"):
        made(tmp_path / "root" / "0", release(1))


def test_where_another_process_was_quicker_its_index_is_kept(tmp_path: Path) -> None:
    policies = release(*range(6))
    loader = Loader(policies)

    def slow(ids: Sequence[str]) -> list[Policy]:
        made(tmp_path / "0", policies)
        return loader(ids)

    build(tmp_path / "0", {key: one.digest for key, one in policies.items()}, slow)
    assert_same(ClauseIndex(tmp_path / "0"), made(tmp_path / "afresh" / "0", policies)[0])
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_half_made_indexes_are_passed_over(tmp_path: Path) -> None:
    made(tmp_path / "0", release(*range(30)))
    shutil.copytree(tmp_path / "0", tmp_path / ".1.half")
    shutil.rmtree(tmp_path / "0")
    (tmp_path / "notes.txt").write_text("no index")
    _, loader = made(tmp_path / "2", release(*range(30)))
    assert len(loader.asked) == 31


def test_nothing_watches_an_open_index(tmp_path: Path) -> None:
    index, _ = made(tmp_path / "0", release(1))
    lock, meta = tmp_path / "0" / ".tantivy-meta.lock", tmp_path / "0" / "meta.json"
    lock.unlink(missing_ok=True)
    # tantivy looks every half second, and locks what has changed: that file would be left where an index is removed.
    meta.write_text(meta.read_text().replace("{", "{ ", 1))
    time.sleep(1.2)
    assert index.clauses
    assert not lock.exists()
