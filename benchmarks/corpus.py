"""What is measured on: notices, the questions asked of them, and the index of each, made anew by the project's own build."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge import indexing, segment, sound
from knowledge.folder import read_folder
from knowledge.helpdesk import POLICIES
from knowledge.index import ClauseIndex
from knowledge.measures import Asked, read_questions
from knowledge.model import Clause, Policy
from knowledge.normalise import normalise
from knowledge.regions import places
from knowledge.validation import QuestionSet

ROOT = Path(__file__).resolve().parent.parent
EVAL = ROOT.parent / "shared" / "eval"
"""Where the development questions lie beside the project; they are read in place and never copied."""
EVERYDAY, COLLOQUIAL = (ROOT / "benchmarks" / "questions" / f"{name}.jsonl" for name in ("everyday", "colloquial"))
NOTICE, NOTICES = "the Hunan notice", "the 599 notices"
_MAX_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Passage:
    """A clause as every engine gets it: the clause and the title of its notice."""

    clause: Clause
    title: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """Notices, and the question sets (by name) that are asked of them."""

    name: str
    policies: tuple[Policy, ...]
    sets: Mapping[str, Sequence[Asked]]

    @property
    def passages(self) -> list[Passage]:
        """Every clause with its notice's title, in the order of the notices."""
        return [Passage(clause, policy.metadata.title) for policy in self.policies for clause in policy.clauses]

    def index(self, folder: Path) -> ClauseIndex:
        """The project's index of the notices, built in ``folder`` (where nothing may lie yet) and opened."""
        held = {policy.policy_id: policy for policy in self.policies}
        wanted = {name: policy.digest for name, policy in held.items()}
        indexing.build(folder, wanted, lambda names: (held[name] for name in names))
        return ClauseIndex(folder)

    def question_sets(self, index: ClauseIndex) -> list[QuestionSet]:
        """The question sets as ``validation`` wants them, on ``index``."""
        return [QuestionSet(name, questions, index) for name, questions in self.sets.items()]


def corpora(evaluation: Path = EVAL, limit: int | None = None) -> list[Corpus]:
    """What there is to measure on: the notice that ships, and the 599 where they lie in ``evaluation``.

    What is missing is said on standard error. ``limit`` keeps only so many questions of each set.
    """
    notice = {"owners-dev": evaluation / "owners-dev.jsonl", "everyday": EVERYDAY, "colloquial": COLLOQUIAL}
    notices = {name: evaluation / f"{name}.jsonl" for name in ("policies-dev", "policies-elsewhere-dev")}
    found = [Corpus(NOTICE, read_policies(POLICIES), _present(notice, limit))]
    if sets := _present(notices, limit):
        found.append(Corpus(NOTICES, read_policies(evaluation / "policies"), sets))
    return found


def read_policies(folder: Path) -> tuple[Policy, ...]:
    """The notices of a folder. Raises NothingToPublishError where there are none."""
    return read_folder(folder, {}, max_bytes=_MAX_BYTES).read


def forget_texts() -> None:
    """Empty the caches that would let one engine profit from another's analysis of the same text."""
    for cached in (normalise, segment.cut, segment.placed, places):
        cached.cache_clear()


def forget_vocabulary() -> None:
    """Empty what is kept of single words, as in a process that has just begun."""
    for cached in (sound.key, sound.syllables, segment.commonness):
        cached.cache_clear()


def _present(paths: Mapping[str, Path], limit: int | None) -> dict[str, list[Asked]]:
    found = {}
    for name, path in paths.items():
        if path.exists():
            found[name] = read_questions(path)[:limit]
        else:
            print(f"Left out: {name}, for there is no {path.name} in {path.parent}.", file=sys.stderr)
    return found
