"""Terms found in many texts at once, as the plain way finds them one by one."""

from __future__ import annotations

import random

from knowledge.matching import Texts
from knowledge.question import Form, Term


def test_presence_and_frequency() -> None:
    loan = Term("带款", 0, 1.0, (Form("贷款", 0.9, "sound", ("贷款",)),))
    found = Texts(["贷款贷款", "带款和贷款", "无", ""]).match([loan, Term("款", 0, 1.0)])
    assert found.presence.tolist() == [[0.9, 1.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0]]
    assert found.frequency.tolist() == [[2.0, 2.0, 0.0, 0.0], [2.0, 2.0, 0.0, 0.0]]


def test_nothing_is_found_across_two_texts() -> None:
    texts = Texts(["贷", "款"])
    assert texts.match([Term("贷款", 0, 1.0)]).presence.sum() == 0
    assert texts.longest_runs("贷款").tolist() == [0, 0]


def test_no_texts_and_no_terms() -> None:
    assert Texts([]).match([Term("贷", 0, 1.0)]).presence.shape == (1, 0)
    assert Texts(["贷款"]).match([]).presence.shape == (0, 1)
    assert Texts(["贷款"]).longest_runs("").tolist() == [0]


def test_longest_runs_agree_with_trying_every_piece() -> None:
    chance = random.Random(7)
    for _ in range(300):
        needle = "".join(chance.choices("甲乙丙", k=chance.randint(0, 8)))
        texts = ["".join(chance.choices("甲乙丙丁", k=chance.randint(0, 12))) for _ in range(3)]
        pieces = [needle[i:j] for i in range(len(needle)) for j in range(i + 2, len(needle) + 1)]
        expected = [max((len(p) for p in pieces if p in text), default=0) for text in texts]
        assert Texts(texts).longest_runs(needle).tolist() == expected
