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
    assert "～ 关于支持企业的通知 一：一、对受影响企业免收六个月房租。" in shown
    assert "－ 关于支持企业的通知 二：二、贷款利率下浮10%。" in shown


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
