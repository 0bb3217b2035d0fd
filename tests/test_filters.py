"""The platform's filters, on the index that they are for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from knowledge.filters import Filters, day, tokens
from knowledge.index import ClauseIndex
from knowledge.indexing import build
from knowledge.model import Metadata, Policy
from knowledge.parse import parse

FEB_12 = date(2020, 2, 12)
NOTICES = {
    "甲": Metadata("甲", department="工信", level="省级", topics=("综合类", "企业减负"), region="湖南", published=FEB_12),
    "乙": Metadata("乙", department="财政", level="市级", topics=("企业减负",), region="湖南 长沙", published=date(2020, 3, 1)),
    "丙": Metadata("丙", department="财政", level="国家级", signed=date(2020, 1, 31), published=None),
    "丁": Metadata("丁", region="广东"),
}  # fmt: skip


def policy(name: str) -> Policy:
    return replace(parse(f"{name}.txt", f"关于{name}的通知\n一、电费可以缓缴。\n", name)[0], metadata=NOTICES[name])


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> ClauseIndex:
    policies = {one.policy_id: one for one in map(policy, NOTICES)}
    folder = tmp_path_factory.mktemp("filters") / "index"
    build(folder, {key: one.digest for key, one in policies.items()}, lambda ids: [policies[key] for key in ids])
    return ClauseIndex(folder)


CASES = [
    (Filters(), "甲乙丙丁"),
    # one at a time
    (Filters(department="财政"), "乙丙"),
    (Filters(topic="企业减负"), "甲乙"),
    (Filters(topic="综合类"), "甲"),
    (Filters(level="国家级"), "丙"),
    (Filters(region="湖南"), "甲乙"),
    (Filters(region="长沙"), "乙"),
    (Filters(region="湖南省长沙市"), "乙"),
    (Filters(region="湖南 长沙"), "乙"),
    (Filters(region="湖北"), ""),
    # dates, both ends included; a notice without a publication date goes by its signature, one without either by none
    (Filters(since=date(2020, 2, 12)), "甲乙"),
    (Filters(until=date(2020, 2, 12)), "甲丙"),
    (Filters(since=date(2020, 2, 12), until=date(2020, 2, 12)), "甲"),
    (Filters(since=date(2020, 2, 13), until=date(2020, 2, 29)), ""),
    # together
    (Filters(department="财政", topic="企业减负"), "乙"),
    (Filters(department="工信", level="市级"), ""),
    # no such value
    (Filters(department="气象"), ""),
    (Filters(department="财"), ""),
]


@pytest.mark.parametrize(("filters", "passed"), CASES)
def test_what_passes(index: ClauseIndex, filters: Filters, passed: str) -> None:
    total, notices = index.notices(filters, 0, 10)
    assert sorted(notice.source for notice in notices) == sorted(passed)
    assert total == len(passed)
    hits = index.search({"电费": 1.0}, 10, filters)
    assert sorted(hit.record.clause.source for hit in hits) == sorted(passed)


def test_filters_weigh_nothing(index: ClauseIndex) -> None:
    free = {hit.record.clause.source: hit.score for hit in index.search({"电费": 1.0}, 10)}
    filtered = {hit.record.clause.source: hit.score for hit in index.search({"电费": 1.0}, 10, Filters(level="省级"))}
    assert filtered == {"甲": free["甲"]}


def test_newest_first(index: ClauseIndex) -> None:
    assert [notice.source for notice in index.notices(Filters(), 0, 10)[1]] == ["乙", "甲", "丙", "丁"]
    assert [notice.source for notice in index.notices(Filters(), 1, 2)[1]] == ["甲", "丙"]


def test_the_values_there_are(index: ClauseIndex) -> None:
    assert set(index.values("department")) == {"工信", "财政"}
    assert set(index.values("level")) == {"省级", "市级", "国家级"}
    assert set(index.values("topic")) == {"综合类", "企业减负"}
    assert set(index.values("region")) == {"湖南", "长沙", "广东"}


def test_tokens_and_days() -> None:
    assert set(tokens(NOTICES["乙"])) == {
        "department:财政",
        "level:市级",
        "topic:企业减负",
        "region:湖南",
        "region:长沙",
    }
    assert [day(NOTICES[name]) for name in "甲丙丁"] == [
        date(2020, 2, 12).toordinal(),
        date(2020, 1, 31).toordinal(),
        0,
    ]
