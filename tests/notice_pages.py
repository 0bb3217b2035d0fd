"""The Hunan notice as an administrator may feed it: saved in other ways, with other things around it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from conftest import NOTICE

LINES = NOTICE.read_text("utf-8").split("\n")
TITLE = "关于进一步做好工业企业复工复产相关工作的通知"
BODY = [line.strip() for line in LINES[14:41] if line.strip()]

GREETING = ["您好!欢迎来到湖南省跨部门政策信息发布平台!", "帮助中心 服务热线:96871"]
FILTERS = [
    "发文系统:",
    "不限 工信 科技 发改 财政 农业 商务 国税 统计 人社 文化 办公 其他",
    "主题分类:",
    "不限 综合类 创业扶持 市场/行业准入 企业减负 公共服务 技术创新 知识产权 技术改造",
    "展开",
]
FILTERS_IN_COLUMNS = [piece for line in FILTERS for piece in line.split()]
LABELS = ["发布时间:2020年02月12日", "文件级别:省级 主题分类:综合类"]
LABELS_IN_COLUMNS = ["发布时间：", "2020年02月12日", "文件级别：", "省级", "主题分类：", "综合类"]
NO_COMMENTS = ["0 条评论", "网友评论仅供其表达个人看法,不表明网站立场。", "热门评论", "当前显示第 页 共0条记录"]
COMMENTS = [
    "3 条评论",
    "网友评论仅供其表达个人看法,不表明网站立场。",
    "热门评论",
    "匿名网友 2020-02-13 09:12",
    "我们厂的电费真的可以缓缴吗？供电所说没有接到通知。",
    "长沙老板 2020-02-13 10:40",
    "一、希望尽快出细则。二、房租也要减免。",
    "十、评论区的网友说得对！",
    "张三：文件级别：省级，谁来落实？",
    "当前显示第 1 页 共3条记录",
]
FOOTER = ["上一篇：关于开展2020年申报工作的通知", "主办单位：湖南省工业和信息化厅", "版权所有 湘ICP备05000618号"]

CHROME_WORDS = (
    "欢迎来到", "帮助中心", "服务热线", "发文系统", "主题分类", "文件级别", "发布时间", "不限", "展开", "市场/行业准入",
    "条评论", "网友评论", "热门评论", "网友", "当前显示", "ICP", "上一篇", "首页", "登录", "浏览次数",
)  # fmt: skip


def text(*groups: Sequence[str]) -> str:
    """A text file of these lines, with blank ones between the groups."""
    return "\n\n".join("\n".join(group) for group in groups) + "\n"


def html(body: str, *, title: str = "", charset: str = "utf-8") -> str:
    """A saved web page."""
    return (
        f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>{title}</title>'
        "<style>.hot{color:red}</style><script>var 评论 = '3 条评论';</script></head>"
        f"<body>{body}</body></html>"
    )


def nested(lines: Sequence[str], tag: str = "p") -> str:
    """Lines as an editor leaves them: spans in spans, blanks as entities, comments."""
    return "".join(
        f'<{tag} style="text-indent:2em"><span><span lang="zh">&nbsp;&nbsp;{escape(line[:7])}</span><!-- x -->'
        f"<font face='仿宋'>{escape(line[7:])}</font></span></{tag}>\n"
        for line in lines
    )


SAVED_PAGE = html(
    '<div id="top"><span>您好!</span><a href="#">欢迎来到湖南省跨部门政策信息发布平台!</a></div>'
    '<div class="nav"><a>帮助中心</a> <span>服务热线:96871</span></div>'
    '<dl class="filter"><dt>发文系统:</dt><dd><a>不限</a><a>工信</a> <a>科技</a> <a>发改</a></dd>'
    "<dt>主题分类:</dt><dd><ul><li>不限</li><li>综合类</li><li>市场/行业准入</li><li>企业减负</li></ul></dd></dl>"
    "<div><a>展开</a></div>"
    f'<div class="article"><h1>{TITLE}</h1>'
    '<div class="info"><span>发布时间:<em>2020年02月12日</em></span></div>'
    "<div><span>文件级别:</span><b>省级</b> <span>主题分类:</span><b>综合类</b></div>"
    f'<div class="content"><div><div>{nested(BODY)}</div></div></div></div>'
    f'<div class="comments"><h3>3 条评论</h3>{nested(COMMENTS[1:], "div")}</div>',
    title=f"{TITLE}-湖南省跨部门政策信息发布平台",
)

TABLE_PAGE = html(
    "<table><tr><td><table><tr><td>您的位置：<a>首页</a> &gt; <a>政策文件</a> &gt; <a>正文</a></td></tr></table>"
    "<table><tr><td>索 引 号：</td><td>430S00/2020-00012</td><td>主题分类：</td><td>综合类</td></tr>"
    "<tr><td>发文机关：</td><td>湖南省工业和信息化厅</td><td>成文日期：</td><td>2020年2月10日</td></tr>"
    f"<tr><td>标　　题：</td><td>{TITLE}</td></tr>"
    "<tr><td>文件级别：</td><td>省级</td><td>发布日期：</td><td>2020年02月12日</td></tr></table>"
    f"<h2>{TITLE}</h2><p>【字体：大 中 小】 打印 分享</p>{nested(BODY)}"
    "<p>上一篇：关于申报的通知</p><p>版权所有 湘ICP备05000618号</p></td></tr></table>"
)
