"""Plain text and Markdown: encodings told apart without a guess, marks taken off without a word lost."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from knowledge.errors import UnreadableFileError
from knowledge.readers.lines import row_lines, tidy
from knowledge.readers.markdown import read_markdown
from knowledge.readers.text import decode, likeness, read_text

NOTICE = next((Path(__file__).parent.parent / "knowledge" / "policies").glob("*.txt")).read_text(encoding="utf-8")
PARAGRAPHS = [line for line in NOTICE.split("\n") if line.strip()]


# Encodings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_each_encoding_gives_the_same_notice(encoding: str) -> None:
    assert decode(NOTICE.encode(encoding)) == NOTICE
    # In UTF-16 without a mark, 展开 alone could as well be 啜_.
    for paragraph in (line for line in PARAGRAPHS if len(line) > 10):
        assert decode(paragraph.encode(encoding)) == paragraph


SHORT = [
    # a line or a word alone, where statistics have nothing to count
    *("好", "通知", "一、总则", "联通", "关于印发", "第一条", "96871", "第 5 条", "①", "“六稳”", "《办法》"),
    # GBK bytes that are valid UTF-8 of other scripts: һ, û, ëà
    *("一", "没", "没拿", "谢谢"),
    # beyond GB 2312 and beyond GBK
    *("联系人：朱镕基、陶喆", "关于𠮷野家", "繁體中文通知"),
]


@pytest.mark.parametrize("text", SHORT)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_short_texts_come_out_right(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    "text",
    ["Café", "naïve façade", "COVID-19", "№ 5", "Постановление правительства", "ئۇيغۇر ئاپتونوم رايونى", "١٢٣ مادة"],
)
def test_other_scripts_in_utf8_are_not_taken_for_gbk(text: str) -> None:
    assert decode(text.encode()) == text


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"\x84\x31\x95\x33"])
def test_a_byte_order_mark_decides_and_is_no_text(mark: bytes) -> None:
    encoding = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
    assert read_text(mark + "通知".encode(encoding.get(mark, "gb18030"))) == "通知"


@pytest.mark.parametrize(
    ("written", "read"), [("big5", "gb18030"), ("utf-8", "gb18030"), ("gb18030", "utf-16-le"), ("utf-16-le", "gb18030")]
)
def test_a_notice_read_in_the_wrong_encoding_does_not_look_like_one(written: str, read: str) -> None:
    data = NOTICE.encode(written, "ignore")
    assert likeness(data.decode(read, "replace")) < 0.6 < 0.95 < likeness(NOTICE)


def test_a_damaged_file_is_refused_with_the_line() -> None:
    good = NOTICE.encode("gb18030")
    at = good.index("五、加大".encode("gb18030"))
    line = NOTICE[: NOTICE.index("五、加大")].count("\n") + 1
    with pytest.raises(UnreadableFileError, match=f"^Line {line} holds bytes"):
        decode(good[:at] + b"\xff" + good[at:])


# Lines ------------------------------------------------------------------------------------------------------------

LINES = [
    ("a\r\nb\rc\nd", "a\nb\nc\nd"),
    ("a\x0bb\x0cc\x85d\u2028e\u2029f", "a\nb\nc\nd\ne\nf"),
    ("\ufeffa\ufeffb\0c\x07d\x9fe", "abcde"),
    ("  a　b\u200b\t\n\n c", "  a　b\u200b\t\n\n c"),  # what was typed stays
    ("\ud83c\udfed \ud800", "🏭 \ufffd"),
]


@pytest.mark.parametrize(("text", "tidied"), LINES)
def test_lines_end_alike_and_hold_nothing_unprintable(text: str, tidied: str) -> None:
    assert tidy(text) == tidied


def test_a_row_is_a_line_unless_it_lays_out_a_page() -> None:
    assert row_lines([["用电"], [], ["欠费", "不停供"]]) == ["用电 欠费 不停供"]
    assert row_lines([[], ["关于复工的通知", "一、用电"]]) == ["关于复工的通知", "一、用电"]
    article = [
        f"{number}、各地要保障企业用电用水用气，实施阶段性缓缴费用，缓缴期间实行欠费不停供措施。" * 3
        for number in "一二三四五六"
    ]
    assert row_lines([["首页", "政策"], article]) == ["首页", "政策", *article]
    assert row_lines([[], []]) == []


# Markdown ---------------------------------------------------------------------------------------------------------

MARKDOWN = [
    # marks that go
    ("# 关于**复工**的*通知* #", "关于复工的通知"),
    ("##一、总则", "一、总则"),
    ("**注意：**各地、**“六稳”**工作，138****5678，2**3", "注意：各地、“六稳”工作，138****5678，2**3"),
    ("题目\n====", "题目"),
    ("- 用电\n* 用水\n+ 用气", "用电\n用水\n用气"),
    ("见[办法](http://example.com '名')、<http://a.cn>、~~旧~~。", "见办法、http://a.cn、旧。"),
    ("```text\n甲\n乙\n```", "甲\n乙"),
    ("> 引用\n\n---\n\n`代码`&amp;\\*", "引用\n代码&*"),
    ("<div>甲<br>乙</div>\n\n<script>x</script>", "甲\n乙"),
    # numbers that stay
    ("1. 用电\n2. 用水", "1. 用电\n2. 用水"),
    ("3) 用电\n4) 用水", "3) 用电\n4) 用水"),
    ("1. 用电\n1. 用水\n1. 用气", "1. 用电\n2. 用水\n3. 用气"),
    ("1. 用电\n\n   说明\n\n2. 用水\n   1. 甲\n   2. 乙", "1. 用电\n说明\n2. 用水\n1. 甲\n2. 乙"),
    ("一、用电\n二、用水", "一、用电\n二、用水"),
    ("2020\\. 年", "2020. 年"),
    ("#话题# 甲", "#话题# 甲"),
    # tables
    ("| 项目 | 电话 |\n|:--|--:|\n| 用**电** | 96871 |", "项目 电话\n用电 96871"),
    # lines that were broken by hand are joined, lines that mean to end are not
    ("各市州：\n现通知如下。\n湖南省工信厅\n2020年2月10日", "各市州：\n现通知如下。\n湖南省工信厅\n2020年2月10日"),
    (f"{'保障' * 20}用\n电，不得\n停供", f"{'保障' * 20}用电，不得\n停供"),
    (f"{'enterprise ' * 8}and\nworkers", f"{'enterprise ' * 8}and workers"),
    ("甲  \n乙", "甲\n乙"),
]


@pytest.mark.parametrize(("source", "text"), MARKDOWN)
def test_markdown_loses_its_marks_and_no_words(source: str, text: str) -> None:
    assert read_markdown(source.encode()) == text


def test_markdown_of_the_notice_is_the_notice() -> None:
    lines = read_markdown(NOTICE.encode("gb18030")).split("\n")
    words = "".join("".join(lines).split())
    assert words == "".join(NOTICE.split())
    assert [line[:2] for line in lines if line[1] == "、"] == [f"{number}、" for number in "一二三四五七八九"]
