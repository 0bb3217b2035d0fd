"""What the command line says when something is wrong: one line on standard error, no traceback, and the exit status."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
from pathlib import Path

import pytest
from command_fixtures import COMMAND, Commands, environment, on_terminal, published
from conftest import NOTICE, slow

GOOD = json.dumps({"id": "1", "turns": ["电费"]})


@pytest.fixture
def helpdesk(tmp_path: Path) -> Commands:
    return published(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        # no such thing
        (["nonsense"], "No such command 'nonsense'."),
        (["ask", "电费", "--nonsense"], "No such option: --nonsense"),
        (["ask", "电费", "水费"], "Got unexpected extra argument"),
        # too little, too much, of the wrong kind
        (["ask"], "give either a question or --batch FILE"),
        (["ask", "电费", "--batch", "-"], "give either a question or --batch FILE"),
        (["ask", "--batch"], "requires an argument"),
        (["rollback"], "Missing argument 'number'."),
        (["rollback", "one"], "Invalid value for 'number'"),
        (["evaluate"], "Missing argument 'questions'."),
        (["fit"], "Missing argument 'sets'."),
        (["login-link", "--role", "owner"], "the role is admin or staff"),
    ],
)
def test_wrong_usage(helpdesk: Commands, arguments: list[str], words: str) -> None:
    ran = helpdesk(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert words in ran.error
    assert ran.error.endswith("(see helpdesk --help)")


@pytest.mark.parametrize("arguments", [[], ["ask"], ["reload"], ["fit"], ["thesaurus"]])
def test_help(helpdesk: Commands, arguments: list[str]) -> None:
    ran = helpdesk(*arguments, "--help")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(" ".join(["Usage: helpdesk", *arguments]))
    assert "\x1b" not in ran.out


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"port": "x"}, "HELPDESK_PORT='x' cannot be used"),
        ({"log_level": "loud"}, "HELPDESK_LOG_LEVEL='loud' cannot be used"),
        ({"database_url": "mysql://x"}, "HELPDESK_DATABASE_URL is not a database address"),
        ({"data_dir": "/dev/null/data"}, "HELPDESK_DATA_DIR='/dev/null/data' cannot be used"),
        ({"data_dir": NOTICE}, f"HELPDESK_DATA_DIR={str(NOTICE)!r} cannot be used"),
    ],
)
@pytest.mark.parametrize("command", [["ask", "电费"], ["reload"], ["releases"]])
def test_a_setting_that_cannot_be_used(
    helpdesk: Commands, command: list[str], settings: dict[str, object], words: str
) -> None:
    ran = helpdesk(*command, **settings)
    assert (ran.status, ran.out) == (1, "")
    assert ran.error.startswith(words)


def test_a_thesaurus_that_is_not_there(helpdesk: Commands) -> None:
    for ran in (helpdesk("reload", thesaurus="/nonexistent"), helpdesk("thesaurus", "/nonexistent")):
        assert (ran.status, ran.out) == (1, "")
        assert "/nonexistent" in ran.error


def test_a_database_that_is_none(helpdesk: Commands) -> None:
    (helpdesk.data / "helpdesk.db").write_bytes(b"no database at all" * 1000)
    for command in (["ask", "电费"], ["reload"], ["releases"], ["rollback", "1"], ["login-link"]):
        ran = helpdesk(*command)
        assert (ran.status, ran.out) == (1, "")
        assert "helpdesk.db is not a SQLite database" in ran.error


def test_a_damaged_database(helpdesk: Commands) -> None:
    database = helpdesk.data / "helpdesk.db"
    whole = database.read_bytes()
    database.write_bytes(whole[:4096] + b"\x55" * (len(whole) - 4096))
    ran = helpdesk("ask", "电费")
    assert (ran.status, ran.out) == (1, "")
    assert "is damaged" in ran.error


def test_a_damaged_index_is_made_anew(helpdesk: Commands) -> None:
    for file in (helpdesk.data / "index").rglob("*"):
        if file.is_file():
            file.write_bytes(b"damaged")
    ran = helpdesk("ask", "电费", "--json")
    assert (ran.status, ran.err) == (0, "")
    assert ran.lines[0]["clauses"][0]["number"] == 4


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("no JSON", 1),
        (f"{GOOD}\n\n[]", 3),
        (f"{GOOD}\n{{}}", 2),
        ('{"id": 1}', 1),
        ('{"turns": ["电费"]}', 1),
        ('{"id": 1, "turns": "电费"}', 1),
        ('{"id": 1, "turns": []}', 1),
        ('{"id": 1, "turns": [7]}', 1),
        (f"{GOOD}\nnull", 2),
    ],
)
def test_a_malformed_question(helpdesk: Commands, tmp_path: Path, text: str, line: int) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(text, "utf-8")
    ran = helpdesk("ask", "--batch", file)
    assert (ran.status, ran.out) == (1, "")
    assert ran.error.startswith(f"{file}, line {line}: not a question")


def test_question_files_that_cannot_be_read(helpdesk: Commands, tmp_path: Path) -> None:
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "set.jsonl").write_text(GOOD, "utf-8")
    for command in (["ask", "--batch"], ["evaluate"]):
        for file in (tmp_path / "none.jsonl", tmp_path, tmp_path / "binary.jsonl"):
            ran = helpdesk(*command, file)
            assert (ran.status, ran.out) == (1, "")
            assert ran.error.startswith(f"{file} cannot be read")


def test_what_cannot_be_fitted(helpdesk: Commands, tmp_path: Path) -> None:
    few = tmp_path / "few.jsonl"
    few.write_text(GOOD, "utf-8")
    policies = NOTICE.parent
    cases: dict[tuple[str, ...], str] = {
        # no question set
        ("few.jsonl",): "'few.jsonl' is no question set; write QUESTIONS.jsonl=FOLDER_OF_POLICIES.",
        (f"={policies}",): "is no question set",
        (f"{few}=",): "is no question set",
        # files that are not there, or too small
        (f"{tmp_path}/none.jsonl={policies}",): "none.jsonl cannot be read",
        (f"{few}={policies}",): "There are too few questions with an answer",
        (f"{few}={policies}", f"{few}={policies}"): "Two of the question sets have the same name",
        # nowhere to write: said before, and not after, minutes of fitting
        (f"{few}={policies}", "--write", "/nonexistent/weights.json"): "/nonexistent/weights.json cannot be written",
        (f"{few}={policies}", "--write", str(tmp_path)): f"{tmp_path} cannot be written",
    }
    for arguments, words in cases.items():
        ran = helpdesk("fit", *arguments)
        assert (ran.status, ran.out) == (1, "")
        assert words in ran.error


# Output


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    "command", [["ask", "电费"], ["ask", "电费", "--json"], ["releases"], ["thesaurus"], ["--help"]]
)
def test_output_that_cannot_be_written(helpdesk: Commands, command: list[str]) -> None:
    ran = helpdesk(*command, out=Path("/dev/full"))
    assert ran.status == 1
    assert ran.error == "the output cannot be written: No space left on device"


def test_a_reader_that_has_gone(helpdesk: Commands, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    # More than a pipe holds.
    helpdesk.start("ask", "--batch", "-", stdin=f"{GOOD}\n" * 300, out=pipe)
    assert select.select([reader], [], [], 30)[0]
    assert os.read(reader, 10) == b'{"id": "1"'
    os.close(reader)
    ran = helpdesk.end()
    assert (ran.status, ran.err) == (1, "")


@slow
def test_output_that_is_closed(helpdesk: Commands) -> None:
    command = ["sh", "-c", 'exec "$@" >&-', "sh", *COMMAND, "releases"]
    ran = subprocess.run(command, env=environment(helpdesk.data, {}), stderr=subprocess.PIPE, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, b"")


# Ctrl-C


@slow
def test_ctrl_c_is_met_at_once(helpdesk: Commands, tmp_path: Path) -> None:
    many = tmp_path / "many"
    many.mkdir()
    text = NOTICE.read_text("utf-8")
    for number in range(300):
        # No two alike, so that nothing is remembered from one to the next.
        (many / f"{number}.txt").write_text(text.replace("，", f"{number}，").replace(",", f"{number},"), "utf-8")
    status, written = on_terminal("reload", data=helpdesk.data, policy_dir=many, interrupt="Indexing policies")
    assert status == 130
    assert "Traceback" not in written
    # Work in other threads ends too, long before it is done, and leaves nothing behind.
    assert "300/300" not in written.partition("Indexing policies")[2]
    assert [path.name for path in (helpdesk.data / "index").iterdir() if path.name.startswith(".")] == []


def test_killed_in_the_middle_of_a_reload(helpdesk: Commands, policy_dir: Path) -> None:
    for number in range(20):
        (policy_dir / f"{number}.txt").write_text(f"关于支持企业的通知{number}\n一、免收{number}个月房租。", "utf-8")
    for moment in (0.05, 0.1, 0.15, 0.2, 0.25, 0.3):
        ended = helpdesk("reload", policy_dir=policy_dir, timeout=moment)
        assert ended.status in (-signal.SIGALRM, 0)
        (answer,) = helpdesk("ask", "房租能减吗", "--json").lines
        assert answer["release"] in (1, 2)
        assert {clause["source"] for clause in answer["clauses"]} <= {NOTICE.stem, *map(str, range(20))}
    ran = helpdesk("reload", policy_dir=policy_dir)
    assert ran.status == 0
    assert "Release 2 is in force: 21 policies, 31 clauses." in ran.out or "release 2 stays in force" in ran.out
