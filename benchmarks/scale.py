"""Time and memory as the knowledge base grows: clauses recombined from sentences of the 599 notices, indexed and asked.

    python -m benchmarks.scale [11000 100000 1000000] [--eval ../shared/eval] [--work FOLDER] [--docs docs]

Every index is built, and asked, in a process of its own. A million clauses take about three quarters of an hour and 7 GB of disk.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchmarks import corpus, report
from benchmarks.process import Answered, Built, alone, answer, build
from knowledge.helpdesk import POLICIES
from knowledge.index import VERSION

SIZES = (11_000, 100_000)
TARGETS = {11_000: "≤ 3 / ≤ 8 ms", 100_000: "p95 ≤ 10 ms, ≤ 700 MB", 1_000_000: "p95 ≤ 30 ms, ≤ 1.5 GB"}
LIBRARIES = ("tantivy", "jieba", "numpy", "rapidfuzz")
_ASKED = 300
_TOLD = (
    "Time of {asked} answers, after others that warm up, by the clock (`time.perf_counter`) and by the processor "
    "(`time.process_time`, which other work on the machine disturbs less). The files of the index were read through before, so "
    "that they lie in the system's cache; where they do not fit there, a candidate that must be fetched from the disk adds the "
    "time of a read. Memory is that of a fresh process that "
    "opens the index and answers: its peak (VmHWM), and at the end what is its own (RssAnon) and what is mapped "
    "from the index's files and libraries (RssFile), which the system takes back when memory is short. MB are 10⁶ "
    "bytes. Sentences recur in recombined clauses, and their analysis is remembered: as many clauses of new text "
    "take longer to index."
)


@dataclass(frozen=True, slots=True)
class Step:
    """One size: the index made and the answers given."""

    clauses: int
    built: Built
    answered: Answered


def climb(sizes: Sequence[int], evaluation: Path, work: Path | None, asked: int = _ASKED) -> list[Step]:
    """Build and ask indexes of these sizes, one after the other. With ``work``, those built there before serve again."""
    notices, questions = evaluation / "policies", evaluation / "policies-dev.jsonl"
    if not notices.is_dir() or not questions.exists():
        print(f"There are no notices in {evaluation}: the one that ships is recombined.", file=sys.stderr)
        notices, questions = POLICIES, corpus.EVERYDAY
    steps = []
    for clauses in sizes:
        with tempfile.TemporaryDirectory() if work is None else nullcontext(work) as folder:
            place = Path(folder, f"{clauses}-{VERSION}-{_digest(notices)}")
            kept = place.with_suffix(".json")
            if not kept.exists():
                # What a run that was broken off left half made.
                shutil.rmtree(place, ignore_errors=True)
                print(f"{clauses} clauses: building", file=sys.stderr, flush=True)
                kept.write_bytes(msgspec.json.encode(alone(build, place, notices, clauses)))
            built = msgspec.json.decode(kept.read_bytes(), type=Built)
            print(f"{clauses} clauses: asking, after {built.seconds:.0f} s", file=sys.stderr, flush=True)
            steps.append(Step(clauses, built, alone(answer, place, questions, asked)))
    return steps


def _digest(folder: Path) -> str:
    """Tells one folder of notices from another by their names and sizes."""
    told = "".join(f"{path.name} {path.stat().st_size}\n" for path in sorted(folder.iterdir()))
    return hashlib.sha256(told.encode()).hexdigest()[:8]


def markdown(steps: Sequence[Step]) -> str:
    """The table, and what it means."""
    columns = (
        "clauses", "p50 ms", "p95 ms", "processor p50 ms", "processor p95 ms", "target", "peak memory MB", "at the end: own MB",
        "mapped from files MB", "index s", "processor s", "index MB", "peak while indexing MB",
    )  # fmt: skip
    rows = []
    for step in steps:
        built, answered = step.built, step.answered
        times = [
            report.milliseconds(report.percentile(values, part))
            for values in (answered.elapsed, answered.processor)
            for part in (0.5, 0.95)
        ]
        amounts = (
            answered.memory.peak, answered.memory.own, answered.memory.mapped, built.seconds, built.processor_seconds, built.size,
            built.memory.peak,
        )  # fmt: skip
        rows.append(
            [f"{step.clauses:,}", *times, TARGETS.get(step.clauses, ""), *(f"{amount:,.0f}" for amount in amounts)]
        )
    return "\n".join(
        [
            "## As the knowledge base grows",
            "",
            report.table(columns, rows),
            "",
            _TOLD.format(asked=len(steps[0].answered.elapsed)),
        ]
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("sizes", type=int, nargs="*", default=SIZES, help="numbers of clauses")
    parser.add_argument("--eval", type=Path, default=corpus.EVAL, help="the folder of the development questions")
    parser.add_argument("--asked", type=int, default=_ASKED, help="how many questions are timed")
    parser.add_argument("--work", type=Path, help="where the indexes are kept, to be asked again")
    parser.add_argument("--docs", type=Path, default=report.DOCS, help="where benchmarks.md is kept")
    given = parser.parse_args(arguments)
    steps = climb(given.sizes, given.eval, given.work, given.asked)
    command = "python -m benchmarks.scale " + " ".join(map(str, given.sizes))
    text = "\n\n".join([markdown(steps), report.measured(command, LIBRARIES)])
    report.keep(given.docs, "scale", text)
    print(text)


if __name__ == "__main__":
    main()
