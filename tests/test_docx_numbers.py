"""The numbers of lists and headings in Word documents, as Word itself writes them."""

from __future__ import annotations

from io import BytesIO

import pytest
from docx import Document
from files_for_readers import OFFICIAL, abstract, docx, level, num, p

from knowledge.readers.docx import read_docx
from knowledge.readers.list_numbers import numeral


def lines(body: str, **parts: str) -> list[str]:
    return read_docx(docx(body, **parts)).split("\n")


NUMERALS = [
    ("decimal", {1: "1", 10: "10", 101: "101"}),
    ("decimalZero", {1: "01", 10: "10"}),
    ("decimalFullWidth", {12: "１２"}),
    ("decimalEnclosedCircle", {1: "①", 20: "⑳", 21: "21"}),
    ("decimalEnclosedParen", {2: "⑵"}),
    ("decimalEnclosedFullstop", {3: "⒊"}),
    ("upperLetter", {1: "A", 26: "Z", 27: "AA", 53: "AAA"}),
    ("lowerLetter", {2: "b", 28: "bb"}),
    ("upperRoman", {4: "IV", 1994: "MCMXCIV", 4000: "4000"}),
    ("lowerRoman", {9: "ix"}),
    ("ordinal", {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 112: "112th"}),
    ("chineseCounting", {1: "一", 10: "十", 11: "十一", 20: "二十", 21: "二十一", 99: "九十九", 100: "一○○", 123: "一二三"}),
    ("chineseCountingThousand", {10: "十", 15: "十五", 30: "三十", 100: "一百", 101: "一百〇一", 110: "一百一十",
                                 111: "一百一十一", 1001: "一千〇一", 1010: "一千〇一十", 10000: "10000"}),
    ("taiwaneseCountingThousand", {101: "一百零一"}),
    ("chineseLegalSimplified", {1: "壹", 10: "壹拾", 25: "贰拾伍", 108: "壹佰零捌"}),
    ("ideographLegalTraditional", {6: "陸", 12: "壹拾貳"}),
    ("japaneseCounting", {10: "十", 11: "十一", 20: "二十", 100: "百", 101: "百一", 1000: "千"}),
    ("ideographDigital", {1: "一", 10: "一〇", 11: "一一"}),
    ("ideographTraditional", {1: "甲", 10: "癸", 11: "11"}),
    ("ideographZodiac", {1: "子", 12: "亥"}),
    ("ideographZodiacTraditional", {1: "甲子", 11: "甲戌", 60: "癸亥", 61: "甲子"}),
    ("ideographEnclosedCircle", {1: "㊀", 10: "㊉"}),
    ("none", {1: ""}),
    ("bullet", {1: ""}),
    ("hindiNumbers", {7: "7"}),
    ("chineseCounting", {0: "0", -1: "-1"}),
]  # fmt: skip


@pytest.mark.parametrize(("style", "written"), NUMERALS)
def test_numerals(style: str, written: dict[int, str]) -> None:
    assert {number: numeral(number, style) for number in written} == written


def test_the_levels_of_an_official_document() -> None:
    body = (
        p("关于复工的通知")
        + p("用电", num=1, level=0)
        + p("缓缴", num=1, level=1)
        + p("欠费不停供", num=1, level=1)
        + p("5000 户", num=1, level=2)
        + p("城区", num=1, level=3)
        + p("城东", num=1, level=4)
        + p("县区", num=1, level=3)
        + p("乡镇", num=1, level=2)
        + p("用水", num=1, level=0)
        + p("减免", num=1, level=1)
        + p("湖南省工业和信息化厅")
    )
    assert lines(body, numbering=OFFICIAL) == [
        "关于复工的通知",
        "一、用电",
        "（一）缓缴",
        "（二）欠费不停供",
        "1. 5000 户",  # not "1.5000 户"
        "（1）城区",
        "① 城东",
        "（2）县区",
        "2. 乡镇",
        "二、用水",
        "（一）减免",
        "湖南省工业和信息化厅",
    ]


def _override(more: str) -> str:
    return f'<w:lvlOverride w:ilvl="0">{more}</w:lvlOverride>'


START_AT_1 = _override('<w:startOverride w:val="1"/>')

