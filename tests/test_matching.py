"""Terms found in many texts at once, as the plain way finds them one by one."""

from __future__ import annotations

import random

import numpy as np
import pytest

from knowledge.holds import has_figure
from knowledge.matching import Found
from knowledge.question import Form, Needles, Term


def found(texts: list[str], *terms: Term) -> Found:
    return Found.of(Needles.of(terms), texts)


def test_presence() -> None:
    loan = Term("带款", 0, 1.0, (Form("贷款", 0.9, "sound", ("贷款",)),))
    one = found(["贷款贷款", "带款和贷款", "无", ""], loan, Term("款", 0, 1.0))
    assert one.presence() == pytest.approx(np.array([[0.9, 1.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0]]))
    assert one.presence(np.array([0, 0, 1, 1]), 2) == pytest.approx(np.array([[1.0, 0.0], [1.0, 0.0]]))


def test_a_string_that_two_terms_may_look_like_is_found_for_both() -> None:
    one, other = Term("带款", 0, 1.0, (Form("贷款", 0.5, "sound", ()),)), Term("贷款", 0, 1.0)
    assert found(["贷款"], one, other).presence().tolist() == [[0.5], [1.0]]


def test_nothing_is_found_across_two_texts() -> None:
    one = found(["贷", "款"], Term("贷款", 0, 1.0))
    assert one.presence().sum() == 0


@pytest.mark.parametrize(
    ("needle", "held", "lacking"),
    [
        ("110", ["拨打110", "110", "共110件"], ["1105万", "2110", "办理1100余件"]),
        ("5", ["5户", "省5个100"], ["15户", "50户"]),
        ("10万户", ["新增10万户"], ["新增110万户"]),
        ("共12", ["共12条"], ["共120条"]),
    ],
)
def test_a_figure_is_not_found_in_a_longer_one(needle: str, held: list[str], lacking: list[str]) -> None:
    assert found([*held, *lacking], Term(needle, 0, 1.0)).presence().tolist() == [
        [1.0] * len(held) + [0.0] * len(lacking)
    ]
    assert [has_figure(text, needle) for text in [*held, *lacking]] == [True] * len(held) + [False] * len(lacking)


def test_no_texts_and_no_terms() -> None:
    assert found([], Term("贷", 0, 1.0)).presence().shape == (1, 0)
    assert found(["贷款"]).presence().shape == (0, 1)


def test_presence_agrees_with_looking_for_each() -> None:
    chance = random.Random(3)
    letters = [chr(0x4E00 + n) for n in range(40)]
    for _ in range(20):
        strings = {"".join(chance.choices(letters, k=chance.randint(1, 4))) for _ in range(150)}
        texts = ["".join(chance.choices(letters, k=chance.randint(0, 300))) for _ in range(10)]
        terms = [Term(string, 0, 1.0) for string in sorted(strings)]
        expected = [[float(term.text in text) for text in texts] for term in terms]
        assert found(texts, *terms).presence().tolist() == expected
