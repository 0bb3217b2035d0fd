"""What the bot keeps of what people ask, shows them, and forgets."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from bot_api import BotApiServer, Person
from telegram_fixtures import (
    EVIDENCE,
    NO_ANSWER,
    QUESTION,
    Stage,
    at_work,
    opened,
    turned,
    with_button,
    write_policies,
)

from handlers import telegram_texts as texts

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("memory")
    write_policies(folder / "policies")
    async with BotApiServer() as server, at_work(server, folder) as stage:
        yield stage


@pytest.fixture
def alice(stage: Stage) -> Person:
    return stage.server.user("陈老板", username="chen_li")


async def test_history_and_forget(stage: Stage, alice: Person) -> None:
    await alice.press(await alice.ask(QUESTION), texts.HELPFUL)
    for question in ("房租减免", NO_ANSWER):
        await alice.ask(question)
    history = await alice.ask("/history")
    assert history.text.index(NO_ANSWER) < history.text.index("房租减免") < history.text.index(QUESTION)
    assert "👍" in history.text
    assert (await alice.ask("/forget")).text == texts.FORGOTTEN.format(questions=3, judgements=1)
    assert (await alice.ask("/history")).text == texts.NO_HISTORY
    assert (await alice.ask("/forget")).text == texts.NOTHING_KEPT
    assert await stage.helpdesk.people.history(stage.helpdesk.people.person("telegram", alice.user.id)) == []


async def test_history_has_pages(alice: Person) -> None:
    for n in range(10):
        await alice.ask(f"第{n}个问题：房租减免")
    first = await alice.ask("/history")
    assert first.buttons == ("›",)
    second = await turned(alice, first, "›")
    assert "第0个问题" in second.text and second.buttons == ("‹",)


async def test_history_is_not_read_out_in_a_group(stage: Stage, alice: Person) -> None:
    group = stage.server.group("企业群", alice)
    await alice.ask(NO_ANSWER)
    reply = await alice.ask(f"@policy_helpdesk_bot {QUESTION}", to=group)
    # Even where the button is really there: nothing the bot says today puts it into a group.
    reply = with_button(stage, reply, "hi:0")
    answer = await alice.press_data(reply, "hi:0")
    assert answer.show_alert and answer.text == texts.HISTORY_ELSEWHERE
    assert stage.server.current(reply) == reply


async def test_hot(stage: Stage, alice: Person) -> None:
    for n in range(3):
        await stage.server.user(f"P{n}").ask(QUESTION)
    hot = await alice.ask("/hot")
    assert "全力协调解决企业复工困难" in hot.text
    opening = next(n for n in range(1, 11) if f"{n}. 四 全力协调" in hot.text)
    assert EVIDENCE in (await opened(alice, hot, str(opening))).text
