"""Small indexes for tests of searching and ranking."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from knowledge import segment
from knowledge.answerer import Answerer
from knowledge.index import ClauseIndex
from knowledge.indexing import build
from knowledge.parse import parse
from knowledge.readers import read_file
from knowledge.weights import shipped

NOTICE = next((Path(__file__).resolve().parent.parent / "knowledge" / "policies").glob("*.txt"))


def index_of(folder: Path, texts: Mapping[str, str]) -> ClauseIndex:
    """An index under ``folder`` of policies given as file name → text."""
    segment.keep_dictionary_in(folder)
    policies = {p.policy_id: p for name, text in texts.items() for p in [parse(name, text, name + text)[0]]}
    built = folder / "index" / "one"
    built.parent.mkdir(parents=True, exist_ok=True)
    build(built, {i: p.digest for i, p in policies.items()}, lambda ids: [policies[i] for i in ids])
    return ClauseIndex(built)


def notice_index(folder: Path) -> ClauseIndex:
    """An index of the Hunan notice alone."""
    return index_of(folder, {NOTICE.name: read_file(NOTICE).text})


def answerer_of(index: ClauseIndex) -> Answerer:
    """An answerer with the weights that ship."""
    return Answerer(index, shipped(), 1)
