"""The bot in groups: what is meant for it, and what it tells there."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from bot_api import BotApiServer, Person
from telegram_fixtures import EVIDENCE, NO_ANSWER, QUESTION, Stage, at_work, shown, write_policies

from handlers import telegram_texts as texts

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("groups")
    write_policies(folder / "policies")
    async with BotApiServer() as server, at_work(server, folder) as stage:
        yield stage


@pytest.fixture
def alice(stage: Stage) -> Person:
    return stage.server.user("陈老板", username="chen_li")


# what is said in a group, what the reply holds; None: the bot is silent
IN_GROUPS = [
    ("厂里电费交不上会断电吗", None),
    (f"@policy_helpdesk_bot {QUESTION}", EVIDENCE),
    (f"{QUESTION} @Policy_Helpdesk_Bot", EVIDENCE),
    ("@policy_helpdesk_bot", texts.NO_QUESTION),
    ("/help@policy_helpdesk_bot", "/policies"),
    ("/nosuch@policy_helpdesk_bot", "/help"),
    ("/nosuch", None),
    ("/history", "私聊"),
    ("/forget", "私聊"),
]


@pytest.mark.parametrize(("said", "holds"), IN_GROUPS)
async def test_in_groups_only_what_is_meant_for_the_bot_is_answered(
    stage: Stage, alice: Person, said: str, holds: str | None
) -> None:
    stage.server.settings.privacy = False
    group = stage.server.group("企业群", alice)
    sent = await alice.send(said, to=group)
    if holds is None:
        await alice.silence(0.2, where=group)
    else:
        assert holds in (await alice.reply_of(sent)).text


async def test_in_groups_a_reply_to_the_bot_is_a_question(stage: Stage, alice: Person) -> None:
    group = stage.server.group("企业群", alice)
    first = await alice.ask(f"@policy_helpdesk_bot {NO_ANSWER}", to=group)
    again = await alice.send(QUESTION, to=group, reply_to=first)
    assert EVIDENCE in (await alice.reply_of(again)).text


async def test_what_is_asked_in_private_does_not_show_in_groups(stage: Stage, alice: Person) -> None:
    await alice.ask("贷款快到期了，能不能续？")
    group = stage.server.group("企业群", alice)
    reply = await alice.ask("@policy_helpdesk_bot 那利息呢？", to=group)
    assert shown(stage.helpdesk.ask("那利息呢？")) in reply.text


async def test_called_in_to_a_question_of_somebody_else_it_answers_that(stage: Stage, alice: Person) -> None:
    bob = stage.server.user("王老板")
    group = stage.server.group("企业群", alice, bob)
    stage.server.settings.privacy = False
    asked = await bob.send(QUESTION, to=group)
    await alice.send("@policy_helpdesk_bot", to=group, reply_to=asked)
    reply = await alice.reply_of(asked)
    assert EVIDENCE in reply.text
    assert not (await alice.press(reply, texts.RELATED)).show_alert
    assert (await alice.next_message(where=group)).text.startswith(texts.RELATED_TO)
    await alice.send("@policy_helpdesk_bot", to=group, reply_to=reply)
    assert (await alice.next_message(where=group)).text == texts.NO_QUESTION


async def test_a_group_tells_its_id_to_administrators(stage: Stage, alice: Person) -> None:
    group = stage.server.group("值班群", stage.admin, alice)
    told = await stage.admin.ask("/start@policy_helpdesk_bot", to=group)
    assert told.marked("code") == (str(group.chat_id),)
    assert "HELPDESK_STAFF_CHAT_ID" in told.text
    assert not (await alice.ask("/start@policy_helpdesk_bot", to=group)).marked("code")


async def test_the_mention_is_no_part_of_the_question_when_a_button_is_pressed(stage: Stage, alice: Person) -> None:
    lee = await stage.staff()
    group = stage.server.group("企业群", alice, lee)
    reply = await lee.ask(f"@policy_helpdesk_bot {QUESTION}", to=group)
    await lee.press(reply, texts.CALL)
    assert EVIDENCE in (await lee.next_message(where=group)).text.split(texts.EXACT)[0]
