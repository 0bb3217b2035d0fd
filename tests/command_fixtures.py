"""The command line as users run it: real processes, each forked from one that has loaded the libraries already.

A process that starts from nothing takes two or three seconds; one of these a tenth of one. ``started`` and ``on_terminal``
start some from nothing all the same.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TIMEOUT = 60
"""Seconds after which a command that does not end is killed."""
SCRIPT = Path(sys.executable).with_name("helpdesk")
COMMAND = [str(SCRIPT)] if SCRIPT.exists() else [sys.executable, "-m", "bot.main"]

# Run by a process of its own. What prints is not loaded before the fork: it looks at where output goes when it is loaded.
_TEMPLATE = """
import gc, json, os, signal, sys
from pathlib import Path
import alembic.command, rich.progress, rich.table, sqlalchemy.ext.asyncio, typer
import bot.main, bot.settings, handlers.texts, handlers.web.entrance, knowledge.helpdesk, knowledge.validation
from knowledge import segment, sound, thesaurus, weights
from knowledge.normalise import normalise
segment.keep_dictionary_in(Path(sys.argv[1]))
segment.words(normalise("預熱"))
sound.key("预热"), sound.inventory(), thesaurus.shipped(), weights.shipped()
# Nothing of this is looked at again, which would copy it into every child.
gc.freeze()
print("ready", flush=True)
while order := sys.stdin.readline():
    order = json.loads(order)
    child = os.fork()
    if not child:
        signal.setitimer(signal.ITIMER_REAL, order["timeout"])
        os.environ.clear()
        os.environ.update(order["environment"])
        os.chdir(order["folder"])
        for number, path in enumerate(order["streams"]):
            opened = os.open(path, os.O_WRONLY | os.O_APPEND if number else os.O_RDONLY)
            os.dup2(opened, number)
            os.close(opened)
        sys.argv = ["helpdesk", *order["arguments"]]
        break
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
else:
    sys.exit()
try:
    bot.main.main()
except SystemExit as end:
    sys.stdout.flush()
    sys.stderr.flush()
    # Taking the interpreter down would copy all that was loaded, once more.
    os._exit(end.code or 0)
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended: its exit status (negative: the signal that killed it) and what it printed."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Standard output as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def error(self) -> str:
        """The one line of an error on standard error, after a look that it is one and no traceback."""
        assert self.err.startswith("helpdesk: "), self.err
        assert self.err.endswith("\n")
        assert self.err.count("\n") == 1, self.err
        return self.err.removeprefix("helpdesk: ").strip()


class Commands:
    """Runs ``helpdesk`` with its data in ``data``, in an empty folder; further settings as keyword arguments."""

    def __init__(self, folder: Path) -> None:
        self._template = _template()
        self._folder = folder
        self._count = 0
        self.data = folder / "data"
        (folder / "started-in").mkdir()

    def __call__(self, *arguments: str | Path, **given: Any) -> Ran:
        """Run a command to its end; ``given`` as for ``start``."""
        self.start(*arguments, **given)
        return self.end()

    def start(
        self,
        *arguments: str | Path,
        stdin: str = "",
        out: Path | None = None,
        timeout: float = TIMEOUT,
        **settings: object,
    ) -> None:
        """Start a command; ``end`` waits for it.

        ``out`` is where standard output goes instead of into the result. After ``timeout`` seconds the system ends the
        process, by SIGALRM: nothing in it is asked, as with SIGKILL.
        """
        self._count += 1
        streams = [self._folder / f"{self._count}.{name}" for name in ("in", "out", "err")]
        for path, text in zip(streams, (stdin, "", ""), strict=True):
            path.write_text(text, "utf-8")
        self._streams = [streams[0], out or streams[1], streams[2]]
        self._template.start(
            arguments=list(map(str, arguments)),
            environment=environment(self.data, settings),
            folder=str(self._folder / "started-in"),
            streams=list(map(str, self._streams)),
            timeout=timeout,
        )

    def end(self) -> Ran:
        """Wait for the command started last."""
        status = self._template.end()
        _, out, err = self._streams
        return Ran(status, out.read_text("utf-8") if out.is_file() else "", err.read_text("utf-8"))


class Template:
    """The process that commands are forked from."""

    def __init__(self, folder: Path) -> None:
        arguments = [sys.executable, "-c", _TEMPLATE, str(folder)]
        # One thread: fitting small matrices on several waits more than it computes.
        environ = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(arguments, stdin=pipe, stdout=pipe, text=True, cwd=folder, env=environ)
        assert self._line() == "ready"

    def start(self, **order: object) -> None:
        assert self._process.stdin
        print(json.dumps(order), file=self._process.stdin, flush=True)

    def end(self) -> int:
        return int(self._line())

    def stop(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(TIMEOUT)
        self._process.stdout.close()

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


@cache
def _template() -> Template:
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = Template(folder)
    atexit.register(made.stop)
    return made


@cache
def _published() -> Path:
    """A data folder in which the notice that ships is published; made once, copied for each test."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    helpdesk = Commands(folder)
    assert helpdesk("ask", "电费").status == 0
    return helpdesk.data


def published(folder: Path) -> Commands:
    """Commands on a data folder of their own, in which the notice that ships is published."""
    data = _published()
    commands = Commands(folder)
    shutil.copytree(data, commands.data)
    return commands


def environment(data: Path, settings: Mapping[str, object]) -> dict[str, str]:
    """The environment of a command: ``settings`` by their names in lower case, without the prefix."""
    own = {name: value for name, value in os.environ.items() if name not in {"FORCE_COLOR", "NO_COLOR", "COLUMNS"}}
    given = {f"HELPDESK_{name.upper()}": str(value) for name, value in settings.items()}
    return {**own, "TERM": "xterm-256color", "HELPDESK_DATA_DIR": str(data), **given}


def started(*arguments: str | Path, data: Path, **settings: object) -> subprocess.Popen[str]:
    """A command started from nothing, with pipes to all its streams."""
    pipe = subprocess.PIPE
    command = [*COMMAND, *map(str, arguments)]
    environ = environment(data, settings)
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environ, cwd=data.parent)


def on_terminal(*arguments: str | Path, data: Path, interrupt: str = "", **settings: object) -> tuple[int, str]:
    """A command started from nothing on a terminal: its exit status and all it wrote there.

    Ctrl-C is pressed once ``interrupt`` has been written, where that is not "".
    """
    ours, theirs = os.openpty()
    command = [*COMMAND, *map(str, arguments)]
    environ = environment(data, settings)
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environ, cwd=data.parent)
    os.close(theirs)
    written = b""
    while select.select([ours], [], [], TIMEOUT)[0]:
        try:
            read = os.read(ours, 65536)
        except OSError:
            # So Linux says that the other side has closed the terminal.
            break
        written += read
        if interrupt and interrupt.encode() in written:
            process.send_signal(signal.SIGINT)
            interrupt = ""
    os.close(ours)
    return process.wait(TIMEOUT), written.decode("utf-8", "replace")
