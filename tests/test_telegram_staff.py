"""Hotline staff on Telegram: their commands, /clause, the call mode, inline mode."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from bot_api import BotApiServer, Person
from telegram_fixtures import (
    EVIDENCE,
    NO_ANSWER,
    QUESTION,
    Stage,
    at_work,
    open_question,
    opened,
    write_policies,
)

from handlers import telegram_texts as texts
from handlers.cards import heading
from handlers.html import MAX_INLINE_RESULTS
from knowledge.answer import Answer

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("staff")
    write_policies(folder / "policies")
    async with BotApiServer() as server, at_work(server, folder) as stage:
        yield stage


@pytest_asyncio.fixture(loop_scope="module")
async def lee(stage: Stage) -> Person:
    return await stage.staff()


# Commands.

# what is said, what the reply holds
SAID = [
    ("/find", "用法：/find"),
    ("/find 级别:省级", texts.FIND_WORDS),
    ("/find 龘靐齉", texts.FOUND_NONE),
    ("/find@policy_helpdesk_bot 断电", "第 1—"),
    ("/clause", texts.CLAUSE_USAGE),
    ("/clause nosuch-1", "没有编号为 nosuch-1 的条款"),
    ("/clause <b>", "没有编号为 <b> 的条款"),
    ("/call", texts.CALL_USAGE),
    ("/call " + NO_ANSWER, texts.CALL_REFUSED),
    ("/help", "/find 贷款"),
]


@pytest.mark.parametrize(("said", "holds"), SAID)
async def test_commands(lee: Person, said: str, holds: str) -> None:
    assert holds in (await lee.ask(said)).text


# how an id is typed or copied
IDS = ["{id}", "{ID}", "{id}。", "“{id}”", "（{ID}）：", "{wide}", "  {id}\n"]


@pytest.mark.parametrize("typed", IDS)
async def test_a_clause_by_its_id(stage: Stage, lee: Person, typed: str) -> None:
    clause_id = stage.helpdesk.ask(QUESTION).citations[0].clause.clause_id
    wide = "".join(chr(ord(character) + 0xFEE0) for character in clause_id)
    words = typed.format(id=clause_id, ID=clause_id.upper(), wide=wide)
    shown = await lee.ask(f"/clause {words}")
    assert shown.marked("code") == (clause_id,)
    assert shown.marked("expandable_blockquote") == (stage.helpdesk.clause(clause_id).clause.text,)
    call = await lee.ask(f"/call {words}")
    assert clause_id in call.marked("code") and "第四条：全力协调解决企业复工困难。" in call.text


# The call mode.


async def test_the_call_mode_gives_three_texts_and_goes_on(stage: Stage, lee: Person) -> None:
    opening = await lee.ask("/call")
    assert opening.custom_keyboard and opening.custom_keyboard.kind == "force_reply"
    asked = await lee.send(QUESTION, reply_to=opening)
    card = await lee.reply_of(asked)
    clause = stage.helpdesk.ask(QUESTION).citations[0].clause
    assert card.marked("expandable_blockquote") == (clause.text,)
    aloud, forward = card.text.split("原文")[0], card.marked("pre")[0]
    assert re.search(r"根据湖南省工业和信息化厅2020年2月12日发布的《.+》第四条：.*欠费不停供", aloud, re.DOTALL)
    assert EVIDENCE in forward and "——" in forward
    assert clause.clause_id in card.marked("code")
    again = await lee.send("贷款到期怎么续？", reply_to=card)
    assert (await lee.reply_of(again)).text.startswith((texts.CALL_MARK, texts.CHOOSE))


async def test_one_caller_is_not_answered_in_the_light_of_another(stage: Stage, lee: Person) -> None:
    ask = stage.helpdesk.ask
    loan, masks, further = "贷款快到期了能不能续", "口罩厂扩产有什么支持", "怎么申请"
    first = await lee.ask(f"/call {loan}")
    # In the light of the first call it would be of loans.
    assert len({first_shown(ask(further)), first_shown(ask(further, [loan])), first_shown(ask(further, [masks]))}) == 3
    assert first_shown(ask(further)) in (await lee.ask(f"/call {further}")).text
    second = await lee.ask(f"/call {masks}")
    # A reply goes on with the call that it replies to, whichever came between.
    for card, before in ((first, [loan]), (second, [masks])):
        asked = await lee.send(further, reply_to=card)
        assert first_shown(ask(further, before)) in (await lee.reply_of(asked)).text
    fresh = await lee.send(further, reply_to=await lee.ask("/call"))
    assert first_shown(ask(further)) in (await lee.reply_of(fresh)).text


def first_shown(answer: Answer) -> str:
    """Words of an answer that the call mode shows of it."""
    if answer.decision == "refuse":
        return texts.CALL_REFUSED
    first = answer.citations[0]
    return first.clause.text if answer.decision == "answer" else heading(first, 40)


async def test_a_call_card_from_an_answer_keeps_the_sentence_that_answered(stage: Stage, lee: Person) -> None:
    card = await opened(lee, await lee.ask(QUESTION), texts.CALL)
    assert card.marked("pre")[0].startswith(f"“{stage.helpdesk.ask(QUESTION).evidence.strip()}”")


async def test_the_call_mode_goes_on_where_a_question_is_open(stage: Stage, lee: Person) -> None:
    question = open_question(stage.helpdesk)
    choice = await lee.ask(f"/call {question}")
    assert choice.text.startswith(texts.CALL_MARK) and texts.CHOOSE in choice.text
    card = await opened(lee, choice, "1. ")
    assert card.text.startswith(texts.READ_ALOUD)
    for shown in (choice, card):
        further = await lee.send(QUESTION, reply_to=shown)
        assert EVIDENCE in (await lee.reply_of(further)).text.split(texts.EXACT)[0]


async def test_owners_cannot_open_the_call_card(stage: Stage, lee: Person) -> None:
    alice = stage.server.user("陈老板")
    assert texts.CALL not in (await alice.ask(QUESTION)).buttons
    group = stage.server.group("值班群", lee, alice)
    reply = await lee.ask(f"@policy_helpdesk_bot {QUESTION}", to=group)
    assert (await alice.press(reply, texts.CALL)).text == texts.NOT_ALLOWED


async def test_login_gives_a_code_that_works_once(stage: Stage, lee: Person) -> None:
    (token,) = (await lee.ask("/login")).marked("code")
    member = await stage.helpdesk.people.use_link(token, "login")
    assert member.telegram_id == lee.user.id


async def test_login_gives_an_address_where_one_is_set(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("login")
    write_policies(folder / "policies")
    async with BotApiServer() as server, at_work(server, folder, base_url="https://policy.example.org") as stage:
        reply = await stage.admin.ask("/login")
        assert re.search(r"https://policy\.example\.org/login#[\w-]{32}$", reply.text)


# Inline mode.


async def test_inline_for_staff_has_pages(stage: Stage, lee: Person) -> None:
    first = await lee.inline("企业")
    assert len(first.results) == MAX_INLINE_RESULTS and first.next_offset == str(MAX_INLINE_RESULTS)
    assert first.is_personal
    second = await lee.inline("企业", first.next_offset)
    assert second.results and not {r.result_id for r in first.results} & {r.result_id for r in second.results}
    clause = stage.helpdesk.clause(first.results[0].result_id)
    posted = await lee.choose(first.results[0])
    assert posted.marked("expandable_blockquote") == (clause.clause.text,)
    assert clause.metadata.title in posted.text


async def test_inline_for_staff_has_the_filters_of_find(stage: Stage, lee: Person) -> None:
    every, some = await lee.inline("企业"), await lee.inline("企业 级别:市级")
    assert 0 < len(some.results) < len(every.results)
    assert all("市级" in result.body.text for result in some.results)
    wrong = await lee.inline("企业 级别:火星")
    assert wrong.results == () and wrong.button_text.startswith("没有级别“火星”")


async def test_inline_for_others_has_answers_only(stage: Stage) -> None:
    alice = stage.server.user("陈老板")
    answered = await alice.inline(QUESTION)
    assert [EVIDENCE in result.body.text for result in answered.results] == [True]
    assert (await alice.inline(NO_ANSWER)).results == ()
    assert (await alice.inline(NO_ANSWER)).button_text == texts.INLINE_NONE


# what is typed, the offset
ODD = [("", ""), ("   ", ""), ("企业", "abc"), ("企业", "99999999999"), ("企业", "-50"), ("😀", ""), ("电" * 256, "")]


@pytest.mark.parametrize(("query", "offset"), ODD)
async def test_odd_inline_queries_are_answered(lee: Person, query: str, offset: str) -> None:
    answer = await lee.inline(query, offset)
    assert len(answer.results) <= MAX_INLINE_RESULTS


async def test_inline_can_be_off_for_others(stage: Stage) -> None:
    alice = stage.server.user("陈老板")
    shared = stage.telegram.application.bot_data
    stage.telegram.application.bot_data = replace(shared, options=replace(shared.options, inline_for_owners="off"))
    try:
        answer = await alice.inline(QUESTION)
    finally:
        stage.telegram.application.bot_data = shared
    assert answer.results == () and answer.button_text == texts.INLINE_OFF
