"""What a notice says of itself: issuer, document number, level, region, dates, the documents it refers to.

Labels printed on the page come first; what they leave out is read from the title, the signature and the text. Nothing is
guessed: a field that no words support stays empty.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from knowledge.model import Metadata
from knowledge.numerals import to_int
from knowledge.page import Page
from knowledge.regions import places, province_of
from knowledge.title import DOCUMENT_NUMBER, ORGANISATION

_DATE = re.compile(r"(20\d\d)\s*[年\-./]\s*(\d{1,2})\s*[月\-./]\s*(\d{1,2})\s*日?")
_HAN_DATE = re.compile(
    r"二[〇零○O0]([一二三四五六七八九〇零○]{2})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
# What leads up to a number and is no part of it (按照工信部联企业〔2011〕300号); 财政部公告2020年第6号 has its 公告 inside.
_LEADS_UP = re.compile(
    r".*(?:照|根据|依据|落实|执行|转发|印发|下发|出台|[按见从对由将和与及或了的]|(?:发布|通知|公告|意见|办法|方案|规定)(?!\s*20\d\d))"
)
_NUMBER = re.compile(DOCUMENT_NUMBER)
_REFERENCE = re.compile(r"》\s*[（(]\s*(?:详?见|即)?([^（）()\n]{2,30}?号)[^（）()\n]{0,6}[）)]")

DEPARTMENTS: tuple[tuple[str, str], ...] = (
    ("工业和信息化|工信|经济和信息化|经信|中小企业", "工信"),
    ("科学技术|科技", "科技"),
    ("发展和改革|发展改革|发改", "发改"),
    ("税务", "国税"),
    ("财政", "财政"),
    ("农业|农村|林业|林草|畜牧", "农业"),
    ("商务", "商务"),
    ("统计", "统计"),
    ("人力资源|人社|就业|社会保险", "人社"),
    ("文化|旅游|文旅|广播电视|新闻出版|体育", "文化"),
    ("人民政府|国务院(?:办公厅|$)|[省市县区州]政府|党委办公", "办公"),
)
"""Words in an issuer's name, and the department (发文系统) the province's platform files it under; 其他 where none fits."""


def read_metadata(page: Page, body: str) -> Metadata:
    """The metadata of a notice, from its page's labels, its title and its body."""
    labels = page.labels
    issuer, signed = _signature(body, _issuer_in_title(page.title))
    issuer = labels.get("issuer", "") or issuer
    signed = _date(labels.get("signed", "")) or signed
    published = _date(labels.get("published", ""))
    own_number = labels.get("document_number", "") or _own_number(body)
    place = labels.get("region", "")
    first = body.split("\n", maxsplit=1)[0]
    from_, until = _in_force(body, signed or published)
    return Metadata(
        title=page.title,
        issuer=issuer,
        document_number=own_number,
        level=labels.get("level", "") or _level(issuer),
        topics=tuple(filter(None, re.split(r"[、,，;；\s]+", labels.get("topics", "")))),
        department=labels.get("department", "") or _department(issuer),
        # A site's or an issuer's name often stands first; whom a notice is addressed to (各省、…，新疆生产建设兵团：) says nothing.
        region=_region(place) or place or _region(issuer, page.title, "" if _ADDRESSED.search(first) else first[:30]),
        published=published,
        signed=signed,
        in_force_from=_date(labels.get("in_force_from", "")) or from_,
        in_force_until=_date(labels.get("in_force_until", "")) or until,
        references=_references(body, own_number),
    )


_ADDRESSED = re.compile(r"^各|[：:]$")


def _date(text: str) -> date | None:
    if m := _DATE.search(text):
        return _valid(int(m[1]), int(m[2]), int(m[3]))
    if m := _HAN_DATE.search(text):
        year = int("".join("0" if c in "零〇○O0" else str(to_int(c)) for c in m[1]))
        month, day = to_int(m[2]), to_int(m[3])
        return _valid(2000 + year, month, day) if month and day else None
    return None


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _signature(body: str, in_title: str) -> tuple[str, date | None]:
    """The issuers, and when they signed: by the first signature, or, where that is another's, by the title ``in_title``.

    A signature is a date that stands alone below organisations' names, or alone near the end. A notice that passes on
    another one may print only that one's signature.
    """
    lines = [line.strip() for line in body.split("\n") if line.strip()]
    titled = in_title.replace("、", "")
    alone: date | None = None
    for i, line in enumerate(lines):
        if len(line) > 16 or re.search(r"[，。：:；]", line) or not (signed := _date(line)):
            continue
        signers = _signers(lines[max(0, i - 12) : i])
        # A title may shorten the name: 省工业和信息化厅 for 贵州省工业和信息化厅.
        if signers and titled in signers.replace("、", ""):
            return signers, signed
        if signers and _level(signers) == _level(in_title):
            return in_title, signed
        if not signers and i >= len(lines) - 10:
            alone = signed
    return in_title, alone


def _signers(above: Sequence[str]) -> str:
    """The organisations that the last of the lines name, as "甲、乙"; "" where they name none."""
    names: list[str] = []
    for line in reversed(above):
        parts = line.split()
        spaced_out = not all(ORGANISATION.match(part) for part in parts)
        found = ["".join(parts)] if spaced_out else parts
        if all(ORGANISATION.match(name) for name in found):
            names[:0] = found
        elif names and _begins_name(found[0]):
            # 四川省应对新型冠状病毒 / 肺炎疫情应急指挥部: one name on two lines.
            names[0] = found[0] + names[0]
        else:
            break
    return "、".join(names)


