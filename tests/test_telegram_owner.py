"""Owners on Telegram: what they say and what comes back, over HTTP and python-telegram-bot, from the real helpdesk."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from bot_api import BotApiServer, Person
from telegram_fixtures import EVIDENCE, NO_ANSWER, QUESTION, Stage, at_work, opened, turned, write_policies

from handlers import telegram_texts as texts
from knowledge.answer import Answer

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


def shown(answer: Answer) -> str:
    """Words of an answer that its message must hold."""
    if answer.decision == "answer":
        return answer.evidence
    return answer.citations[0].clause.heading if answer.decision == "choose" else texts.REFUSED


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
    asked = [
        "房东能不能减房租？",
        "补贴标准是多少",
        "那利息呢？",
        "减免",
        "补贴",
        "社保能缓缴吗",
        "有奖励吗",
        "企业 标准",
        "补助",
    ]
    # Which of them are open is for the ranking to say; that none is would be a fault of it.
    question = next((words for words in asked if stage.helpdesk.ask(words).decision == "choose"), "")
    assert question
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
    # commands
    ("/start", "惠企政策助手"),
    ("/start nosuchclause-1", "没有找到这一条款"),
    ("/start 乱写", "惠企政策助手"),
    ("/start history", "/history"),
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
    before = (await stage.helpdesk.releases(), await stage.helpdesk.people.members())
    await alice.press_data(reply, data)
    assert (await stage.helpdesk.releases(), await stage.helpdesk.people.members()) == before


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


# What is kept.


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


async def test_hot(stage: Stage, alice: Person) -> None:
    for n in range(3):
        await stage.server.user(f"P{n}").ask(QUESTION)
    hot = await alice.ask("/hot")
    assert "全力协调解决企业复工困难" in hot.text
    opening = next(n for n in range(1, 11) if f"{n}. 四 全力协调" in hot.text)
    assert EVIDENCE in (await opened(alice, hot, str(opening))).text


# Groups.

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
