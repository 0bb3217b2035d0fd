"""``helpdesk reload`` as a process: what it says, what it publishes, and what stays where files are broken or gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_fixtures import Commands, Ran, published
from conftest import NOTICE

RENT = "关于减免房租的通知\n一、减免房租。免收三个月房租。\n二、抓好落实。各单位要抓好落实。"
LOANS = "关于支持贷款的通知\n一、降低利率。利率下调一个百分点。\n二、抓好落实。各银行要抓好落实。"


@pytest.fixture
def folder(policy_dir: Path) -> Path:
    """A policy folder with the notice that ships and another."""
    (policy_dir / "房租.txt").write_text(RENT, "utf-8")
    return policy_dir


@pytest.fixture
def helpdesk(tmp_path: Path, folder: Path) -> Commands:
    """Commands on a data folder in which the policy folder is published, as release 2."""
    commands = published(tmp_path)
    assert commands("reload", policy_dir=folder).status == 0
    return commands


def in_force(helpdesk: Commands) -> str:
    (row,) = (row for row in helpdesk("releases").out.splitlines() if "in force" in row)
    return row.split()[0]


def said(ran: Ran) -> list[str]:
    """What a reload that came to its end says."""
    assert ran.status == 0
    return ran.out.splitlines()


def test_the_first_reload(tmp_path: Path, policy_dir: Path) -> None:
    ran = Commands(tmp_path)("reload", policy_dir=policy_dir)
    assert said(ran) == [
        "Policies: 1 added, 0 changed, 0 gone, 0 unchanged.",
        "Clauses: 11 added, 0 changed, 0 gone.",
        "Release 1 is in force: 1 policies, 11 clauses.",
    ]
    # The notice that ships lacks a separator; nothing else is wrong, and no bar is drawn where no terminal is.
    assert ran.err == f"warning: {NOTICE.name}, line 29: the separator after 六 is missing; read as 六、\n"


def test_again_with_nothing_changed(helpdesk: Commands, folder: Path) -> None:
    assert said(helpdesk("reload", policy_dir=folder)) == [
        "Policies: 0 added, 0 changed, 0 gone, 2 unchanged.",
        "Clauses: 0 added, 0 changed, 0 gone.",
        "Nothing changed; release 2 stays in force.",
    ]
    # Written anew and moved elsewhere it is still the same.
    (folder / "房租.txt").write_text(RENT, "utf-8")
    folder.rename(folder.with_name("moved"))
    assert "Nothing changed; release 2 stays in force." in said(
        helpdesk("reload", policy_dir=folder.with_name("moved"))
    )


def test_one_file_changed(helpdesk: Commands, folder: Path) -> None:
    (folder / "房租.txt").write_text(RENT.replace("三个月", "六个月"), "utf-8")
    assert said(helpdesk("reload", policy_dir=folder)) == [
        "Policies: 0 added, 1 changed, 0 gone, 1 unchanged.",
        "Clauses: 0 added, 1 changed, 0 gone.",
        "~ 关于减免房租的通知 一: 一、减免房租。免收六个月房租。",
        "Release 3 is in force: 2 policies, 13 clauses.",
    ]
    assert "六个月" in helpdesk("ask", "房租免收几个月", policy_dir=folder).out


def test_one_file_added(helpdesk: Commands, folder: Path) -> None:
    (folder / "贷款.txt").write_text(LOANS, "utf-8")
    assert said(helpdesk("reload", policy_dir=folder)) == [
        "Policies: 1 added, 0 changed, 0 gone, 2 unchanged.",
        "Clauses: 2 added, 0 changed, 0 gone.",
        "+ 关于支持贷款的通知 一: 一、降低利率。利率下调一个百分点。",
        "+ 关于支持贷款的通知 二: 二、抓好落实。各银行要抓好落实。",
        "Release 3 is in force: 3 policies, 15 clauses.",
    ]


def test_one_file_gone(helpdesk: Commands, folder: Path) -> None:
    (folder / "房租.txt").unlink()
    assert said(helpdesk("reload", policy_dir=folder)) == [
        "Policies: 0 added, 0 changed, 1 gone, 1 unchanged.",
        "Clauses: 0 added, 0 changed, 2 gone.",
        "- 关于减免房租的通知 一: 一、减免房租。免收三个月房租。",
        "- 关于减免房租的通知 二: 二、抓好落实。各单位要抓好落实。",
        "Release 3 is in force: 1 policies, 11 clauses.",
    ]


def test_many_changes_are_told_in_short(helpdesk: Commands, folder: Path) -> None:
    for number in range(30):
        (folder / f"{number:02}.txt").write_text(
            f"关于事项{number}的通知\n一、办理事项{number}。" + "很长" * 50, "utf-8"
        )
    out = said(helpdesk("reload", policy_dir=folder))
    assert len([line for line in out if line.startswith("+ 关于")]) == 20
    assert "+ … and 10 more" in out
    assert max(map(len, out)) < 100


def test_a_dry_run_publishes_nothing(helpdesk: Commands, folder: Path) -> None:
    (folder / "贷款.txt").write_text(LOANS, "utf-8")
    (folder / "房租.txt").unlink()
    out = said(helpdesk("reload", "--dry-run", policy_dir=folder))
    assert out[0] == "Policies: 1 added, 0 changed, 1 gone, 1 unchanged."
    assert not any("Release" in line for line in out)
    assert in_force(helpdesk) == "2"
    # Not even where nothing was published before.
    assert said(helpdesk("reload", "--dry-run", policy_dir=folder, data_dir=folder.with_name("new")))
    releases = helpdesk("releases", data_dir=folder.with_name("new")).out
    assert len(releases.splitlines()) == 1


def test_a_broken_file_keeps_no_other_from_being_published(helpdesk: Commands, folder: Path) -> None:
    (folder / "贷款.txt").write_text(LOANS, "utf-8")
    (folder / "空.txt").write_bytes(b"")
    (folder / "坏.docx").write_bytes(b"no zip")
    (folder / "表.xlsx").write_bytes(b"no policy")
    ran = helpdesk("reload", policy_dir=folder)
    assert said(ran)[-1] == "Release 3 is in force: 3 policies, 15 clauses."
    told = dict(line.removeprefix("error: ").split(": ", 1) for line in ran.err.splitlines())
    assert sorted(told) == ["坏.docx", "空.txt", "表.xlsx"]
    assert told["坏.docx"].startswith("This is no Word document, or a damaged one")
    assert told["空.txt"].startswith("The file is empty")
    assert told["表.xlsx"].startswith("Files of type .xlsx are not read")


def test_what_was_published_of_a_file_stays_where_it_is_broken_now(helpdesk: Commands, folder: Path) -> None:
    (folder / "房租.txt").write_bytes(b"\xff\x00\xfe" * 100)
    ran = helpdesk("reload", policy_dir=folder)
    assert said(ran)[-1] == "Nothing changed; release 2 stays in force."
    assert ran.err.startswith("error: 房租.txt: ")
    assert ran.err.endswith("What was published of it stays.\n")
    assert "三个月" in helpdesk("ask", "房租免收几个月", policy_dir=folder).out


def test_nothing_that_can_be_read(helpdesk: Commands, tmp_path: Path) -> None:
    empty, broken = tmp_path / "empty", tmp_path / "broken"
    empty.mkdir()
    broken.mkdir()
    (broken / "空.txt").write_bytes(b"")
    (broken / "坏.pdf").write_bytes(b"no PDF")
    cases = {
        tmp_path / "nowhere": "does not exist; create it or set HELPDESK_POLICY_DIR.",
        empty: "it holds no files. Put notices into it or set HELPDESK_POLICY_DIR.",
        broken: "(1 more like it)",
    }
    for folder, words in cases.items():
        for arguments in (["reload"], ["reload", "--dry-run"]):
            ran = helpdesk(*arguments, policy_dir=folder)
            assert (ran.status, ran.out) == (1, "")
            assert str(folder) in ran.error
            assert ran.error.endswith(words)
    # What was published stays, and is answered from.
    assert in_force(helpdesk) == "2"
    assert "三个月" in helpdesk("ask", "房租免收几个月", policy_dir=broken).out


def test_nothing_published_and_nothing_to_publish(tmp_path: Path) -> None:
    ran = Commands(tmp_path)("ask", "电费", policy_dir=tmp_path / "nowhere")
    assert (ran.status, ran.out) == (1, "")
    assert ran.error.startswith(f"The policy folder {tmp_path / 'nowhere'} does not exist")


def test_strange_things_in_the_policy_folder(helpdesk: Commands, folder: Path) -> None:
    # A folder named like a file, links in a circle and into nothing, hidden files, editors' leavings
    (folder / "文件夹.txt").mkdir()
    (folder / "文件夹.txt" / "贷款.txt").write_text(LOANS, "utf-8")
    (folder / "circle").symlink_to(folder)
    (folder / "nothing.txt").symlink_to(folder / "nonexistent")
    (folder / ".hidden.txt").write_text(LOANS, "utf-8")
    (folder / "~$房租.docx").write_bytes(b"lock")
    ran = helpdesk("reload", policy_dir=folder)
    assert said(ran)[-1] == "Release 3 is in force: 3 policies, 15 clauses."
    assert [line.split(": ")[1] for line in ran.err.splitlines()] == ["nothing.txt"]


def test_a_file_larger_than_the_limit(helpdesk: Commands, folder: Path) -> None:
    (folder / "大.txt").write_text(LOANS + "\n" + "很长" * 400_000, "utf-8")
    ran = helpdesk("reload", policy_dir=folder, max_file_mb=1)
    assert said(ran)[-1] == "Nothing changed; release 2 stays in force."
    assert ran.err.startswith("error: 大.txt: The file is larger than the limit (2.4 MB against 1.0 MB)")


def test_every_process_on_the_database_serves_what_one_published(helpdesk: Commands, folder: Path) -> None:
    (folder / "贷款.txt").write_text(LOANS, "utf-8")
    assert helpdesk("reload", policy_dir=folder).status == 0
    # Another machine: the same database, its own index, and no policy folder at all.
    url = f"sqlite:///{helpdesk.data / 'helpdesk.db'}"
    other = helpdesk("ask", "利率下调多少", "--json", data_dir=folder.with_name("other"), database_url=url)
    (answer,) = other.lines
    assert answer["release"] == 3
    assert answer["clauses"][0]["source"] == "贷款"
