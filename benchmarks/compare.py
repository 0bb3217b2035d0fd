"""Quality and time of this project beside what people would use instead, on the same clauses in the same run.

    python -m benchmarks.compare [--eval ../shared/eval] [--limit N] [--docs docs]

Prints a Markdown table and keeps it, with a picture, under docs. What lies in the folder of development questions is read in
place; where it is absent, the project's own questions to the notice that ships are all there is.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks import corpus, engines, picture, report
from benchmarks.corpus import Corpus, forget_texts, forget_vocabulary
from benchmarks.engines import Engine, Project
from knowledge import segment, weights
from knowledge.measures import Asked, is_right
from knowledge.validation import Fitted, QuestionSet, fit_and_measure

PROJECT = "**policy helpdesk**"
SHIPPED = "policy helpdesk, weights as shipped (fitted on these very questions)"
LIBRARIES = ("rapidfuzz", "bm25s", "tantivy", "jieba", "numpy")
_TIMED = 150
_SEED = 20200224


@dataclass(frozen=True, slots=True)
class Row:
    """One engine on one question set. ``first`` and ``five`` are shares of the answerable questions; ``index_seconds`` is None
    where the row tells of an index that another row has."""

    engine: str
    first: float
    five: float
    median_ms: float
    p95_ms: float
    index_seconds: float | None


@dataclass(frozen=True, slots=True)
class Result:
    """All engines on one question set over one corpus, this project's rows first."""

    name: str
    corpus: str
    clauses: int
    questions: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Contender:
    """An engine ready to be asked, and the seconds its index took, analysis included."""

    name: str
    engine: Engine
    index_seconds: float


def compare(found: Sequence[Corpus], work: Path) -> tuple[list[Result], Fitted]:
    """Measure every engine on every set that has answers; indexes are made in ``work``."""
    sets: list[QuestionSet] = []
    measured: list[tuple[Corpus, str, list[Row]]] = []
    for number, one in enumerate(found):
        contenders = _contenders(one, work / str(number))
        project = contenders[0].engine
        assert isinstance(project, Project)
        sets += one.question_sets(project.index)
        for name, questions in one.sets.items():
            if asked := [q for q in questions if q.answerable]:
                _say(f"{name}: {len(asked)} questions, {len(contenders)} engines")
                measured.append((one, name, _measure(contenders, asked)))
    _say("this project by cross-validation")
    fitted = fit_and_measure(sets)
    results = []
    for one, name, rows in measured:
        held = fitted.measures[name]
        fair = Row(
            PROJECT,
            float(held["clause@1"]),
            float(held["clause@5"]),
            rows[0].median_ms,
            rows[0].p95_ms,
            rows[0].index_seconds,
        )
        asked_count = sum(q.answerable for q in one.sets[name])
        results.append(Result(name, one.name, len(one.passages), asked_count, (fair, *rows)))
    return results, fitted


def _contenders(one: Corpus, folder: Path) -> list[Contender]:
    passages = one.passages
    found = []
    made = {SHIPPED: lambda _: Project(one, folder, weights.shipped()), **engines.RIVALS}
    for name, make in made.items():
        _say(f"{one.name}: {name}")
        forget_texts()
        forget_vocabulary()
        began = time.perf_counter()
        engine = make(passages)
        found.append(Contender(name, engine, time.perf_counter() - began))
    return found


def _measure(contenders: Sequence[Contender], asked: Sequence[Asked]) -> list[Row]:
    """Ask everything of everyone once, to judge and to warm up; then some of it again, in turns, against the clock."""
    right: dict[str, list[list[bool]]] = {c.name: [] for c in contenders}
    judged: dict[tuple[str, str], bool] = {}
    for question in asked:
        for contender in contenders:
            hits = []
            for clause in contender.engine.search(question.turns)[:5]:
                key = question.id, clause.clause_id
                if key not in judged:
                    judged[key] = is_right(question, clause.source, clause.number, clause.text)
                hits.append(judged[key])
            right[contender.name].append(hits)
    times = _times(contenders, asked)
    return [
        Row(
            c.name,
            sum(any(hits[:1]) for hits in right[c.name]) / len(asked),
            sum(any(hits) for hits in right[c.name]) / len(asked),
            report.percentile(times[c.name], 0.5),
            report.percentile(times[c.name], 0.95),
            c.index_seconds,
        )
        for c in contenders
    ]


