"""Words are cut exactly as jieba cuts them, only sooner."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import jieba
import pytest
from conftest import NOTICE

from knowledge import dictionary
from knowledge.normalise import normalise
from knowledge.tokenizer import Tokenizer

Pair = tuple[Tokenizer, jieba.Tokenizer]


@pytest.fixture(scope="module")
def both() -> Pair:
    """The tokenizer, and jieba's own with the same dictionary."""
    ours = dictionary.load(None)
    theirs = jieba.Tokenizer()
    theirs.FREQ, theirs.total, theirs.initialized = ours.FREQ, ours.total, True
    return ours, theirs


def assert_same(both: Pair, texts: Iterator[str] | list[str]) -> None:
    ours, theirs = both
    for text in texts:
        assert list(ours.cut(text, HMM=False)) == list(theirs.cut(text, HMM=False)), text


def lines(path: Path) -> Iterator[str]:
    for line in path.read_text("utf-8").splitlines():
        yield line
        yield normalise(line)


@pytest.mark.parametrize(
    "text", ["", "。", "龘", "龘𠮷一", "a", "5g专网2020年", "www.gov.cn 12%", "中华人民共和国中华"]
)
def test_single_texts(both: Pair, text: str) -> None:
    assert_same(both, [text])


def test_the_notice_that_ships(both: Pair) -> None:
    assert_same(both, lines(NOTICE))


def test_characters_in_any_order(both: Pair) -> None:
    chance = random.Random(20200210)
    characters = NOTICE.read_text("utf-8") + "abc123 龘𠮷%.-\n"
    assert_same(both, ["".join(chance.choices(characters, k=chance.randrange(1, 30))) for _ in range(2000)])


def test_real_notices(both: Pair, corpus: Path) -> None:
    for path in sorted(corpus.iterdir())[::20]:
        assert_same(both, lines(path))
