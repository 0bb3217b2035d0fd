"""Telegram's HTML: escaping, lengths in UTF-16 units, cutting; callback data and signed buttons."""

from __future__ import annotations

import time

import pytest
from bot_api import BotApiServer, utf16_length
from bot_api.client import connected_bot

from handlers import callbacks, html
from handlers.callbacks import Choice, Deed, Verb

# text, its length in UTF-16 units
LENGTHS = [("", 0), ("断电", 2), ("a\nb", 3), ("😀", 2), ("🧑‍💻", 5), ("𠮷野家", 4)]


@pytest.mark.parametrize(("text", "units"), LENGTHS)
def test_utf16_length(text: str, units: int) -> None:
    assert html.utf16_length(text) == units == utf16_length(text)


SHOWN = [
    (html.bold("a<b>&c"), "a<b>&c"),
    (html.quotation("一二三", (1, 2)), "一二三"),
    (html.link("这里", 'https://t.me/x?start=a&b="c"'), "这里"),
    (html.escape("<code>不是标签</code>"), "<code>不是标签</code>"),
    (html.preformatted("😀 & 😀"), "😀 & 😀"),
    (html.code("x-1") + html.italic("斜"), "x-1斜"),
]


@pytest.mark.parametrize(("sent", "shown"), SHOWN)
async def test_what_telegram_shows_has_the_length_that_was_counted(sent: str, shown: str) -> None:
    assert html.shown_length(sent) == utf16_length(shown)
    async with BotApiServer() as server, connected_bot(server) as bot:
        person = server.user("A", started=True)
        await bot.send_message(person.chat_id, sent, parse_mode="HTML")
        assert (await person.next_message()).text == shown


# text, units, what is left
CLIPPED = [
    ("短", 5, "短"),
    ("一二三四五六", 4, "一二三…"),
    ("第一句。第二句很长很长", 8, "第一句。…"),
    ("😀😀😀", 4, "😀…"),
    ("😀😀😀", 5, "😀😀…"),
    ("没有句号的一行文字而已", 6, "没有句号的…"),
]


@pytest.mark.parametrize(("text", "units", "left"), CLIPPED)
def test_clip(text: str, units: int, left: str) -> None:
    assert html.clip(text, units) == left
    assert html.utf16_length(left) <= units


@pytest.mark.parametrize("text", ["字" * 10_000, "一句。" * 3000, "😀" * 5000, "<&>\n" * 3000])
def test_pieces_hold_everything_and_fit(text: str) -> None:
    parts = html.pieces(text, 4096)
    assert all(0 < html.utf16_length(part) <= 4096 for part in parts)
    assert "".join(parts).replace("\n", "") == text.replace("\n", "")


def test_pack_fills_pages_in_order() -> None:
    blocks = [html.escape("<" * n) for n in (10, 20, 30, 40, 5)]
    pages = html.pack(blocks, 50)
    assert [block for page in pages for block in page] == blocks
    assert all(html.shown_length("\n\n".join(page)) <= 50 for page in pages)
    assert [len(page) for page in pages] == [2, 1, 2]


def test_a_lone_surrogate_does_not_keep_a_message_from_being_sent() -> None:
    assert html.escape("坏\ud83d了").encode("utf-8") == "坏?了".encode()


# Callback data.


def test_callback_data_is_held_to_64_bytes() -> None:
    assert callbacks.data(Verb.CLAUSE, "x" * 62) == "c:" + "x" * 62
    with pytest.raises(ValueError, match="65 bytes"):
        callbacks.data(Verb.CLAUSE, "x" * 63)
    with pytest.raises(ValueError, match="68 bytes"):
        callbacks.data(Verb.CLAUSE, "条" * 22)


SECRET = b"secret"


def signed(user_id: int = 7, deed: Deed = Deed.PUBLISH, subject: str = "abcdef0123") -> str:
    (button,) = callbacks.signed_row(SECRET, user_id, Choice("发布", deed, subject))
    data = button.callback_data
    assert isinstance(data, str) and len(data.encode()) <= html.MAX_CALLBACK_DATA
    return data


def test_a_signed_button_is_read_by_whom_it_is_for() -> None:
    read = callbacks.read_signed(signed(), SECRET, 7)
    assert read is not None and (read.deed, read.subject) == (Deed.PUBLISH, "abcdef0123")


FORGED = [
    pytest.param(lambda data: data, 8, id="another person"),
    pytest.param(lambda data: data.replace(":p:", ":r:"), 7, id="another deed"),
    pytest.param(lambda data: data.replace("abcdef", "abcdee"), 7, id="another subject"),
    pytest.param(lambda data: data[:-1] + ("0" if data[-1] != "0" else "1"), 7, id="another signature"),
    pytest.param(lambda data: "s:p:abcdef0123", 7, id="parts missing"),
    pytest.param(lambda data: "s:p:x:y:zz:签", 7, id="no signature at all"),
    pytest.param(lambda data: "", 7, id="nothing"),
]


@pytest.mark.parametrize(("forge", "user_id"), FORGED)
def test_a_forged_button_is_not_read(forge: object, user_id: int) -> None:
    assert callable(forge)
    assert callbacks.read_signed(forge(signed()), SECRET, user_id) is None


def test_a_signed_button_goes_out_of_date(monkeypatch: pytest.MonkeyPatch) -> None:
    data, now = signed(), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 25 * 3600)
    assert callbacks.read_signed(data, SECRET, 7) is None
