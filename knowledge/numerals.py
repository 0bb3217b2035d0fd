"""Chinese numerals: as they number provisions (第二十一条, 十、, （三）), and as people tell amounts (五个, 二十)."""

from __future__ import annotations

import re

CLASS = "一二三四五六七八九十百零〇"
"""The characters that numerals are written with, for a regular expression's character class."""

_DIGITS = "零一二三四五六七八九"
_UP_TO_999 = re.compile(
    "(?:([一二三四五六七八九]?)百)?[零〇]?(?:([一二三四五六七八九]?)十)?[零〇]?([一二三四五六七八九]?)"
)
_COUNTED = re.compile(rf"(百分之)?([{CLASS}两]+)([个月天年日号倍家项条次元成折万亿]?)")
# One of something is no count: 一个, 一家.
_INDEFINITE = "个家项条次"


def to_int(numeral: str) -> int | None:
    """The value of a numeral from 0 to 999, written in Chinese or in (full-width) figures; None where it is no such one."""
    if numeral.isdecimal():
        return int(numeral) if len(numeral) <= 3 else None
    m = _UP_TO_999.fullmatch(numeral)
    if not m or not numeral:
        return None
    hundreds, tens, units = m.groups()
    return 100 * _digit(hundreds) + 10 * _digit(tens) + (_digit(units) if units else 0)


def _digit(before: str | None) -> int:
    """The figure in front of 百 or 十: none where those are missing, 1 where they stand alone."""
    return 0 if before is None else _DIGITS.index(before or "一")


def to_chinese(value: int) -> str:
    """1 to 999 as a notice numbers its provisions: 十, 十一, 二十, 一百零五."""
    hundreds, rest = divmod(value, 100)
    tens, units = divmod(rest, 10)
    head = _DIGITS[hundreds] + "百" if hundreds else ""
    if tens:
        head += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and units:
        head += "零"
    return head + (_DIGITS[units] if units else "")


def in_figures(word: str) -> str:
    """A count with its numeral in figures: 五个 → 5个, 二月 → 2月, 一百 → 100, 百分之二十 → 20%; "" for what is no such word."""
    m = _COUNTED.fullmatch(word)
    if not m or len(word) < 2 or (m[2] == "一" and m[3] and m[3] in _INDEFINITE):
        return ""
    value = to_int(m[2].replace("两", "二"))
    return f"{value}{'%' if m[1] else m[3]}" if value else ""
