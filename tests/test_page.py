"""Titles, and the notice taken out of whatever page it was saved with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from files_for_readers import docx, p
from notice_pages import (
    BODY,
    CHROME_WORDS,
    COMMENTS,
    FILTERS,
    FILTERS_IN_COLUMNS,
    FOOTER,
    GREETING,
    LABELS,
    LABELS_IN_COLUMNS,
    LINES,
    NO_COMMENTS,
    SAVED_PAGE,
    TABLE_PAGE,
    TITLE,
    html,
    nested,
    text,
)

from knowledge.model import Policy
from knowledge.page import strip_page
from knowledge.parse import parse
from knowledge.readers import read_file
from knowledge.title import find_title

# The Hunan notice -------------------------------------------------------------------------------------------------

HEADINGS = [
    "分类分批组织企业有序复工复产", "强化防控物资生产保障", "落实疫情防控责任", "全力协调解决企业复工困难", "加大金融扶持",
    "强化企业创新支持", "切实减轻企业负担", "深入开展中小企业服务", "切实落实工作职责",
]  # fmt: skip


def read(folder: Path, name: str, data: bytes) -> Policy:
    path = folder / name
    path.write_bytes(data)
    source = read_file(path)
    return parse(name, source.text, source.digest)[0]


def bare(words: str) -> str:
    return "".join(words.split()).replace("\xa0", "")


def assert_is_the_notice(policy: Policy) -> None:
    """The facts that no way of saving it changes."""
    about = policy.metadata
    assert about.title == TITLE
    assert about.issuer == "湖南省工业和信息化厅"
    assert about.signed == date(2020, 2, 10)
    assert about.level == "省级"
    assert about.region == "湖南"
    assert about.department == "工信"
    assert [bare(number) for number in about.references] == ["工信明电[2020]14号"]
    numbered = [clause for clause in policy.clauses if clause.number is not None]
    assert [clause.number for clause in numbered] == list(range(1, 10))
    assert [clause.label for clause in numbered] == list("一二三四五六七八九")
    assert [clause.heading for clause in numbered] == HEADINGS
    assert bare(policy.body) == bare("".join(BODY))
    for clause in policy.clauses:
        assert not [word for word in CHROME_WORDS if word in clause.text]


def assert_has_labels(policy: Policy) -> None:
    assert policy.metadata.published == date(2020, 2, 12)
    assert policy.metadata.topics == ("综合类",)


def test_as_the_province_shows_it(tmp_path: Path) -> None:
    policy = read(tmp_path, "notice.txt", "\n".join(LINES).encode())
    assert_is_the_notice(policy)
    assert_has_labels(policy)
    assert policy.metadata.references == ("工信明电[2020] 14号",), "as printed"
    assert policy.clauses[0].text.startswith("各市州工信局")
    assert policy.clauses[-1].text == "湖南省工业和信息化厅\n\n2020年2月10日".replace("\n\n", "\n")


def test_the_lost_separator_is_reported_with_its_line() -> None:
    faults = parse("notice.txt", "\n".join(LINES), "0")[1]
    assert [(LINES[(fault.line or 0) - 1].strip()[:9], fault.fatal) for fault in faults] == [
        ("六强化企业创新支持", False)
    ]
    assert "六" in faults[0].message


WHOLE = text(GREETING + FILTERS, [TITLE], LABELS, BODY, NO_COMMENTS)

SAVED: dict[str, tuple[str, bytes]] = {
    # encodings and line ends
    "gb18030": ("a.txt", WHOLE.encode("gb18030")),
    "utf-16": ("a.txt", WHOLE.encode("utf-16")),
    "utf-8 with a mark": ("a.txt", WHOLE.encode("utf-8-sig")),
    "windows": ("a.txt", WHOLE.replace("\n", "\r\n").encode()),
    # other formats
    "nested markup": ("a.html", SAVED_PAGE.encode()),
    "nested markup in gb18030": ("a.htm", SAVED_PAGE.replace('"utf-8"', '"gb2312"').encode("gb18030")),
    "markdown": ("a.md", text(GREETING, [f"# {TITLE}"], ["  \n".join(LABELS)], ["\n\n".join(BODY)]).encode()),
    # comments
    "real comments": ("a.txt", text(GREETING + FILTERS, [TITLE], LABELS, BODY, COMMENTS).encode()),
    "very many comments": ("a.txt", text(GREETING + FILTERS, [TITLE], LABELS, BODY, COMMENTS * 30).encode()),
    "a count of comments at the top": (
        "a.txt",
        text(GREETING, [TITLE], [*LABELS, "5 条评论", "打印 分享"], BODY, COMMENTS).encode(),
    ),
    "footer": ("a.txt", text(GREETING + FILTERS, [TITLE], LABELS, BODY, FOOTER).encode()),
    # other orders
    "labels above the title": ("a.txt", text(GREETING + FILTERS, LABELS, [TITLE], BODY, NO_COMMENTS).encode()),
    "labels below the notice": ("a.txt", text(GREETING + FILTERS, [TITLE], BODY, LABELS, NO_COMMENTS).encode()),
    "labels around the title": (
        "a.txt",
        text(GREETING, [LABELS[1]], [TITLE], [LABELS[0]], BODY, NO_COMMENTS).encode(),
    ),
    "filters below the labels": ("a.txt", text([TITLE], LABELS, FILTERS, BODY, NO_COMMENTS).encode()),
    "the site's name above the title": (
        "a.txt",
        text(["湖南省跨部门政策信息发布平台"], GREETING, ["政策详情"], [TITLE], LABELS, BODY).encode(),
    ),
    "filters in columns": (
        "a.txt",
        text(GREETING, FILTERS_IN_COLUMNS, [TITLE], LABELS_IN_COLUMNS, BODY, NO_COMMENTS).encode(),
    ),
    "way to the page": ("a.txt", text(["您的位置：首页 > 政策 > 正文"], [TITLE], LABELS, BODY, FOOTER).encode()),
    "labels alone": ("a.txt", text([TITLE], LABELS, BODY).encode()),
    "title broken in two": ("a.txt", text(GREETING, [TITLE[:12], TITLE[12:]], LABELS, BODY).encode()),
    "issuer above the title": ("a.txt", text(GREETING, ["湖南省工业和信息化厅", TITLE], LABELS, BODY).encode()),
    "title again below": ("a.txt", text(GREETING, [TITLE], LABELS, [TITLE], BODY).encode()),
    "a table of labels": ("a.html", TABLE_PAGE.encode()),
}


@pytest.mark.parametrize("name", SAVED)
def test_saved_otherwise_with_labels(tmp_path: Path, name: str) -> None:
    policy = read(tmp_path, *SAVED[name])
    if name in ("title broken in two", "issuer above the title"):
        assert bare(policy.metadata.title).removeprefix("湖南省工业和信息化厅") == TITLE
        policy = _titled(policy)
    assert_is_the_notice(policy)
    assert_has_labels(policy)


def _titled(policy: Policy) -> Policy:
    return replace(policy, metadata=replace(policy.metadata, title=TITLE))


UNLABELLED: dict[str, tuple[str, bytes]] = {
    "no page": ("a.txt", text([TITLE], BODY).encode()),
    "no labels": ("a.txt", text(GREETING + FILTERS, [TITLE], BODY, NO_COMMENTS).encode()),
    "greeting alone": ("a.txt", text(GREETING, [TITLE], BODY).encode()),
    "filters alone": ("a.txt", text(FILTERS, [TITLE], BODY).encode()),
    "filters in columns": ("a.txt", text(FILTERS_IN_COLUMNS, [TITLE], BODY).encode()),
    "comments alone": ("a.txt", text([TITLE], BODY, COMMENTS).encode()),
    "page without labels": ("a.html", html(f"<h1>{TITLE}</h1>{nested(BODY)}", title=TITLE).encode()),
    "title in the page's head only": ("a.html", html(nested(BODY), title=TITLE).encode()),
    "word document": ("a.docx", docx("".join(p(line) for line in [TITLE, *BODY]))),
}


@pytest.mark.parametrize("name", UNLABELLED)
def test_saved_otherwise_without_labels(tmp_path: Path, name: str) -> None:
    policy = read(tmp_path, *UNLABELLED[name])
    assert_is_the_notice(policy)
    assert policy.metadata.published is None
    assert policy.metadata.topics == ()


# Pages in general -------------------------------------------------------------------------------------------------


def test_what_is_no_page_is_all_notice() -> None:
    lines = [
        "关于开展申报的通知",
        "来源：本网",
        "登录平台后在线申报，文号：见附件。",
        "主办单位：市工信局。",
        "打印两份。",
        "扫一扫关注",
    ]
    page = strip_page("\n".join(lines))
    assert page.title == lines[0]
    assert [line.text for line in page.lines] == lines[1:]
    assert page.labels == {}


def test_lines_keep_their_numbers_in_the_file() -> None:
    page = strip_page("关于开展申报的通知\n\n\n　一、条件\n\n二、材料\n")
    assert [(line.number, line.text) for line in page.lines] == [(4, "　一、条件"), (6, "二、材料")]


def test_what_stands_between_title_and_labels_is_kept() -> None:
    page = strip_page(
        text(GREETING, ["关于开展申报的通知", "湘工信〔2020〕5号"], LABELS, ["各市州工信局：", "一、条件。"])
    )
    assert page.title == "关于开展申报的通知"
    assert [line.text for line in page.lines] == ["湘工信〔2020〕5号", "各市州工信局：", "一、条件。"]


def test_an_empty_label_takes_no_line_of_the_notice() -> None:
    page = strip_page(
        "关于开展申报的通知\n发文字号：\n发布日期：2020-02-12\n主题词：\n各市州工信局、各有关单位：\n一、条件。"
    )
    assert page.labels == {"published": "2020-02-12"}
    assert page.lines[0].text == "各市州工信局、各有关单位："


@pytest.mark.parametrize("empty", ["", "\n\n", "　"])
def test_an_empty_page(empty: str) -> None:
    page = strip_page(empty)
    assert (page.title, page.lines) == ("", ())


def test_a_page_with_nothing_but_itself() -> None:
    page = strip_page(text(GREETING + FILTERS, LABELS, NO_COMMENTS))
    assert page.lines == ()


# Titles -----------------------------------------------------------------------------------------------------------

LONG = (
    "为深入贯彻落实党中央、国务院决策部署，支持企业有序复工复产，现就有关事项通知如下，"
    "请结合实际认真贯彻执行并及时反馈进展情况。"
)

ISSUERS = ["人力资源社会保障部 财政部", "税务总局"]

TITLES = [
    # on one line
    (["关于减免房租的通知", "各单位：", LONG], "关于减免房租的通知", (0,), ""),
    (["湖南省人民政府办公厅关于印发若干措施的通知", LONG], "湖南省人民政府办公厅关于印发若干措施的通知", (0,), ""),
    # with its number
    (["湘政发〔2020〕3号", "关于减免房租的通知", LONG], "关于减免房租的通知", (1,), "湘政发〔2020〕3号"),
    (["关于延长假期的通知（国办发明电〔2020〕1号）", LONG], "关于延长假期的通知", (0,), "国办发明电〔2020〕1号"),
    (["关于减免的通知人社部发〔2020〕11号", LONG], "关于减免的通知", (0,), "人社部发〔2020〕11号"),
    (["石政发〔2020〕3号-关于减免的通知", LONG], "关于减免的通知", (0,), "石政发〔2020〕3号"),
    # below the issuers' names, one or all of them on lines of their own
    (
        ["财政部", "海关总署", "税务总局关于进口物资免税政策的公告", "财政部公告2020年第6号", LONG],
        "财政部 海关总署 税务总局关于进口物资免税政策的公告",
        (0, 1, 2),
        "",
    ),
    (["财政部", "税务总局", "关于捐赠的公告 财政部", LONG], "财政部 税务总局关于捐赠的公告", (0, 1, 2), ""),
    (
        ["甘肃省财政厅", "甘肃省税务局", "甘肃省财政厅", "甘肃省税务局", "关于延长的通知", LONG],
        "甘肃省财政厅 甘肃省税务局关于延长的通知",
        (2, 3, 4),
        "",
    ),
    # broken in two
    (
        ["关于印发养老机构在疫情防控期间为老年人", "慢性病患者提供服务指南（试行）的通知", LONG],
        "关于印发养老机构在疫情防控期间为老年人 慢性病患者提供服务指南（试行）的通知",
        (0, 1),
        "",
    ),
    (["市人社局转发关于切实", "做好工作的通知", LONG], "市人社局转发关于切实做好工作的通知", (0, 1), ""),
    (["海陵区审批服务", "公告", LONG], "海陵区审批服务 公告", (0, 1), ""),
    (
        ["四川省应急指挥部", "公告", "（第6号）", LONG],
        "四川省应急指挥部 公告（第6号）",
        (0, 1, 2),
        "",
    ),
    # over several lines below its issuers: without 关于, with what a letterhead prints between, of a kind that is not known
    ([*ISSUERS, "阶段性减免企业", "社会保险费", "实施办法（试行）", "各单位：", LONG],
     "人力资源社会保障部 财政部 税务总局 阶段性减免企业 社会保险费 实施办法（试行）", (0, 1, 2, 3, 4), ""),
    ([*ISSUERS, "人社部发〔2020〕11号", "关于阶段性减免企业社会保险费的", "通　知", "各单位：", LONG],
     "人力资源社会保障部 财政部 税务总局关于阶段性减免企业社会保险费的通知", (0, 1, 3, 4), ""),
    (["湖南省财政厅", "国家税务总局湖南省税务局", "文件", "湘财税〔2020〕1号", "关于减免房租的通知", LONG],
     "湖南省财政厅 国家税务总局湖南省税务局关于减免房租的通知", (0, 1, 4), ""),
    (["湖南省人民政府办公厅文件", "湘政办发〔2020〕3号", "湖南省人民政府办公厅", "关于减免房租的通知", LONG],
     "湖南省人民政府办公厅关于减免房租的通知", (2, 3), ""),
    (["国家发展改革委 财政部", "人力资源社会保障部 税", "务总局关于减免社会保险费的通知", LONG],
     "国家发展改革委 财政部 人力资源社会保障部 税务总局关于减免社会保险费的通知", (0, 1, 2), ""),
    (["湖南省工业和信息化厅等九部门", "关于支持企业复工", "复产的若干意见", LONG],
     "湖南省工业和信息化厅等九部门关于支持企业复工 复产的若干意见", (0, 1, 2), ""),
    (["湖南省工商联 湖南省妇联", "关于支持企业复工复产的", "若干政策", "各单位：", LONG],
     "湖南省工商联 湖南省妇联关于支持企业复工复产的若干政策", (0,), ""),
    (["北京仲裁委员会/北京国际仲裁中心", "将于2月3日正式恢复工作", "各单位：", LONG],
     "北京仲裁委员会/北京国际仲裁中心 将于2月3日正式恢复工作", (0,), ""),
    ([*ISSUERS, "各单位：", LONG], "人力资源社会保障部 财政部 税务总局", (0,), ""),
    (["通 告", LONG], "通告", (0,), ""),
    # below the name of a site and of its section
    (["山东省人民政府", "政策文件", "省政府办公厅关于减免的通知", LONG], "省政府办公厅关于减免的通知", (2,), ""),
    (["山东省税务局", "通知公告", "税收优惠政策指引", LONG], "税收优惠政策指引", (2,), ""),
    # a headline, and what goes on with it: it stays in the text too
    (["抗击疫情同聚力", "落实优惠促发展", LONG], "抗击疫情同聚力 落实优惠促发展", (0,), ""),
    (["省普法办“防控疫情", "法治同行”知识问答", "1、疫情"], "省普法办“防控疫情 法治同行”知识问答", (0,), ""),
    (["广州市商务局将施五方面政策支持电商平台", "一、现金支持", LONG], "广州市商务局将施五方面政策支持电商平台", (0,), ""),
    (["疫情防控政策答疑", "什么样的组织可以募捐？", "可以。"], "疫情防控政策答疑", (0,), ""),
    # no title: the first words
    ([LONG], LONG.rstrip("。")[:59] + "…", (), ""),
    (["企业可以缓缴电费。其他费用另行通知。"], "企业可以缓缴电费", (), ""),
    ([], "", (), ""),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "title", "taken", "number"), TITLES)
def test_titles(lines: list[str], title: str, taken: tuple[int, ...], number: str) -> None:
    found = find_title(lines)
    assert (found.text, found.lines, found.number) == (title, taken, number)


@pytest.mark.parametrize("lines", [["人力资源社会保障部 财政部", "税务总局"], ["铜川市人民政府"]])
def test_a_title_of_issuers_alone_is_reported(lines: list[str]) -> None:
    provision = "一、减免社会保险费。"
    policy, faults = parse("通知.txt", "\n".join([*lines, "各单位：", LONG, provision]), "0")
    assert [fault.message for fault in faults] == [
        "the title names its issuers only; put the whole of it on the first line"
    ]
    assert policy.metadata.title == " ".join(lines)
    # Mended, it keeps the ids of its clauses.
    whole = [*lines, "关于阶段性减免企业社会保险费的", "通　知", "各单位：", LONG, provision]
    mended, faults = parse("通知.txt", "\n".join(whole), "1")
    assert faults == []
    assert mended.metadata.title == f"{' '.join(lines)}关于阶段性减免企业社会保险费的通知"
    assert [c.clause_id for c in mended.clauses] == [c.clause_id for c in policy.clauses]
