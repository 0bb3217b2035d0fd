"""The notice taken out of whatever page it was saved with."""

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
