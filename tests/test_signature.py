"""What stands in a notice is always found by its signature; what does not, hardly ever."""

from __future__ import annotations

import random

import pytest
from conftest import slow

from knowledge.signature import held, signature

LETTERS = [chr(0x4E00 + n) for n in range(1500)]


def notice(chance: random.Random, lines: int) -> str:
    return "\n".join("".join(chance.choices(LETTERS, k=60)) for _ in range(lines))


def test_what_stands_there_is_always_found() -> None:
    chance = random.Random(1)
    texts = [notice(chance, chance.randint(1, 200)) for _ in range(20)]
    signatures = [signature(text) for text in texts]
    for n, text in enumerate(texts):
        pieces = [line[at : at + size] for line in text.split("\n") for size in (1, 2, 3, 5) for at in (0, 20, 55)]
        assert held(signatures, pieces)[:, n].all()


@slow
@pytest.mark.parametrize(("size", "most"), [(1, 0.02), (2, 0.02), (3, 0.002)])
def test_what_does_not_is_hardly_ever(size: int, most: float) -> None:
    chance = random.Random(2)
    texts = [notice(chance, lines) for lines in (1, 5, 30, 200)]
    strings = ["".join(chance.choices([chr(0x4E00 + n) for n in range(1500, 6000)], k=size)) for _ in range(2000)]
    assert held([signature(text) for text in texts], strings).mean() < most


@pytest.mark.parametrize("text", ["", "\n", "贷", "贷\n款", "𠮷𠮷", "\ud800a"])
def test_texts_of_hardly_anything(text: str) -> None:
    assert held([signature(text)], ["贷款", "款项很长"]).tolist() == [[False], [False]]
    assert held([signature(text)], ["贷"]).tolist() == [["贷" in text]]


def test_nothing_asked_and_nothing_to_ask() -> None:
    assert held([], ["贷款"]).shape == (1, 0)
    assert held([signature("贷款")], []).shape == (0, 1)
