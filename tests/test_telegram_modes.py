"""The same conversations by long polling and behind a webhook: everyone's commands, buttons, groups, inline mode."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from bot_api import BotApiServer, Person
from telegram_fixtures import EVIDENCE, NO_ANSWER, NOTICE, QUESTION, Stage, at_work, opened, outcome, write_policies

from handlers import telegram_texts as texts

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["polling", "webhook"])
async def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp(request.param)
    write_policies(folder / "policies")
    async with (
        BotApiServer() as server,
        at_work(server, folder, webhook=request.param == "webhook") as stage,
    ):
        assert bool(stage.telegram.application.updater) == (request.param == "polling")
        yield stage


@pytest_asyncio.fixture(loop_scope="module")
async def people(stage: Stage) -> dict[str, Person]:
    """Somebody of each role."""
    return {"owner": stage.server.user("陈老板"), "staff": await stage.staff(), "admin": stage.admin}


# who, what they say and what comes back, one after the other
CONVERSATIONS = [
    ("owner", [("/start", "惠企政策助手"), (QUESTION, EVIDENCE), (NO_ANSWER, texts.REFUSED), ("谢谢", "不客气")]),
    ("owner", [("/help", "/policies"), ("/topics", "主题"), ("/policies", texts.BROWSE)]),
    ("owner", [(QUESTION, EVIDENCE), ("/hot", "最常问")]),
    ("owner", [(QUESTION, EVIDENCE), ("/history", QUESTION), ("/forget", "1 条提问"), ("/privacy", "180 天")]),
    ("owner", [("/find 贷款", texts.NOT_ALLOWED), ("/reload", texts.NOT_ALLOWED), ("/nosuch", "没有这个命令")]),
    ("staff", [("/find 企业 级别:市级", "市级"), ("/call " + QUESTION, EVIDENCE), ("/login", "登录码")]),
    ("staff", [("/clause nosuch-1", "没有编号"), ("/members", texts.NOT_ALLOWED)]),
    ("admin", [("/releases", "版本 1"), ("/rollback 9", "没有版本 9"), ("/members", "#1"), ("/audit", "任命")]),
    ("admin", [("/appoint 客服", "?start=i_"), ("/dismiss #99", texts.NO_MEMBER), ("/usage", "近 7 天")]),
]


@pytest.mark.parametrize(("role", "turns"), CONVERSATIONS)
async def test_conversations(people: dict[str, Person], role: str, turns: list[tuple[str, str]]) -> None:
    for said, holds in turns:
        assert holds in (await people[role].ask(said)).text


async def test_buttons_edits_groups_and_inline_mode(stage: Stage, people: dict[str, Person]) -> None:
    owner = people["owner"]
    asked = await owner.send(NO_ANSWER)
    refused = await owner.reply_of(asked)
    await owner.edit(asked, QUESTION)
    answered = await owner.next_edit(refused)
    assert (await owner.press(answered, texts.HELPFUL)).text == texts.THANKS
    assert (await opened(owner, answered, texts.NOTICE)).text
    group = stage.server.group("企业群", owner)
    assert EVIDENCE in (await owner.ask(f"@policy_helpdesk_bot {QUESTION}", to=group)).text
    assert EVIDENCE in (await owner.inline(QUESTION)).results[0].body.text
    assert len((await people["staff"].inline("企业")).results) == 50


async def test_a_document_is_published_on_a_button(stage: Stage) -> None:
    admin, before = stage.admin, stage.helpdesk.answerer.release
    shown = await admin.reply_of(await admin.send_document("新.txt", NOTICE.encode()))
    while shown.text.startswith(texts.READING):
        shown = await admin.next_edit(shown)
    assert "关于支持企业的通知" in shown.text
    assert (await outcome(admin, shown, texts.PUBLISH)).startswith("已发布版本")
    assert stage.helpdesk.answerer.release != before
