"""The launcher, run for real on a project of three files that needs nothing from the network."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ROOT, slow

pytestmark = slow

PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "tiny"
version = "0"
"""

# The least that pip takes for an editable install: a wheel with one path and one command.
BACKEND = """\
import zipfile
from pathlib import Path

INFO = "tiny-0.dist-info/"
FILES = {
    "tiny.pth": str(Path(__file__).parent),
    INFO + "METADATA": "Metadata-Version: 2.1\\nName: tiny\\nVersion: 0\\n",
    INFO + "WHEEL": "Wheel-Version: 1.0\\nGenerator: tiny\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    INFO + "entry_points.txt": "[console_scripts]\\nhelpdesk = tiny:main\\n",
}

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = "tiny-0-py3-none-any.whl"
    with zipfile.ZipFile(Path(wheel_directory) / name, "w") as wheel:
        for path, text in FILES.items():
            wheel.writestr(path, text)
        wheel.writestr(INFO + "RECORD", "".join(f"{path},,\\n" for path in [*FILES, INFO + "RECORD"]))
    return name
"""

COMMAND = """\
import os, sys

def main():
    print(os.getcwd(), sys.argv[1:])

if __name__ == "__main__":
    main()
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the launcher gave."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with the launcher and what it sets up; ``caller`` is where it is called from."""

    folder: Path
    caller: Path
    environment: dict[str, str]

    def start(
        self, *arguments: str, through: Path | None = None, changed: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(through or self.folder / "helpdesk"), *arguments],
            cwd=self.caller,
            env={**self.environment, **(changed or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, through: Path | None = None, changed: Mapping[str, str] | None = None) -> Run:
        return ended(self.start(*arguments, through=through, changed=changed))

    def line(self, *arguments: str) -> str:
        """What the project's command prints when it is given ``arguments``."""
        return f"{self.caller} {list(arguments)}\n"


def ended(process: subprocess.Popen[str]) -> Run:
    out, err = process.communicate(timeout=120)
    return Run(process.returncode, out, err)


def make(folder: Path) -> Project:
    project, caller, without = folder / "a folder", folder / "elsewhere", folder / "without"
    for path in (project, caller, without):
        path.mkdir(parents=True)
    shutil.copy(ROOT / "helpdesk", project)
    files = {"pyproject.toml": PYPROJECT, "backend.py": BACKEND, "tiny.py": COMMAND, "pytest.py": COMMAND}
    for name in ("requirements.txt", "requirements-build.txt", "requirements-dev.txt"):
        files[name] = "--only-binary :all:\n"
    for name, text in files.items():
        (project / name).write_text(text, encoding="utf-8")
    # What lies in the caller's folder must not be taken for the modules that the set-up uses.
    for name in ("venv", "pip", "ensurepip", "random"):
        (caller / f"{name}.py").write_text("raise SystemExit('the wrong module')\n", encoding="utf-8")
    for name in ("ensurepip", "pip"):
        (without / name).mkdir()
        (without / name / f"{name}.py").write_text(f"raise ImportError('no {name}')\n", encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "PYTHON"))}
    # As on a person's machine that has been told other things; none of it may reach the set-up.
    environment |= {"PIP_TARGET": str(folder / "target"), "PIP_USER": "1", "PIP_CONSTRAINT": str(folder / "nowhere")}
    return Project(project, caller, environment)


def lacking(project: Project, *modules: str) -> dict[str, str]:
    """The variable that makes Python do without ``modules``, as Debian's does without its own packages for them."""
    return {"PYTHONPATH": os.pathsep.join(str(project.folder.parent / "without" / module) for module in modules)}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, list[Run]]:
    """A project that was set up by two runs begun at once, and what each gave.

    Without ensurepip, which takes seconds, unless no Python here has a pip that can stand in for it.
    """
    project = make(tmp_path_factory.mktemp("launcher"))
    for changed in (lacking(project, "ensurepip"), {}):
        project = Project(project.folder, project.caller, {**project.environment, "PYTHONPATH": "", **changed})
        both = [project.start("ask", "电费 交不上"), project.start("ask", "电费 交不上")]
        runs = [ended(process) for process in both]
        if not any("has neither ensurepip nor pip" in run.err for run in runs):
            break
    return project, runs


@pytest.fixture
def project(pair: tuple[Project, list[Run]]) -> Project:
    return pair[0]


