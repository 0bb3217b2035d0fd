"""PDF files: paragraphs put together again from lines, without what runs along at the edge of every page."""

from __future__ import annotations

import pytest
from files_for_readers import Printed, encrypted, page, pdf

from knowledge.readers.paragraphs import Line, is_marked, join, join_lines
from knowledge.readers.pdf import read_pdf

FIRST = [
    "　　一、分类分批组织企业有序复工复产。根据各地疫情防控情况，",
    "企业在落实好各项疫情防控措施的前提下，分类分批有序复工复产。",
    "能源供应、医用物资、食品等生活必需品和其他涉及重要国计民生领",
    "域的工业企业，要保障条件继续扩大产能。",
    "　　（一）用电。对疫情期间企业生产经营所需的用电，依照本办法",
    "第十五条的规定实施阶段性缓缴费用，缓缴期间实行“欠费不停供”",
    "措施，金额不超过",
]
SECOND = [
    "3.5亿元。",
    "　　（二）用水。参照用电。",
    "　　1.大中型企业；",
    "　　2.小微企业。",
    "　　第一条　本办法自印发之日起施行。",
]
MORE = ["　　二、用水。", "　　三、用气。", "　　四、用工。"]
EXPECTED = [
    "一、分类分批组织企业有序复工复产。根据各地疫情防控情况，企业在落实好各项疫情防控措施的前提下，分类分批有序复工复产。"
    "能源供应、医用物资、食品等生活必需品和其他涉及重要国计民生领域的工业企业，要保障条件继续扩大产能。",
    "（一）用电。对疫情期间企业生产经营所需的用电，依照本办法第十五条的规定实施阶段性缓缴费用，缓缴期间实行“欠费不停供”"
    "措施，金额不超过3.5亿元。",
    "（二）用水。参照用电。",
    "1.大中型企业；",
    "2.小微企业。",
    "第一条　本办法自印发之日起施行。",
]


def paragraphs(*pages: list[Printed]) -> list[str]:
    return read_pdf(pdf(pages)).split("\n")


def test_lines_are_joined_within_and_across_pages() -> None:
    first = [*FIRST[:-1], "措施，对相关企业给予补助的金额依照规定的标准合计总数不得超过"]
    assert paragraphs(page(first), page(SECOND)) == [
        EXPECTED[0],
        EXPECTED[1].replace("措施，金额不超过", "措施，对相关企业给予补助的金额依照规定的标准合计总数不得超过"),
        *EXPECTED[2:],
    ]


def test_pages_that_lie_on_their_sides_read_the_same() -> None:
    pages = [page([*FIRST[:4], *MORE])]
    assert read_pdf(pdf(pages, turned=True)) == read_pdf(pdf(pages))


def test_a_title_over_two_lines_is_one() -> None:
    title = [
        Printed(100, 760, "湖南省工业和信息化厅关于进一步做好", 22),
        Printed(180, 725, "复工复产工作的通知", 22),
    ]
    body = page([*FIRST[:4], *MORE], top=680)
    assert paragraphs([*title, *body])[:2] == ["湖南省工业和信息化厅关于进一步做好复工复产工作的通知", EXPECTED[0]]


def test_a_centred_title_of_the_body_size_is_one() -> None:
    title = [
        Printed(90 + 16, 760, "湖南省工业和信息化厅关于进一步做好工业企业复工复产有关"),
        Printed(90 + 12 * 16, 732, "工作的通知"),
    ]
    body = page([*FIRST[:4], *MORE], top=690)
    assert paragraphs([*title, *body])[:2] == [title[0].text + title[1].text, EXPECTED[0]]


def test_without_indents_lines_end_paragraphs_where_sentences_do() -> None:
    flush = [line.removeprefix("　　") for line in FIRST[:4]]
    assert paragraphs(page(["各市州工信局：", *flush, "二、用水。", "湖南省工业和信息化厅", "2020年2月10日"])) == [
        "各市州工信局：",
        "".join(flush[:2]),
        "".join(flush[2:]),
        "二、用水。",
        "湖南省工业和信息化厅",
        "2020年2月10日",
    ]


def test_without_indents_space_tells_paragraphs_apart() -> None:
    block = [line.removeprefix("　　") for line in FIRST[:4]]
    printed = []
    for count in range(4):
        printed += page(block, top=780 - count * 140, left=90)
    assert paragraphs(printed) == ["".join(block)] * 4


# What runs along --------------------------------------------------------------------------------------------------

