"""A good citizen of Telegram: its limits, its failures, updates that come twice, order within chats, menus."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio
from bot_api import BotApiServer, Fault, NothingCameError, Person, faults
from conftest import slow
from telegram_fixtures import EVIDENCE, NO_ANSWER, QUESTION, UNHURRIED, Stage, at_work, settings_for

from bot.limiter import Pace
from bot.telegram import Telegram, build
from handlers import telegram_texts as texts
from handlers.commands import COMMANDS, menu
from knowledge.helpdesk import Helpdesk

pytestmark = pytest.mark.asyncio(loop_scope="module")
COSMETIC = ("setMyCommands", "setMyDescription", "setMyShortDescription", "deleteMyCommands")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("citizen")
    async with BotApiServer() as server, at_work(server, folder, **DEFAULT_POLICIES) as stage:
        yield stage


DEFAULT_POLICIES = {"policy_dir": Path(__file__).parent.parent / "knowledge" / "policies"}


@pytest.fixture
def alice(stage: Stage) -> Person:
    return stage.server.user("陈老板", started=True)


# Failures.


def said_to(person: Person) -> list[str]:
    """What the bot has said in the private chat."""
    return [message.text for message in person.messages if message.sender.is_bot]


# what the next sendMessage meets, how many messages then come
TRANSIENT = [
    pytest.param(faults.too_many_requests(0.02), 1, id="429"),
    pytest.param(faults.bad_gateway(), 1, id="502"),
    pytest.param(faults.server_error(), 1, id="500"),
    # The message may have arrived: to send it again would say it twice.
    pytest.param(faults.dropped_after(), 1, id="dropped, though sent"),
    pytest.param(faults.dropped_before(), 0, id="dropped, not sent"),
]


@pytest.mark.parametrize(("fault", "come"), TRANSIENT)
async def test_a_failure_is_tried_again_where_that_is_safe(
    stage: Stage, alice: Person, fault: Fault, come: int
) -> None:
    stage.server.fail("sendMessage", fault, where=alice)
    await alice.send("/help")
    # What stands in the chat when the next question has been answered is all there will be.
    assert EVIDENCE in (await alice.ask(QUESTION)).text
    assert len(said_to(alice)) == come + 1


async def test_an_edit_is_repeated_after_a_dropped_connection(stage: Stage, alice: Person) -> None:
    message = await alice.ask("/policies")
    stage.server.fail("editMessageText", faults.dropped_after(), where=alice)
    await alice.press(message, "级别")
    assert "级别" in (await alice.next_edit(message)).text


async def test_a_failure_that_lasts_ends_in_silence_and_not_in_a_crash(stage: Stage, alice: Person) -> None:
    stage.server.fail("sendMessage", faults.bad_gateway(), times=4, where=alice)
    await alice.send("/help")
    assert EVIDENCE in (await alice.ask(QUESTION)).text
    assert len(said_to(alice)) == 1


async def test_a_person_who_has_left_is_no_error(stage: Stage, alice: Person) -> None:
    stage.server.fail("sendMessage", faults.blocked(), where=alice)
    await alice.send("/help")
    assert EVIDENCE in (await alice.ask(QUESTION)).text
    assert len(stage.server.calls_of("sendMessage", alice)) == 2
    alice.block()
    assert await stage.server.all_taken()
    alice.unblock()
    assert EVIDENCE in (await alice.ask(QUESTION)).text


async def test_an_expired_query_still_does_its_work(stage: Stage, alice: Person) -> None:
    message = await alice.ask("/policies")
    stage.server.settings.query_lifetime = 0.0
    try:
        with pytest.raises(NothingCameError):
            await alice.press(message, "级别", within=0.1)
        assert "级别" in (await alice.next_edit(message)).text
    finally:
        stage.server.settings.query_lifetime = 15.0


async def test_pressing_twice_changes_nothing_and_fails_nowhere(stage: Stage, alice: Person) -> None:
    message = await alice.ask("/policies")
    await alice.press(message, "级别")
    changed = await alice.next_edit(message)
    assert not (await alice.press(message, "级别")).show_alert
    assert stage.server.current(changed) == changed


# Updates that come twice.


async def test_an_update_delivered_twice_is_answered_once(stage: Stage, alice: Person) -> None:
    application = stage.telegram.application
    seen: list[object] = []
    queue = application.update_queue
    plain = queue.put

    async def put_twice(update: object) -> None:
        seen.append(update)
        await plain(update)
        await plain(update)

    queue.put = put_twice  # type: ignore[method-assign]
    try:
        reply = await alice.ask("/help")
        await alice.press(await alice.ask("/policies"), "级别")
    finally:
        queue.put = plain  # type: ignore[method-assign]
    assert texts.PRIVACY[:5] in (await alice.ask("/privacy")).html
    assert len(seen) == 3 and "/policies" in reply.text
    assert len(said_to(alice)) == 3
    assert len(stage.server.calls_of("editMessageText", alice)) == 1


# The pace.


async def test_one_message_a_second_in_a_private_chat(tmp_path: Path) -> None:
    async with BotApiServer() as server, at_work(server, tmp_path, Pace(), **DEFAULT_POLICIES) as stage:
        alice, bob = server.user("A"), server.user("B")
        for person in (alice, bob):
            for _ in range(3):
                await person.send("/help")
        await asyncio.gather(alice.next_messages(3), bob.next_messages(3))
        for person in (alice, bob):
            sent = [call.at for call in server.calls_of("sendMessage", person)]
            assert all(later - earlier > 0.9 for earlier, later in pairwise(sent))
        assert stage.telegram.ready


@slow
async def test_many_chats_do_not_wait_for_each_other(stage: Stage) -> None:
    slow, others = stage.server.user("慢"), [stage.server.user(f"P{n}") for n in range(8)]
    stage.server.fail("sendMessage", faults.slow(3.0), where=slow)
    await slow.send("/help")
    await slow.send(QUESTION)
    replies = await asyncio.gather(*(person.ask(QUESTION) for person in others))
    assert all(EVIDENCE in reply.text for reply in replies)
    # The second is not looked at before Telegram has told that it took the answer to the first.
    assert len(said_to(slow)) == 1
    assert EVIDENCE in (await slow.next_messages(2))[1].text


async def test_one_chat_stays_in_order(stage: Stage, alice: Person) -> None:
    # The first answer takes longest; those behind it wait.
    stage.server.fail("sendMessage", faults.slow(0.3), where=alice)
    sent = [await alice.send(words) for words in (QUESTION, NO_ANSWER, "/help", "/privacy")]
    replies = await alice.next_messages(4)
    assert [r.reply_to.message_id for r in replies if r.reply_to] == [s.message_id for s in sent]


# Menus and descriptions.


async def test_menus_by_scope_come_from_the_one_table(stage: Stage, alice: Person) -> None:
    lee = stage.server.user("小李", started=True)
    await stage.admin.ask(f"/appoint 客服 {lee.user.id} 小李")
    # Told when all is set.
    await lee.next_message()
    group = stage.server.group("群", alice)
    expected = {"owner": alice, "staff": lee, "admin": stage.admin}
    for role, person in expected.items():
        wanted = [(c.command, c.description) for c in menu(role)]  # type: ignore[arg-type]
        assert [(c.command, c.description) for c in person.menu()] == wanted
    assert len(stage.admin.menu()) == len(COMMANDS)
    assert [c.command for c in alice.menu(group)] == [c.name for c in COMMANDS if c.in_groups]
    assert stage.server.profile.text("description", "") == texts.DESCRIPTION
    assert stage.server.profile.text("short_description", "") == texts.SHORT_DESCRIPTION


async def test_nothing_is_set_again_that_telegram_has(tmp_path: Path) -> None:
    async with BotApiServer() as server:
        async with at_work(server, tmp_path, **DEFAULT_POLICIES):
            pass
        first = [call.method for call in server.calls if call.method in COSMETIC]
        settings = settings_for(server, tmp_path, **DEFAULT_POLICIES)
        async with Helpdesk.open(settings.config) as helpdesk:
            telegram = Telegram(build(settings, helpdesk, UNHURRIED), settings)
            await telegram.run()
            await telegram.stop()
        assert first.count("setMyCommands") == 3
        assert [call.method for call in server.calls if call.method in COSMETIC] == first


async def test_a_failing_cosmetic_call_does_not_keep_the_bot_from_starting(tmp_path: Path) -> None:
    async with BotApiServer() as server:
        for method in ("getMyCommands", "getMyDescription", "getMyShortDescription"):
            server.fail(method, faults.server_error(), times=100)
        async with at_work(server, tmp_path, **DEFAULT_POLICIES):
            assert EVIDENCE in (await server.user("A").ask(QUESTION)).text


# The connection.


@slow
async def test_telegram_out_of_reach_at_the_start_and_later(tmp_path: Path) -> None:
    async with BotApiServer() as server:
        await server.stop()
        settings = settings_for(server, tmp_path, **DEFAULT_POLICIES)
        async with Helpdesk.open(settings.config) as helpdesk:
            telegram = Telegram(build(settings, helpdesk, UNHURRIED), settings)
            running = asyncio.create_task(telegram.run())
            await asyncio.sleep(0.3)
            assert not telegram.ready and telegram.trouble
            await server.start()
            await asyncio.wait_for(running, 5)
            assert telegram.ready and not telegram.trouble
            alice = server.user("A")
            assert EVIDENCE in (await alice.ask(QUESTION)).text
            await server.stop()
            await server.start()
            assert EVIDENCE in (await alice.ask(QUESTION)).text
            await telegram.stop()


async def test_the_questions_of_half_an_hour_ago_are_no_turns(stage: Stage, alice: Person) -> None:
    assert stage.telegram.application.bot_data.options.follow_up_minutes == timedelta(minutes=30).seconds // 60
    await alice.ask("贷款快到期了，能不能续？")
    together = stage.helpdesk.ask("那利息呢？", ["贷款快到期了，能不能续？"])
    assert together.citations
    assert together.citations[0].clause.heading in (await alice.ask("那利息呢？")).text