def test_two_begun_at_once_set_up_once(pair: tuple[Project, list[Run]]) -> None:
    project, runs = pair
    for run in runs:
        assert (run.code, run.out) == (0, project.line("ask", "电费 交不上")), run.err
    said = sorted(line for run in runs for line in run.err.splitlines())
    assert [line for line in said if line.startswith("helpdesk: setting up ")] == said[:1]
    assert said[1:] in ([], ["helpdesk: waiting for another set-up of this folder to end ..."])
    assert not (project.folder.parent / "target").exists()


# The working directory, the arguments and the way to the script are the caller's affair.
@pytest.mark.parametrize("arguments", [(), ("--help",), ("a b", "", "*", "'", "--", "$HOME")])
def test_passes_arguments_on(project: Project, arguments: tuple[str, ...]) -> None:
    assert project.run(*arguments) == Run(0, project.line(*arguments), "")


def test_runs_through_links(project: Project) -> None:
    (project.caller / "bin").mkdir()
    (project.caller / "bin" / "first").symlink_to("../second")
    (project.caller / "second").symlink_to(project.folder / "helpdesk")
    assert project.run("x", through=project.caller / "bin" / "first") == Run(0, project.line("x"), "")


def test_follows_the_requirements_and_survives_a_failure(project: Project) -> None:
    requirements = project.folder / "requirements.txt"
    before = requirements.read_text(encoding="utf-8")

    # one that cannot be met leaves what was there
    requirements.write_text(before + f"--no-index\nabsent==1 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    failed = project.run("x")
    assert (failed.code, failed.out) == (1, "")
    assert "No matching distribution found for absent==1" in failed.err
    assert failed.err.splitlines()[-1].startswith("helpdesk: a package was not found, ")
    requirements.write_text(before, encoding="utf-8")
    assert project.run("x") == Run(0, project.line("x"), "")

    # one that can is installed at once, with what the tests need where these are asked for; they run in the project
    requirements.write_text(before + "# changed\n", encoding="utf-8")
    changed = project.run("test", "-k", "a b")
    assert (changed.code, changed.out) == (0, f"{project.folder} ['-k', 'a b']\n")
    assert changed.err == f"helpdesk: bringing {project.folder}/.venv up to date ...\n"
    assert project.run("x") == Run(0, project.line("x"), "")
    assert project.run("test") == Run(0, f"{project.folder} []\n", "")


def test_begins_anew_in_a_copied_folder_and_after_being_killed(project: Project) -> None:
    # The scripts in a copied .venv still name the folder that they were copied from.
    copy = Project(project.folder.with_name("b folder"), project.caller, project.environment)
    shutil.copytree(project.folder, copy.folder, symlinks=True)
    (copy.folder / "tiny.py").write_text(COMMAND.replace("print(", "print('copy', "), encoding="utf-8")
    killed = copy.start("x")
    state = copy.folder / ".venv" / "helpdesk.state"
    while not state.exists() or state.read_text(encoding="utf-8") != "unfinished\n":
        assert killed.poll() is None
        time.sleep(0.01)
    os.killpg(killed.pid, signal.SIGKILL)
    assert ended(killed).out == ""
    (copy.folder / ".venv" / "bin").mkdir(exist_ok=True)
    (copy.folder / ".venv" / "bin" / "python").unlink(missing_ok=True)
    (copy.folder / ".venv" / "bin" / "python").write_text("half a file", encoding="utf-8")

    again = copy.run("x")
    assert (again.code, again.out) == (0, "copy " + project.line("x")), again.err
    assert again.err.startswith(f"helpdesk: setting up {copy.folder}/.venv with Python 3.")
    assert copy.run("x") == Run(0, "copy " + project.line("x"), "")


# Where nothing can be set up, one line says what is missing.
def test_says_what_is_missing(tmp_path: Path) -> None:
    project = make(tmp_path)
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("sh", "dirname", "readlink", "cat", "cksum", "grep", "mkdir"):
        (tools / tool).symlink_to(shutil.which(tool) or "absent")

    cases = [
        ({"PATH": str(tools)}, "helpdesk: no Python 3.11 or later "),
        (
            lacking(project, "ensurepip", "pip"),
            "helpdesk: python3 has neither ensurepip nor pip 22.3 or newer: ",
        ),
    ]
    for environment, beginning in cases:
        run = project.run("x", changed=environment)
        assert (run.code, run.out, run.err.count("\n")) == (1, "", 1), run.err
        assert run.err.startswith(beginning)
        assert not (project.folder / ".venv").exists()
