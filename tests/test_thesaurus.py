"""The thesaurus: what it says, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import SettingsError
from knowledge.thesaurus import parse_thesaurus, read_thesaurus, shipped, shipped_text


def test_the_shipped_one_has_no_fault() -> None:
    assert parse_thesaurus(shipped_text())[1] == []
    assert len(shipped().entries) > 400


def test_longest_phrase_wins() -> None:
    read, faults = parse_thesaurus("拉闸 断电 → 停供 欠费不停供 # power\n\n拉闸断电 → 停电\n")
    assert faults == []
    assert list(read.find("会不会拉闸断电")) == [(3, "拉闸断电", ("停电",))]
    assert list(read.find("断电了")) == [(0, "断电", ("停供", "欠费不停供"))]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("房东 业主", "a line has words, →, and words"),
        ("房东 →", "a line has words, →, and words"),
        ("→ 业主", "a line has words, →, and words"),
        # what no one can see
        ("拉闸 → \u200b", "a line has words, →, and words"),
        ("\ufeff → 停供", "a line has words, →, and words"),
        ("三级 → 二级", "match exactly or not at all"),
        ("房东 → 业主\n房东 → 业主", "already stands for this"),
        ("一级企业 → 二级企业", "differ in a figure or grade"),
        ("三个月 → 五个月", "differ in a figure or grade"),
        ("免3个月 → 免5个月", "differ in a figure or grade"),
        ("业主 → 业主", "stands for itself"),
    ],
)
def test_faults_name_the_line(line: str, message: str) -> None:
    read, faults = parse_thesaurus("# comment\n" + line, "mine.txt")
    assert [message in fault.message for fault in faults] == [True]
    assert faults[0].path == "mine.txt"
    assert faults[0].line == 2 + line.count("\n")
    assert len(read.entries) <= 1


def test_the_same_figure_or_none_on_one_side_is_no_fault() -> None:
    assert parse_thesaurus("头3个月 → 前3个月\n年底 → 12月\n房租 租金 → 租金 房租")[1] == []


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="HELPDESK_THESAURUS"):
        read_thesaurus(tmp_path / "none.txt")
