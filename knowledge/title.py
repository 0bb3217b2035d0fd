"""The title of a notice among its first lines: printed in one line, in several, below the issuers' names, or cut in two."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from knowledge.numbering import marker
from knowledge.sentences import sentences, visible

LONGEST = 160
"""Characters of the longest title: seven ministries above "关于…的通知" make some 90."""

_LINES = 12
_HEADLINE = 60
_SHORT = 16

DOCUMENT_NUMBER = (
    r"[\u4e00-\u9fff]{2,12}?"
    r"(?:[〔\[［（(﹝【]\s*20\d\d\s*[〕\]］）)﹞】]\s*(?:第\s*)?|(?:公告|通告|令)\s*20\d\d\s*年\s*第\s*)\d{1,5}\s*号"
)
"""A document number in either form: 工信明电〔2020〕14号, 财政部公告2020年第6号."""

ORGANISATION = re.compile(
    r"^[\u4e00-\u9fff（）/]{2,38}"
    r"(?:厅|局|委|办|部|院|会|行|署|社|室|府|指挥部|领导小组|公司|中心|海关|支队|总队|集团)$"
)

_BLANK = r"[ \u3000]*"
_WORDS = "通知|公告|通告|通令|令|意见|办法|措施|方案|指引|指南|倡议书|提示|细则|规定|决定|公开信|一封信"
# The last of a title is often printed wide: 通　知.
_KINDS = "|".join(_BLANK.join(word) for word in _WORDS.split("|"))
_PART = r"[（(](?:第\s*\d+\s*号|试行|暂行)[）)]"
# Behind its last word stand a number or, where the number was broken off at a blank, the issuer it begins with.
_ENDS_AS_DOCUMENT = re.compile(
    rf"(?P<title>.*(?:{_KINDS})》?(?:{_PART})?)(?:\s*[（(]?(?P<number>{DOCUMENT_NUMBER})[）)]?|\s[\u4e00-\u9fff]{{2,6}}部)?$"
)
_ISSUERS_BESIDE = re.compile(
    r"^[\u4e00-\u9fff]{2,30}(?:等[\d一二三四五六七八九十]{1,3}个?(?:部门|单位)|工商联|妇联|残联|科协|文联|侨联|团委|团中央|兵团)$"
)
# What a letterhead prints between the issuers and the title.
_LETTERHEAD = re.compile(rf"{DOCUMENT_NUMBER}|文{_BLANK}件")
_PRINTED_WIDE = re.compile(rf"(?<=[\u4e00-\u9fff])[ \u3000]+(?=[知告令见法施案引南则定示]》?(?:{_PART})?$)")
_SECTION = re.compile(
    r"(?:通知公告|公告公示|公示公告|政策文件|政策解读|政策法规|最新文件|最新政策|新闻发布会?视频|要闻)$"
)
_SUBJECT = re.compile(r"关于|印发|转发")
_GOES_ON = re.compile(r"(?:关于|印发|发布|转发|的|、|，|：|切实)$")
_BYLINE = re.compile(r"记者|通讯员|来源|编辑|新华社|摄影|^[（(]?\d{4}年|^\d{1,2}月\d")


@dataclass(frozen=True, slots=True)
class Title:
    """``text`` as one line, ``lines`` the indices of the lines it was taken from, ``number`` the document number in them.

    ``of_document`` tells a notice's own title (关于…的通知) from a headline.
    """

    text: str
    lines: tuple[int, ...]
    number: str = ""
    of_document: bool = False


def find_title(lines: Sequence[str], *, below_site: bool = False) -> Title:
    """The title among the first of ``lines`` (stripped, none blank).

    ``below_site``: other lines, such as the site's name, may stand above it. Where the lines begin with running text,
    its first words serve as the title and ``lines`` is empty.
    """
    first = 1 if lines and re.fullmatch(DOCUMENT_NUMBER, lines[0]) and "关于" not in lines[0] else 0
    if len(lines) <= first:
        return Title("", ())
    if visible(lines[first]) > LONGEST or len(lines) == 1:
        return Title(_first_words(lines[first]), ())
    block = [lines[first], *takewhile(_may_belong, lines[first + 1 : first + _LINES])]
    number = lines[0] if first else ""
    if found := _of_document(block, below_site):
        text = _joined(list(dict.fromkeys(block[i] for i in found)))
        if m := _ENDS_AS_DOCUMENT.fullmatch(text):
            text, number = _PRINTED_WIDE.sub("", m["title"]), number or m["number"] or ""
        if m := re.match(rf"({DOCUMENT_NUMBER})\s*[-—]*\s*(?=.)", text):
            text, number = text[m.end() :], number or m[1]
        return Title(text, tuple(first + i for i in found), number, of_document=True)
    # What goes on with a headline stays in the text as well: it may be a subtitle, and what it says may be asked for.
    return Title(_joined(block[: _pieces(block, lines[first + len(block) :])]), (first,), number)


def _first_words(line: str) -> str:
    span = sentences(line)[0]
    words = line[span.start : span.end].rstrip("。；;")
    return words if len(words) <= _HEADLINE else words[: _HEADLINE - 1] + "…"


def _may_belong(line: str) -> bool:
    return (
        visible(line) <= _HEADLINE + 10
        and not re.search(r"[。；;]|[：:]$", line)
        and marker(line) is None
        and not _BYLINE.search(line)
    )


def _of_document(block: Sequence[str], below_site: bool) -> list[int]:
    """The lines down to the first that ends as documents' titles do, from where that title begins; [] where none does."""
    last = next((i for i, line in enumerate(block) if _ENDS_AS_DOCUMENT.match(line) and not _SECTION.match(line)), None)
    if last is None:
        return []
    start = _start(block, last, below_site)
    top = _with_issuers(block, start)
    found = block[top : last + 1]
    if not below_site and any(
        not (names_issuers(line) or _SECTION.match(line) or _of_letterhead(line) or line in found)
        for line in block[:top]
    ):
        # A headline above says in its own words what the document below it does.
        return []
    if last + 1 < len(block) and re.fullmatch(_PART, block[last + 1]):
        last += 1
    repeated = {i for i in range(top, last) if any(block[j].startswith(block[i]) for j in range(i + 1, last + 1))}
    return [i for i in range(top, last + 1) if i not in repeated and not _of_letterhead(block[i])]


