"""Owners on Telegram: what they say and what comes back, over HTTP and python-telegram-bot, from the real helpdesk."""

from __future__ import annotations

import re
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
    open_question,
    opened,
    shown,
    write_policies,
)

from handlers import telegram_texts as texts
from handlers.texts import GREETING, YOU_ARE_WELCOME

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    folder = tmp_path_factory.mktemp("owner")
    write_policies(folder / "policies")
    async with BotApiServer() as server, at_work(server, folder) as stage:
        yield stage


@pytest.fixture
def alice(stage: Stage) -> Person:
    return stage.server.user("陈老板", username="chen_li")


# Asking.


async def test_an_answer_has_the_evidence_the_clause_the_source_and_buttons(alice: Person) -> None:
    reply = await alice.ask(QUESTION)
    assert EVIDENCE in reply.marked("bold")[0]
    assert reply.text.index(EVIDENCE) < reply.text.index("全力协调")
    (clause,) = reply.marked("expandable_blockquote")
    assert clause.startswith("四、全力协调解决企业复工困难")
    assert reply.marked("underline") == (reply.marked("bold")[0],)
    for part in (
        "《关于进一步做好工业企业复工复产相关工作的通知》第四条",
        "湖南省工业和信息化厅",
        "2020-02-12 发布",
        "省级",
    ):
        assert part in reply.text
    assert reply.buttons == ("👍 有帮助", "👎 没有帮助", "相关条款", "全文", "复制引文", "☎️ 找人工")
    copied = reply.button("复制引文")
    assert copied.action == "copy_text" and EVIDENCE in copied.value


async def test_a_refusal_says_so_and_what_to_do(alice: Person) -> None:
    reply = await alice.ask(NO_ANSWER)
    assert texts.REFUSED in reply.text
    assert "96871" in reply.text and "工作日" in reply.text
    assert "融资贷款" in reply.text
    assert "人工" in (await opened(alice, reply, "找人工")).text
    assert "浏览" in (await opened(alice, reply, "浏览政策")).text


async def test_a_choice_offers_at_most_three_clauses_by_heading(stage: Stage, alice: Person) -> None:
    question = open_question(stage.helpdesk)
    reply = await alice.ask(question)
    assert reply.text.startswith(texts.CHOOSE)
    offered = [words for words in reply.buttons if re.match(r"\d\. ", words)]
    assert 1 <= len(offered) <= 3
    chosen = await opened(alice, reply, offered[-1])
    third = stage.helpdesk.ask(question).citations[len(offered) - 1]
    assert chosen.marked("expandable_blockquote") == (third.clause.text,)


# what is said, what the reply holds
SAID = [
    # questions in other forms
    ("厂里電費交不上，會不會斷電", EVIDENCE),
    ("  \n" + QUESTION + "\n", EVIDENCE),
    # no question at all
    ("😀😀😀", texts.NO_QUESTION),
    ("？？？……", texts.NO_QUESTION),
    ("👨‍👩‍👧", texts.NO_QUESTION),
    # courtesy
    ("你好！", f"{GREETING} {texts.SEE_HELP}"),
    ("Hello", GREETING),
    ("好的，谢谢🙏", YOU_ARE_WELCOME),
    ("转人工", "请拨打 96871"),
    # commands
    ("/start", "惠企政策助手"),
    ("/start nosuchclause-1", "没有找到这一条款"),
    ("/start 乱写", "惠企政策助手"),
    ("/start history", texts.TAP.format(name="history")),
    ("/start help", "怎么用"),
    ("/help", "/policies"),
    ("/help@policy_helpdesk_bot", "/policies"),
    ("/topics", texts.WHICH.format(facet="主题")),
    ("/policies", texts.BROWSE),
    ("/privacy", "180 天"),
    ("/history", texts.NO_HISTORY),
    ("/nosuchcommand", "/help"),
    ("/" + "x" * 60, "/help"),
    ("/" + "x" * 200, texts.REFUSED),
    ("/a /b /c", "/help"),
    # what only others may do
    ("/find 贷款", texts.NOT_ALLOWED),
    ("/clause abc", texts.NOT_ALLOWED),
    ("/call 断电", texts.NOT_ALLOWED),
    ("/login", texts.NOT_ALLOWED),
    ("/reload", texts.NOT_ALLOWED),
    ("/rollback 1", texts.NOT_ALLOWED),
    ("/releases", texts.NOT_ALLOWED),
    ("/members", texts.NOT_ALLOWED),
    ("/appoint 管理员", texts.NOT_ALLOWED),
    ("/dismiss #1", texts.NOT_ALLOWED),
    ("/audit", texts.NOT_ALLOWED),
    ("/gaps", texts.NOT_ALLOWED),
    ("/usage", texts.NOT_ALLOWED),
]


@pytest.mark.parametrize(("said", "holds"), SAID)
async def test_whatever_is_said_is_answered(alice: Person, said: str, holds: str) -> None:
    reply = await alice.ask(said)
    assert holds in reply.text


LONG = ["电" * 4096, "😀" * 2048, (QUESTION + "\n") * 270, "<b>&lt;" * 500, "a " * 2000, "\u202e反" * 800]


