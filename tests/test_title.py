"""Titles: on one line or several, below issuers and letterheads, with and without a number."""

from __future__ import annotations

import pytest

from knowledge.parse import parse
from knowledge.title import find_title

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
