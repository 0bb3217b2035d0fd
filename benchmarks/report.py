"""What a benchmark prints and keeps: Markdown tables, what they were measured on, and their sections in docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.corpus import ROOT

DOCS = ROOT / "docs"
_PAGE = "benchmarks.md"
_HEAD = """# Benchmarks

Each section is written by the command it names and replaced when that is run again; nothing below is written by hand.
Two more only print what they measure: `python -m benchmarks.search_as_you_type POLICIES QUESTIONS.jsonl`, the time from a key
pressed at the desk to its results, and `python benchmarks/telegram_bot.py POLICIES QUESTIONS.jsonl`, the updates that are
answered a second, beside a bot that only echoes.
"""


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table: the first column is set left, the others right."""
    rule = ["---", *["---:"] * (len(columns) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (columns, rule, *rows))


def measured(command: str, libraries: Sequence[str]) -> str:
    """A paragraph that says when, where and with what was measured. Call it right behind the measuring: it tells the load."""
    told = ", ".join(f"{name} {version(name)}" for name in libraries)
    load = f", load average {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    return (
        f"`{command}` on {datetime.now(UTC).date().isoformat()}: {os.cpu_count()} cores ({platform.machine()}{load}), "
        f"Python {platform.python_version()}, {told}."
    )


def keep(folder: Path, section: str, text: str) -> Path:
    """Put ``text`` in the page of ``folder`` as the section of this name, in place of what an earlier run put there."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / _PAGE
    held = page.read_text("utf-8") if page.exists() else _HEAD
    block = f"<!-- {section} -->\n\n{text.strip()}\n\n<!-- end of {section} -->"
    pattern = re.compile(f"<!-- {section} -->.*?<!-- end of {section} -->", re.DOTALL)
    written, count = pattern.subn(lambda _: block, held)
    page.write_text(written if count else f"{held.rstrip()}\n\n{block}\n", "utf-8")
    return page


def share(value: float) -> str:
    """A share of 0 to 1 with two places, as the issue's targets are written."""
    return f"{value:.2f}"


def milliseconds(value: float) -> str:
    """Milliseconds with about two significant figures."""
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which ``part`` (0 to 1) of ``values`` lie, without interpolation, as ``measures`` has it."""
    return sorted(values)[int(part * (len(values) - 1))]
