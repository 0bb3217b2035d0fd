"""What the library has to be told: where things are kept and found, and whom to tell of progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

POLICIES = Path(__file__).parent / "policies"
"""The folder of the notice that ships."""

Progress = Callable[[str, int, int], None]
"""Called with what is being done ("read", "index"), how much of it is done and how much there is."""


@dataclass(frozen=True, slots=True)
class Config:
    """Where the helpdesk keeps and finds things. ``max_file_bytes`` is the largest policy file that is read.

    ``thesaurus`` is the file that says what people's words stand for; None: the one that ships. ``region`` is the place that
    people ask from, where a question names none ("湖南"); "" where that is not known.
    """

    database_url: str
    data_dir: Path
    policy_dir: Path = POLICIES
    max_file_bytes: int = 20_000_000
    thesaurus: Path | None = None
    region: str = ""


def no_progress(_what: str, _done: int, _total: int) -> None:
    """The ``Progress`` of those who tell nobody."""
