"""The marks that lines begin with: which are found, which are mere figures and words."""

from __future__ import annotations

import pytest

from knowledge.numbering import Level, inner_marker, lost_marker, marker

MARKS = [
    # 第一章 and 第一条
    ("第一章 总则", Level.CHAPTER, 1, "第一章"),
    ("第十二条　本办法自印发之日起施行。", Level.ARTICLE, 12, "第十二条"),
    ("第3条：补贴标准", Level.ARTICLE, 3, "第3条"),
    ("　　第二十一条企业应当", Level.ARTICLE, 21, "第二十一条"),
    # 一、
    ("一、支持企业", Level.HAN, 1, "一"),
    ("　　十二、加强宣传引导。", Level.HAN, 12, "十二"),
    ("三．减免房租", Level.HAN, 3, "三"),
    ("二, 用工", Level.HAN, 2, "二"),
    ("\u200b四：其他", Level.HAN, 4, "四"),
    # （一）
    ("（三）缓缴社会保险费。", Level.HAN_BRACKET, 3, "（三）"),
    ("(二十一)其他", Level.HAN_BRACKET, 21, "（二十一）"),
    ("﹝一﹞范围", Level.HAN_BRACKET, 1, "（一）"),
    ("（ 二 ）标准", Level.HAN_BRACKET, 2, "（二）"),
    # 1. 1、 1）
    ("1.申报条件", Level.FIGURE, 1, "1"),
    ("12、材料", Level.FIGURE, 12, "12"),
    ("３．时间", Level.FIGURE, 3, "３"),
    ("2)联系人", Level.FIGURE, 2, "2"),
    ("1.2020年起", Level.FIGURE, 1, "1"),
    # （1） ①
    ("（10）营业执照", Level.FIGURE_BRACKET, 10, "（10）"),
    ("(1)复印件", Level.FIGURE_BRACKET, 1, "（1）"),
    ("③复工企业", Level.CIRCLED, 3, "③"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "level", "value", "label"), MARKS)
def test_marks(line: str, level: Level, value: int, label: str) -> None:
    found = marker(line)
    assert found is not None
    assert (found.level, found.value, found.label) == (level, value, label)
    assert line[: found.end].strip().startswith(line.strip()[0])
    assert not line[found.end :].startswith(("、", "．", "）", ")", "条", "章"))


NO_MARKS = [
    "",
    "各市州工信局：",
    # words that begin with a numeral
    "一方面要做好防控",
    "一、二、三级医院",
    "二是加强保障",
    "三个月内",
    "十九大精神",
    # figures
    "1.5亿元以上的",
    "12.5万户",
    "2020年2月10日",
    "2020、2021年",
    "96871",
    "第一时间",
    "第三方机构",
    "（以下简称《通知》）",
    "（第一版）",
    "零、",
    "(2020)15号",
]


@pytest.mark.parametrize("line", NO_MARKS)
def test_no_marks(line: str) -> None:
    assert marker(line) is None


LOST = [
    ("      六强化企业创新支持。鼓励针对", 6, "六"),
    ("十一 加强维权", 11, "十一"),
    ("二“绿色通道”", 2, "二"),
    # another number, a mark that is whole, a word
    ("六强化企业", 7, None),
    ("六、强化企业", 6, None),
    ("二是加强保障", 2, None),
    ("三个月内申报", 3, None),
    ("四月底前完成", 4, None),
    ("三级医院", 3, None),
    ("五部门联合印发", 5, None),
    ("企业创新", 1, None),
]  # fmt: skip


@pytest.mark.parametrize(("line", "value", "label"), LOST)
def test_a_mark_whose_separator_was_lost(line: str, value: int, label: str | None) -> None:
    found = lost_marker(line, value)
    assert (found.label if found else None) == label
    if found:
        assert line[found.end :].strip() in line
        assert not line[: found.end].strip().strip(found.label)


INNER = [
    ("各部门负责） 八、 强化就业服务供给", 8, "八、 强化就业服务供给"),
    ("现就有关工作通知如下： 一、 对外办理时间", 1, "一、 对外办理时间"),
    ("稳定预期。二、出台针对性的政策", 2, "二、出台针对性的政策"),
    # the other number, the beginning of the line, an enumeration
    ("稳定预期。二、出台针对性的政策", 3, None),
    ("二、出台针对性的政策", 2, None),
    ("包括：一、二、三级医院", 1, None),
    ("第一、二季度", 1, None),
]  # fmt: skip


@pytest.mark.parametrize(("line", "value", "rest"), INNER)
def test_a_mark_inside_a_line(line: str, value: int, rest: str | None) -> None:
    found = inner_marker(line, value, 0)
    if rest is None:
        assert found is None
    else:
        assert found is not None
        cut, mark = found
        assert line[cut:] == rest
        assert (mark.level, mark.value) == (Level.HAN, value)
        assert rest[: mark.end].startswith(mark.label + "、")
