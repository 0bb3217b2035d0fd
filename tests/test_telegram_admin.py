"""Administrators on Telegram: reload, releases, documents, members; and whoever presses what is not theirs."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from bot_api import BotApiServer, Message, Person
from telegram_fixtures import QUESTION, Stage, at_work, turned

from handlers import telegram_texts as texts
from handlers.callbacks import Choice, Deed, signed_row
from knowledge.helpdesk import POLICIES

NOTICE = "关于支持企业的通知\n\n各企业：\n一、对受影响企业免收三个月房租。\n二、贷款利率下浮10%。\n\n湖南省财政厅\n2020年3月1日\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "policies").mkdir()
    for file in POLICIES.iterdir():
        (tmp_path / "policies" / file.name).write_bytes(file.read_bytes())
    return tmp_path


@pytest_asyncio.fixture
async def stage(folder: Path) -> AsyncIterator[Stage]:
    async with BotApiServer() as server, at_work(server, folder) as stage:
        yield stage


async def preview(admin: Person) -> Message:
    """What /reload comes to."""
    message = await admin.ask("/reload")
    while message.text.startswith(texts.READING):
        message = await admin.next_edit(message)
    return message


async def outcome(person: Person, message: Message, button: str) -> str:
    """What the message says when all is done that the button asks for."""
    message = await turned(person, message, button)
    while message.text.startswith((texts.READING, texts.INDEXING, texts.PUBLISHING)):
        message = await person.next_edit(message)
    return message.text


# Reload and releases.


async def test_reload_shows_what_changes_and_publishes_on_a_button(stage: Stage, folder: Path) -> None:
    assert texts.NO_CHANGE.format(number=1) in (await preview(stage.admin)).text
    (folder / "policies" / "新.txt").write_text(NOTICE, encoding="utf-8")
    (folder / "policies" / "空.txt").write_text("", encoding="utf-8")
    shown = await preview(stage.admin)
    assert texts.POLICIES_CHANGED.format(added=1, changed=0, gone=0, same=1) in shown.text
    assert "＋ 关于支持企业的通知" in shown.text and "免收三个月房租" in shown.text
    assert "❌ 空.txt" in shown.text
    assert stage.helpdesk.answerer.release == 1
    assert (await outcome(stage.admin, shown, texts.PUBLISH)).startswith("已发布版本 2：2 份通知")
    assert stage.helpdesk.answerer.release == 2
    assert (await stage.admin.press(shown, texts.PUBLISH)).text == texts.PRESSED_ALREADY
    assert len(await stage.helpdesk.releases()) == 2


async def test_changed_and_gone_clauses_are_shown(stage: Stage, folder: Path) -> None:
    new = folder / "policies" / "新.txt"
    new.write_text(NOTICE, encoding="utf-8")
    await outcome(stage.admin, await preview(stage.admin), texts.PUBLISH)
    new.write_text(NOTICE.replace("三个月", "六个月").replace("二、贷款利率下浮10%。\n", ""), encoding="utf-8")
    shown = (await preview(stage.admin)).text
    assert texts.CLAUSES_CHANGED.format(added=0, changed=1, gone=1) in shown
    assert "～ 关于支持企业的通知 一：一、对受影响企业免收六个月房租。" in shown
    assert "－ 关于支持企业的通知 二：二、贷款利率下浮10%。" in shown


async def test_nothing_is_published_but_what_was_shown(stage: Stage, folder: Path) -> None:
    new = folder / "policies" / "新.txt"
    new.write_text(NOTICE, encoding="utf-8")
    shown = await preview(stage.admin)
    new.write_text(NOTICE.replace("三个月", "六个月"), encoding="utf-8")
    assert await outcome(stage.admin, shown, texts.PUBLISH) == texts.CHANGED_MEANWHILE
    assert len(await stage.helpdesk.releases()) == 1


async def test_a_folder_in_which_nothing_can_be_read(stage: Stage, folder: Path) -> None:
    for file in (folder / "policies").iterdir():
        file.unlink()
    assert "Nothing in the policy folder" in (await preview(stage.admin)).text
    assert (await stage.admin.ask(QUESTION)).marked("bold")


async def test_cancelling(stage: Stage, folder: Path) -> None:
    (folder / "policies" / "新.txt").write_text(NOTICE, encoding="utf-8")
    shown = await preview(stage.admin)
    assert await outcome(stage.admin, shown, texts.CANCEL) == texts.CANCELLED
    assert (await stage.admin.press(shown, texts.PUBLISH)).text == texts.PRESSED_ALREADY
    assert len(await stage.helpdesk.releases()) == 1


async def test_releases_and_rollback(stage: Stage, folder: Path) -> None:
    (folder / "policies" / "新.txt").write_text(NOTICE, encoding="utf-8")
    await outcome(stage.admin, await preview(stage.admin), texts.PUBLISH)
    assert re.search(r"✅ 版本 2　.*\n版本 1　", (await stage.admin.ask("/releases")).text)
    for said, holds in (
        ("/rollback", texts.ROLLBACK_USAGE),
        ("/rollback x", texts.ROLLBACK_USAGE),
        ("/rollback 99999999999", texts.ROLLBACK_USAGE),
        ("/rollback 7", texts.NO_RELEASE.format(number=7)),
        ("/rollback 2", texts.ROLLED_BACK_ALREADY.format(number=2)),
    ):
        assert (await stage.admin.ask(said)).text == holds
    asked = await stage.admin.ask("/rollback 1")
    assert (await outcome(stage.admin, asked, "恢复 1")).startswith("版本 1 已重新生效：1 份通知")
    assert stage.helpdesk.answerer.release == 1
    audit = (await stage.admin.ask("/audit")).text
    assert audit.index("恢复版本") < audit.index("发布")
    assert "#1 管理员" in audit


# Buttons that are not one's own.


async def test_only_who_asked_may_press(stage: Stage, folder: Path) -> None:
    (folder / "policies" / "新.txt").write_text(NOTICE, encoding="utf-8")
    other, owner = stage.server.user("副主任", started=True), stage.server.user("陈老板")
    await stage.helpdesk.people.appoint(name="副主任", role="admin", telegram_id=other.user.id, by="tests")
    group = stage.server.group("值班群", stage.admin, other, owner)
    shown = await stage.admin.ask("/reload@policy_helpdesk_bot", to=group)
    while shown.text.startswith(texts.READING):
        shown = await stage.admin.next_edit(shown)
    for person in (other, owner):
        answer = await person.press(shown, texts.PUBLISH)
        assert answer.show_alert and answer.text == texts.NOT_YOURS
    assert stage.server.current(shown) == shown and len(await stage.helpdesk.releases()) == 1
    assert (await outcome(stage.admin, shown, texts.PUBLISH)).startswith("已发布版本 2")


async def test_a_button_signed_with_another_key_is_made_up(stage: Stage) -> None:
    reply = await stage.admin.ask("/help")
    (forged,) = signed_row(b"another key", stage.admin.user.id, Choice("x", Deed.ROLL_BACK, "1"))
    assert (await stage.admin.press_data(reply, str(forged.callback_data))).text == texts.NOT_YOURS


async def test_a_dismissed_administrator_can_press_nothing(stage: Stage, folder: Path) -> None:
    other = stage.server.user("副主任", started=True)
    member = await stage.helpdesk.people.appoint(name="副主任", role="admin", telegram_id=other.user.id, by="tests")
    (folder / "policies" / "新.txt").write_text(NOTICE, encoding="utf-8")
    shown = await preview(other)
    await stage.helpdesk.people.dismiss(member.member_id, "tests")
    assert (await other.press(shown, texts.PUBLISH)).text == texts.NOT_ALLOWED
    assert (await other.ask("/reload")).text == texts.NOT_ALLOWED
    assert len(await stage.helpdesk.releases()) == 1


# Documents.


def files(folder: Path) -> list[Path]:
    """Everything in the policy folder, hidden files too."""
    return sorted((folder / "policies").iterdir())


async def parsed(person: Person, name: str, content: bytes, size: int | None = None) -> Message:
    """What the bot makes of a document."""
    message = await person.reply_of(await person.send_document(name, content, size=size))
    while message.text.startswith(texts.READING):
        message = await person.next_edit(message)
    return message


async def test_a_document_is_shown_as_parsed_and_then_published(stage: Stage, folder: Path) -> None:
    shown = await parsed(stage.admin, "支持.txt", NOTICE.encode("gb18030"))
    for part in ("关于支持企业的通知", "发文机关：湖南省财政厅", "成文：2020-03-01", "· 一 对受影响企业免收三个月房租"):
        assert part in shown.text
    assert not (folder / "policies" / "支持.txt").exists()
    assert (await outcome(stage.admin, shown, texts.PUBLISH)).startswith("已发布版本 2：2 份通知")
    assert (folder / "policies" / "支持.txt").read_bytes() == NOTICE.encode("gb18030")
    again = await parsed(stage.admin, "支持.txt", NOTICE.replace("三个月", "六个月").encode())
    assert texts.UPLOAD_REPLACES in again.text
    assert (await outcome(stage.admin, again, texts.PUBLISH)).startswith("已发布版本 3：2 份通知")


async def test_other_changes_in_the_folder_are_shown_before_they_are_published(stage: Stage, folder: Path) -> None:
    (folder / "policies" / "另一份.txt").write_text(NOTICE.replace("支持", "帮助"), encoding="utf-8")
    shown = await parsed(stage.admin, "支持.txt", NOTICE.encode())
    message = await turned(stage.admin, shown, texts.PUBLISH)
    while texts.UPLOAD_MORE not in message.text:
        message = await stage.admin.next_edit(message)
    assert texts.POLICIES_CHANGED.format(added=2, changed=0, gone=0, same=1) in message.text
    assert len(await stage.helpdesk.releases()) == 1
    assert (await outcome(stage.admin, message, texts.PUBLISH)).startswith("已发布版本 2：3 份通知")


# a name, the content, what the bot says of it
REFUSED = [
    ("空.txt", b"", "这个文件读不出通知"),
    ("图.pdf", b"%PDF-1.4 broken", "这个文件读不出通知"),
    ("程序.exe", b"MZ", "这个文件读不出通知"),
    (".hidden.txt", b"x", "这个文件读不出通知"),
    (".txt", b"x", "这个文件读不出通知"),
    # A path is as good as its last part: nothing lands outside the folder.
    ("../../etc/passwd.txt", NOTICE.encode(), texts.UPLOADED[3:8]),
]


@pytest.mark.parametrize(("name", "content", "holds"), REFUSED)
async def test_documents_that_cannot_be_taken(
    stage: Stage, folder: Path, name: str, content: bytes, holds: str
) -> None:
    before = files(folder)
    assert holds in (await parsed(stage.admin, name, content)).text
    assert files(folder) == before


async def test_a_document_that_is_too_large(stage: Stage) -> None:
    assert "文件太大" in (await parsed(stage.admin, "大.txt", b"x", size=25_000_000)).text


async def test_a_document_of_staff_is_not_read(stage: Stage) -> None:
    lee = await stage.staff()
    assert (await parsed(lee, "支持.txt", NOTICE.encode())).text == texts.DOCUMENT


# Members.


async def test_appointing_by_reply_by_id_and_by_link(stage: Stage) -> None:
    lee, zhou, new = (stage.server.user(name, started=True) for name in ("小李", "小周", "小吴"))
    group = stage.server.group("值班群", stage.admin, lee)
    stage.server.settings.privacy = False
    said = await lee.send("我来值班", to=group)
    appointment = await stage.admin.send("/appoint 客服", to=group, reply_to=said)
    assert (await stage.admin.reply_of(appointment)).text == texts.APPOINTED.format(name="小李", role="客服", id=2)
    assert (await lee.next_message()).text == texts.YOU_ARE.format(role="客服")
    assert (await stage.admin.ask(f"/appoint 管理员 {zhou.user.id} 周 主任")).text == texts.APPOINTED.format(
        name="周 主任", role="管理员", id=3
    )
    invitation = (await stage.admin.ask("/appoint 客服")).marked("text_link")[0]
    joined = await new.follow(invitation)
    assert (await new.reply_of(joined)).text == texts.YOU_ARE.format(role="客服")
    stranger = stage.server.user("别人")
    assert "已用过" in (await stranger.reply_of(await stranger.follow(invitation))).text
    members = (await stage.admin.ask("/members")).text
    for part in ("（4）", "#2 小李　客服", "#3 周 主任　管理员", "#4 小吴　客服"):
        assert part in members
    assert (await new.ask("/find 断电")).marked("code")


async def test_appointing_who_wrote_a_forwarded_message(stage: Stage) -> None:
    lee = stage.server.user("小李", started=True)
    said = await lee.send("我来值班")
    forwarded = await stage.admin.forward(said)
    appointment = await stage.admin.send("/appoint 客服", reply_to=forwarded)
    assert (await stage.admin.reply_of(appointment)).text == texts.APPOINTED.format(name="小李", role="客服", id=2)


# what is said, what comes back
MEMBERS = [
    ("/appoint", "用法"),
    ("/appoint 老板", "用法"),
    ("/appoint 客服 abc", "用法"),
    ("/appoint 客服 0", "用法"),
    ("/appoint 客服 99999999999999999999", "用法"),
    ("/dismiss", "用法"),
    ("/dismiss #99", texts.NO_MEMBER),
    ("/dismiss 5", texts.NO_MEMBER),
    ("/dismiss #99999999999999", texts.NO_MEMBER),
    ("/gaps", texts.NO_GAPS.format(days=7)),
    ("/usage", "近 7 天"),
]


@pytest.mark.parametrize(("said", "holds"), MEMBERS)
async def test_commands_about_members(stage: Stage, said: str, holds: str) -> None:
    assert holds in (await stage.admin.ask(said)).text


async def test_the_bots_own_messages_appoint_nobody(stage: Stage) -> None:
    reply = await stage.admin.ask("/help")
    appointment = await stage.admin.send("/appoint 管理员", reply_to=reply)
    assert (await stage.admin.reply_of(appointment)).text == texts.NOT_A_PERSON


async def test_dismissing(stage: Stage) -> None:
    lee = await stage.staff()
    asked = await stage.admin.ask(f"/dismiss {lee.user.id}")
    assert await outcome(stage.admin, asked, texts.DISMISS) == texts.DISMISSED.format(name="客服小李", role="客服")
    assert (await lee.ask("/find 断电")).text == texts.NOT_ALLOWED
    last = await stage.admin.ask("/dismiss #1")
    assert "最后一位管理员" in await outcome(stage.admin, last, texts.DISMISS)
    assert "#1 管理员" in (await stage.admin.ask("/members")).text


async def test_gaps_usage_and_the_pages_of_the_audit(stage: Stage) -> None:
    alice = stage.server.user("陈老板")
    for _ in range(2):
        await alice.ask("今天天气怎么样")
    assert "2×　今天天气怎么样" in (await stage.admin.ask("/gaps")).text
    assert "2/0/0/2" in (await stage.admin.ask("/usage")).text
    for n in range(12):
        await stage.helpdesk.people.record("tests", "test", f"第{n}件事")
    first = await stage.admin.ask("/audit")
    assert "第11件事" in first.text and first.buttons == ("›",)
    second = await turned(stage.admin, first, "›")
    assert "第0件事" in second.text and second.buttons == ("‹",)
