"""What a notice says of itself, from labels, title, signature and text."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.metadata import read_metadata
from knowledge.model import Metadata
from knowledge.page import strip_page

TEXT = "为深入贯彻落实党中央、国务院决策部署，支持企业有序复工复产，现就有关事项通知如下。"
TITLE = "关于支持企业复工复产的通知"


def read(*lines: str) -> Metadata:
    page = strip_page("\n".join(lines))
    return read_metadata(page, "\n".join(line.text for line in page.lines))


# Labels -----------------------------------------------------------------------------------------------------------


def test_labels_come_before_what_the_text_says() -> None:
    about = read(
        TITLE,
        "发文机关：湖南省财政厅 发文字号：湘财企〔2020〕3号",
        "成文日期：2020-02-11 发布日期：2020年2月12日",
        "文件级别：国家级 主题分类：企业减负、综合类 发文系统：财政",
        "适用地区：湖南省长沙市 施行日期：2020.3.1 失效日期：2021/2/28",
        TEXT,
        "湖南省工业和信息化厅",
        "2020年2月10日",
    )
    assert about == Metadata(
        title=TITLE,
        issuer="湖南省财政厅",
        document_number="湘财企〔2020〕3号",
        level="国家级",
        topics=("企业减负", "综合类"),
        department="财政",
        region="湖南 长沙",
        published=date(2020, 2, 12),
        signed=date(2020, 2, 11),
        in_force_from=date(2020, 3, 1),
        in_force_until=date(2021, 2, 28),
    )


def test_nothing_is_guessed() -> None:
    assert read("企业复工看过来", TEXT) == Metadata(title="企业复工看过来")


DATES = [
    ("2020年2月10日", date(2020, 2, 10)),
    ("2020-02-10", date(2020, 2, 10)),
    ("2020/2/10 09:30", date(2020, 2, 10)),
    ("2020.02.10", date(2020, 2, 10)),
    ("二〇二〇年二月十日", date(2020, 2, 10)),
    ("二○二○年十二月三十一日", date(2020, 12, 31)),
    ("二零二一年一月二十日", date(2021, 1, 20)),
    # no day of the calendar
    ("2020年2月30日", None),
    ("2020年13月1日", None),
    ("二〇二〇年二月三十日", None),
    ("近日", None),
]


@pytest.mark.parametrize(("text", "day"), DATES)
def test_dates(text: str, day: date | None) -> None:
    assert read(TITLE, f"发布时间：{text}", "文件级别：省级", TEXT).published == day


# Issuer and signature ---------------------------------------------------------------------------------------------

SIGNATURES = [
    # below the text
    (("湖南省工业和信息化厅", "2020年2月10日"), "湖南省工业和信息化厅", date(2020, 2, 10)),
    (("湖 南 省 财 政 厅", "二〇二〇年二月十日"), "湖南省财政厅", date(2020, 2, 10)),
    # several, on lines of their own, on one line, and a name on two lines
    (("湖南省财政厅", "湖南省商务厅", "2020年2月10日"), "湖南省财政厅、湖南省商务厅", date(2020, 2, 10)),
    (("人力资源社会保障部 财政部", "税务总局", "2020年2月20日"), "人力资源社会保障部、财政部、税务总局", date(2020, 2, 20)),
    (("四川省应对新冠病毒", "肺炎疫情应急指挥部", "2020年2月9日"), "四川省应对新冠病毒肺炎疫情应急指挥部", date(2020, 2, 9)),
    # with something behind it
    (("湖南省财政厅", "2020年2月10日", "（此件公开发布）", "扫一扫"), "湖南省财政厅", date(2020, 2, 10)),
    # a date alone near the end; a sentence, a telephone number and a line of text are no names
    (("2020年2月10日",), "", date(2020, 2, 10)),
    (("特此通知。", "2020年2月10日"), "", date(2020, 2, 10)),
    (("内江市疾控中心5522232", "2020年2月10日"), "", date(2020, 2, 10)),
    # no date alone on its line
    (("湖南省财政厅", "2020年2月10日起执行。"), "", None),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "issuer", "signed"), SIGNATURES)
def test_signatures(lines: tuple[str, ...], issuer: str, signed: date | None) -> None:
    about = read(TITLE, TEXT, *lines)
    assert (about.issuer, about.signed) == (issuer, signed)


def test_the_signature_before_an_attachment_is_the_notices_own() -> None:
    about = read(TITLE, TEXT, "长沙市财政局", "2020年2月10日", "附件", *[TEXT] * 12, "湖南省财政厅", "2020年1月5日")
    assert (about.issuer, about.signed) == ("长沙市财政局", date(2020, 2, 10))


TITLED = [
    ("湖南省人民政府办公厅关于印发若干措施的通知", "湖南省人民政府办公厅"),
    ("湖南省财政厅 湖南省商务厅关于做好工作的通知", "湖南省财政厅、湖南省商务厅"),
    ("教育部办公厅、工业和信息化部办公厅印发通知", "教育部办公厅、工业和信息化部办公厅"),
    ("长沙市商务局转发关于做好工作的通知", "长沙市商务局"),
    # no organisation begins them
    ("转发国家卫生健康委办公厅关于消毒剂的通知", ""),
    ("关于做好工作的通知", ""),
    ("我们关于复工的通知", ""),
]


@pytest.mark.parametrize(("title", "issuer"), TITLED)
def test_an_issuer_in_the_title(title: str, issuer: str) -> None:
    assert read(title, TEXT).issuer == issuer


AGAINST_TITLE = [
    # The signature has the whole name, or differs by a slip: it is the notice's own.
    ("省工业和信息化厅关于复工的通知", "贵州省工业和信息化厅", "贵州省工业和信息化厅", True),
    ("国家税务总局甘肃省税务局关于开票的通知", "国家税务总局甘肃省局税务局", "国家税务总局甘肃省税务局", True),
    # It is that of the document passed on.
    ("长沙市人社局转发人社部办公厅关于待遇的通知", "人力资源社会保障部办公厅", "长沙市人社局", False),
]


@pytest.mark.parametrize(("title", "signer", "issuer", "its_own"), AGAINST_TITLE)
def test_the_signature_against_the_title(title: str, signer: str, issuer: str, its_own: bool) -> None:
    about = read(title, TEXT, signer, "2020年2月10日")
    assert (about.issuer, about.signed) == (issuer, date(2020, 2, 10) if its_own else None)


# Level, region, department ----------------------------------------------------------------------------------------

PLACES = [
    ("国务院办公厅", "国家级", "", "办公"),
    ("财政部", "国家级", "", "财政"),
    ("税务总局", "国家级", "", "国税"),
    ("中国人民银行", "国家级", "", "其他"),
    ("国家卫生健康委办公厅", "国家级", "", "其他"),
    ("湖南省工业和信息化厅", "省级", "湖南", "工信"),
    ("广西壮族自治区人民政府", "省级", "广西", "办公"),
    ("北京市水务局", "省级", "北京", "其他"),
    ("国家税务总局重庆市税务局", "省级", "重庆", "国税"),
    ("省发展改革委", "省级", "", "发改"),
    ("中共海南省委宣传部", "省级", "海南", "其他"),
    ("江西省新冠肺炎疫情防控应急指挥部", "省级", "江西", "其他"),
    ("长沙市人力资源和社会保障局", "市级", "湖南 长沙", "人社"),
    ("国家税务总局厦门市税务局", "市级", "福建 厦门", "国税"),
    ("市市场监管委", "市级", "", "其他"),
    ("兰州海关", "市级", "甘肃 兰州", "其他"),
    ("北京市石景山区人民政府", "县级", "北京 石景山", "办公"),
    ("门头沟区信访办公室", "县级", "北京 门头沟", "其他"),
    ("长沙县农业农村局", "县级", "湖南 长沙", "农业"),
    ("泰州市海陵区行政审批局", "县级", "江苏 泰州", "其他"),
    ("疫情防控工作领导小组办公室", "", "", "其他"),
    ("长城文化公司", "", "", "文化"),
]  # fmt: skip


@pytest.mark.parametrize(("issuer", "level", "region", "department"), PLACES)
def test_level_region_and_department(issuer: str, level: str, region: str, department: str) -> None:
    about = read(TITLE, TEXT, issuer, "2020年2月10日")
    assert about.issuer == issuer
    assert (about.level, about.region, about.department) == (level, region, department)


def test_the_first_issuer_files_a_joint_notice() -> None:
    about = read(TITLE, TEXT, "湖南省财政厅", "长沙市商务局", "2020年2月10日")
    assert (about.level, about.department) == ("省级", "财政")


def test_the_region_of_a_headline_and_of_the_site_above_it() -> None:
    assert read("浙江温州设立稳岗专项资金", TEXT).region == "浙江 温州"
    assert read("山东省人民政府", "政策解读", "《关于加快农业生产的若干措施》解读", TEXT).region == "山东"


# Numbers ----------------------------------------------------------------------------------------------------------

NUMBERS = [
    ("按照《关于复工的通知》（工信明电[2020] 14号）要求", ("工信明电[2020] 14号",)),
    ("根据国发〔2020〕5号和湘政发〔2020〕3号文件", ("国发〔2020〕5号", "湘政发〔2020〕3号")),
    ("标准见《规定》（见工信部联企业〔2020〕300号）", ("工信部联企业〔2020〕300号",)),
    ("《办法》（财政部公告2020年第9号）", ("财政部公告2020年第9号",)),
    ("认真落实银发﹝2020﹞29号文件", ("银发﹝2020﹞29号",)),
    ("人社厅明电[2020]\n7号文件", ("人社厅明电[2020]7号",)),
    ("国发〔2020〕5号、国发〔2020〕5号", ("国发〔2020〕5号",)),
    ("还发布了[2020]6号公告", ()),
    ("《决定》（第3号）", ()),
    ("2020年2月10日第14号楼", ()),
]


@pytest.mark.parametrize(("text", "numbers"), NUMBERS)
def test_references(text: str, numbers: tuple[str, ...]) -> None:
    assert read(TITLE, TEXT, f"通知，{text}。").references == numbers


OWN = [
    (("湘工信〔2020〕5号", TEXT), "湘工信〔2020〕5号"),
    (("（湘工信〔2020〕5号）", TEXT), "湘工信〔2020〕5号"),
    (("财政部公告2020年第6号", TEXT), "财政部公告2020年第6号"),
    ((f"根据湘工信〔2020〕5号{TEXT}",), ""),
]


@pytest.mark.parametrize(("lines", "number"), OWN)
def test_the_notices_own_number(lines: tuple[str, ...], number: str) -> None:
    about = read(TITLE, *lines)
    assert about.document_number == number
    assert number == "" or number not in about.references


def test_the_own_number_in_other_brackets_is_no_reference() -> None:
    assert read(f"湘工信〔2020〕5号{TITLE}", "湘工信[2020]5号", TEXT).references == ()


# In force ---------------------------------------------------------------------------------------------------------

FORCE = [
    ("本通知自2020年3月1日起施行。", date(2020, 3, 1), None),
    ("本措施自印发之日起施行。", date(2020, 2, 10), None),
    ("自发布之日起实施，有效期至2020年12月31日。", date(2020, 2, 10), date(2020, 12, 31)),
    ("本通知适用截止时间为2020年6月30日。", None, date(2020, 6, 30)),
    ("政策期限暂定至2020年6月30日。", None, date(2020, 6, 30)),
    ("本办法自2020年2月10日起施行，有效期2年。", date(2020, 2, 10), date(2022, 2, 9)),
    ("本办法自2020年8月31日起执行，有效期为六个月。", date(2020, 8, 31), date(2021, 2, 27)),
    ("有效期两年，自2020年2月10日起执行。", date(2020, 2, 10), date(2022, 2, 9)),
    # no date that could be meant
    ("有效期两年。", None, None),
    ("自疫情解除之日起施行。", None, None),
    ("截止日期视疫情情况另行公告。", None, None),
]


@pytest.mark.parametrize(("text", "start", "end"), FORCE)
def test_in_force(text: str, start: date | None, end: date | None) -> None:
    about = read(TITLE, TEXT, text, "湖南省财政厅", "2020年2月10日")
    assert (about.in_force_from, about.in_force_until) == (start, end)
