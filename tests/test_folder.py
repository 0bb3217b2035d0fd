"""The policy folder: what is read, what is passed over, what is said of the rest, and that no file keeps another out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from files_for_readers import docx, p

from knowledge.errors import NothingToPublishError
from knowledge.folder import FolderReading, duplicates, read_folder
from knowledge.parse import policy_id

NOTICE = "关于减免房租的通知\n各单位：\n一、减免三个月房租。\n二、缓缴电费。\n"
OTHER = "关于支持就业的通知\n各单位：\n一、发放补贴。\n"


def read(folder: Path, known: Mapping[str, str] | None = None, max_bytes: int = 1_000_000) -> FolderReading:
    return read_folder(folder, known or {}, max_bytes=max_bytes)


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def faults(reading: FolderReading) -> list[tuple[str, int | None, bool]]:
    return [(fault.path, fault.line, fault.fatal) for fault in reading.faults]


def test_every_kind_of_file_in_every_folder_is_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "甲.txt": NOTICE.encode("gb18030"),
            "省/乙.MD": OTHER,
            "省/市/丙.html": "<h1>关于丙的通知</h1><p>一、丙。</p>",
            "丁.docx": docx(p("关于丁的通知") + p("一、丁。")),
        },
    )
    reading = read(tmp_path)
    assert [policy.path for policy in reading.read] == ["丁.docx", "甲.txt", "省/乙.MD", "省/市/丙.html"]
    assert [policy.source for policy in reading.read] == ["丁", "甲", "乙", "丙"]
    assert len({policy.policy_id for policy in reading.read}) == 4
    assert reading.faults == ()


def test_hidden_files_and_leavings_are_passed_over(tmp_path: Path) -> None:
    names = [
        ".git/a.txt",
        ".甲.txt",
        "~$甲.docx",
        "甲.txt~",
        "Thumbs.db",
        "省/desktop.ini",
        ".DS_Store",
        "省/.x/乙.txt",
    ]
    write(tmp_path, {"甲.txt": NOTICE, **dict.fromkeys(names, OTHER)})
    reading = read(tmp_path)
    assert [policy.path for policy in reading.read] == ["甲.txt"]
    assert reading.faults == ()


UNREADABLE = {
    "空.txt": (b"", "is empty"),
    "扫描.pdf": (b"%PDF-1.4\n", "damaged"),
    "表.xlsx": (b"words", "of type .xlsx are not read"),
    "无类型": (b"words", "without a type"),
    "坏.docx": (b"words", "no Word document"),
    "大.txt": (b"a" * 2000, "larger than the limit"),
    "乱码.txt": (b"\xff\xfe\xfd" * 30, "not readable as text"),
}


def test_what_cannot_be_read_keeps_nothing_else_out(tmp_path: Path) -> None:
    write(tmp_path, {"甲.txt": NOTICE, **{name: data for name, (data, _) in UNREADABLE.items()}})
    reading = read(tmp_path, max_bytes=1000)
    assert [policy.path for policy in reading.read] == ["甲.txt"]
    assert {fault.path for fault in reading.faults} == set(UNREADABLE)
    for fault in reading.faults:
        assert fault.fatal
        assert fault.line is None
        assert UNREADABLE[fault.path][1] in fault.message
        assert "\n" not in fault.message


def test_a_name_that_is_not_utf8_is_shown_as_windows_wrote_it(tmp_path: Path) -> None:
    write(tmp_path, {"甲.txt": NOTICE})
    try:
        (tmp_path / os.fsdecode("公告.txt".encode("gb18030"))).write_text(OTHER)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    reading = read(tmp_path)
    assert [policy.path for policy in reading.read] == ["甲.txt"]
    assert [(fault.path, fault.fatal) for fault in reading.faults] == [("公告.txt", True)]
    assert "rename" in reading.faults[0].message


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Tests often run as root, whom no permission stops."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_cannot_be_entered_is_a_fault() -> None:
    # Not in pytest's own folder, which other users cannot enter.
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        write(folder, {"甲.txt": NOTICE, "锁/乙.txt": OTHER})
        (folder / "锁").chmod(0)
        with ordinary_user():
            reading = read(folder)
        (folder / "锁").chmod(0o755)
    assert [policy.path for policy in reading.read] == ["甲.txt"]
    assert faults(reading) == [("锁", None, True)]


def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "policies", tmp_path / "elsewhere"
    write(folder, {"甲.txt": NOTICE})
    write(elsewhere, {"乙.txt": OTHER})
    (folder / "链").symlink_to(elsewhere)
    (elsewhere / "回").symlink_to(folder)
    (folder / "断.txt").symlink_to(tmp_path / "nowhere")
    reading = read(folder)
    assert [policy.path for policy in reading.read] == ["甲.txt", "链/乙.txt"]
    assert faults(reading) == [("断.txt", None, True)]


def test_the_same_name_with_two_types(tmp_path: Path) -> None:
    write(tmp_path, {"甲.md": NOTICE, "甲.txt": OTHER, "乙.pdf": b"words", "乙.txt": OTHER})
    reading = read(tmp_path)
    # 乙.pdf cannot be read: 乙.txt stands alone.
    assert [policy.path for policy in reading.read] == ["乙.txt", "甲.md"]
    assert faults(reading) == [("乙.pdf", None, True), ("甲.txt", None, True)]
    assert "甲.md" in reading.faults[1].message


def test_unchanged_files_are_not_read_again(tmp_path: Path) -> None:
    write(tmp_path, {"甲.txt": NOTICE, "乙.txt": OTHER})
    known = {policy.policy_id: policy.digest for policy in read(tmp_path).read}
    again = read(tmp_path, known)
    assert (again.read, set(again.unchanged)) == ((), set(known))
    write(tmp_path, {"乙.txt": OTHER + "二、其他。\n"})
    changed = read(tmp_path, known)
    assert [policy.path for policy in changed.read] == ["乙.txt"]
    assert changed.unchanged == (policy_id("甲.txt"),)
    assert changed.read[0].digest != known[policy_id("乙.txt")]


def test_progress_counts_every_file(tmp_path: Path) -> None:
    write(tmp_path, {"甲.txt": NOTICE, "乙.txt": b"", "丙.txt": OTHER})
    seen: list[tuple[int, int]] = []
    read_folder(tmp_path, {}, max_bytes=1000, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


NOTHING = [
    ({}, "holds no files"),
    ({"空.txt": b""}, "空.txt: The file is empty"),
    ({"空.txt": b"", "表.xlsx": b"a", "无": b"a"}, "2 more like it"),
]


@pytest.mark.parametrize(("files", "words"), NOTHING)
def test_nothing_to_read(tmp_path: Path, files: dict[str, bytes], words: str) -> None:
    write(tmp_path, files)
    with pytest.raises(NothingToPublishError, match=words) as refusal:
        read(tmp_path)
    assert str(tmp_path) in refusal.value.user
    assert "\n" not in refusal.value.user


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(NothingToPublishError, match="does not exist; create it or set HELPDESK_POLICY_DIR"):
        read(tmp_path / "nowhere")


# Ids --------------------------------------------------------------------------------------------------------------


def test_an_id_stands_for_the_path_without_its_type() -> None:
    assert policy_id("省/甲.txt") == policy_id("省/甲.docx")
    assert len({policy_id(path) for path in ("甲.txt", "省/甲.txt", "市/甲.txt", "甲.1.txt", "甲.2.txt")}) == 5
    # One system spells é as one character, another as two.
    assert policy_id("caf\u00e9.txt") == policy_id("cafe\u0301.txt")


# Duplicates -------------------------------------------------------------------------------------------------------

SAME = [
    ("the words", NOTICE, NOTICE, True),
    ("another title", NOTICE, NOTICE.replace("减免房租", "房租减免"), True),
    ("blanks and width", NOTICE, NOTICE.replace("一、", "　　一、").replace("各单位：", "各单位:"), True),
    ("traditional script", NOTICE, NOTICE.replace("单位", "單位").replace("电费", "電費"), True),
    ("a word more", NOTICE, NOTICE + "三、其他。\n", False),
    ("another figure", NOTICE, NOTICE.replace("三个月", "两个月"), False),
]


@pytest.mark.parametrize(("one", "other", "same"), [case[1:] for case in SAME], ids=[case[0] for case in SAME])
def test_duplicates(tmp_path: Path, one: str, other: str, same: bool) -> None:
    write(tmp_path, {"甲.txt": one, "乙.txt": other, "丙.txt": OTHER})
    found = duplicates(list(read(tmp_path).read))
    assert [(fault.path, fault.fatal) for fault in found] == ([("甲.txt", False)] if same else [])
    assert all("乙.txt" in fault.message for fault in found)
