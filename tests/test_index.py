"""The index: made anew or from an older one it is the same, and what it tells of clauses."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from index_fixtures import QUERIES, assert_same, made, notice, release, results

from knowledge.model import Policy
from knowledge.parse import parse

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
