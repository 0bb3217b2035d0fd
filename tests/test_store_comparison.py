"""What publishing would change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from store_fixtures import make_policy

from knowledge.model import ClauseChange, Comparison, Policy
from knowledge.store import compare

A = make_policy("a", ["一、甲。\n", "二、乙。\n"])
B = make_policy("b", ["一、丙。\n"])
A_CHANGED = make_policy("a", ["一、甲。\n", "二、新。\n"])
A_LONGER = make_policy("a", ["一、甲。\n", "二、乙。\n\n", "三、丁。"])
A_SHORTER = make_policy("a", ["一、甲。\n"])
A_DATED = make_policy("a", ["一、甲。\n", "二、乙。\n"], issuer="省政府")

TITLE_A, TITLE_B = A.metadata.title, B.metadata.title


def _change(clause_id: str, title: str, before: str | None, after: str | None) -> ClauseChange:
    return ClauseChange(clause_id=clause_id, title=title, label="一", before=before, after=after)


CASES: dict[str, tuple[list[Policy], list[Policy], Comparison]] = {
    "nothing at all": ([], [], Comparison()),
    "the same, in another order": ([A, B], [B, A], Comparison(policies_unchanged=2)),
    "the first publication": (
        [],
        [A, B],
        Comparison(
            added=(
                _change("a:1", TITLE_A, None, "一、甲。\n"),
                _change("a:2", TITLE_A, None, "二、乙。\n"),
                _change("b:1", TITLE_B, None, "一、丙。\n"),
            ),
            policies_added=(TITLE_A, TITLE_B),
        ),
    ),
    "one is gone": (
        [A, B],
        [A],
        Comparison(gone=(_change("b:1", TITLE_B, "一、丙。\n", None),), policies_gone=(TITLE_B,), policies_unchanged=1),
    ),
    "words changed": (
        [A, B],
        [A_CHANGED, B],
        Comparison(
            changed=(_change("a:2", TITLE_A, "二、乙。\n", "二、新。\n"),),
            policies_changed=(TITLE_A,),
            policies_unchanged=1,
        ),
    ),
    # A line feed more after 二、乙。 is no change of its words.
    "a clause added at the end": (
        [A],
        [A_LONGER],
        Comparison(added=(_change("a:3", TITLE_A, None, "三、丁。"),), policies_changed=(TITLE_A,)),
    ),
    "a clause taken away": (
        [A],
        [A_SHORTER],
        Comparison(gone=(_change("a:2", TITLE_A, "二、乙。\n", None),), policies_changed=(TITLE_A,)),
    ),
    "only the metadata": ([A], [A_DATED], Comparison(policies_changed=(TITLE_A,))),
    "everything at once": (
        [A, B],
        [make_policy("c", ["一、戊。"]), A_CHANGED],
        Comparison(
            added=(_change("c:1", "关于c的通知", None, "一、戊。"),),
            changed=(_change("a:2", TITLE_A, "二、乙。\n", "二、新。\n"),),
            gone=(_change("b:1", TITLE_B, "一、丙。\n", None),),
            policies_added=("关于c的通知",),
            policies_changed=(TITLE_A,),
            policies_gone=(TITLE_B,),
        ),
    ),
}


@pytest.mark.parametrize(("before", "after", "expected"), CASES.values(), ids=CASES.keys())
def test_compare(before: list[Policy], after: list[Policy], expected: Comparison) -> None:
    assert compare(before, after) == expected
    assert compare({policy.policy_id: policy for policy in before}, after) == expected
    assert expected.empty == ({policy.digest for policy in before} == {policy.digest for policy in after})


def test_a_clause_that_moved_to_another_file_is_not_gone() -> None:
    moved = replace(B, clauses=(replace(B.clauses[0], clause_id="a:2"),), digest="1" * 64)
    change = compare([A], [A_SHORTER, moved])
    assert change.gone == ()
    assert [(one.clause_id, one.before, one.after) for one in change.changed] == [("a:2", "二、乙。\n", "一、丙。\n")]