MIDDLE = [
    "　　二、强化防控物资生产保障。",
    "　　三、落实疫情防控责任。",
    "　　四、全力协调解决企业复工困难。",
    "　　五、加大金融扶持。",
]
FORMS = [
    "— {} —", "-{}-", "第 {} 页", "第 {} 页 共 4 页", "{}", "{}/4", "Page {} of 4", "工信厅文件 {}", "工信厅文件"
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("y", [800, 30])
def test_headers_footers_and_page_numbers_are_left_out(form: str, y: float) -> None:
    bodies = [[f"{line}（{word}）" for line in MIDDLE] for word in "甲乙丙丁"]
    pages = [[*page(body), Printed(250, y, form.format(number), 10)] for number, body in enumerate(bodies, 1)]
    assert paragraphs(*pages) == [line.strip("　") for body in bodies for line in body]


def test_what_only_looks_like_running_along_stays() -> None:
    pages = [
        page([f"附件{number}", f"　　名单{number * number}", "　　用电。", f"　　共{7 - number}户", "完"])
        for number in range(1, 5)
    ]
    found = paragraphs(*pages)
    assert [text for text in found if text.startswith("附")] == ["附件1", "附件2", "附件3", "附件4"]
    assert [text for text in found if text.startswith("名")] == ["名单1", "名单4", "名单9", "名单16"]
    assert [text for text in found if text.startswith("共")] == ["共6户", "共5户", "共4户", "共3户"]
    assert "完" not in found


def test_what_repeats_inside_a_page_stays() -> None:
    pages = [
        page([f"　　{word}一、总则。", *MIDDLE, "　　相同的一句。", *MIDDLE, f"　　{word}完。"]) for word in "甲乙丙"
    ]
    assert paragraphs(*pages).count("相同的一句。") == 3


# Gaps -------------------------------------------------------------------------------------------------------------


def test_gaps_of_typesetting_are_no_spaces_and_gaps_of_tables_are() -> None:
    printed = [
        Printed(90, 700, "确保"),
        Printed(126, 700, "2020"),
        Printed(170, 700, "年底前完成"),
        Printed(90, 672, "项目"),
        Printed(240, 672, "金额"),
        Printed(90, 644, "用电"),
        Printed(240, 644, "100"),
        Printed(90, 616, "关 于 复 工 的 通 知"),
        Printed(90, 588, "新增 10 万户，张三 李四到场"),
    ]
    assert paragraphs(printed) == [
        "确保2020年底前完成",
        "项目 金额",
        "用电 100",
        "关于复工的通知",
        "新增10万户，张三 李四到场",
    ]


# Joining ----------------------------------------------------------------------------------------------------------

JOINS = [
    ("实行欠费", "不停供", "实行欠费不停供"),
    ("确保2020", "年底", "确保2020年底"),
    ("新增10", "万户", "新增10万户"),
    ("1000", "0户", "10000户"),
    ("small and", "medium", "small and medium"),
    ("enter-", "prises", "enterprises"),
    ("COVID-", "19", "COVID-19"),
    ("Jean-", "Paul", "Jean-Paul"),
    ("中小企业 SME", "policy", "中小企业 SME policy"),
    ("采用GDP", "增速", "采用GDP增速"),
    ("it ends,", "and goes on", "it ends, and goes on"),
    ("登录http://www.hunan.", "gov.cn", "登录http://www.hunan.gov.cn"),
    ("“", "SME", "“SME"),
    ("", "甲", "甲"),
]


@pytest.mark.parametrize(("before", "after", "joined"), JOINS)
def test_joins(before: str, after: str, joined: str) -> None:
    assert join(before, after) == joined


MARKED = ["一、用电", "十二．用水", "（三）用气", "(3)用工", "1.用电", "2、用水", "3）用气", "12．用电", "1.2 用电",
          "第一条 本办法", "第三章　总则", "①用电", "●用电", "附件1：", "附：名单"]  # fmt: skip
UNMARKED = [
    "3.5亿元",
    "2020.2",
    "第十五条的规定",
    "一是用电",
    "一季度",
    "十亿元",
    "（三",
    "用电",
    "12日",
    "附件",
    "2020年",
]


def test_marks_begin_paragraphs_and_figures_do_not() -> None:
    assert [text for text in MARKED if not is_marked(text)] == []
    assert [text for text in UNMARKED if is_marked(text)] == []


def test_a_short_line_ends_its_paragraph() -> None:
    wide, short = "保障企业用电用水用气" * 3, "保障企业用电"
    assert join_lines([Line(wide, 60), Line(short, 60), Line(wide, 60)]) == [wide + short, wide]
    assert join_lines([Line(short, 12), Line(short, 12)]) == [short * 2]
    assert join_lines([]) == []


# Protection -------------------------------------------------------------------------------------------------------


def test_a_pdf_that_anyone_may_open_is_read_though_encrypted() -> None:
    protected = encrypted(pdf([page(MIDDLE)]), user_password="")
    assert b"/Encrypt" in protected
    assert read_pdf(protected).split("\n") == [line.strip("　") for line in MIDDLE]


@pytest.mark.parametrize("encoding", ["UniGB-UTF16-H", "UniGB-UCS2-H"])
def test_fonts_without_a_table_of_their_own(encoding: str) -> None:
    assert read_pdf(pdf([page(MIDDLE)], font=encoding)).split("\n") == [line.strip("　") for line in MIDDLE]