def _begins_name(line: str) -> bool:
    named = places(line)
    return bool(named) and line.startswith(named[0]) and re.fullmatch(r"[\u4e00-\u9fff]{4,30}", line) is not None


def _issuer_in_title(title: str) -> str:
    """湖南省人民政府办公厅 of "湖南省人民政府办公厅关于印发…的通知"; several as "甲、乙"."""
    m = re.match(r"([\u4e00-\u9fff、（）\s]{3,80}?)(?:关于|印发|转发|发布|出台|公告|通告|令|：)", title)
    if not m or m[1].startswith(("转发", "关于")):
        return ""
    names = re.split(r"[、\s]+", m[1].strip())
    return "、".join(names) if all(ORGANISATION.match(name) for name in names) else ""


def _own_number(body: str) -> str:
    """A document number that stands alone on one of the first lines is the notice's own."""
    for line in [line.strip() for line in body.split("\n") if line.strip()][:8]:
        if m := re.fullmatch(rf"[（(]?({DOCUMENT_NUMBER})[）)]?", line):
            return m[1]
    return ""


def _references(body: str, own: str) -> tuple[str, ...]:
    """The numbers of the documents referred to, as printed and in order, but for the notice's own."""
    found = [(m.start(1), m[1]) for m in _REFERENCE.finditer(body)]
    mine = _bare(own)
    taken = {start + len(text) for start, text in found}
    for m in _NUMBER.finditer(body):
        number = _LEADS_UP.sub("", m[0])
        if m.end() not in taken and re.match(r"[\u4e00-\u9fff]{2}", number):
            found.append((m.start(), number))
    numbers = (re.sub(r"\s*\n\s*", "", text).strip() for _, text in sorted(found))
    return tuple(dict.fromkeys(n for n in numbers if re.search(r"20\d\d", n) and _bare(n) != mine))


def _bare(number: str) -> str:
    return re.sub(r"[^\w]", "", number)


_MINISTRIES = (
    "中共中央|中央|全国|国务院|国家(?!税务总局[^办])|最高人民|外交部|国防部|教育部|科学技术部|科技部|工业和信息化部|工信部|公安部|民政部|"
    "司法部|财政部|人力资源(?:和)?社会保障部|人社部|自然资源部|生态环境部|住房(?:和)?城乡建设部|住建部|交通运输部|水利部|农业农村部|"
    "商务部|文化和旅游部|文旅部|退役军人事务部|应急管理部|中国人民银行|人民银行|审计署|海关总署|税务总局|市场监管总局|国资委|"
    "银保监会|中国银保监会|证监会|中国证监会|中国民用航空局|民航局|新闻办"
)
_NATIONAL = re.compile(f"(?:{_MINISTRIES})")
_MUNICIPALITIES = re.compile("^(?:国家税务总局)?(?:北京|天津|上海|重庆)市?")


def _level(issuer: str) -> str:
    """国家级, 省级, 市级 or 县级 by the first issuer's name; "" where it does not tell."""
    name = issuer.split("、", maxsplit=1)[0].replace("自治区", "省")
    named = places(name)
    if _NATIONAL.match(name) and not named:
        return "国家级"
    if re.search(r"[县旗]|(?<![地社园])区(?!域)", name):
        return "县级"
    below = _MUNICIPALITIES.sub("", name)
    if re.search(r"(?<!城)市(?!场)|自治州|盟", below):
        return "市级"
    if any(province_of(place) != place for place in named):
        return "县级" if below != name else "市级"
    return "省级" if named or "省" in name else ""


def _region(*texts: str) -> str:
    """The first place that one of the texts names, as province or as province and prefecture."""
    for text in texts:
        if named := places(text):
            province = province_of(named[0])
            inner = next((p for p in named if p != province and province_of(p) == province), "")
            return f"{province} {inner}".strip()
    return ""


def _department(issuer: str) -> str:
    """The department that the first issuer named is filed under; "" where no issuer is known."""
    first = issuer.split("、", maxsplit=1)[0]
    return next((name for words, name in DEPARTMENTS if re.search(words, first)), "其他") if first else ""


_FROM = re.compile(r"自([^，。；\n]{4,24}?)起(?:正式)?(?:施行|实施|执行|生效)")
_ISSUE = re.compile(r"(?:印发|发布|公布|发文|颁布)之日")
_UNTIL = re.compile(
    r"(?:有效期|执行期限|政策期限|本(?:通知|公告|意见|措施|办法|政策)[^。\n]{0,12}?)"
    r"(?:暂定|限)?(?:至|到|截至|截止到?|截止(?:时间|日期)为)\s*([^，。；\n]{6,16})"
)
_FOR = re.compile(r"有效期(?:限)?(?:暂定)?\s*为?\s*([一二两三四五六七八九十]{1,2}|\d{1,2})\s*(年|个月)")


def _in_force(body: str, signed: date | None) -> tuple[date | None, date | None]:
    """From and until when the notice says it holds: 自…起施行, 有效期至…, 有效期N年 (its last day is the one before)."""
    start = until = None
    if m := _FROM.search(body):
        start = _date(m[1]) or (signed if _ISSUE.match(m[1]) else None)
    if m := _UNTIL.search(body):
        until = _date(m[1])
    elif start and (m := _FOR.search(body)):
        count = to_int(m[1].replace("两", "二"))
        until = _later(start, count * (12 if m[2] == "年" else 1)) - timedelta(days=1) if count else None
    return start, until


def _later(day: date, months: int) -> date:
    """The same day some months later, or the last of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