def _start(block: Sequence[str], last: int, below_site: bool) -> int:
    """The first line of the title that ends with line ``last``, without its issuers."""
    start = last
    while start > 0 and not _SUBJECT.search(block[start]) and not _SECTION.match(block[start - 1]):
        above = block[start - 1]
        # A title without 关于 on two or three lines is known by what stands above it; a site's name is one issuer's.
        headed = _of_letterhead(above) or (names_issuers(above) and (not below_site or " " in above))
        if headed and 0 < last - start <= 2 and len(block[start]) > 5:
            return start
        start -= 1
    return last if start < last and last > 1 and not _SUBJECT.search(block[start]) else start


def _with_issuers(block: Sequence[str], start: int) -> int:
    """The first line of the issuers above line ``start``; where there are none, ``start``."""
    top = start
    while top > 0 and (names_issuers(block[top - 1]) or _breaks_name(block[top - 1], block[top])):
        top -= 1
    if top < start or not _SUBJECT.match(block[start]):
        return top
    # Those of a letterhead: 财政部, 文件, the number, then the title.
    while top > 0 and _of_letterhead(block[top - 1]):
        top -= 1
    letterhead = top
    while top > 0 and names_issuers(block[top - 1]):
        top -= 1
    return top if top < letterhead else start


def names_issuers(line: str) -> bool:
    """Whether the line says who issued something, and nothing else."""
    return (
        bool(line.split())
        and not _SECTION.match(line)
        and all(ORGANISATION.match(part) or _ISSUERS_BESIDE.match(part) for part in line.split())
    )


def _breaks_name(line: str, following: str) -> bool:
    """Whether the last of the issuers in ``line`` goes on in ``following``: 财政部 税 / 务总局关于…"""
    *whole, broken = line.split()
    rest = _SUBJECT.split(following, maxsplit=1)[0]
    return (
        bool(whole and rest)
        and not names_issuers(line)
        and all(names_issuers(name) for name in (*whole, broken + rest.split()[0]))
    )


def _of_letterhead(line: str) -> bool:
    if _SUBJECT.search(line):
        return False
    return bool(_LETTERHEAD.fullmatch(line)) or (line.endswith("文件") and names_issuers(line.removesuffix("文件")))


def _pieces(block: Sequence[str], below: Sequence[str]) -> int:
    """How many of the lines are the headline: more than one where issuers head it or a short one was cut at its blanks."""
    text_follows = bool(below) and marker(below[0]) is None and not below[0].endswith(("：", ":"))
    issuers = len(list(takewhile(names_issuers, block)))
    count = 1
    while count < min(len(block), max(3, issuers + 3)) and len("".join(block[: count + 1])) <= (
        LONGEST if issuers else _HEADLINE
    ):
        joined = "".join(block[:count])
        goes_on = _GOES_ON.search(joined) or _unclosed(joined) or names_issuers(block[count])
        # Below the issuers the title begins; 关于… goes on to where the text begins.
        of_issuers = 0 < issuers <= count and (count == issuers or _SUBJECT.match(block[issuers]))
        said_whole = _SECTION.match(block[count]) or block[count].endswith(("？", "?")) or _of_letterhead(block[count])
        cut_short = text_follows and len(block[0]) <= _SHORT
        if said_whole or not (goes_on or of_issuers or cut_short):
            break
        count += 1
    return count


def _unclosed(text: str) -> bool:
    return any(text.count(a) > text.count(b) for a, b in ("《》", "“”", "（）"))


def _joined(pieces: Sequence[str]) -> str:
    text = pieces[0]
    for piece in pieces[1:]:
        tight = _GOES_ON.search(text) or re.match(r"关于|印发|转发|的|[》”（(]", piece) or _breaks_name(text, piece)
        text += piece if tight else f" {piece}"
    return text
