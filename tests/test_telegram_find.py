"""Looking clauses up on Telegram: /find with its filters, its pages, what cannot be looked up."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date

import pytest
import pytest_asyncio
from bot_api import BotApiServer, Person
from telegram_fixtures import (
    NOTICE,
    Stage,
    at_work,
    opened,
    turned,
    write_policies,
)

from handlers import telegram_texts as texts
from handlers.lookup import UnusableLookupError, read_lookup
from knowledge.filters import Filters

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("find")
    write_policies(folder / "policies")
    async with BotApiServer() as server, at_work(server, folder) as stage:
        yield stage


@pytest_asyncio.fixture(loop_scope="module")
async def lee(stage: Stage) -> Person:
    return await stage.staff()


# Filters.

# what stands behind /find, the words looked for, the filters
LOOKUPS = [
    ("贷款", "贷款", Filters()),
    ("贷款 级别:省级", "贷款", Filters(level="省级")),
    ("贷款 文件级别：省级 发文系统：工信", "贷款", Filters(level="省级", department="工信")),
    ("级别: 市级 社保 缓缴 部门:人社", "社保 缓缴", Filters(level="市级", department="人社")),
    ("贷款 地区:长沙", "贷款", Filters(region="长沙")),
    ("贷款 主题:综合", "贷款", Filters(topic="综合类")),
    ("自:2020-02 贷款", "贷款", Filters(since=date(2020, 2, 1))),
    ("贷款 自:2020-02-12 至:2020-02", "贷款", Filters(since=date(2020, 2, 12), until=date(2020, 2, 29))),
    ("贷款 从:2020年2月 到:2020", "贷款", Filters(since=date(2020, 2, 1), until=date(2020, 12, 31))),
    ("贷款 自:2020.2.3", "贷款", Filters(since=date(2020, 2, 3))),
    ("贷款 级别 : 省级", "贷款", Filters(level="省级")),
    ("贷款，级别：省级，部门：工信", "贷款", Filters(level="省级", department="工信")),
    ("社保缴费比例:三成 8:30 a:b", "社保缴费比例:三成 8:30 a:b", Filters()),
    ("自动化改造", "自动化改造", Filters()),
]


@pytest.mark.parametrize(("text", "words", "filters"), LOOKUPS)
async def test_filters_are_read(stage: Stage, text: str, words: str, filters: Filters) -> None:
    lookup = read_lookup(text, stage.helpdesk)
    assert (lookup.words, lookup.filters) == (words, filters)


# a value that cannot be used, what the sentence says
UNUSABLE = [
    ("贷款 级别:火星", "没有级别“火星”的通知"),
    ("贷款 级别:级", "不止一个"),
    ("贷款 自:昨天", "不是日期"),
    ("贷款 自:2020-13", "不是日期"),
    ("贷款 至:2020-02-30", "不是日期"),
    ("贷款 自:0000", "不是日期"),
    # what is no filter, though it looks like one
    ("贷款 等级:省级", "没有“等级”这个条件，可以写的有：级别、部门"),
    ("文号：14号 贷款", "如果“文号：14号”是要找的词，请去掉冒号"),
    ("贷款 等级:", "没有“等级”"),
    ("贷款，等级:省级", "没有“等级”"),
    # without a value
    ("贷款 级别:", "“级别:”后面没有写内容。请补上，例如 级别:省级"),
    ("贷款 部门: 级别:省级", "“部门:”后面没有写内容"),
    ("贷款 自：", "例如 自:2020-02，"),
    # twice
    ("级别:省级 贷款 级别:市级", "“级别”写了不止一次"),
    ("主题:综合 主题分类:综合 贷款", "“主题”写了不止一次"),
    ("自:2020 从:2020-02 贷款", "“自”写了不止一次"),
]


@pytest.mark.parametrize(("text", "sentence"), UNUSABLE)
async def test_filters_that_cannot_be_used_are_explained(stage: Stage, lee: Person, text: str, sentence: str) -> None:
    with pytest.raises(UnusableLookupError, match=sentence):
        read_lookup(text, stage.helpdesk)
    assert sentence in (await lee.ask(f"/find {text}")).text


# Results.


async def test_results_have_ids_and_pages(stage: Stage, lee: Person) -> None:
    first = await lee.ask("/find 企业")
    ids = first.marked("code")
    assert len(ids) == 5
    assert [stage.helpdesk.clause(each).clause.clause_id for each in ids] == list(ids)
    assert first.buttons == ("1", "2", "3", "4", "5", "›")
    second = await turned(lee, first, "›")
    assert second.buttons == ("6", "7", "8", "9", "10", "‹", "›")
    assert not set(second.marked("code")) & set(ids)
    clause = await opened(lee, second, "7")
    assert second.marked("code")[1] in clause.marked("code")
    assert (await turned(lee, second, "‹")).marked("code") == ids


async def test_results_pass_their_filters(stage: Stage, lee: Person) -> None:
    found = await lee.ask("/find 企业 级别:市级 部门:人社")
    assert {stage.helpdesk.clause(each).metadata.level for each in found.marked("code")} == {"市级"}
    assert {stage.helpdesk.clause(each).metadata.department for each in found.marked("code")} == {"人社"}


async def test_the_filters_in_force_are_shown(lee: Person) -> None:
    found = await lee.ask("/find 企业 文件级别:省 自:2020-02 至:2020-02")
    assert found.text.startswith("“企业”（级别:省级 自:2020-02-01 至:2020-02-29）：第 1—")
    assert (await lee.ask("/find 企业 自:2031")).text == f"{texts.FOUND_NONE}（自:2031-01-01）"


async def test_of_many_values_those_like_what_was_typed_are_named(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("cities")
    (folder / "policies").mkdir()
    for n, city in enumerate(CITIES.split()):
        notice = NOTICE.replace("湖南省财政厅", f"{city}市财政局").replace("三个月", f"{n}个月")
        (folder / "policies" / f"{n}.txt").write_text(notice, encoding="utf-8")
    async with BotApiServer() as server, at_work(server, folder) as stage:
        known = stage.helpdesk.filter_values("region")
        assert len(known) > 12
        told = (await stage.admin.ask("/find 贷款 地区:岳洋")).text
        assert re.search(rf"现有：岳阳、(\w+、){{10}}\w+ 等 {len(known)} 个。$", told), told


CITIES = "长沙 株洲 湘潭 衡阳 邵阳 常德 张家界 益阳 郴州 永州 怀化 娄底 岳阳 武汉"


async def test_an_edited_search_edits_its_results(lee: Person) -> None:
    asked = await lee.send("/find 龘靐齉")
    first = await lee.reply_of(asked)
    await lee.edit(asked, "/find 断电")
    assert (await lee.next_edit(first)).marked("code")


async def test_pages_are_for_staff_only(stage: Stage, lee: Person) -> None:
    alice = stage.server.user("陈老板")
    group = stage.server.group("值班群", lee, alice)
    found = await lee.ask("/find@policy_helpdesk_bot 企业", to=group)
    answer = await alice.press(found, "›")
    assert answer.show_alert and answer.text == texts.NOT_ALLOWED
    assert stage.server.current(found) == found
