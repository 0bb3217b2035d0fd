"""Policy files sent to the bot as documents."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from bot_api import BotApiServer, Message, Person, faults
from bot_api.errors import unauthorized
from telegram_fixtures import NOTICE, Stage, at_work, outcome, turned

from handlers import telegram_texts as texts
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
    ("空.txt", b"", "这个文件读不出通知：文件是空的，请写入内容或移走"),
    ("图.pdf", b"%PDF-1.4 broken", "这个文件读不出通知：PDF 已损坏，请用阅读器打开后打印成新的 PDF"),
    ("程序.exe", b"MZ", "这个文件读不出通知：不读取这种文件，请另存为以下格式之一："),
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


# the method that fails, however often it is tried, and how
NOT_FETCHED = [
    ("getFile", faults.bad_gateway()),
    ("getFile", faults.dropped_before()),
    ("getFile", faults.refused(unauthorized())),
    ("file", faults.bad_gateway()),
    ("file", faults.dropped_before()),
]


@pytest.mark.parametrize(("method", "fault"), NOT_FETCHED)
async def test_a_document_that_cannot_be_fetched_is_to_be_sent_again(
    stage: Stage, folder: Path, method: str, fault: faults.Fault
) -> None:
    stage.server.fail(method, fault, times=100)
    assert (await parsed(stage.admin, "支持.txt", NOTICE.encode())).text == texts.UPLOAD_NOT_FETCHED
    stage.server.faults.clear()
    shown = await parsed(stage.admin, "支持.txt", NOTICE.encode())
    before = files(folder)
    stage.server.fail(method, fault, times=100)
    assert await outcome(stage.admin, shown, texts.PUBLISH) == texts.UPLOAD_NOT_FETCHED
    assert files(folder) == before and len(await stage.helpdesk.releases()) == 1


async def test_a_document_of_staff_is_not_read(stage: Stage) -> None:
    lee = await stage.staff()
    assert (await parsed(lee, "支持.txt", NOTICE.encode())).text == texts.DOCUMENT


async def test_an_edited_document_is_not_read_again_and_that_is_said(stage: Stage) -> None:
    sent = await stage.admin.send_document("支持.txt", NOTICE.encode(), caption="请看")
    shown = await stage.admin.reply_of(sent)
    while texts.UPLOADED[3:8] not in shown.text:
        shown = await stage.admin.next_edit(shown)
    await stage.admin.edit(sent, "请看这份")
    changed = await stage.admin.next_edit(shown)
    assert (changed.text, changed.buttons) == (texts.SEND_FILE_ANEW, ())
