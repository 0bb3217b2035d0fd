"""Time and memory over the 599 notices: generous limits, which say that nothing went badly wrong, on however busy a machine.

What they are when nothing else runs, the benchmarks tell.
"""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from command_fixtures import environment
from conftest import slow

from knowledge.helpdesk import Config, Helpdesk
from knowledge.measures import read_questions

pytestmark = slow

# Prints the highest memory the process took: resource.getrusage would tell that of the process it was forked from, too.
_RELOAD = """
import re, sys
from pathlib import Path
from bot.main import main
sys.argv[1:] = ["reload"]
try:
    main()
finally:
    status = Path("/proc/self/status")
    print("peak", re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1] if status.exists() else 0)
"""


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What a reload said, and what it took: seconds by the clock, and memory in MiB at its highest (0: not known)."""

    out: str
    seconds: float
    memory: float


@pytest.fixture(scope="module")
def folder(evaluation: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The 599 notices, where they can be changed."""
    return Path(shutil.copytree(evaluation / "policies", tmp_path_factory.mktemp("time") / "policies"))


@pytest.fixture(scope="module")
def data(folder: Path) -> Path:
    return folder.with_name("data")


@pytest.fixture(scope="module")
def reload(folder: Path, data: Path) -> Callable[[], Reloaded]:
    def run() -> Reloaded:
        began = time.perf_counter()
        command = [sys.executable, "-c", _RELOAD]
        given = environment(data, {"policy_dir": folder})
        ran = subprocess.run(command, env=given, capture_output=True, text=True, timeout=300, check=True)
        seconds = time.perf_counter() - began
        out, _, peak = ran.stdout.rpartition("peak ")
        return Reloaded(out, seconds, int(peak) / 1024)

    return run


@pytest.fixture(scope="module")
def published(reload: Callable[[], Reloaded]) -> Reloaded:
    return reload()


def test_a_reload_from_nothing(published: Reloaded) -> None:
    assert re.search(r"Release 1 is in force: 599 policies, \d{4} clauses\.", published.out)
    assert published.seconds < 180
    assert published.memory < 400


async def test_answers(published: Reloaded, folder: Path, data: Path, evaluation: Path) -> None:
    questions = read_questions(evaluation / "policies-dev.jsonl")[:100]
    async with Helpdesk.open(Config(f"sqlite:///{data}/helpdesk.db", data, folder)) as helpdesk:
        for question in questions[:20]:
            helpdesk.ask(question.turns[-1])
        taken = sorted(helpdesk.ask(question.turns[-1]).elapsed_ms for question in questions)
    assert statistics.median(taken) < 60
    assert taken[int(len(taken) * 0.95)] < 250


def test_a_reload_with_one_file_changed(published: Reloaded, folder: Path, reload: Callable[[], Reloaded]) -> None:
    file = min(folder.iterdir())
    file.write_text(f"{file.read_text('utf-8')}\n九十九、本通知由市政府负责解释。", "utf-8")
    again = reload()
    assert "Policies: 0 added, 1 changed, 0 gone, 598 unchanged." in again.out
    assert "Release 2 is in force: 599 policies" in again.out
    assert again.seconds < 60
    assert again.memory < 400
