"""The buttons under answers, and browsing: what is pressed and what comes of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from bot_api import BotApiServer, Person
from telegram_fixtures import (
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
    folder = tmp_path_factory.mktemp("buttons")
    write_policies(folder / "policies")
    async with BotApiServer() as server, at_work(server, folder) as stage:
        yield stage


@pytest.fixture
def alice(stage: Stage) -> Person:
    return stage.server.user("陈老板", username="chen_li")


# Buttons.


async def test_judging_and_changing_ones_mind(stage: Stage, alice: Person) -> None:
    reply = await alice.ask(QUESTION)
    person = stage.helpdesk.people.person("telegram", alice.user.id)
    for button, thanks, helpful in (("有帮助", texts.THANKS, True), ("没有帮助", texts.SORRY_UNHELPFUL, False)):
        words = next(words for words in reply.buttons if words.endswith(button))
        assert (await alice.press(reply, words)).text == thanks
        assert (await stage.helpdesk.people.history(person))[0].helpful is helpful


async def test_related_clauses_and_the_whole_notice(stage: Stage, alice: Person) -> None:
    reply = await alice.ask(QUESTION)
    related = await opened(alice, reply, texts.RELATED)
    assert related.text.startswith(texts.RELATED_TO) and related.buttons
    one = await opened(alice, related, "1")
    assert one.marked("expandable_blockquote")
    notice = await opened(alice, reply, texts.NOTICE)
    assert notice.text.startswith("关于进一步做好工业企业复工复产相关工作的通知")
    assert "九、切实落实工作职责" in notice.text


async def test_a_long_quotation_is_sent_to_be_copied(stage: Stage, alice: Person) -> None:
    clause_id = stage.helpdesk.ask(QUESTION).citations[0].clause.clause_id
    shown = await alice.start(clause_id)
    card = await alice.reply_of(shown)
    copy = await opened(alice, card, texts.COPY)
    (text,) = copy.marked("pre")
    assert stage.helpdesk.clause(clause_id).clause.text in text and "——" in text


async def test_a_quotation_never_loses_its_source(stage: Stage, alice: Person) -> None:
    short, long = "房租减免标准是多少", "贷款快到期了，能不能续？"
    for question in (short, long, QUESTION, "那水费呢？"):
        reply = await alice.ask(question)
        if texts.COPY not in reply.buttons:
            continue
        button = reply.button(texts.COPY)
        if button.action == "copy_text":
            assert "\n—— 《" in button.value
        else:
            (text,) = (await opened(alice, reply, texts.COPY)).marked("pre")
            # The words that answered, as where they are short, and not the whole clause.
            assert text.startswith(f"“{reply.marked('bold')[0].strip()}”\n—— 《")


async def test_a_deep_link_opens_a_clause(stage: Stage, alice: Person) -> None:
    clause_id = stage.helpdesk.ask(QUESTION).citations[0].clause.clause_id
    started = await alice.follow(stage.server.link(clause_id))
    assert "全力协调解决企业复工困难" in (await alice.reply_of(started)).text


MADE_UP = [
    "c:nosuch-1",
    "c",
    "h:1",
    "h:x:1",
    "h:99999999999:1",
    "h:1:2",
    "n:x",
    "np:x:y",
    "bl:topic:0:99:0",
    "bl:a",
    "bv:zz",
    "bv:date:9999999",
    "f:0",
    "k:nosuch",
    "rl:1",
    "au:0",
    "s:p:x:y:z:0",
    "s:",
    "hi:abc",
    "hi:99999",
    "zzz",
    "np:nosuch:0",
    "n:nosuch:1",
    "bl:date:000013:0:0",
    "bl:all:::99999",
]


@pytest.mark.parametrize("data", MADE_UP)
async def test_made_up_buttons_do_nothing_but_are_answered(stage: Stage, alice: Person, data: str) -> None:
    reply = await alice.ask("/help")
    before = (await stage.helpdesk.releases(), await stage.helpdesk.people.members(), alice.messages)
    told = await alice.press_data(reply, data)
    assert told.text == (texts.NOT_YOURS if data.startswith("s:") else texts.DEAD_BUTTON)
    assert (await stage.helpdesk.releases(), await stage.helpdesk.people.members(), alice.messages) == before


@pytest.mark.parametrize("data", [*MADE_UP, "q", "r", "k", "p", "p:x", "b", "n", "np", "hi", "h", "s", "h:", "c:", "-"])
async def test_buttons_of_another_version_are_answered_without_a_failure(
    stage: Stage, alice: Person, data: str
) -> None:
    reply = with_button(stage, await alice.ask(QUESTION), data)
    told = await alice.press_data(reply, data)
    if data in ("c", "q", "r"):
        assert told.text == texts.DEAD_BUTTON
    await alice.ask("/help")
    broken = texts.BROKEN.format(hotline="96871")
    assert broken not in [told.text, *(message.text for message in alice.messages)]


async def test_what_one_was_answered_no_other_overwrites(stage: Stage, alice: Person) -> None:
    bob = stage.server.user("王老板")
    group = stage.server.group("企业群", alice, bob)
    reply = await alice.ask(f"@policy_helpdesk_bot {QUESTION}", to=group)
    await bob.ask(NO_ANSWER)
    notice = reply.button(texts.NOTICE).value.split(":")[1]
    for data in (f"np:{notice}:0", "hi:0", "b:root", "bv:level", "bl:all:::0"):
        assert (await bob.press_data(reply, data)).text == texts.DEAD_BUTTON
        assert stage.server.current(reply) == reply


async def test_only_who_asked_judges(stage: Stage, alice: Person) -> None:
    bob = stage.server.user("王老板")
    group = stage.server.group("企业群", alice, bob)
    reply = await alice.ask(f"@policy_helpdesk_bot {QUESTION}", to=group)
    judging = reply.button(texts.HELPFUL).value
    assert (await bob.press(reply, texts.HELPFUL)).text == texts.NOT_JUDGED
    assert (await bob.press_data(await bob.ask(QUESTION), judging)).text == texts.DEAD_BUTTON
    for person in (alice, bob):
        kept = await stage.helpdesk.people.history(stage.helpdesk.people.person("telegram", person.user.id))
        assert [asked.helpful for asked in kept] == [None]
    assert (await stage.helpdesk.people.usage(1))[0].helpful == 0
    assert (await alice.press(reply, texts.HELPFUL)).text == texts.THANKS


async def test_a_button_under_a_deleted_message_is_answered(alice: Person) -> None:
    reply = await alice.ask(QUESTION)
    await alice.delete(reply)
    assert (await alice.press(reply, texts.RELATED)).text == texts.DEAD_BUTTON


# Browsing.

# the buttons pressed one after the other, what the last message holds
PATHS = [
    (("主题",), texts.WHICH.format(facet="主题")),
    (("部门", "商务"), "商务：共 4 份通知"),
    (("级别", "市级"), "市级：共 4 份通知"),
    (("日期", "2020年", "3月"), "2020年3月：共 3 份通知"),
    (("日期", "2020年", "2020年全年"), "2020年：共 16 份通知"),
    (("全部",), "共 16 份通知"),
    (("全部", "›", "›"), "16. "),
    (("全部", "›", "‹"), "1. "),
    (("主题", "返回"), texts.BROWSE),
]


@pytest.mark.parametrize(("presses", "holds"), PATHS)
async def test_browsing(alice: Person, presses: tuple[str, ...], holds: str) -> None:
    message = await alice.ask("/policies")
    for words in presses:
        message = await turned(alice, message, words)
    assert holds in message.text


async def test_a_notice_is_opened_from_the_list(alice: Person) -> None:
    listed = await turned(alice, await alice.ask("/policies"), "全部")
    notice = await opened(alice, listed, "1")
    title = listed.text.split("1. ")[1].split("\n")[0]
    assert notice.text.startswith(title)
