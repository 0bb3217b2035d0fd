"""jieba's dictionary where it is kept, where it cannot be, and what is left behind."""

from __future__ import annotations

import logging
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from conftest import slow

from knowledge import dictionary

LOAD = """
import sys
from pathlib import Path
from knowledge import dictionary
print(*dictionary.load(Path(sys.argv[1])).cut("企业贷款", HMM=False))
"""


def load(folder: Path, before: Callable[[], None] | None = None) -> tuple[str, list[str]]:
    """What a process of its own cuts with the dictionary kept in ``folder``, and the lines of its standard error."""
    command = [sys.executable, "-W", "ignore::SyntaxWarning", "-c", LOAD, str(folder)]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", preexec_fn=before, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip(), ran.stderr.splitlines()


def unwritable(folder: Path) -> Path:
    """A folder in which nobody can make a file; permissions do not hold root off."""
    if os.geteuid() == 0:
        return Path("/proc/self")
    folder.chmod(0o555)
    return folder


def test_it_is_kept_and_read_again(tmp_path: Path) -> None:
    made = dictionary.load(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [dictionary.FILE]
    kept = (tmp_path / dictionary.FILE).stat()
    read = dictionary.load(tmp_path)
    assert (read.FREQ, read.total) == (made.FREQ, made.total)
    assert (tmp_path / dictionary.FILE).stat().st_ino == kept.st_ino
    assert list(dictionary.load(None).cut("企业贷款", HMM=False)) == ["企业", "贷款"]


@slow
@pytest.mark.parametrize(
    "content", [b"", b"\xa9\x02{z\x04A", b"not marshal", b"N", b"\xa9\x02\xfb0\xe9\x00\x00\x00\x00"]
)
def test_a_damaged_one_is_made_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / dictionary.FILE).write_bytes(content)
    assert list(dictionary.load(tmp_path).cut("企业贷款", HMM=False)) == ["企业", "贷款"]
    assert (tmp_path / dictionary.FILE).stat().st_size > 1_000_000


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder in which root cannot write either")
def test_in_a_folder_that_cannot_be_written_it_works_and_says_so_in_a_line(tmp_path: Path) -> None:
    cut, told = load(unwritable(tmp_path))
    assert cut == "企业 贷款"
    (line,) = told
    assert "the dictionary cannot be kept in" in line


def test_on_a_full_disk_it_works_says_so_in_a_line_and_leaves_nothing(tmp_path: Path) -> None:
    # No file may grow beyond that; Python ignores the signal and raises OSError.
    cut, told = load(tmp_path, partial(resource.setrlimit, resource.RLIMIT_FSIZE, (100_000, 100_000)))
    assert cut == "企业 贷款"
    (line,) = told
    assert "the dictionary cannot be kept in" in line
    assert list(tmp_path.iterdir()) == []


@slow
def test_what_killed_processes_left_is_removed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    abandoned, under_way, foreign = (tmp_path / name for name in ("jieba.cache.abc", "jieba.cache.def", "tmpabcdefgh"))
    for path in (abandoned, under_way, foreign):
        path.write_bytes(b"half")
    for path in (abandoned, foreign):
        os.utime(path, (time.time() - 7200, time.time() - 7200))
    with caplog.at_level(logging.WARNING):
        dictionary.load(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {dictionary.FILE, under_way.name, foreign.name}
    assert not caplog.records