@pytest.mark.parametrize("said", LONG)
async def test_long_and_odd_messages_are_answered(alice: Person, said: str) -> None:
    assert (await alice.ask(said)).text


OTHER = [
    ("voice", texts.VOICE),
    ("photo", texts.PHOTO),
    ("video", texts.PHOTO),
    ("sticker", texts.STICKER),
    ("location", texts.LOCATION),
    ("contact", texts.OTHER),
]


@pytest.mark.parametrize(("kind", "line"), OTHER)
async def test_what_is_no_text_gets_one_polite_line(alice: Person, kind: str, line: str) -> None:
    reply = await alice.reply_of(await alice.send_other(kind))
    assert reply.text == line
    assert "\n" not in reply.text


async def test_a_document_is_not_read(alice: Person) -> None:
    assert (await alice.reply_of(await alice.send_document("a.txt", b"x"))).text == texts.DOCUMENT


async def test_the_caption_of_a_photo_is_a_question(alice: Person) -> None:
    assert EVIDENCE in (await alice.reply_of(await alice.send_other("photo", caption=QUESTION))).text


# Conversations.


async def test_courtesy_after_an_answer_is_not_answered_once_more(stage: Stage, alice: Person) -> None:
    await alice.ask(QUESTION)
    assert (await alice.ask("谢谢")).text == YOU_ARE_WELCOME
    kept = await stage.helpdesk.people.history(stage.helpdesk.people.person("telegram", alice.user.id))
    assert [asked.question for asked in kept] == [QUESTION]


async def test_follow_up(stage: Stage, alice: Person) -> None:
    turns = ["贷款快到期了，能不能续？", "那利息呢？"]
    await alice.ask(turns[0])
    reply = await alice.ask(turns[1])
    together, alone = stage.helpdesk.ask(turns[1], turns[:1]), stage.helpdesk.ask(turns[1])
    assert (together.decision, together.confidence) != (alone.decision, alone.confidence)
    assert shown(together) in reply.text
    stranger = stage.server.user("别人")
    assert shown(alone) in (await stranger.ask(turns[1])).text


async def test_an_edited_question_edits_its_answer(stage: Stage, alice: Person) -> None:
    asked = await alice.send(NO_ANSWER)
    first = await alice.reply_of(asked)
    await alice.edit(asked, QUESTION)
    changed = await alice.next_edit(first)
    assert EVIDENCE in changed.text and changed.buttons[0] == texts.HELPFUL
    await alice.edit(asked, "😀")
    assert (await alice.next_edit(changed)).text == texts.NO_QUESTION
    await alice.silence()


# what is sent first, what it is edited to, what its answer then holds
EDITS = [
    (QUESTION, "/help", "怎么用"),
    ("/hepl", "/help", "怎么用"),
    ("/help", "/hepl", texts.UNKNOWN_COMMAND),
    ("/help", QUESTION, EVIDENCE),
    (QUESTION, "/topics", texts.WHICH.format(facet="主题")),
    (QUESTION, "/policies", texts.BROWSE),
    (QUESTION, "/history", QUESTION),
    (QUESTION, "/privacy", "180 天"),
    (QUESTION, "/start", "惠企政策助手"),
    (QUESTION, "/find 贷款", texts.NOT_ALLOWED),
    (QUESTION, "/forget", texts.SEND_ANEW.format(name="forget")),
]


@pytest.mark.parametrize(("first", "then", "holds"), EDITS)
async def test_an_edit_is_never_silence(stage: Stage, alice: Person, first: str, then: str, holds: str) -> None:
    asked = await alice.send(first)
    reply = await alice.reply_of(asked)
    await alice.edit(asked, then)
    changed = await alice.next_edit(reply)
    assert holds in changed.text
    kept = await stage.helpdesk.people.history(stage.helpdesk.people.person("telegram", alice.user.id))
    assert (QUESTION in (first, then)) == bool(kept), "nothing is deleted on an edit"


async def test_a_location_shared_live_is_answered_once(stage: Stage, alice: Person) -> None:
    sent = await alice.send_other("location")
    assert (await alice.reply_of(sent)).text == texts.LOCATION
    stage.server.world.tell_bot(sent, "edited_message")
    await alice.ask("/help")
    assert len([message for message in alice.messages if message.sender.is_bot]) == 2


async def test_an_edit_whose_answer_was_deleted_is_answered_anew(alice: Person) -> None:
    asked = await alice.send(NO_ANSWER)
    await alice.delete(await alice.reply_of(asked))
    await alice.edit(asked, QUESTION)
    assert EVIDENCE in (await alice.next_message()).text


async def test_several_messages_in_a_row_are_answered_in_order(alice: Person) -> None:
    questions = [QUESTION, NO_ANSWER, "/help", "房东能不能减房租？", "😀"]
    sent = [await alice.send(words) for words in questions]
    replies = await alice.next_messages(len(questions))
    assert [reply.reply_to.message_id for reply in replies if reply.reply_to] == [each.message_id for each in sent]
    assert EVIDENCE in replies[0].text and texts.REFUSED in replies[1].text and "/policies" in replies[2].text
