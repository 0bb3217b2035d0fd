"""The entry to the readers: what is refused and why, what is imported when, and that nothing else ever comes out."""

from __future__ import annotations

import hashlib
import logging
import os
import random
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from files_for_readers import docx, encrypted, p, page, pdf, row, zipped

from knowledge.errors import UnreadableFileError
from knowledge.readers import SUFFIXES, SourceText, read_file

WORDS = "四、全力协调解决企业复工困难。实行“欠费不停供”措施。"
PDF = pdf([page(["　　四、全力协调解决企业复工困难。实行“欠费", "不停供”措施。"])])
GOOD = {
    ".txt": WORDS.encode("gb18030"),
    ".md": f"# 通知\n\n{WORDS}\n\n1. 用电\n2. 用水\n\n| 项目 | 电话 |\n|---|---|\n| 用电 | 96871 |\n".encode(),
    ".html": f'<meta charset="gbk"><table><tr><td>甲<td>乙</table><ol><li>用电</ol><p>{WORDS}</p>'.encode("gbk"),
    ".htm": f"<body>{WORDS}".encode(),
    ".docx": docx(p(WORDS) + f"<w:tbl>{row('用电', '96871')}</w:tbl>"),
    ".pdf": PDF,
}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU"


def test_every_suffix_is_read_in_either_case_with_the_digest_of_its_bytes(tmp_path: Path) -> None:
    assert set(GOOD) == SUFFIXES
    for suffix, data in GOOD.items():
        for name in (f"通知{suffix}", f"通知2{suffix.upper()}"):
            path = tmp_path / name
            path.write_bytes(data)
            source = read_file(path)
            assert WORDS in source.text
            assert source.digest == hashlib.sha256(data).hexdigest()


def test_a_source_text_cannot_be_altered(tmp_path: Path) -> None:
    with pytest.raises(AttributeError):
        SourceText("a", "b").text = "c"  # type: ignore[misc]


# What is refused --------------------------------------------------------------------------------------------------

REFUSED = [
    # the file itself
    ("空.txt", b"", "is empty"),
    ("空.docx", b"", "is empty"),
    ("空白.txt", " \r\n\u3000\n\ufeff".encode(), "holds no words"),
    ("通知.doc", b"words", r"of type \.doc are not read"),
    ("通知", b"words", "without a type"),
    # text that is none
    ("图.txt", PNG, "is a picture"),
    ("junk.txt", random.Random(1).randbytes(300), "not readable as text"),
    ("junk.md", bytes(range(256)) * 2, "not readable as text"),
    ("big5.txt", "關於進一步做好工業企業復工復產相關工作的通知".encode("big5"), "not readable as text"),
    ("utf16.txt", "\ufeff通知".encode("utf-16-le")[:-1], "bytes that are no characters"),
    ("半.txt", "第一行完好\n第二行坏".encode() + b"\xff" + "了\n第三行完好".encode(), "Line 2 holds bytes"),
    ("renamed.txt", PDF, "is a PDF"),
    ("renamed.md", GOOD[".docx"], "zip archive"),
    ("renamed.html", b"{\\rtf1 words}", "Rich Text"),
    ("saved.html", b"MIME-Version: 1.0\n\n<p>words</p>", "web archive"),
    # pages
    ("empty.html", b"<html><head><script>var a</script></head><body><img src=a></body></html>", "holds no words"),
    ("deep.html", b"<div>" * 5000 + b"words", "nested more than 512 deep"),
    # Word documents
    ("no.docx", b"words", "is no Word document"),
    ("renamed.docx", PNG, "is no Word document"),
    ("old.docx", OLE, "old kind"),
    ("locked.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
    ("sheet.docx", zipped({"xl/workbook.xml": "<workbook/>", "[Content_Types].xml": "<Types/>"}), "no Word document"),
    ("archive.docx", zipped({"word/document.xml": "<document/>"}), "no Word document"),
    ("broken.docx", zipped({"word/document.xml": "<document"}), "is damaged"),
    ("cut.docx", GOOD[".docx"][:-40], "is no Word document"),
    ("picture.docx", docx("<w:p><w:r><w:drawing/></w:r></w:p>"), "holds no words"),
    ("bomb.docx", docx(p("a" * 40_000_000)), "far larger unpacked"),
    ("elements.docx", docx("<w:p/>" * 2_000_001), "far larger unpacked"),
    ("deep.docx", docx("<w:sdt>" * 5000), "nested too deep"),
    (
        "entities.docx",
        zipped({"word/document.xml": '<!DOCTYPE d [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]><d>&b;</d>'}),
        "document type",
    ),
    # PDF
    ("no.pdf", b"words", "is no PDF"),
    ("cut.pdf", PDF[:200], "is damaged"),
    ("header.pdf", b"%PDF-1.4\n", "is damaged"),
    ("locked.pdf", encrypted(PDF, user_password="secret"), "is encrypted"),
    ("scan.pdf", pdf([[], []], picture=True), "pictures of pages"),
    ("scanner.pdf", pdf([page(["扫描全能王"])] * 3, picture=True), "pictures of pages"),
    ("fonts.pdf", pdf([page(["\ue001\ue002\ue003\ue004" * 5] * 3)]), "fonts do not tell"),
]


@pytest.mark.parametrize(("name", "data", "cause"), REFUSED, ids=[name for name, _, _ in REFUSED])
def test_refused_with_the_cause_and_a_remedy(tmp_path: Path, name: str, data: bytes, cause: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UnreadableFileError, match=cause) as refusal:
        read_file(path)
    sentence = refusal.value.user
    assert name not in sentence
    assert "\n" not in sentence
    assert "; " in sentence, "the remedy follows the cause"
    assert sentence.endswith(".")


def test_larger_than_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "通知.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000_000)  # holes: neither the disk nor the memory could hold them
    with pytest.raises(UnreadableFileError, match=r"50,000\.0 MB against 20\.0 MB"):
        read_file(path)
    path.write_bytes(b"a" * 101)
    with pytest.raises(UnreadableFileError, match="larger than the limit"):
        read_file(path, max_bytes=100)
    assert read_file(path, max_bytes=101).text == "a" * 101


def test_what_is_no_ordinary_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="no longer there"):
        read_file(tmp_path / "通知.txt")
    folder = tmp_path / "夹.docx"
    folder.mkdir()
    with pytest.raises(UnreadableFileError, match="is a folder"):
        read_file(folder)
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    with pytest.raises(UnreadableFileError, match="not an ordinary file"):
        read_file(pipe)
    loop = tmp_path / "loop.txt"
    loop.symlink_to(loop)
    with pytest.raises(UnreadableFileError, match="could not be read from the disk"):
        read_file(loop)


