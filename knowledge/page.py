"""What a file holds beside the notice: the page around it (chrome), and the labels that carry metadata."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from knowledge.numbering import marker
from knowledge.sentences import visible
from knowledge.title import Title, find_title

# Labels as province platforms, gov.cn and plain files print them, and the one word we use for each.
LABELS = {
    "发布时间": "published",
    "发布日期": "published",
    "公开日期": "published",
    "成文日期": "signed",
    "发文日期": "signed",
    "生成日期": "signed",
    "印发日期": "signed",
    "文件级别": "level",
    "主题分类": "topics",
    "发文系统": "department",
    "发文机关": "issuer",
    "发文机构": "issuer",
    "发文单位": "issuer",
    "发布机构": "issuer",
    "发布单位": "issuer",
    "印发机关": "issuer",
    "发文字号": "document_number",
    "文号": "document_number",
    "适用地区": "region",
    "生效日期": "in_force_from",
    "施行日期": "in_force_from",
    "失效日期": "in_force_until",
    "有效期至": "in_force_until",
    "标题": "title",
    "名称": "title",
    "信息来源": "origin",
    "来源": "origin",
    "索引号": "index_number",
    "主题词": "keywords",
    "浏览次数": "views",
    "阅读次数": "views",
    "浏览量": "views",
    "字号": "font",
}
# Official forms space labels out to one width (标　　题, 索 引 号).
_LABEL = re.compile(
    "(" + "|".join("[ \u3000]*".join(label) for label in sorted(LABELS, key=len, reverse=True)) + ")[ \u3000]*[:：]"
)
# A filter offers every value, from 不限 on; a label of the notice itself has one.
_FILTER = re.compile(r"不限(?![于制])")
_FILTER_ALONE = re.compile(r"不限(?:\s|$)")
_SITE = re.compile(
    r"欢迎(?:来到|访问|光临)|^(?:当前|所在|您的|您现在的)位置|^您(?:现在)?的位置|^首页\s*[>»＞›]|^首页$|服务热线[:：]\s*[\d-]+$"
)
_BUTTON = re.compile(
    r"(?:[\[【]?(?:帮助中心|展开|收起|登录|注册|打印|分享|收藏|关闭|下载|返回|大|中|小|我要评论|字体|字号|登录\s*[|/]?\s*注册)[】\]]?[\s:：|/]*)+$|"
    r"\d+\s*条评论$"
)
_COMMENTS = re.compile(r"\d+\s*条评论$|网友评论仅供|(?:热门|最新|全部|网友)评论\s*[（(]?\d*[）)]?$")
_FOOTER = re.compile(
    r"当前显示第.*页|版权所有|[\u4e00-\u9fff]ICP备|主办单位[:：]|(?:上一[篇条]|下一[篇条])[:：]|"
    r"(?:相关链接|相关阅读|打印本页|关闭窗口|扫一扫)|责任编辑[:：]"
)
_FURTHEST = 150
_STRAY_LINES = 6


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the notice with its number in the file, counted from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """The notice without its page: the lines of its body, its title, and the values of its labels by our words."""

    title: str
    lines: tuple[Line, ...]
    labels: Mapping[str, str]


@dataclass(slots=True)
class _Header:
    """The top of a page: ``end`` is the index behind it, ``others`` the indices of lines in it that are no chrome."""

    end: int = 0
    labels: dict[str, str] = field(default_factory=dict)
    others: list[int] = field(default_factory=list)
    certain: bool = False


def strip_page(text: str) -> Page:
    """Take the notice out of its page.

    The top of a page ends behind its last filter, label or greeting; it is known by a filter, a greeting or two labels.
    Of it only the title is kept, and what stands between title and labels. The bottom begins where comments or the
    site's footer do; labels above it are read and taken off. Where there is no page around it, all is notice.
    """
    lines = [Line(n, t) for n, t in enumerate(text.split("\n"), 1) if t.strip()]
    header = _header(lines)
    body = _without_bottom(lines[header.end :], certain=header.certain)
    body, labels = _without_labels(body, header.labels, certain=header.certain)
    above = [lines[i] for i in header.others]
    in_header = find_title([line.text.strip() for line in above], below_site=True)
    in_body = find_title([line.text.strip() for line in body])
    if labels.get("title"):
        in_header = Title(labels["title"], in_header.lines if _same(in_header.text, labels["title"]) else ())
    elif not in_header.text or (in_body.of_document and not in_header.of_document):
        return _page(in_body, body, labels)
    # What the title is followed by inside the header: a document number, an issuer.
    kept = above[max(in_header.lines) + 1 :] if in_header.lines else []
    again = in_body.lines if _same(in_body.text, in_header.text) else ()
    return Page(in_header.text, tuple(kept + _but(body, again)), _with_number(labels, in_header))


def _page(title: Title, body: Sequence[Line], labels: Mapping[str, str]) -> Page:
    return Page(title.text, tuple(_but(body, title.lines)), _with_number(labels, title))


def _but(lines: Sequence[Line], dropped: Sequence[int]) -> list[Line]:
    return [line for i, line in enumerate(lines) if i not in dropped]


def _with_number(labels: Mapping[str, str], title: Title) -> Mapping[str, str]:
    return {"document_number": title.number, **labels} if title.number else labels


def _same(a: str, b: str) -> bool:
    return bool(a) and "".join(a.split()) == "".join(b.split())


def _header(lines: Sequence[Line]) -> _Header:
    """The top of the page; an empty one where nothing says that there is a page."""
    found = _Header()
    filters = sites = buttons = stray = i = 0
    others: list[int] = []
    labels: set[str] = set()
    while i < min(len(lines), _FURTHEST) and stray < _STRAY_LINES and not _is_text(lines[i].text.strip()):
        text = lines[i].text.strip()
        taken, values = 1, _values(text)
        if size := _filter(lines, i):
            taken, filters = size, filters + 1
        elif values is not None:
            if not any(values.values()) and i + 1 < len(lines) and _is_value(lines[i + 1].text.strip()):
                values[list(values)[-1]] = lines[i + 1].text.strip()
                taken = 2
            found.labels |= {k: v for k, v in values.items() if v}
            labels |= values.keys()
        elif _SITE.search(text):
            sites += 1
        elif _BUTTON.match(text):
            buttons += 1
        else:
            others.append(i)
            stray += 1
            i += 1
            continue
        i += taken
        stray = 0
        found.end, found.others = i, list(others)
    found.certain = bool(filters or sites or len(labels) >= 2 or (labels and buttons))
    return found if found.certain else _Header()


def _is_text(line: str) -> bool:
    """Whether the notice itself has begun: a provision, an address to its readers, a sentence."""
    if _SITE.search(line) or _values(line) is not None:
        return False
    return (
        marker(line) is not None
        or "。" in line
        or visible(line) > 100
        or (line.endswith(("：", ":")) and len(line) > 8)
    )


def _values(line: str) -> dict[str, str] | None:
    """The values of a line of labels, by our words ("" where one has none); None where it is no such line."""
    marks = list(_LABEL.finditer(line))
    # Something else may stand before the first: the time, a label that is not read here.
    if not marks or len(line) > 200 or (marks[0].start() > 20 or re.search("[，。；]", line[: marks[0].start()])):
        return None
    ends = [m.start() for m in marks[1:]] + [len(line)]
    return {LABELS[re.sub(r"\s", "", m[1])]: line[m.end() : end].strip() for m, end in zip(marks, ends, strict=True)}


def _is_value(line: str) -> bool:
    return (
        len(line) <= 20
        and not line.endswith(("：", ":"))
        and not _FILTER.match(line)
        and _values(line) is None
        and not _SITE.search(line)
    )


def _filter(lines: Sequence[Line], i: int) -> int:
    """How many lines from ``i`` on are a filter: its label and values on one line, on two, or each on its own; 0: none."""
    texts = [line.text.strip() for line in lines[i : i + 30]]
    values = _values(texts[0])
    if values is not None:
        if len(values) == 1 and _FILTER.match(next(iter(values.values()))):
            return 1
        if any(values.values()) or len(texts) < 2 or not _FILTER.match(texts[1]):
            return 0
    at = 1 if values is not None else 0
    if values is None and not _FILTER_ALONE.match(texts[0]):
        return 0
    at += 1
    if texts[at - 1] == "不限":
        while at < len(texts) and _is_choice(texts[at]):
            at += 1
    return at


def _is_choice(line: str) -> bool:
    return len(line) <= 9 and _values(line) is None and not _BUTTON.match(line) and not line.endswith(("：", ":"))


def _without_bottom(lines: Sequence[Line], *, certain: bool) -> list[Line]:
    """Cut where the comments begin, and where the footer does if a page is ``certain`` and a third of the lines is left."""
    for i, line in enumerate(lines):
        text = line.text.strip()
        if len(text) < 60 and (
            _COMMENTS.match(text)
            or (certain and i > len(lines) * 2 // 3 and (_FOOTER.search(text) or _BUTTON.match(text)))
        ):
            return list(lines[:i])
    return list(lines)


def _without_labels(
    lines: Sequence[Line], above: Mapping[str, str], *, certain: bool
) -> tuple[list[Line], dict[str, str]]:
    """Take off the labels printed below the notice, if a page is ``certain`` or they are two at least."""
    end, found = len(lines), dict[str, str]()
    while end and (values := _values(lines[end - 1].text.strip())) is not None:
        found = values | found
        end -= 1
    if not found or not (certain or len(found) >= 2):
        return list(lines), dict(above)
    return list(lines[:end]), {k: v for k, v in found.items() if v} | dict(above)
