"""What people who know Telegram look for in a bot: albums, inline quotations, groups that change, failures owned up to."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing

import pytest
import pytest_asyncio
from bot_api import BotApiServer, Message, Person, faults
from bot_api.errors import bad_request
from conftest import slow
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

pytestmark = pytest.mark.asyncio(loop_scope="module")
STAFF_CHAT = -1_001_000_000_002
LOAN = "贷款快到期了，能不能续？"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("manners")
    write_policies(folder / "policies")
    async with BotApiServer() as server, at_work(server, folder, staff_chat_id=STAFF_CHAT) as stage:
        assert server.group("值班群", stage.admin).chat_id == STAFF_CHAT
        yield stage


@pytest.fixture
def alice(stage: Stage) -> Person:
    return stage.server.user("陈老板", username="chen_li")


def said_to(person: Person) -> list[str]:
    """What the bot has said in the private chat."""
    return [message.text for message in person.messages if message.sender.is_bot]


# Messages that come together, or from the bot itself.

# the captions of photos sent together, what the answers hold
ALBUMS = [
    (("", "", ""), [texts.PHOTO]),
    ((QUESTION, "", ""), [EVIDENCE]),
    (("", "", QUESTION), [texts.PHOTO, EVIDENCE]),
]


@pytest.mark.parametrize(("captions", "answers"), ALBUMS)
async def test_an_album_is_answered_as_one(alice: Person, captions: tuple[str, ...], answers: list[str]) -> None:
    for caption in captions:
        await alice.send_other("photo", caption=caption, album="12345")
    await alice.ask("/help")
    said = said_to(alice)[:-1]
    assert len(said) == len(answers)
    assert all(holds in text for holds, text in zip(answers, said, strict=True))


async def test_two_albums_are_two(alice: Person) -> None:
    for album in ("1", "2"):
        await alice.send_other("photo", album=album)
    await alice.ask("/help")
    assert said_to(alice)[:-1] == [texts.PHOTO, texts.PHOTO]


async def test_a_quotation_put_into_the_chat_by_inline_mode_is_not_asked_about(alice: Person) -> None:
    listed = await alice.inline(QUESTION)
    await alice.choose(listed.results[0])
    await alice.ask("/help")
    assert len(said_to(alice)) == 1


async def test_an_empty_inline_query_says_what_to_type(alice: Person) -> None:
    answer = await alice.inline("")
    assert answer.results == () and answer.button_text == texts.INLINE_HINT


# Commands as they are typed on Chinese keyboards.

TYPED = ["/find　断电", "/find\n断电", "/find   断电", "/find@policy_helpdesk_bot　断电"]


@pytest.mark.parametrize("said", TYPED)
async def test_whatever_parts_a_command_from_its_words(stage: Stage, said: str) -> None:
    lee = await stage.staff()
    found = await lee.ask(said)
    assert found.text.startswith("“断电”")
    if "›" in found.buttons:
        await lee.press(found, "›")
        assert (await lee.next_edit(found)).text.startswith("“断电”")


# Groups that the bot comes to, and that change.


async def test_let_into_a_group_it_says_how_to_ask_and_only_then(stage: Stage, alice: Person) -> None:
    group = stage.server.group("企业群", alice, bot="left")
    group.add_bot(alice)
    assert (await alice.next_message(where=group)).text == texts.GROUP_HELLO
    group.add_bot(alice, "administrator")
    group.remove_bot(alice)
    assert await stage.server.all_taken()
    group.add_bot(alice)
    assert (await alice.next_message(where=group)).text == texts.GROUP_HELLO
    await alice.silence(0.2, where=group)


async def test_an_answer_follows_a_group_that_becomes_a_supergroup(stage: Stage, alice: Person) -> None:
    group = stage.server.group("企业群", alice, kind="group")
    await alice.send(f"@policy_helpdesk_bot {QUESTION}", to=group)
    supergroup = group.upgrade()
    assert EVIDENCE in (await alice.next_message(where=supergroup)).text
    assert EVIDENCE in (await alice.ask(f"@policy_helpdesk_bot {QUESTION}", to=supergroup)).text


# Members.


async def test_whoever_was_appointed_before_they_wrote_gets_the_menu_with_start(stage: Stage) -> None:
    lee = stage.server.user("小李")
    await stage.admin.ask(f"/appoint 客服 {lee.user.id} 小李")
    assert await stage.server.all_taken()
    assert "find" not in [command.command for command in lee.menu()]
    await lee.ask("/start")
    # The menu is set behind the welcome; what is asked next is answered when that is done.
    await lee.ask("/help")
    assert "find" in [command.command for command in lee.menu()]


# Buttons.


async def test_a_failure_behind_a_button_is_said_though_the_button_was_answered(stage: Stage, alice: Person) -> None:
    message = await alice.ask("/policies")
    stage.server.fail("editMessageText", faults.refused(bad_request("MESSAGE_TOO_ODD")), where=alice)
    assert not (await alice.press(message, "级别")).show_alert
    assert (await alice.next_message()).text == texts.BROKEN.format(hotline="96871")


async def test_what_is_related_to_a_chosen_clause_is_found_by_the_clause(stage: Stage, alice: Person) -> None:
    choice = await alice.ask(open_question(stage.helpdesk))
    chosen = await opened(alice, choice, "1. ")
    citation = stage.helpdesk.ask(open_question(stage.helpdesk)).citations[0]
    like = stage.helpdesk.search(citation.clause.heading or citation.clause.text[:60], limit=6)
    others = [c.clause.label for c in like if c.clause.clause_id != citation.clause.clause_id]
    related = await opened(alice, chosen, texts.RELATED)
    assert related.text.startswith(texts.RELATED_TO) and related.text.count("\n1. " + others[0]) == 1


async def test_a_question_that_could_not_be_passed_on_may_be_once_more(stage: Stage, alice: Person) -> None:
    room = stage.server.world.rooms[STAFF_CHAT]
    before = len(room.messages)
    reply = await alice.ask(NO_ANSWER)
    stage.server.faults.order("sendMessage", faults.blocked(), times=1, chat_id=STAFF_CHAT)
    for said in (texts.NOT_PASSED, texts.PASSED_ON, texts.PASSED_ALREADY):
        told = await opened(alice, reply, texts.PERSON)
        assert "96871" in told.text and told.text.endswith(said)
    (passed,) = list(room.messages.values())[before:]
    assert NO_ANSWER in passed.text and passed.marked("text_mention") == ("陈老板 @chen_li",)


# What the staff need to understand a question.


def passed_on(stage: Stage) -> Message:
    """What was passed to the staff last."""
    return list(stage.server.world.rooms[STAFF_CHAT].messages.values())[-1]


async def test_a_further_question_is_passed_on_with_what_came_before_and_what_was_answered(
    stage: Stage, alice: Person
) -> None:
    await alice.ask(LOAN)
    reply = await alice.ask("那利息呢？")
    # What is asked later says nothing of what was meant.
    await alice.ask("厂房租金")
    assert (await opened(alice, reply, texts.PERSON)).text.endswith(texts.PASSED_ON)
    passed = passed_on(stage)
    head, rest = passed.text.split(texts.ASKED_BEFORE)
    assert head == f"{texts.FOR_STAFF}\n那利息呢？\n"
    assert rest.startswith(f"\n· {LOAN}\n{texts.WAS_ANSWERED}\n")
    assert passed.marked("expandable_blockquote") == (reply.text,) and "——" in reply.text


async def test_of_somebody_elses_question_only_what_stands_there_is_passed_on(stage: Stage, alice: Person) -> None:
    bob = stage.server.user("王老板")
    group = stage.server.group("企业群", alice, bob)
    await alice.ask(f"@policy_helpdesk_bot {LOAN}", to=group)
    reply = await alice.ask("@policy_helpdesk_bot 那利息呢？", to=group)
    await bob.press(reply, texts.PERSON)
    assert (await bob.reply_of(reply)).text.endswith(texts.PASSED_ON)
    passed = passed_on(stage)
    assert LOAN not in passed.text and reply.text in passed.text
    assert passed.text.startswith(f"{texts.FOR_STAFF}\n那利息呢？\n{texts.WAS_ANSWERED}")


async def test_a_question_deleted_from_the_chat_is_passed_on_from_what_is_kept(stage: Stage, alice: Person) -> None:
    asked = [await alice.send(words) for words in (QUESTION, NO_ANSWER)]
    first, second = [await alice.reply_of(each) for each in asked]
    for each in asked:
        await alice.delete(each)
    assert (await opened(alice, first, texts.PERSON)).text.endswith(texts.PASSED_ON)
    assert passed_on(stage).text.startswith(f"{texts.FOR_STAFF}\n{QUESTION}\n")
    await alice.ask("/forget")
    last = passed_on(stage)
    # Deleted in the chat and here: nobody has it.
    assert (await opened(alice, second, texts.PERSON)).text.endswith(texts.NOT_PASSED_GONE)
    assert passed_on(stage) == last


async def test_who_asks_for_a_person_can_have_what_they_asked_passed_on(stage: Stage, alice: Person) -> None:
    await alice.ask(LOAN)
    told = await alice.ask("转人工")
    assert told.text.startswith("人工服务：请拨打 96871") and told.buttons == ("☎️ 找人工",)
    assert (await opened(alice, told, texts.PERSON)).text.endswith(texts.PASSED_ON)
    assert passed_on(stage).text.startswith(
        f"{texts.FOR_STAFF}\n转人工\n{texts.ASKED_BEFORE}\n· {LOAN}\n{texts.FROM_PERSON}"
    )


LONG = ["😀电" * 1000, "<b>&\n" * 800, "电费交不上。" * 600]


@pytest.mark.parametrize("said", LONG)
async def test_what_is_passed_on_fits_a_message(stage: Stage, alice: Person, said: str) -> None:
    for _ in range(6):
        reply = await alice.ask(said)
    assert (await opened(alice, reply, texts.PERSON)).text.endswith(texts.PASSED_ON)
    assert passed_on(stage).marked("text_mention") == ("陈老板 @chen_li",)


@slow
async def test_while_the_database_is_locked_questions_are_answered_without_waiting_for_it(
    stage: Stage, alice: Person
) -> None:
    # As a backup does that takes its time.
    with closing(sqlite3.connect(stage.helpdesk.config.data_dir / "helpdesk.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        photo = await alice.send_other("photo", caption=QUESTION, album="9")
        assert EVIDENCE in (await alice.reply_of(photo, 15)).text
        other.execute("ROLLBACK")
