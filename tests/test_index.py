"""The index: made anew or from an older one it is the same, and whatever becomes of its files it is made again."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from conftest import NOTICE

from knowledge.errors import SearchIndexError
from knowledge.filters import Filters
from knowledge.index import ClauseIndex, contents
from knowledge.indexing import build
from knowledge.model import Policy
from knowledge.parse import parse

WORDS = [
    "电费",
    "缓缴",
    "贷款",
    "贴息",
    "房租",
    "减免",
    "复工",
    "口罩",
    "补贴",
    "社保",
    "稳岗",
    "企业",
    "疫情",
    "防控",
    "申报",
    "增值税",
]
QUERIES = [
    {"电费": 1.0, "缓缴": 1.0},
    {"贷款": 1.0, "贴息": 0.5, "企业": 1.0},
    dict.fromkeys(WORDS, 1.0),
    {"欠费": 1.0, "停供": 1.0},
    {"没有这个词": 1.0},
]  # fmt: skip


def notice(name: int, edition: int = 0) -> Policy:
    """A policy whose words depend on its name and edition alone."""
    chance = random.Random(f"{name}/{edition}")
    lines = [
        f"{numeral}、{'，'.join(chance.choices(WORDS, k=9))}。" for numeral in "一二三四五六"[: chance.randrange(2, 7)]
    ]
    text = "\n".join(
        [f"关于{chance.choice(WORDS)}的通知", *lines, "——————", "湖南省财政厅", f"2020年2月{name % 28 + 1}日"]
    )
    return parse(f"{name:03}.txt", text, f"{name}/{edition}")[0]


def release(*names: int, changed: Sequence[int] = ()) -> dict[str, Policy]:
    """The notices of these names, some of them in another edition, and the Hunan notice."""
    found = [notice(name, 1 if name in changed else 0) for name in names]
    hunan = parse(NOTICE.name, NOTICE.read_text("utf-8"), "hunan")[0]
    return dict(sorted((policy.policy_id, policy) for policy in [*found, hunan]))


@dataclass
class Loader:
    """Gives the policies asked for, and keeps who was asked for."""

    policies: Mapping[str, Policy]
    asked: list[str] = field(default_factory=list)

    def __call__(self, ids: Sequence[str]) -> list[Policy]:
        self.asked += ids
        return [self.policies[key] for key in ids]


def made(folder: Path, policies: Mapping[str, Policy]) -> tuple[ClauseIndex, Loader]:
    loader = Loader(policies)
    build(folder, {key: one.digest for key, one in policies.items()}, loader)
    return ClauseIndex(folder), loader


def results(index: ClauseIndex) -> list[object]:
    """All that can be asked of an index, as it answers."""
    searches = [[(hit.record, hit.score) for hit in index.search(query, 40)] for query in QUERIES]
    filtered = [[hit.record for hit in index.search(query, 40, Filters(level="省级"))] for query in QUERIES]
    notices = index.notices(Filters(), 0, 100)
    return [
        searches,
        filtered,
        (notices[0], sorted(notices[1], key=lambda one: one.policy_id)),
        [index.idf(word) for word in [*WORDS, "新词"]],
        {name: index.values(name) for name in ("department", "level", "topic", "region")},
        [index.clauses_of(key) for key in sorted(index.policies)],
        [index.policy(key) for key in sorted(index.policies)],
        (index.clauses, dict(index.policies)),
        index.sounding_like("dai'kuan"),
    ]


def assert_same(one: ClauseIndex, other: ClauseIndex) -> None:
    assert np.array_equal(one.counts.hashes, other.counts.hashes)
    assert np.array_equal(one.counts.frequencies, other.counts.frequencies)
    assert results(one) == results(other)


# Made from an older one -------------------------------------------------------------------------------------------

ALL = range(30)
STEPS: dict[str, list[dict[str, Policy]]] = {
    "added": [release(*ALL), release(*ALL, 30, 31)],
    "changed": [release(*ALL), release(*ALL, changed=[3, 4])],
    "gone": [release(*ALL), release(*ALL[5:])],
    "all three": [release(*ALL), release(*ALL[5:], 40, changed=[7, 8])],
    "there and back": [release(*ALL), release(*ALL, changed=[3]), release(*ALL)],
    "one after another": [release(*ALL, changed=ALL[: n * 3]) for n in range(5)] + [release(*ALL[:28], 50)],
    "the same": [release(*ALL), release(*ALL)],
    "another thing altogether": [release(*ALL), release(*range(100, 110))],
}


@pytest.mark.parametrize("name", STEPS)
def test_an_index_made_from_an_older_one_is_the_same_as_a_new_one(tmp_path: Path, name: str) -> None:
    for number, policies in enumerate(STEPS[name]):
        stepwise, _ = made(tmp_path / "stepwise" / str(number), policies)
    afresh, _ = made(tmp_path / "afresh" / "0", policies)
    assert_same(stepwise, afresh)


CHANGES = [
    (release(*ALL, 30), {notice(30).policy_id}),
    (release(*ALL, changed=[3]), {notice(3).policy_id}),
    (release(*ALL[1:]), set()),
    (release(*ALL[1:], 30, changed=[5]), {notice(30).policy_id, notice(5).policy_id}),
]


@pytest.mark.parametrize(("after", "loaded"), CHANGES, ids=["added", "changed", "gone", "all three"])
def test_only_what_changed_is_loaded(tmp_path: Path, after: dict[str, Policy], loaded: set[str]) -> None:
    made(tmp_path / "0", release(*ALL))
    _, loader = made(tmp_path / "1", after)
    assert set(loader.asked) == loaded


def test_the_older_index_is_left_as_it_is(tmp_path: Path) -> None:
    before, _ = made(tmp_path / "0", release(*ALL))
    answers = results(before)
    files = {path.name: path.read_bytes() for path in (tmp_path / "0").iterdir() if path.suffix != ".lock"}
    made(tmp_path / "1", release(*ALL, 30))
    made(tmp_path / "2", release(*ALL[3:], changed=[9]))
    assert {path.name: path.read_bytes() for path in (tmp_path / "0").iterdir() if path.suffix != ".lock"} == files
    assert results(before) == answers
    # What is open stays readable when its folder goes.
    shutil.rmtree(tmp_path / "0")
    assert results(before) == answers


def test_past_versions_are_not_kept_for_ever(tmp_path: Path) -> None:
    small = range(4)
    for edition in range(40):
        policies = {one.policy_id: one for one in [notice(name, edition if name == 0 else 0) for name in small]}
        index, _ = made(tmp_path / str(edition), policies)
        if edition > 3:
            shutil.rmtree(tmp_path / str(edition - 1))
    assert len(list(index.folder.glob("*.zip"))) <= 20
    afresh, _ = made(tmp_path / "afresh" / "0", policies)
    assert_same(index, afresh)


# Whole or not at all ----------------------------------------------------------------------------------------------


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
    made(tmp_path / "0", release(*ALL))
    shutil.copytree(tmp_path / "0", tmp_path / ".1.half")
    shutil.rmtree(tmp_path / "0")
    (tmp_path / "notes.txt").write_text("no index")
    _, loader = made(tmp_path / "2", release(*ALL))
    assert len(loader.asked) == len(ALL) + 1


def test_nothing_watches_an_open_index(tmp_path: Path) -> None:
    index, _ = made(tmp_path / "0", release(1))
    lock, meta = tmp_path / "0" / ".tantivy-meta.lock", tmp_path / "0" / "meta.json"
    lock.unlink(missing_ok=True)
    # tantivy looks every half second, and locks what has changed: that file would be left where an index is removed.
    meta.write_text(meta.read_text().replace("{", "{ ", 1))
    time.sleep(1.2)
    assert index.clauses
    assert not lock.exists()


def test_an_empty_release_has_an_index(tmp_path: Path) -> None:
    index, _ = made(tmp_path / "0", {})
    assert (index.clauses, index.search(QUERIES[0], 5)) == (0, [])


# Searching --------------------------------------------------------------------------------------------------------


def test_equal_scores_go_by_clause_id(tmp_path: Path) -> None:
    same = [parse(f"{name}.txt", "关于电费的通知\n一、电费可以缓缴。", str(name))[0] for name in range(20)]
    index, _ = made(tmp_path / "0", {one.policy_id: one for one in same})
    found = [hit.record.clause.clause_id for hit in index.search({"缓缴": 1.0}, 8)]
    assert found == sorted(policy.clauses[0].clause_id for policy in same)[:8]


def test_a_clause_by_its_id(tmp_path: Path) -> None:
    policies = release(1)
    index, _ = made(tmp_path / "0", policies)
    for policy in policies.values():
        for clause in policy.clauses:
            found = index.clause(clause.clause_id)
            assert found is not None
            assert found.clause == clause
    assert index.clause("no-such-id") is None
    assert index.clause("") is None
