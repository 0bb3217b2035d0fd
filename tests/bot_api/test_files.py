"""Files that people and the bot send each other."""

from __future__ import annotations

import httpx
import pytest
from telegram import (
    Bot,
    Message,
)
from telegram.error import BadRequest, NetworkError

from .person import Person
from .server import BotApiServer


async def test_a_file_goes_to_the_bot_and_back(server: BotApiServer, bot: Bot, alice: Person) -> None:
    content = "一、停供电。\r\n".encode("gb18030") * 1000
    await alice.send_document("通知.txt", content, caption="请看")
    (update,) = await bot.get_updates(timeout=0)
    assert update.message is not None
    document = update.message.document
    assert document is not None
    assert (document.file_name, document.mime_type, document.file_size) == ("通知.txt", "text/plain", len(content))
    assert update.message.caption == "请看"
    file = await document.get_file()
    assert bytes(await file.download_as_bytearray()) == content
    await bot.send_document(alice.chat_id, content, "<b>原文</b>", filename="回.txt", parse_mode="HTML")
    sent = alice.messages[-1]
    assert sent.attachment is not None
    assert sent.attachment.file is not None
    assert (sent.attachment.file.name, sent.html) == ("回.txt", "<b>原文</b>")
    assert server.world.contents[sent.attachment.file.path] == content
    again = await bot.send_document(alice.chat_id, document.file_id)
    assert again.document is not None
    assert again.document.file_name == "通知.txt"
    edited = await bot.edit_message_caption(alice.chat_id, again.message_id, caption="附件")
    assert isinstance(edited, Message)
    assert edited.caption == "附件"
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("改", alice.chat_id, again.message_id)


async def test_files_over_the_limits(server: BotApiServer, bot: Bot, alice: Person) -> None:
    sent = await alice.send_document("大.pdf", b"%PDF", size=20 * 1024 * 1024 + 1)
    assert sent.attachment is not None
    assert sent.attachment.file is not None
    with pytest.raises(BadRequest, match="File is too big"):
        await bot.get_file(sent.attachment.file.file_id)
    server.settings.upload_limit = 10
    with pytest.raises(NetworkError, match="Request Entity Too Large"):
        await bot.send_document(alice.chat_id, b"x" * 11)
    with pytest.raises(BadRequest, match="File must be non-empty"):
        await bot.send_document(alice.chat_id, b"")


async def test_a_file_is_only_there_for_the_right_token(server: BotApiServer, alice: Person) -> None:
    sent = await alice.send_document("通知.txt", b"1")
    assert sent.attachment is not None
    assert sent.attachment.file is not None
    async with httpx.AsyncClient(trust_env=False) as client:
        right = await client.get(f"{server.base_file_url}{server.token}/{sent.attachment.file.path}")
        wrong = await client.get(f"{server.base_file_url}1:x/{sent.attachment.file.path}")
    assert (right.content, wrong.status_code) == (b"1", 401)


@pytest.mark.parametrize("kind", ["photo", "voice", "sticker", "video", "location", "contact"])
async def test_other_things_people_send(bot: Bot, alice: Person, kind: str) -> None:
    await alice.send_other(kind)
    (update,) = await bot.get_updates(timeout=0)
    assert update.message is not None
    assert update.message.effective_attachment
    assert getattr(update.message, kind)
    photo = await bot.send_photo(alice.chat_id, b"\x89PNG", caption="图")
    assert (photo.caption, len(photo.photo)) == ("图", 1)
