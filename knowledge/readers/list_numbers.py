"""Numbers as lists print them: 一, 甲, ①, iv. The names are those of ECMA-376, part 1, 17.18.59 (ST_NumberFormat).

Where the standard says only "Chinese counting", Word's own output is followed: from one hundred on ``chineseCounting``
writes digit by digit (一○一) and ``chineseCountingThousand`` counts (一百〇一).
"""

from __future__ import annotations

from collections.abc import Callable

_DIGITS = "〇一二三四五六七八九"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
          (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip


def numeral(number: int, style: str) -> str:
    """``number`` in ``style``; in Arabic digits where the style is not known or does not reach that far.

    ``none`` and ``bullet`` give "": neither carries a word.
    """
    if style in ("none", "bullet"):
        return ""
    write = _STYLES.get(style)
    return (write(number) if write is not None and number > 0 else "") or str(number)


def _counted(number: int, digits: str, units: str, *, zero: str, ones: bool = True) -> str:
    """Counting with units up to 9999: ``zero`` fills a gap; without ``ones`` a lone 一 before a unit goes unsaid."""
    if number > 9999:
        return ""
    written, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if not digit:
            gap = bool(written)
            continue
        said = "" if digit == 1 and place and not ones else digits[digit]
        written += (zero if gap else "") + said + (units[place - 1] if place else "")
        gap = False
    return written


def _plain(number: int, zero: str) -> str:
    """Everyday counting with 十 for ten and not 一十."""
    written = _counted(number, _DIGITS, "十百千", zero=zero)
    return written.removeprefix("一") if 10 <= number <= 19 else written


def _digitwise(number: int, zero: str) -> str:
    return "".join(zero if digit == "0" else _DIGITS[int(digit)] for digit in str(number))


def _counting(number: int) -> str:
    return _plain(number, "") if number < 100 else _digitwise(number, "○")


def _row(characters: str) -> Callable[[int], str]:
    """One character a number, for as many as there are."""
    return lambda number: characters[number - 1] if number <= len(characters) else ""


def _block(first: str, count: int) -> Callable[[int], str]:
    return _row("".join(chr(ord(first) + i) for i in range(count)))


def _letters(number: int) -> str:
    """a to z, then aa, bb, cc as Word has it."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if number <= 26 * 9 else ""


def _roman(number: int) -> str:
    if number > 3999:
        return ""
    written = ""
    for value, sign in _ROMAN:
        count, number = divmod(number, value)
        written += sign * count
    return written


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _wide(number: int) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))


_STYLES: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": _wide,
    "decimalFullWidth2": _wide,
    "decimalEnclosedCircle": _block("①", 20),
    "decimalEnclosedCircleChinese": _block("①", 20),
    "decimalEnclosedFullstop": _block("⒈", 20),
    "decimalEnclosedParen": _block("⑴", 20),
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperRoman": _roman,
    "ordinal": _ordinal,
    "chineseCounting": _counting,
    "chineseCountingThousand": lambda number: _plain(number, "〇"),
    "taiwaneseCounting": _counting,
    "taiwaneseCountingThousand": lambda number: _plain(number, "零"),
    "chineseLegalSimplified": lambda number: _counted(number, "零壹贰叁肆伍陆柒捌玖", "拾佰仟", zero="零"),
    "ideographLegalTraditional": lambda number: _counted(number, "零壹貳參肆伍陸柒捌玖", "拾佰仟", zero="零"),
    "japaneseCounting": lambda number: _counted(number, _DIGITS, "十百千", zero="", ones=False),
    "japaneseLegal": lambda number: _counted(number, "零壱弐参四伍六七八九", "拾百阡", zero=""),
    "japaneseDigitalTenThousand": lambda number: _digitwise(number, "〇"),
    "ideographDigital": lambda number: _digitwise(number, "〇"),
    "taiwaneseDigital": lambda number: _digitwise(number, "○"),
    "ideographTraditional": _row(_STEMS),
    "ideographZodiac": _row(_BRANCHES),
    "ideographZodiacTraditional": lambda number: _STEMS[(number - 1) % 10] + _BRANCHES[(number - 1) % 12],
    "ideographEnclosedCircle": _block("㊀", 10),
    # Names of CSS (Counter Styles Level 3) for what Word does not have.
    "simp-chinese-informal": lambda number: _plain(number, "零"),
}
