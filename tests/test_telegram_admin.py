"""Administrators on Telegram: reload and releases; and whoever presses what is not theirs."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from bot_api import BotApiServer, Message, Person
from telegram_fixtures import NOTICE, QUESTION, Stage, at_work, outcome

from handlers import telegram_texts as texts
from handlers.callbacks import Choice, Deed, signed_row
from handlers.html import MAX_TEXT, utf16_length
from knowledge.helpdesk import POLICIES


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


# Reload and releases.


async def test_reload_shows_what_changes_and_publishes_on_a_button(stage: Stage, folder: Path) -> None:
    assert texts.NO_CHANGE.format(number=1) in (await preview(stage.admin)).text
    (folder / "policies" / "新.txt").write_text(NOTICE, encoding="utf-8")
    (folder / "policies" / "空.txt").write_text("", encoding="utf-8")
    shown = await preview(stage.admin)
    assert texts.POLICIES_CHANGED.format(added=1, changed=0, gone=0, same=1) in shown.text
    assert "＋ 关于支持企业的通知" in shown.text and "免收三个月房租" in shown.text
    assert f"{texts.NOT_READ} 空.txt：" in shown.text
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
    assert "～ 关于支持企业的通知 一：一、对受影响企业免收三 → 六个月房租。\n" in shown
    assert "－ 关于支持企业的通知 二：二、贷款利率下浮10%。" in shown


# what stands in the notice of two clauses, what it becomes, what is shown of the change
CHANGES = [
    ("三个月", "六个月", "一、对受影响企业免收三 → 六个月房租。"),
    ("10%", "25%", "二、贷款利率下浮10% → 25%。"),
    ("贷款", "贴息贷款", "二、（无） → 贴息贷款利率下浮10%。"),
    ("下浮10%", "", "二、贷款利率下浮10% → （无）。"),
    ("10%。", f"10%。{'企业可以申请。' * 30}", f"…贷款利率下浮10%。（无） → {'企业可以申请。' * 8}企业可…"),
    ("对受影响企业免收三个月房租", "<b>全免</b>", "对受影响企业免收三个月房租 → <b>全免</b>。"),
]


@pytest.mark.parametrize(("before", "after", "told"), CHANGES)
async def test_old_and_new_words_stand_side_by_side(
    stage: Stage, folder: Path, before: str, after: str, told: str
) -> None:
    new = folder / "policies" / "新.txt"
    new.write_text(NOTICE, encoding="utf-8")
    await outcome(stage.admin, await preview(stage.admin), texts.PUBLISH)
    new.write_text(NOTICE.replace(before, after), encoding="utf-8")
    assert told in (await preview(stage.admin)).text


def schedule(n: int, amounts: tuple[int, int]) -> str:
    """A notice of two clauses, each with its amount behind forty other characters."""
    clauses = [
        f"{'一二'[k]}、{'对受影响的企业给予补助，' * 5}第{n}批每户{amount}元。" for k, amount in enumerate(amounts)
    ]
    return "\n".join(
        [f"湖南省财政厅关于补助的第{n}号通知", "", "各单位：", *clauses, "", "湖南省财政厅", "2020年3月1日", ""]
    )


async def test_all_changes_are_told_in_their_order_beyond_a_message_in_a_file(stage: Stage, folder: Path) -> None:
    policies = folder / "policies"
    for n in range(1, 41):
        (policies / f"{n}.txt").write_text(schedule(n, (2100, 300)), encoding="utf-8")
    shown = await preview(stage.admin)
    added = [line[-8:] for line in shown.text.split("\n") if line.startswith("＋ ") and line.endswith("号通知")]
    assert added == [f"补助的第{n}号通知" for n in range(1, 9)]
    await outcome(stage.admin, shown, texts.PUBLISH)
    for n in range(1, 41):
        (policies / f"{n}.txt").write_text(schedule(n, (9999, 300)), encoding="utf-8")
    shown = await preview(stage.admin)
    assert "～ 湖南省财政厅关于补助的第1号通知 一：…给予补助，第1批每户2100 → 9999元。\n" in shown.text
    assert texts.MORE.format(count=32) in shown.text and texts.ALL_CHANGES in shown.text
    assert utf16_length(shown.text) <= MAX_TEXT
    file = await stage.admin.reply_of(shown)
    assert file.attachment and file.attachment.file and file.attachment.file.name == texts.CHANGES_FILE
    lines = stage.server.world.contents[file.attachment.file.path].decode("utf-8-sig").split("\n")
    title = "湖南省财政厅关于补助的第{}号通知"
    assert [line for line in lines if line.endswith("号通知")] == [f"～ {title.format(n)}" for n in range(1, 41)]
    assert [line for line in lines if line.endswith(" 一")] == [f"～ {title.format(n)} 一" for n in range(1, 41)]
    assert sum("批每户2100元" in line for line in lines) == sum("批每户9999元" in line for line in lines) == 40


async def test_a_second_change_in_a_clause_is_told_of(stage: Stage, folder: Path) -> None:
    new = folder / "policies" / "新.txt"
    text = NOTICE.replace("贷款利率下浮10%。", "贷款利率下浮10%，由所在地银行办理，期限12个月。")
    new.write_text(text, encoding="utf-8")
    await outcome(stage.admin, await preview(stage.admin), texts.PUBLISH)
    new.write_text(text.replace("10%", "20%").replace("12", "36"), encoding="utf-8")
    shown = await preview(stage.admin)
    assert "下浮10% → 20%，由所在地银行办理，…" + texts.MORE_CHANGES.format(count=1) in shown.text
    file = await stage.admin.reply_of(shown)
    assert file.attachment and file.attachment.file
    assert "期限36个月" in stage.server.world.contents[file.attachment.file.path].decode("utf-8-sig")


async def test_nothing_is_published_but_what_was_shown(stage: Stage, folder: Path) -> None:
    new = folder / "policies" / "新.txt"
    new.write_text(NOTICE, encoding="utf-8")
    shown = await preview(stage.admin)
    new.write_text(NOTICE.replace("三个月", "六个月"), encoding="utf-8")
    assert await outcome(stage.admin, shown, texts.PUBLISH) == texts.CHANGED_MEANWHILE
    assert len(await stage.helpdesk.releases()) == 1


async def test_what_is_wrong_with_files_is_said_in_chinese(stage: Stage, folder: Path) -> None:
    (folder / "policies" / "空.txt").write_bytes(b"")
    (folder / "policies" / "跳.txt").write_text(NOTICE.replace("二、", "三、"), encoding="utf-8")
    shown = (await preview(stage.admin)).text
    assert f"{texts.NOT_READ} 空.txt：文件是空的，请写入内容或移走" in shown
    assert f"{texts.TO_CHECK} 跳.txt:5：编号从“一”跳到“三”" in shown


async def test_a_folder_in_which_nothing_can_be_read(stage: Stage, folder: Path) -> None:
    for file in (folder / "policies").iterdir():
        file.unlink()
    assert (await preview(stage.admin)).text.startswith("没有可以发布的内容：")
    assert (await stage.admin.ask(QUESTION)).marked("bold")


async def test_publishing_what_can_no_longer_be_read_says_so_where_it_was_shown(stage: Stage, folder: Path) -> None:
    (folder / "policies" / "新.txt").write_text(NOTICE, encoding="utf-8")
    shown = await preview(stage.admin)
    for file in (folder / "policies").iterdir():
        file.unlink()
    assert (await outcome(stage.admin, shown, texts.PUBLISH)).startswith("没有可以发布的内容：")
    assert len(await stage.helpdesk.releases()) == 1


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
