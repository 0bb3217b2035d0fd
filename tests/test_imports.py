"""Imports run one way, bot → handlers → knowledge, and the library knows no Telegram, no HTTP and no terminal."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

MAY_IMPORT = {
    "knowledge": {"knowledge"},
    "handlers": {"knowledge", "handlers"},
    "bot": {"knowledge", "handlers", "bot"},
}
OURS = set(MAY_IMPORT)

TELEGRAM = {"telegram"}
HTTP = {
    "fastapi",
    "starlette",
    "uvicorn",
    "jinja2",
    "httpx",
    "httpcore",
    "h11",
    "requests",
    "aiohttp",
    "http",
    "urllib3",
    "websockets",
}
TERMINAL = {"typer", "click", "rich", "argparse", "curses", "readline", "getpass", "termios", "tty"}


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """The line and the full name of every module that a file imports, inside functions too."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            yield node.lineno, ".".join([*above, *([node.module] if node.module else [])])


def files(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def against(package: str, refused: set[str]) -> list[str]:
    """Every import in ``package`` of one of the ``refused`` modules."""
    return [
        f"{path.relative_to(ROOT)}, line {line}: {name}"
        for path in files(package)
        for line, name in imported(path)
        if name.partition(".")[0] in refused
    ]


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_run_one_way(package: str) -> None:
    assert len(files(package)) > 2
    assert against(package, OURS - MAY_IMPORT[package]) == []


@pytest.mark.parametrize("refused", [TELEGRAM, HTTP, TERMINAL], ids=["telegram", "http", "terminal"])
def test_the_library_knows_none_of(refused: set[str]) -> None:
    assert against("knowledge", refused) == []


def test_handlers_leave_the_terminal_to_the_bot() -> None:
    assert against("handlers", TERMINAL) == []


def test_the_packages_are_those_that_are_built() -> None:
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks", "tools"}
    assert found == OURS


def test_late_imports_are_seen() -> None:
    found = {name for _, name in imported(ROOT / "knowledge" / "readers" / "__init__.py")}
    assert "knowledge.readers.pdf" in found, "an import inside a function"
