"""Releases of made-up notices, and the indexes built of them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from conftest import NOTICE

from knowledge.filters import Filters
from knowledge.index import ClauseIndex
from knowledge.indexing import build
from knowledge.model import Policy
from knowledge.parse import parse

WORDS = [
    "电费", "缓缴", "贷款", "贴息", "房租", "减免", "复工", "口罩", "补贴", "社保", "稳岗", "企业", "疫情", "防控", "申报",
    "增值税",
]  # fmt: skip
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
    """The index built in a folder, and what was loaded for it."""
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
    """That two indexes answer alike."""
    assert np.array_equal(one.counts.hashes, other.counts.hashes)
    assert np.array_equal(one.counts.frequencies, other.counts.frequencies)
    assert results(one) == results(other)