LISTS = [
    # how lists go on and begin anew
    ("starts elsewhere", abstract(1, level(0, "decimal", "%1)", start=5)) + num(1, 1),
     p("甲", num=1, level=0) + p("乙", num=1, level=0), ["5)甲", "6)乙"]),
    ("no start given", abstract(1, level(0, "decimal", "%1)", start=None)) + num(1, 1), p("甲", num=1), ["1)甲"]),
    ("two uses of a list count on", OFFICIAL + num(2, 1),
     p("甲", num=1) + p("乙", num=2) + p("丙", num=1), ["一、甲", "二、乙", "三、丙"]),
    ("a use that starts over", OFFICIAL + num(2, 1, START_AT_1),
     p("甲", num=1) + p("乙", num=2) + p("丙", num=2), ["一、甲", "一、乙", "二、丙"]),
    ("a use with a level of its own",
     OFFICIAL + num(2, 1, _override(level(0, "upperRoman", "%1.", start=4))), p("甲", num=2), ["IV. 甲"]),
    ("a word-less paragraph counts", OFFICIAL, p("甲", num=1) + p("", num=1) + p("丙", num=1), ["一、甲", "三、丙"]),
    ("a level begun without those above", abstract(1, level(0, "decimal", "%1"), level(1, "decimal", "%1.%2"))
     + num(1, 1), p("甲", num=1, level=1) + p("乙", num=1, level=0), ["1.1 甲", "1 乙"]),
    ("number 0 is none", OFFICIAL, p("甲", num=1) + p("乙", num=0) + p("丙", num=9), ["一、甲", "乙", "丙"]),
    # what a number looks like
    ("articles that chapters do not restart",
     abstract(1, level(0, "chineseCountingThousand", "第%1章"),
              level(1, "chineseCountingThousand", "第%2条", more='<w:lvlRestart w:val="0"/>')) + num(1, 1),
     p("总则", num=1, level=0) + p("甲", num=1, level=1) + p("附则", num=1, level=0) + p("乙", num=1, level=1),
     ["第一章 总则", "第一条 甲", "第二章 附则", "第二条 乙"]),
    ("a level restarted by the first alone",
     abstract(1, level(0, "decimal", "%1、"), level(1, "decimal", "%2）"),
              level(2, "decimal", "%3)", more='<w:lvlRestart w:val="1"/>')) + num(1, 1),
     p("a", num=1, level=0) + p("b", num=1, level=1) + p("c", num=1, level=2) + p("d", num=1, level=1)
     + p("e", num=1, level=2) + p("f", num=1, level=0) + p("g", num=1, level=2),
     ["1、a", "1）b", "1)c", "2）d", "2)e", "2、f", "1)g"]),
    ("legal numbers", abstract(1, level(0, "chineseCounting", "%1、"),
                               level(1, "decimal", "%1.%2", more="<w:isLgl/>")) + num(1, 1),
     p("甲", num=1, level=0) + p("乙", num=1, level=1), ["一、甲", "1.1 乙"]),
    ("nothing between number and text", abstract(1, level(0, "decimal", "%1.", after='<w:suff w:val="nothing"/>'))
     + num(1, 1), p("甲", num=1), ["1.甲"]),
    ("bullets and empty patterns", abstract(1, level(0, "bullet", "\uf06c"), level(1, "none", "")) + num(1, 1),
     p("甲", num=1, level=0) + p("乙", num=1, level=1), ["甲", "乙"]),
    ("leading zeros", abstract(1, '<w:lvl w:ilvl="0"><mc:AlternateContent><mc:Choice Requires="w14">'
                               '<w:numFmt w:val="custom" w:format="001, 002, 003, ..."/></mc:Choice><mc:Fallback>'
                               '<w:numFmt w:val="decimal"/></mc:Fallback></mc:AlternateContent>'
                               '<w:lvlText w:val="%1、"/></w:lvl>') + num(1, 1), p("甲", num=1), ["001、甲"]),
    # nonsense
    ("loops and letters", '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="S"/></w:abstractNum>'
     + abstract(2, level(99, "decimal", "%1")) + num(1, 1) + num(2, 2) + num(3, 7),
     p("甲", num=1) + p("乙", num=2, level=12) + p("丙", num=3), ["甲", "乙", "丙"]),
]  # fmt: skip


@pytest.mark.parametrize(("numbering", "body", "expected"), [case[1:] for case in LISTS], ids=[c[0] for c in LISTS])
def test_lists(numbering: str, body: str, expected: list[str]) -> None:
    assert lines(body, numbering=numbering) == expected


def _style(name: str, more: str, kind: str = "paragraph") -> str:
    return f'<w:style w:type="{kind}" w:styleId="{name}">{more}</w:style>'


def test_numbers_that_come_from_styles() -> None:
    styles = (
        _style("H1", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>')
        + _style("H2", '<w:basedOn w:val="H1"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr>')
        + _style("Mine", '<w:basedOn w:val="H2"/>')
        + _style("H3", '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>')
        + _style("Loop", '<w:basedOn w:val="Loop"/>')
        + _style("L", '<w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr>', "numbering")
    )
    numbering = (
        abstract(
            1,
            level(0, "chineseCounting", "%1、"),
            level(1, "chineseCounting", "（%2）"),
            level(2, "decimal", "%3.", more='<w:pStyle w:val="H3"/>'),
        )
        + '<w:abstractNum w:abstractNumId="2"><w:numStyleLink w:val="L"/></w:abstractNum>'
        + abstract(3, level(0, "upperLetter", "%1、"))
        + num(1, 1)
        + num(2, 2)
        + num(3, 3)
    )
    body = (
        p("用电", style="H1")
        + p("缓缴", style="H2")
        + p("停供", style="Mine")
        + p("城区", style="H3")
        + p("未编号", style="H1", num=0)
        + p("用水", style="H1")
        + p("循环", style="Loop")
        + p("链接", num=2)
        + p("直接", num=3)
    )
    expected = ["一、用电", "（一）缓缴", "（二）停供", "1. 城区", "未编号", "二、用水", "循环", "A、链接", "B、直接"]
    assert lines(body, numbering=numbering, styles=styles) == expected


def test_every_paragraph_of_the_default_style_can_be_numbered() -> None:
    styles = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="N">'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    assert lines(p("甲") + p("乙"), numbering=OFFICIAL, styles=styles) == ["一、甲", "二、乙"]


def test_a_document_of_words_own_template() -> None:
    document = Document()
    document.add_heading("关于复工的通知", 0)
    document.add_paragraph("用电", style="List Number")
    document.add_paragraph("要点", style="List Bullet")
    document.add_paragraph("用水", style="List Number")
    table = document.add_table(2, 2)
    for cell, words in zip(
        [c for line in table.rows for c in line.cells], ["项目", "电话", "用电", "96871"], strict=True
    ):
        cell.text = words
    document.sections[0].header.paragraphs[0].text = "页眉"
    document.add_paragraph("2020年2月10日\n")
    buffer = BytesIO()
    document.save(buffer)
    text = read_docx(buffer.getvalue())
    assert text.split("\n") == [
        "关于复工的通知",
        "1. 用电",
        "要点",
        "2. 用水",
        "项目 电话",
        "用电 96871",
        "2020年2月10日",
    ]
