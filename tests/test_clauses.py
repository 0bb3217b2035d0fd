"""How lines become clauses: what numbers them, where long ones are cut, what they are called, and that none is lost."""

from __future__ import annotations

import random
import re
import time

import pytest
from conftest import slow

from knowledge.clauses import clauses
from knowledge.model import Clause, Fault
from knowledge.page import Line
from knowledge.passages import LIMIT
from knowledge.sentences import cut, sentences, visible

LONG = "支持金融机构加大对企业的信贷支持，通过利率优惠、调整还款周期等方式支持其渡过难关。"


def made(text: str) -> tuple[tuple[Clause, ...], list[Fault]]:
    """The clauses and faults of a notice's body."""
    lines = [Line(n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
    body, found, faults = clauses("abc", "源", "源.txt", lines)
    assert_whole(body, found)
    return found, faults


def assert_whole(body: str, found: tuple[Clause, ...]) -> None:
    """What ``knowledge.model`` promises of every notice."""
    covered = [0] * len(body)
    for ordinal, clause in enumerate(found):
        assert clause.ordinal == ordinal
        assert body[clause.start : clause.start + len(clause.text)] == clause.text
        assert clause.text == clause.text.strip()
        assert 0 < visible(clause.text) <= LIMIT
        assert re.fullmatch("[A-Za-z0-9_-]{1,64}", clause.clause_id)
        covered[clause.start : clause.start + len(clause.text)] = [
            n + 1 for n in covered[clause.start :][: len(clause.text)]
        ]
    assert {n for n, character in zip(covered, body, strict=True) if not character.isspace()} <= {1}
    assert len({clause.clause_id for clause in found}) == len(found)


def outline(text: str) -> list[tuple[str, int | None, str, str]]:
    """Id without the notice's, number, label and heading of each clause."""
    return [(c.clause_id.removeprefix("abc-"), c.number, c.label, c.heading) for c in made(text)[0]]


OUTLINES = {
    "provisions with headings in their first sentence": (
        "各市州：\n一、减免房租。减半。\n二、缓缴电费：可缓缴。\n三、其他",
        [("0", None, "", ""), ("1", 1, "一", "减免房租"), ("2", 2, "二", "缓缴电费"), ("3", 3, "三", "其他")],
    ),
    "not numbered": ("企业可以缓缴。\n其他另行通知。", [("0", None, "", "")]),
    "the second level numbers where there is no first": (
        "（一）用电。\n（二）用水。",
        [("1", 1, "（一）", "用电"), ("2", 2, "（二）", "用水")],
    ),
    "articles below chapters": (
        "第一章 总则\n第一条 为了支持企业。\n第二章 补贴\n第二条 标准如下：\n（一）甲项。",
        [
            ("c1", None, "第一章", "总则"),
            ("1", 1, "第一条", "为了支持企业"),
            ("c2", None, "第二章", "补贴"),
            ("2", 2, "第二条", "标准如下"),
        ],
    ),
    "figures number items, which are joined": (
        "一、材料：\n1.执照。\n2.表格。\n二、时间。",
        [("1", 1, "一", "材料"), ("2", 2, "二", "时间")],
    ),
    "a numbering that begins anew in an attachment": (
        "一、甲项。\n二、乙项。\n附件：申报指南\n一、丙项。\n附件2\n一、丁项。",
        [
            ("1", 1, "一", "甲项"),
            ("2", 2, "二", "乙项"),
            ("a1-0", None, "", "附件：申报指南"),
            ("a1-1", 3, "一", "丙项"),
            ("a2-0", None, "", ""),
            ("a2-1", 4, "一", "丁项"),
        ],
    ),
    "the same number twice": (
        "一、甲项。\n一、乙项。\n一、丙项。",
        [("1", 1, "一", "甲项"), ("1_2", 2, "一", "乙项"), ("1_3", 3, "一", "丙项")],
    ),
    "the signature is no part of the last provision": (
        "一、甲项。\n二、乙项。\n特此通知\n湖南省工业和信息化厅\n2020年2月10日\n（此件公开发布）",
        [("1", 1, "一", "甲项"), ("2", 2, "二", "乙项"), ("end", None, "", "")],
    ),
    "a signature between a notice and what it makes known": (
        f"各市州：\n现印发给你们。\n{LONG}\n省政府办公厅\n2020年2月16日\n若干措施\n一、甲项。\n" + f"{LONG}\n" * 8,
        [("0", None, "", ""), ("end", None, "", ""), ("a1-0", None, "", "若干措施"), ("a1-1", 1, "一", "甲项")],
    ),
    "questions that quote articles and their items": (
        "1、什么是疫情？\n《防治法》规定：\n第三十一条 报告。\n2、谁可以捐赠？\n（一）个人；\n（二）企业。",
        [("0-1", None, "1至2", "什么是疫情？")],
    ),
    "a lost separator": (
        "五、甲项。\n六乙丙丁。\n七、戊项。",
        [("5", 1, "五", "甲项"), ("6", 2, "六", "乙丙丁"), ("7", 3, "七", "戊项")],
    ),
    "a mark inside a line": (
        "通知如下： 一、甲项。\n二、乙项。",
        [("0", None, "", ""), ("1", 1, "一", "甲项"), ("2", 2, "二", "乙项")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OUTLINES)
def test_outlines(name: str) -> None:
    text, expected = OUTLINES[name]
    assert outline(text) == expected


def test_a_long_provision_is_cut_at_its_items() -> None:
    items = "\n".join(f"（{numeral}）{numeral}项。{LONG * 4}" for numeral in "一二三四五")
    assert outline(f"四、帮扶。{LONG}\n{items}") == [
        ("4", 1, "四", "帮扶"),
        ("4-2", 1, "四（二）至（三）", "帮扶 二项"),
        ("4-4", 1, "四（四）至（五）", "帮扶 四项"),
    ]


def test_items_within_items() -> None:
    text = "一、总项。\n" + "\n".join(f"（{a}）{a}项。\n1.{LONG * 7}\n2.{LONG * 7}" for a in "一二")
    assert [(key, label) for key, _, label, _ in outline(text)] == [
        ("1", "一"),
        ("1-1-2", "一（一）2"),
        ("1-2", "一（二）"),
        ("1-2-2", "一（二）2"),
    ]


def test_a_part_within_an_item_goes_by_that_item() -> None:
    parts = outline(f"一、总项。\n（三）资金。{LONG * 20}")
    assert {label for _, _, label, _ in parts[1:]} == {"一（三）"}
    assert {heading for _, _, _, heading in parts[1:]} == {"总项 资金"}


def test_cut_at_sentence_ends_only() -> None:
    found, _ = made("五、金融。" + LONG * 30)
    assert len(found) > 3
    assert all(clause.text.endswith("。") for clause in found)
    assert len({(clause.label, clause.number) for clause in found}) == 1


def test_what_belongs_together_stays_together() -> None:
    paragraph = "支持企业复工复产。" * 38
    # A question stays with its answer, a heading with its text, a line that was broken off with what it goes on with.
    found, _ = made(f"{paragraph}\n什么企业可以申请贴息？\n{paragraph}")
    assert found[1].text.startswith("什么企业可以申请贴息？\n支持")
    found, _ = made(f"{paragraph}\n贴息的范围\n{paragraph}")
    assert found[1].text.startswith("贴息的范围\n支持")
    assert found[1].heading == "贴息的范围"
    found, _ = made(
        f"{paragraph[:200]}\n{'按照支持企业复工复产的规定' * 4}（财政部\n公告第8号）执行。\n{paragraph[:200]}"
    )
    assert [clause for clause in found if "（财政部\n公告第8号）" in clause.text]


def test_headings_are_those_of_the_part() -> None:
    block = "支持企业复工复产。" * 38
    parts = outline(f"{block}\n办理条件\n{block}\n{block}\n办理时间\n{block}")
    assert [heading for *_, heading in parts] == ["", "办理条件", "办理条件", "办理时间"]


def test_lists_and_issuers_are_no_headings() -> None:
    assert outline(f"名单如下\n长沙公司\n株洲公司甲\n湘潭公司乙\n{LONG}") == [("0", None, "", "")]
    assert outline(f"湖南省财政厅\n{LONG}") == [("0", None, "", "")]


FAULTS = [
    ("一、甲。\n二、乙。\n五、丙。", [(3, "the numbering jumps from 二 to 五")]),
    ("四、甲。\n五、乙。", [(1, "the numbering begins with 四")]),
    ("第一条 甲。\n第三条 乙。", [(2, "the numbering jumps from 一 to 第三条")]),
    ("第一百零一条 甲。\n第一百零三条 乙。", []),
    (
        "五、甲。\n六乙丙丁。\n七、戊。",
        [(1, "the numbering begins with 五"), (2, "the separator after 六 is missing; read as 六、")],
    ),
    ("通知如下： 一、甲。\n二、乙。", [(1, "一、 stands inside a line; read as a provision of its own")]),
    # nothing is wrong
    ("一、甲。\n二、乙。\n附件\n一、丙。", []),
    ("一、甲。\n（一）乙。\n（三）丙。", []),
    ("1.甲。\n3.乙。", []),
    ("一、甲。\n二是乙。\n二、丙。", []),
]


@pytest.mark.parametrize(("text", "expected"), FAULTS)
def test_faults_in_the_numbering(text: str, expected: list[tuple[int, str]]) -> None:
    faults = made(text)[1]
    assert [(fault.line, fault.message) for fault in faults] == expected
    assert not any(fault.fatal for fault in faults)


def test_ids_stay_while_their_numbers_do() -> None:
    before = {clause.clause_id: clause.text for clause in made("一、甲。\n二、乙。\n三、丙。")[0]}
    after = {
        clause.clause_id: clause.text for clause in made("前言。\n一、甲。\n二、改了的乙。\n三、丙。\n四、丁。")[0]
    }
    assert before.keys() <= after.keys()
    assert {key for key, text in before.items() if after[key] != text} == {"abc-2"}


# Whatever comes ---------------------------------------------------------------------------------------------------

PIECES = [
    "一、", "六", "十二、", "（三）", "第一条 ", "第九条", "第一章", "1.", "(2)", "③", "附件：", "2020年2月10日", "湖南省财政厅",
    "：", "？", "。", "；", "……”", "\u3000\u3000", "\u200b", "\t", "关于", "贷款贴息", "https://a.cn/b", "１２", "|", "-", "“",
    "《", "甲" * 30, "长" * 450,
]  # fmt: skip


def test_nothing_is_lost_whatever_comes() -> None:
    chance = random.Random(2020)
    for _ in range(400):
        lines = ["".join(chance.choices(PIECES, k=chance.randrange(1, 7))) for _ in range(chance.randrange(1, 25))]
        text = "\n".join(lines)
        found, _ = made(text)
        assert found or not text.strip()


@slow
def test_hostile_texts_take_no_longer_than_their_length() -> None:
    texts = [
        "甲" * 300_000,
        "一、五、" * 20_000,
        "\n".join(["一、甲", "五、乙"] * 5_000),
        "（" * 50_000,
        "\n".join("（一）" * 3 for _ in range(5_000)),
        "2020年2月10日\n" * 5_000,
    ]
    began = time.process_time()
    for text in texts:
        made(text)
    assert time.process_time() - began < 20


# Sentences --------------------------------------------------------------------------------------------------------

SENTENCES = [
    ("甲。乙！丙？丁；戊", ["甲。", "乙！", "丙？", "丁；", "戊"]),
    ("他说：“好。”乙。", ["他说：“好。”", "乙。"]),
    ("（见附件。）乙……丙", ["（见附件。）", "乙……", "丙"]),
    ("甲\n\n乙", ["甲", "乙"]),
    ("1.5亿元。", ["1.5亿元。"]),
    ("  甲。  乙  ", ["甲。", "乙"]),
    ("", []),
    (" \n ", []),
]


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[span.start : span.end] for span in sentences(text)] == expected


def test_pieces_are_cut_at_commas_and_only_then_anywhere() -> None:
    text = "甲" * 30 + "，" + "乙" * 30 + "丙" * 45 + "。"
    assert [text[span.start : span.end] for span in cut(text, 40)] == [
        "甲" * 30 + "，",
        "乙" * 30 + "丙" * 10,
        "丙" * 35 + "。",
    ]
    assert "".join(text[span.start : span.end] for span in cut(text, 7)) == text