def _times(contenders: Sequence[Contender], asked: Sequence[Asked]) -> dict[str, list[float]]:
    """Elapsed milliseconds of each answer, by engine; each question goes round all engines before the next is asked."""
    sample = Random(_SEED).sample(list(asked), min(_TIMED, len(asked)))
    times: dict[str, list[float]] = {c.name: [] for c in contenders}
    for turn, question in enumerate(sample):
        # Each in turn is the first, so that none is always behind the slowest.
        at = turn % len(contenders)
        for contender in (*contenders[at:], *contenders[:at]):
            forget_texts()
            began = time.perf_counter()
            contender.engine.search(question.turns)
            times[contender.name].append((time.perf_counter() - began) * 1000)
    return times


def markdown(results: Sequence[Result], fitted: Fitted) -> str:
    """The tables, and what they mean."""
    parts = ["## Beside what people would use instead", ""]
    for result in results:
        rows = [
            [
                row.engine,
                report.share(row.first),
                report.share(row.five),
                report.milliseconds(row.median_ms),
                report.milliseconds(row.p95_ms),
                f"{row.index_seconds:.1f}" if row.index_seconds is not None else "",
            ]
            for row in result.rows
        ]
        columns = [
            f"{result.name}: {result.questions} questions, {result.clauses} clauses",
            "first right",
            "among five",
            "median ms",
            "p95 ms",
            "index s",
        ]
        parts += [report.table(columns, rows), ""]
    parts += [
        "The first row is by cross-validation: weights fitted on four fifths of the questions answer the fifth, and no notice is "
        "in both; its times are those of the row below. Every engine gets the same clauses, title and text in one, normalised and "
        "segmented by this project's functions, and gives its ten best. Times are elapsed times (`time.perf_counter`) in one "
        "process, warm, the engines taking turns at each question, each analysing it anew; those of this project include ranking, "
        "decision and quotation. Index times include the analysis of the clauses.",
        "",
        _decisions(fitted),
    ]
    return "\n".join(parts)


_DECISIONS = {
    "helped": "helped",
    "misled": "misled",
    "refused_rightly": "rightly refused",
    "auroc": "AUROC",
    "calibration_error": "calibration error",
    "evidence_rouge_l": "ROUGE-L of the evidence",
}


def _decisions(fitted: Fitted) -> str:
    held: dict[str, Mapping[str, float | str]] = {**fitted.measures, **fitted.together}
    rows = [
        [name, *(report.share(float(values[key])) if key in values else "" for key in _DECISIONS)]
        for name, values in held.items()
    ]
    return report.table(["decision and evidence, by cross-validation", *_DECISIONS.values()], rows)


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--eval", type=Path, default=corpus.EVAL, help="the folder of the development questions")
    parser.add_argument("--limit", type=int, help="ask only the first N questions of each set")
    parser.add_argument("--docs", type=Path, default=report.DOCS, help="where benchmarks.md and images/ are kept")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as work:
        segment.keep_dictionary_in(Path(work))
        # jieba's own start is nobody's index time.
        segment.words("预热")
        results, fitted = compare(corpus.corpora(given.eval, given.limit), Path(work))
    picture.draw(results, given.docs / "images" / picture.NAME)
    command = "python -m benchmarks.compare" + (f" --limit {given.limit}" if given.limit else "")
    image = f"![First clause right and time per answer, by engine](images/{picture.NAME})"
    text = "\n\n".join([markdown(results, fitted), image, report.measured(command, LIBRARIES)])
    report.keep(given.docs, "compare", text)
    print(text)


if __name__ == "__main__":
    main()