@contextmanager
def _ordinary_user() -> Iterator[None]:
    """Tests often run as root, whom no permission stops."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_without_permission_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "通知.txt"
    path.write_text("通知")
    assert read_file(path).text == "通知"
    path.chmod(0)
    with _ordinary_user(), pytest.raises(UnreadableFileError, match="give read permission"):
        read_file(path)


# Nothing else comes out -------------------------------------------------------------------------------------------


def _altered(data: bytes, chance: random.Random) -> bytes:
    kind = chance.randrange(3)
    if kind == 0:
        return data[: chance.randrange(1, len(data))]
    if kind == 1:
        cut = sorted(chance.sample(range(len(data)), 2))
        return data[: cut[0]] + data[cut[1] :]
    altered = bytearray(data)
    for _ in range(chance.choice((1, 2, 5, 50))):
        altered[chance.randrange(len(altered))] = chance.randrange(256)
    return bytes(altered)


@pytest.mark.parametrize("suffix", sorted(GOOD))
def test_altered_files_give_text_or_a_refusal(tmp_path: Path, suffix: str) -> None:
    chance = random.Random(2020)
    path = tmp_path / f"通知{suffix}"
    outcomes = set()
    for _ in range(80):
        path.write_bytes(_altered(GOOD[suffix], chance))
        try:
            text = read_file(path).text
        except UnreadableFileError:
            outcomes.add("refused")
            continue
        outcomes.add("read")
        text.encode()
        assert not {"\0", "\r", "\ufeff", "\x1f"} & set(text)
    assert outcomes == {"read", "refused"}


# What reaches the terminal, and what is imported ------------------------------------------------------------------

MISPLACED_TABLE = PDF.replace(b"startxref\n", b"startxref\n9")


def _run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, encoding="utf-8", check=True
    )


def test_a_library_that_complains_is_not_heard_on_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "通知.pdf"
    path.write_bytes(MISPLACED_TABLE)
    code = """
import sys, pathlib
from knowledge.readers import read_file
print(len(read_file(pathlib.Path(sys.argv[1])).text))
"""
    run = _run(code, str(path))
    assert run.stderr == ""
    assert int(run.stdout) == len(WORDS)


def test_its_complaint_is_in_the_log_and_nothing_stays_silenced(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "通知.pdf"
    path.write_bytes(MISPLACED_TABLE)
    filters = list(warnings.filters)
    with caplog.at_level(logging.DEBUG):
        read_file(path)
    assert {(record.name, record.levelname) for record in caplog.records} == {("knowledge.readers.quiet", "DEBUG")}
    assert "startxref" in caplog.text
    assert warnings.filters == filters
    assert logging.getLogger("pypdf").propagate
    assert not logging.getLogger("pypdf").handlers


def test_libraries_are_imported_when_a_file_of_their_kind_is_read(tmp_path: Path) -> None:
    for suffix, data in GOOD.items():
        (tmp_path / f"a{suffix}").write_bytes(data)
    code = """
import sys, pathlib
from knowledge.readers import read_file
heavy = ["selectolax", "markdown_it", "pypdf", "zipfile", "xml.etree.ElementTree"]
for suffix in ["", ".txt", ".html", ".md", ".docx", ".pdf"]:
    if suffix:
        read_file(pathlib.Path(sys.argv[1]) / f"a{suffix}")
    print(suffix, *[name for name in heavy if name in sys.modules])
"""
    lines = [line.split(" ") for line in _run(code, str(tmp_path)).stdout.splitlines()]
    assert lines[:5] == [
        [""],
        [".txt"],
        [".html", "selectolax"],
        [".md", "selectolax", "markdown_it"],
        [".docx", "selectolax", "markdown_it", "zipfile", "xml.etree.ElementTree"],
    ]
    assert lines[5][0] == ".pdf"
    assert "pypdf" in lines[5]
