"""The store on SQLite and on PostgreSQL: publication, reading back, rollback, history."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from store_fixtures import DATABASES, fresh_database, make_edition, make_policy, renamed, scalar

from knowledge.errors import StoreError, UnknownClauseError, UnknownReleaseError
from knowledge.model import Metadata, Policy, Release
from knowledge.store import HistoryEntry, Store, fingerprint

EVERYTHING = make_policy(
    "全",
    ["前言，含𠮷与 emoji 🏭。\r\n", "一、标题\n", "正文……", "", "\t末尾 \n\n"],
    issuer="湖南省工业和信息化厅",
    document_number="工信明电〔2020〕14号",
    level="省级",
    topics=("综合类", "复工复产"),
    department="工信",
    region="湖南",
    published=date(2020, 2, 12),
    signed=date(2020, 2, 10),
    in_force_from=date(1949, 10, 1),
    in_force_until=date(2999, 12, 31),
    references=("工信明电[2020] 14号", 'a "quoted" one'),
)


@pytest.fixture(params=DATABASES)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    async with fresh_database(request.param, tmp_path) as url:
        yield url


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    async with await Store.open(url) as store:
        yield store


async def test_before_the_first_publication(store: Store) -> None:
    assert await store.release_in_force() is None
    assert await store.releases() == []
    assert await store.history() == []


async def test_what_is_published_is_read_back_whole(store: Store) -> None:
    plain = Metadata(title="")
    forgotten = [
        field.name
        for field in fields(Metadata)
        if getattr(EVERYTHING.metadata, field.name) == getattr(plain, field.name)
    ]
    assert not forgotten, "give EVERYTHING a value for every field, so that this test sees a column that is missing"
    unnumbered = make_policy("散", ["没有编号的段落。"])
    unnumbered = replace(
        unnumbered, clauses=(replace(unnumbered.clauses[0], number=None, label="", heading=""),), digest="0" * 64
    )
    empty = make_policy("空", [])
    policies = [EVERYTHING, unnumbered, empty]
    before = datetime.now(UTC)
    published = await store.publish(policies, note="首次发布", actor="管理员")

    assert await store.policies(1) == sorted(policies, key=lambda policy: policy.policy_id)
    assert (published.number, published.policies, published.clauses) == (1, 3, 6)
    assert (published.note, published.in_force) == ("首次发布", True)
    assert published.published_at.utcoffset() == timedelta(0)
    assert before <= published.published_at <= datetime.now(UTC)
    assert published.fingerprint == fingerprint({policy.policy_id: policy.digest for policy in policies})
    assert await store.release_in_force() == published
    assert await store.releases() == [published]
    assert await store.digests(1) == {policy.policy_id: policy.digest for policy in policies}
    assert await store.policy(1, "全") == EVERYTHING
    assert await store.policy(1, "无") is None
    for policy in policies:
        for clause in policy.clauses:
            assert await store.clause(1, clause.clause_id) == clause


async def test_a_release_survives_the_end_of_the_process_that_made_it(url: str) -> None:
    async with await Store.open(url) as first:
        published = await first.publish([EVERYTHING])
    async with await Store.open(url) as second:
        assert await second.release_in_force() == published
        assert await second.policies(1) == [EVERYTHING]


async def test_publishing_one_changed_policy_writes_one_version(url: str, store: Store) -> None:
    old = make_edition(1, policies=9, clauses=4)
    new = [*old[:3], make_edition(2, policies=9, clauses=4)[3], *old[4:]]
    await store.publish(old)
    await store.publish(new)
    assert await scalar(url, "SELECT count(*) FROM policy_version") == 10
    assert await scalar(url, "SELECT count(*) FROM clause") == 40
    assert await store.policies(1) == old
    assert await store.policies(2) == new
    # An id that stands in two releases with different words
    assert await store.clause(1, old[3].clauses[0].clause_id) == old[3].clauses[0]
    assert await store.clause(2, new[3].clauses[0].clause_id) == new[3].clauses[0]


async def test_more_policies_than_fit_into_one_statement(store: Store) -> None:
    policies = make_edition(1, policies=1_100, clauses=5)
    await store.publish(policies)
    assert await store.policies(1) == policies
    some = [policy for policy in policies if policy.policy_id.endswith("7")]
    assert await store.policies(1, {policy.policy_id for policy in some}) == some
    asked = [*(f"missing{number}" for number in range(3_000)), "p00007", "p00007", "nul\0", "\ud800"]
    assert await store.policies(1, asked) == [policies[7]]
    assert await store.policies(1, []) == []
    # Nothing is new: the versions are found again, all of them.
    assert (await store.publish(policies[::-1])).number == 2
    assert await store.policies(2) == policies


async def test_rollback_moves_the_pointer_and_is_written_down(store: Store) -> None:
    first, second = make_edition(1, policies=2), make_edition(2, policies=3)
    await store.publish(first, actor="甲")
    await store.publish(second, actor="乙", note="second")
    back = await store.put_in_force(1, actor="丙")
    assert (back.number, back.in_force) == (1, True)
    assert await store.release_in_force() == back
    assert [(one.number, one.in_force) for one in await store.releases()] == [(2, False), (1, True)]
    # What is in force already is not put in force again.
    assert await store.put_in_force(1, actor="丁") == back
    # A publication after a rollback gets the next number, never one that was there.
    third = await store.publish(second)
    assert third.number == 3
    entries = await store.history()
    assert [(entry.number, entry.actor) for entry in entries] == [(3, ""), (1, "丙"), (2, "乙"), (1, "甲")]
    assert all(isinstance(entry, HistoryEntry) and entry.at.utcoffset() == timedelta(0) for entry in entries)
    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)


async def test_the_fingerprint_names_the_contents(store: Store) -> None:
    first, second = make_edition(1, policies=3), make_edition(2, policies=3)
    releases = [await store.publish(policies) for policies in (first, second, first[::-1], first[:2])]
    names = [one.fingerprint for one in releases]
    assert names[0] == names[2]
    assert len(set(names)) == 3
    assert {one.number: one.fingerprint for one in await store.releases()} == dict(
        zip((1, 2, 3, 4), names, strict=True)
    )
    assert all(len(name) == 64 and set(name) <= set("0123456789abcdef") for name in names)


def test_the_fingerprint_does_not_run_ids_and_digests_together() -> None:
    assert fingerprint({"ab": "c"}) != fingerprint({"a": "bc"})
    assert fingerprint({"a": "1", "b": "2"}) == fingerprint({"b": "2", "a": "1"})


async def test_an_empty_release_is_a_release(store: Store) -> None:
    await store.publish(make_edition(1, policies=1))
    published = await store.publish([])
    assert (published.number, published.policies, published.clauses) == (2, 0, 0)
    assert await store.policies(2) == []
    assert await store.digests(2) == {}


@pytest.mark.parametrize("number", [0, -1, 2, 2**31, 2**63, 10**30])
async def test_a_release_that_does_not_exist(store: Store, number: int) -> None:
    published = await store.publish([EVERYTHING])
    asked = [
        store.digests(number),
        store.policies(number),
        store.policies(number, []),
        store.policy(number, "全"),
        store.clause(number, "全:1"),
        store.put_in_force(number),
    ]
    for one in asked:
        with pytest.raises(UnknownReleaseError, match="helpdesk releases"):
            await one
    assert await store.release_in_force() == published


@pytest.mark.parametrize("clause_id", ["", "全:9", "全", "'; DROP TABLE clause; --", "nul\0", "\ud800", "长" * 10_000])
async def test_a_clause_that_does_not_exist(store: Store, clause_id: str) -> None:
    await store.publish([EVERYTHING])
    with pytest.raises(UnknownClauseError):
        await store.clause(1, clause_id)


def _with_clause(policy: Policy, **changes: Any) -> Policy:
    return replace(policy, clauses=(replace(policy.clauses[0], **changes), *policy.clauses[1:]))


GOOD = make_policy("好")
REFUSED = {
    "two policies of one id": ([GOOD, GOOD], ValueError),
    "two clauses of one id": ([GOOD, _with_clause(make_policy("b"), clause_id="好:1")], ValueError),
    "words that are not in the body": ([_with_clause(GOOD, text="别的话")], ValueError),
    "words from another place": ([_with_clause(GOOD, start=1)], ValueError),
    "an ordinal out of turn": ([_with_clause(GOOD, ordinal=5)], ValueError),
    "a clause of another file": ([_with_clause(GOOD, source="别的文件")], ValueError),
    # What PostgreSQL or UTF-8 cannot hold
    "NUL in the body": ([make_policy("nul", ["一、\0"])], StoreError),
    "half of a pair in the body": ([make_policy("half", ["一、\ud83c"])], StoreError),
    "NUL in a topic": ([make_policy("topic", topics=("综\0合",))], StoreError),
    "NUL in a heading": ([_with_clause(GOOD, heading="\0")], StoreError),
}


@pytest.mark.parametrize(("policies", "error"), REFUSED.values(), ids=REFUSED.keys())
async def test_what_cannot_be_stored_is_refused_and_the_release_stays(
    store: Store, policies: list[Policy], error: type[Exception]
) -> None:
    published = await store.publish([GOOD])
    with pytest.raises(error):
        await store.publish(policies)
    assert await store.releases() == [published]


async def test_a_remark_that_cannot_be_stored_is_refused(store: Store) -> None:
    published = await store.publish([GOOD])
    with pytest.raises(StoreError, match="type it again"):
        await store.publish([GOOD], note="\udcff")
    with pytest.raises(StoreError, match="type it again"):
        await store.put_in_force(1, actor="\0")
    assert await store.releases() == [published]


async def test_many_publishers_in_one_process(url: str, store: Store) -> None:
    async with await Store.open(url) as other:
        jobs = [
            (store, other)[turn % 2].publish(renamed(make_edition(turn, policies=5), f"{turn}-"), note=str(turn))
            for turn in range(12)
        ]
        published = await asyncio.gather(*jobs)
    assert sorted(one.number for one in published) == list(range(1, 13))
    for one in published:
        assert await store.policies(one.number) == renamed(make_edition(int(one.note), policies=5), f"{one.note}-")
    current = await store.release_in_force()
    assert current is not None
    assert current.number == 12


async def test_a_cancelled_publication_leaves_no_lock_and_no_half(store: Store) -> None:
    await store.publish(make_edition(1))
    cancelled: list[asyncio.Task[Release]] = []
    for turn in range(2, 9):
        task = asyncio.create_task(store.publish(make_edition(turn, policies=200)))
        await asyncio.sleep(0.002 * turn)
        task.cancel()
        await asyncio.wait([task])
        # Kept, so that what its traceback holds is kept too.
        cancelled.append(task)
        before = await store.releases()
        published = await asyncio.wait_for(store.publish(make_edition(turn)), 10)
        assert published.number == before[0].number + 1
        assert await store.policies(published.number) == make_edition(turn)
    assert any(task.cancelled() for task in cancelled)
    for one in await store.releases():
        digests = await store.digests(one.number)
        assert (len(digests), fingerprint(digests)) == (one.policies, one.fingerprint)


async def test_readers_see_one_release_or_the_other_during_publication(url: str, store: Store) -> None:
    await store.publish(make_edition(1))
    done = asyncio.Event()
    seen: list[int] = []

    async def read() -> None:
        async with await Store.open(url) as reader:
            while not done.is_set():
                current = await reader.release_in_force()
                assert current is not None
                assert await reader.policies(current.number) == make_edition(current.number)
                assert fingerprint(await reader.digests(current.number)) == current.fingerprint
                seen.append(current.number)

    async def publish() -> None:
        for number in range(2, 10):
            await store.publish(make_edition(number))
        done.set()

    await asyncio.gather(read(), read(), publish())
    assert len(set(seen)) > 2
