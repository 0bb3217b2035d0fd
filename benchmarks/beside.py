"""The notice that ships among the notices of everywhere: how often what is asked from Hunan is answered by Hunan's own notice.

    python -m benchmarks.beside [--eval ../shared/eval] [--limit N] [--docs docs]

The owners' questions to that notice are asked of an index of it and the 599 notices of early 2020 together: as they are, and with
the place that they are asked from known (HELPDESK_REGION). Weights are those that ship; with the 599 they were not fitted on
these questions.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import corpus, report
from benchmarks.corpus import Corpus
from knowledge import segment
from knowledge.answer import Answer
from knowledge.answerer import Answerer
from knowledge.config import POLICIES
from knowledge.index import ClauseIndex
from knowledge.measures import Asked, is_right, read_questions
from knowledge.model import Policy
from knowledge.weights import shipped

REGION = "湖南"
LIBRARIES = ("tantivy", "jieba", "numpy", "rapidfuzz")
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Asking:
    """The answers to some questions, each beside its question; ``own`` is the id of the notice they were written to."""

    answers: Sequence[tuple[Asked, Answer]]
    own: str

    def table_row(self, name: str) -> list[str]:
        """How many questions, and the shares by which they come out."""
        answerable = [(asked, answer) for asked, answer in self.answers if asked.answerable]
        others = [answer for asked, answer in self.answers if not asked.answerable]
        own = [a.citations[0].policy_id == self.own for _, a in answerable if a.citations]
        right = [self._right(asked, answer, 1) for asked, answer in answerable]
        five = [self._right(asked, answer, 5) for asked, answer in answerable]
        astray = [
            answer.decision == "answer" and not first for (_, answer), first in zip(answerable, right, strict=True)
        ]
        refused = [answer.decision == "refuse" for answer in others]
        shares = [_mean(values) for values in (own, right, five, astray, refused)]
        return [name, str(len(answerable)), *map(report.share, shares)]

    def _right(self, asked: Asked, answer: Answer, among: int) -> bool:
        cited = [c for c in answer.citations[:among] if c.policy_id == self.own]
        return any(is_right(asked, c.clause.source, c.clause.number, c.clause.text) for c in cited)

    def others_first(self) -> list[tuple[str, int]]:
        """The notices that stand first in place of the own one, and for how many questions, most frequent first."""
        first = [answer.citations[0] for asked, answer in self.answers if asked.answerable and answer.citations]
        titles = Counter(c.metadata.title for c in first if c.policy_id != self.own)
        return sorted(titles.items(), key=lambda one: (-one[1], one[0]))


def ask(index: ClauseIndex, questions: Sequence[Asked], own: str, region: str) -> Asking:
    """The questions asked from ``region`` ("": that is not known)."""
    answerer = Answerer(index, shipped(), 0, region=region)
    return Asking([(asked, answerer.answer(asked.turns)) for asked in questions], own)


def beside(questions: Sequence[Asked], others: Sequence[Policy], work: Path) -> dict[str, Asking]:
    """The answers to questions to the notice that ships, by way of asking; indexes are made in ``work``."""
    notice = corpus.read_policies(POLICIES)
    own = notice[0].policy_id
    alone = Corpus("alone", notice, {}).index(work / "alone")
    together = Corpus("together", (*notice, *others), {}).index(work / "together")
    among = f"{len(others)} others beside it"
    return {
        "the notice alone": ask(alone, questions, own, ""),
        among: ask(together, questions, own, ""),
        f"{among}, asked from {REGION}": ask(together, questions, own, REGION),
    }


def markdown(results: Mapping[str, Asking]) -> str:
    """The table, and what stands first where the own notice does not."""
    columns = ("", "answerable", "own notice first", "right clause first", "among five", "misled", "rightly refused")
    lines = [
        "## The notice that ships among others",
        "",
        report.table(columns, [a.table_row(n) for n, a in results.items()]),
    ]
    name, last = list(results.items())[-1]
    told = last.others_first()
    lines += ["", f"What stands first otherwise ({name}), by notice:", ""]
    lines += [f"- {title} ({count})" for title, count in told[:_SHOWN]]
    if told[_SHOWN:]:
        lines.append(f"- {len(told) - _SHOWN} more notices ({sum(count for _, count in told[_SHOWN:])})")
    lines += [
        "",
        "Right is the clause of the own notice that the question was written to; another notice's clause may answer as well and "
        "counts as wrong here, and what only another notice answers counts against *rightly refused*.",
    ]
    return "\n".join(lines)


def _mean(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.beside", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--eval", type=Path, default=corpus.EVAL, help="the folder of the development questions")
    parser.add_argument("--limit", type=int, help="ask only the first N questions")
    parser.add_argument("--docs", type=Path, default=report.DOCS, help="where benchmarks.md is kept")
    given = parser.parse_args(arguments)
    if not (given.eval / "policies").is_dir():
        parser.exit(1, f"There are no notices in {given.eval}.\n")
    questions = read_questions(given.eval / "owners-dev.jsonl")[: given.limit]
    others = corpus.read_policies(given.eval / "policies")
    with tempfile.TemporaryDirectory() as work:
        segment.keep_dictionary_in(Path(work))
        results = beside(questions, others, Path(work))
    command = "python -m benchmarks.beside" + (f" --limit {given.limit}" if given.limit else "")
    text = "\n\n".join([markdown(results), report.measured(command, LIBRARIES)])
    report.keep(given.docs, "beside", text)
    print(text)


if __name__ == "__main__":
    main()
