"""Saved web pages: what a browser shows, and how."""

from __future__ import annotations

import pytest

from knowledge.errors import UnreadableFileError
from knowledge.readers.html import markup_text, read_html

PAGES = [
    # blocks end lines, inline elements do not
    ("<p>实行<b>“欠费</b><i>不停供”</i>措施<br/>以及<div>缓缴</div>费用", "实行“欠费不停供”措施\n以及\n缓缴\n费用"),
    ("<p>  甲 \t 乙&nbsp;&nbsp;丙&emsp;</p>", "甲 乙 丙"),
    ("<p>保障企业\n     用电，COVID\n19</p>", "保障企业用电，COVID 19"),
    ("<span>文件级别：省级</span>\n<span>主题分类：综合类</span>", "文件级别：省级 主题分类：综合类"),
    ("&lt;通知&gt;&#12289;&#x4E00;&ldquo;六稳&rdquo;&copy", "<通知>、一“六稳”©"),
    ("<pre>甲\n  乙</pre><dl><dt>丙<dd>丁</dl><hr>戊", "甲\n乙\n丙\n丁\n戊"),
    ("<ruby>企<rp>(</rp><rt>qǐ</rt><rp>)</rp></ruby>业", "企业"),
    # what is not shown
    ("甲<script>a</script><style>b</style><noscript>c</noscript><template>d</template><!-- e -->乙", "甲乙"),
    ("甲<div hidden>乙</div><p style='color:red; DISPLAY : none'>丙</p><b style='visibility:hidden'>丁</b>", "甲"),
    ("<div style='display:block'>甲</div><svg><text>乙</text></svg><iframe>丙</iframe>", "甲"),
    # page furniture keeps its words: labels stand among it
    ("<header>欢迎</header><nav><a>首页</a></nav><form>搜索<select><option>工信<option>科技</select></form>"
     "<footer>版权</footer>", "欢迎\n首页\n搜索 工信 科技\n版权"),
    # tables
    ("<table><caption>表</caption><tr><th>项目<th>电话<tr><td><p>用电</p><td><p>96871</p><p>转1</p></table>",
     "表\n项目 电话\n用电 96871 转1"),
    ("<table><tr><td><p>一、用电<p>二、用水</table>", "一、用电\n二、用水"),
    ("<table><tr><td>首页<td><h1>通知</h1>一、用电</table>", "首页\n通知\n一、用电"),
    ("<table><tr><td>首页<td><table><tr><td>项目<td>电话</table></table>", "首页\n项目 电话"),
    # lists as a browser numbers them
    ("<ol><li>用电<li><p>用水</p>说明<li>用气</ol>", "1. 用电\n2. 用水\n说明\n3. 用气"),
    ("<ol start=3><li>甲<li value=7>乙<li>丙</ol><ol><li>丁</ol>", "3. 甲\n7. 乙\n8. 丙\n1. 丁"),
    ("<ol reversed><li>甲<li>乙</ol><ol reversed start=9><li>丙<li>丁</ol>", "2. 甲\n1. 乙\n9. 丙\n8. 丁"),
    ("<ol type=a><li>甲<li>乙</ol><ol type=I start=4><li>丙</ol>", "a. 甲\nb. 乙\nIV. 丙"),
    ("<ol style='list-style-type: cjk-ideographic' start=10><li>甲<li>乙</ol>", "十、甲\n十一、乙"),
    ("<ol><li>甲<ol type=i><li>乙</ol><li>丙</ol>", "1. 甲\ni. 乙\n2. 丙"),
    ("<ol><li><ol><li>甲</ol></ol>", "1. 1. 甲"),
    ("<ol><li><li>乙</ol>", "2. 乙"),
    ("<ol style='list-style:none'><li>甲</ol><ul><li>乙</ul><li>丙", "甲\n乙\n丙"),
    ("<ol><li>一、用电<li>二、用水</ol>", "一、用电\n二、用水"),  # not "1. 一、用电"
    # the title is text where the page has no heading of that name
    ("<title>关于复工的通知</title><p>一、用电", "关于复工的通知\n一、用电"),
    ("<title>关于复工的通知_湖南省工信厅</title><h1>关于\n复工的通知</h1><p>一、用电", "关于复工的通知\n一、用电"),
    ("<title>关于复工的通知</title><p>厅文件：关于复工的通知<p>一、用电", "厅文件：关于复工的通知\n一、用电"),
    ("<title>湖南省政策平台 - 关于印发复工办法的通知</title><p>关于印发复工办法的通知如下<p>一、用电",
     "关于印发复工办法的通知如下\n一、用电"),
]  # fmt: skip


@pytest.mark.parametrize(("markup", "text"), PAGES)
def test_a_page_reads_as_a_browser_shows_it(markup: str, text: str) -> None:
    assert markup_text(markup) == text


TEXT = "关于进一步做好工业企业复工复产相关工作的通知"
CHARSETS = [
    ("gb2312", "gb18030"),
    ("GBK", "gb18030"),
    ("utf-8", "utf-8"),
    ("big5", "big5"),
    # a declaration that the bytes contradict
    ("gb2312", "utf-8"),
    ("utf-8", "gb18030"),
    ("iso-8859-1", "gb18030"),
    ("utf-16", "utf-8"),
    ("rot13", "utf-8"),
    ("", "gb18030"),
]


@pytest.mark.parametrize(("declared", "encoding"), CHARSETS)
def test_the_declared_encoding_counts_where_the_bytes_agree(declared: str, encoding: str) -> None:
    text = "關於印發辦法的通知" if encoding == "big5" else TEXT
    for declaration in (
        f'<meta charset="{declared}">',
        f'<META http-equiv=Content-Type content="text/html; charset={declared}">',
        f'<?xml version="1.0" encoding="{declared}"?>',
    ):
        assert read_html(f"{declaration}<body><p>{text}</p>".encode(encoding)) == text


def test_bytes_damaged_where_nobody_sees_them_do_no_harm() -> None:
    page = f'<meta name="description" content="关于%s"><meta charset=gbk><p>{TEXT}' + "各地要保障用电。" * 20
    cut = (page % "企业").encode("gbk").replace("企业".encode("gbk"), "企业".encode("gbk")[:-1], 1)
    assert read_html(cut).startswith(TEXT)
    seen = page.encode("gbk").replace("用电。".encode("gbk"), b"\xff", 1)
    with pytest.raises(UnreadableFileError, match="Line 1 holds bytes"):
        read_html(seen)
