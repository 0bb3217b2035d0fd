"""Words and pairs, and the data files that decide what is one and what it weighs."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from knowledge import segment, sound
from knowledge.normalise import normalise
from knowledge.segment import (
    commonness,
    cut,
    data_lines,
    frame_words,
    function_words,
    in_dictionary,
    pairs,
    tokens,
    words,
)

FILES = ["function_words.txt", "frame_words.txt", "terms.txt", "syllables.txt"]


@pytest.fixture(scope="module", autouse=True)
def _dictionary(tmp_path_factory: pytest.TempPathFactory) -> None:
    segment.keep_dictionary_in(tmp_path_factory.mktemp("dictionary"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # terms of policies stay whole
        ("企业复工复产", ["企业", "复工复产"]),
        ("申请一企一策", ["申请", "一企一策"]),
        # figures and Latin words too; marks and blanks are no words
        ("2020年2月", ["2020", "年", "2", "月"]),
        ("5g专网", ["5g", "专网"]),
        ("减免、缓缴（社保）。", ["减免", "缓缴", "社保"]),
        ("hello world", ["hello", "world"]),
        # nothing of no words
        ("", []),
        ("？！…… ", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert list(words(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("企业复工", ["企业", "业复", "复工"]),
        # a character that stands alone counts as a pair
        ("税", ["税"]),
        ("税2020费", ["税", "费"]),
        # neither marks nor figures are bridged
        ("减税，降费", ["减税", "降费"]),
        ("免3个月", ["免", "个月"]),
        ("hello 5g", []),
        ("", []),
    ],
)
def test_pairs(text: str, expected: list[str]) -> None:
    assert pairs(text) == expected


def test_tokens_are_words_then_pairs() -> None:
    assert tokens("减税降费2020") == [*words("减税降费2020"), "减税", "税降", "降费"]


@pytest.mark.parametrize(
    "text",
    [
        "企业复工复产。",
        " 2020年\n２月　底 ",
        "“一企一策”（试行）",
        "Hello, world! 3.5%",
        "",
        "，，，",
        "😀減稅\u200b降費",
    ],
)
def test_nothing_is_left_out_by_cutting(text: str) -> None:
    assert "".join(cut(text)) == text


@pytest.mark.parametrize(
    ("word", "known"),
    [("贷款", True), ("复工复产", True), ("一企一策", True), ("代宽", False), ("", False), ("asdf", False)],
)
def test_what_the_dictionary_has(word: str, known: bool) -> None:
    assert in_dictionary(word) is known
    assert (commonness(word) is not None) is known


def test_common_words_are_commoner_than_rare_ones() -> None:
    chances = [commonness(word) or 0.0 for word in ("的", "工作", "贷款", "续贷")]
    assert chances == sorted(chances, reverse=True)
    assert all(0 < chance <= 1 for chance in chances)


# The data files


@pytest.mark.parametrize("name", FILES)
def test_a_data_file_has_lines_without_remarks_and_blanks(name: str) -> None:
    lines = list(data_lines(name))
    assert lines
    assert all(line and line == line.strip() and "#" not in line for line in lines)


@pytest.mark.parametrize("name", ["function_words.txt", "frame_words.txt", "terms.txt"])
def test_words_of_data_files_are_normalised(name: str) -> None:
    # What is looked up in them is; a word that is not would never be found.
    listed = [word for line in data_lines(name) for word in line.split()]
    assert [word for word in listed if normalise(word) != word] == []


def test_no_word_is_both_of_the_frame_and_a_function_word() -> None:
    # Function words are not looked for at all: among those of the frame they would have no effect.
    assert function_words() & frame_words() == set()


@pytest.mark.parametrize("name", ["function_words.txt", "frame_words.txt"])
def test_a_word_stands_once(name: str) -> None:
    counted = Counter(word for line in data_lines(name) for word in line.split())
    assert [word for word, count in counted.items() if count > 1] == []


def test_terms_stand_once_and_one_a_line() -> None:
    counted = Counter(data_lines("terms.txt"))
    assert [term for term, count in counted.items() if count > 1] == []
    assert [term for term in counted if len(term.split()) > 1 or len(term) < 2] == []


def test_terms_are_cut_as_one_word() -> None:
    assert [term for term in data_lines("terms.txt") if not in_dictionary(term)] == []


def test_syllables() -> None:
    listed = [syllable for line in data_lines("syllables.txt") for syllable in line.split()]
    assert [syllable for syllable in listed if not re.fullmatch("[a-z]{1,6}", syllable)] == []
    assert [syllable for syllable, count in Counter(listed).items() if count > 1] == []
    assert sound.inventory() == set(listed)
    # Every reading of a common word is among them.
    for word in ("贷款", "房租", "缴费", "女工", "战略", "绿色", "迁移", "疫情", "儿童"):
        assert set(sound.syllables(word)) <= sound.inventory() | {"nü", "lü"}


def test_the_dictionary_is_kept_where_it_is_told(tmp_path: Path) -> None:
    # Told after the dictionary was loaded nothing is written; where it is kept in a new process, test_command_line looks.
    segment.keep_dictionary_in(tmp_path)
    words("贷款")
    assert list(tmp_path.iterdir()) == []
