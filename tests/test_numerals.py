"""Numerals both ways."""

from __future__ import annotations

import pytest

from knowledge.numerals import in_figures, to_chinese, to_int

VALUES = [
    ("一", 1), ("九", 9), ("十", 10), ("十一", 11), ("二十", 20), ("九十九", 99),
    ("一百", 100), ("一百零五", 105), ("一百一十", 110), ("三百二十一", 321), ("九百九十九", 999),
]  # fmt: skip


@pytest.mark.parametrize(("numeral", "value"), VALUES)
def test_both_ways(numeral: str, value: int) -> None:
    assert to_int(numeral) == value
    assert to_chinese(value) == numeral


def test_there_and_back() -> None:
    assert [to_int(to_chinese(value)) for value in range(1, 1000)] == list(range(1, 1000))


READ_ONLY = [
    # as some write them
    ("一百〇五", 105), ("百", 100), ("百零一", 101), ("零", 0), ("〇", 0),
    # figures, half and full width
    ("7", 7), ("012", 12), ("１２", 12), ("999", 999),
    # no numerals of provisions
    ("", None), ("一一", None), ("十百", None), ("二〇二〇", None), ("十二条", None), ("两", None), ("2020", None), ("百百", None),
    ("甲", None), ("1.5", None), ("-1", None),
]  # fmt: skip


@pytest.mark.parametrize(("numeral", "value"), READ_ONLY)
def test_reading(numeral: str, value: int | None) -> None:
    assert to_int(numeral) == value


COUNTS = [
    ("五个", "5个"), ("两个", "2个"), ("二月", "2月"), ("一月", "1月"), ("三成", "3成"), ("一万", "1万"), ("一百", "100"),
    ("一百二十家", "120家"), ("二十", "20"), ("百分之二十", "20%"),
    # one of something, ordinals, what is no numeral or no count of it
    ("一个", ""), ("一家", ""), ("第五", ""), ("十", ""), ("个月", ""), ("百分", ""), ("一一", ""), ("贷款", ""), ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("word", "figures"), COUNTS)
def test_counts_in_figures(word: str, figures: str) -> None:
    assert in_figures(word) == figures
