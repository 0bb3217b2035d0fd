"""What sounds alike is found; what must be exact is not."""

from __future__ import annotations

import re

import pytest
from conftest import slow

from knowledge import sound
from knowledge.segment import data_lines


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        # homophones
        ("带款", "贷款"), ("社宝", "社保"), ("电废", "电费"), ("复公", "复工"),
        # n/l, f/h, zh/z, ch/c, sh/s, in/ing, en/eng, an/ang
        ("蓝宁", "南宁"), ("晃租", "房租"), ("口造", "口罩"), ("粗纳", "出纳"), ("四保", "社保"), ("停新", "停薪"),
        ("震策", "政策"), ("还行", "航行"),
    ],
)  # fmt: skip
def test_alike(said: str, meant: str) -> None:
    if said in {"四保", "还行"}:
        # Not every slip is an accent of ours: si is not she, and hai is not hang.
        assert sound.key(said) != sound.key(meant)
    else:
        assert sound.key(said) == sound.key(meant) != ""


@pytest.mark.parametrize("word", ["三级", "十万", "一倍", "二成", "5个", "gdp", ""])
def test_figures_units_and_grades_have_no_sound(word: str) -> None:
    assert sound.key(word) == ""


@pytest.mark.parametrize(
    ("typed", "syllables"),
    [
        ("daikuan", ("dai", "kuan")),
        ("fangzu jianmian", ("fang", "zu", "jian", "mian")),
        ("dài kuǎn", ("dai", "kuan")),
        ("dai4kuan3", ("dai", "kuan")),
        ("xi'an", ("xi", "an")),
        ("nvzhigong", ("nv", "zhi", "gong")),
        # no pinyin
        ("asdfghjkl", ()), ("gdp", ()), ("", ()), ("x" * 100, ()),
    ],
)  # fmt: skip
def test_pinyin(typed: str, syllables: tuple[str, ...]) -> None:
    assert sound.read_pinyin(typed) == syllables


@slow
def test_readings_are_those_of_pypinyin() -> None:
    from pypinyin import Style, lazy_pinyin

    words = [
        word for line in data_lines("terms.txt") for word in line.split() if re.fullmatch("[\u4e00-\u9fff]{2,4}", word)
    ]
    assert len(words) > 100
    wrong = {
        word: sound.syllables(word)
        for word in words
        if sound.syllables(word) != tuple(lazy_pinyin(word, style=Style.NORMAL, v_to_u=False))
    }
    assert not wrong


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("银行", ("yin", "hang")), ("行业", ("hang", "ye")), ("中国银行", ("zhong", "guo", "yin", "hang")),
        ("重庆", ("chong", "qing")), ("绿色", ("lv", "se")), ("ab款", ("kuan",)), ("", ()),
    ],
)  # fmt: skip
def test_a_word_is_read_as_its_parts_but_for_those_that_are_not(word: str, syllables: tuple[str, ...]) -> None:
    assert sound.syllables(word) == syllables


@pytest.mark.parametrize(
    ("typed", "bare"),
    [
        ("dài kuǎn", "dai kuan"), ("fángzū jiǎnmiǎn", "fangzu jianmian"), ("lǜsè", "lvse"),
        ("dai4 kuan3", "dai kuan"), ("fang2zu1jian3mian3", "fang zu jian mian"), ("nü3gong1", "nv gong"),
        ("我要dian4fei4缓交", "我要dian fei缓交"),
        # what has figures of its own
        ("a4纸", "a4纸"), ("mp3 mp4", "mp3 mp4"), ("iso9001", "iso9001"), ("h1n1", "h1n1"), ("5g", "5g"), ("b2b", "b2b"),
    ],
)  # fmt: skip
def test_tones_are_taken_off_pinyin_alone(typed: str, bare: str) -> None:
    assert sound.without_tones(typed) == bare
