"""What a text holds of the kinds of thing that people ask for: a number to call, a date, an amount, a body, a list."""

from __future__ import annotations

import re

PATTERNS: dict[str, re.Pattern[str]] = {
    "number": re.compile(
        r"\d{3,4}-\d{7,8}|(?<!\d)1\d{10}(?!\d)|(?<!\d)\d{7,8}(?!\d)|(?<!\d)1\d{4}(?!\d)|(?<!\d)9\d{4}(?!\d)|400-?\d{3}"
    ),
    "website": re.compile(r"https?:|www\.|公众号|app|网站|平台|小程序|邮箱|@|网上|专栏"),
    "when": re.compile(
        r"\d+月|月底|\d{4}年|即日|之日|期满|个月|\d+:\d+|\d+天|\d+日|[一二两三四五六七八九十]+[天日]|工作日|解除|小时|\d+点"
    ),
    "how_much": re.compile(
        r"\d+(?:\.\d+)?(?:%|万|亿|元|个|家|倍|人|折|条|项|天|吨|户|成|件|只|辆|次|笔|名|位|所|台)"
        r"|[一二两三四五六七八九十百千]+(?:成|倍|项|条|个|种|类|名|位|所|台|元|万|亿|折)"
        r"|百分之[一二两三四五六七八九十百]|减半|一半|全额"
    ),
    "where": re.compile(
        r"中心|窗口|大厅|平台|网点|地址|柜台|医院|服务站|[路街]\d+号|现场|网站|门店|站点|市场|超市|商场|社区|车站|园区"
    ),
    "who": re.compile(r"部门|局|委|厅|企业|单位|机构|银行|中心|人员|医生|者"),
    "which": re.compile(r":.*[1-9一二三四][、.)]|包括|如下|以下|分别|一是|\(一\)|(?:、[^、,。]+){3}"),
}
"""By kind, what shows it in normalised text."""

BITS: dict[str, int] = {kind: 1 << n for n, kind in enumerate(PATTERNS)}
"""The bit of each kind in what ``kinds_held`` gives."""


def kinds_held(plain: str) -> int:
    """The kinds that a normalised text holds, as a sum of ``BITS``."""
    return sum(BITS[kind] for kind, pattern in PATTERNS.items() if pattern.search(plain))


def holds(kind: str, plain: str, question: str) -> bool:
    """Whether a normalised text holds something of ``kind`` that may answer: an amount must not be the question's own."""
    if kind == "how_much":
        return any(m[0] not in question for m in PATTERNS[kind].finditer(plain))
    return bool(PATTERNS[kind].search(plain))


def has_figure(plain: str, figure: str) -> bool:
    """Whether a normalised text has ``figure``, which may have words about it, and not in a longer one: 110 is not in 1100."""
    at = plain.find(figure)
    while at >= 0:
        end = at + len(figure)
        before, after = plain[at - 1 : at] if at else "", plain[end : end + 1]
        if not (figure[0].isdecimal() and before.isdecimal()) and not (figure[-1].isdecimal() and after.isdecimal()):
            return True
        at = plain.find(figure, at + 1)
    return False
