"""What a fresh process takes to build an index and to answer from it: time by the clock and by the processor, and memory."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

from benchmarks.corpus import read_policies
from benchmarks.recombined import Recombined
from knowledge import indexing, segment, weights
from knowledge.answerer import Answerer
from knowledge.index import ClauseIndex
from knowledge.measures import read_questions

P = ParamSpec("P")
T = TypeVar("T")
_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of a process in MB (10⁶ bytes): the highest it was, and what of it now is its own and what mapped from files.

    What is mapped from files is the system's to take back when memory is short. All 0 where the system does not tell.
    """

    peak: float
    own: float
    mapped: float

    @classmethod
    def now(cls) -> Memory:
        """Of this process, by /proc/self/status."""
        if not _STATUS.exists():
            return cls(0.0, 0.0, 0.0)
        told = dict(re.findall(r"^(\w+):\s+(\d+) kB$", _STATUS.read_text("ascii"), re.MULTILINE))
        return cls(*(int(told[name]) * 1024 / 1e6 for name in ("VmHWM", "RssAnon", "RssFile")))


@dataclass(frozen=True, slots=True)
class Built:
    """An index made: seconds by the clock and by the processor, its size on disk in MB (10⁶ bytes), and the maker's memory."""

    seconds: float
    processor_seconds: float
    size: float
    memory: Memory


@dataclass(frozen=True, slots=True)
class Answered:
    """Milliseconds of each answer by the clock and by the processor (all threads), and the memory at the end."""

    elapsed: tuple[float, ...]
    processor: tuple[float, ...]
    memory: Memory


def alone(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of ``function`` in a process of its own that has done nothing before."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *args, **kwargs).result()


def build(folder: Path, notices: Path, clauses: int) -> Built:
    """Index ``clauses`` clauses recombined from the notices of a folder."""
    segment.keep_dictionary_in(folder.parent)
    segment.words("预热")
    recombined = Recombined(read_policies(notices), clauses)
    began, worked = time.perf_counter(), time.process_time()
    indexing.build(folder, recombined.wanted, recombined.load)
    seconds, processor_seconds = time.perf_counter() - began, time.process_time() - worked
    size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    return Built(seconds, processor_seconds, size, Memory.now())


def answer(folder: Path, questions: Path, asked: int) -> Answered:
    """Answer ``asked`` questions of a set from the index in ``folder``, after as many others that only warm up.

    The index is read through first: what is measured is not the disk.
    """
    for path in folder.iterdir():
        with path.open("rb") as file:
            while file.read(1 << 20):
                pass
    segment.keep_dictionary_in(folder.parent)
    answerer = Answerer(ClauseIndex(folder), weights.shipped(), 0)
    turns = [question.turns for question in read_questions(questions)]
    # Where the set is too small for both, the same questions serve to warm up.
    for one in turns[-asked:]:
        answerer.answer(one)
    elapsed, processor = [], []
    for one in turns[:asked]:
        worked, began = time.process_time(), time.perf_counter()
        answerer.answer(one)
        elapsed.append((time.perf_counter() - began) * 1000)
        processor.append((time.process_time() - worked) * 1000)
    return Answered(tuple(elapsed), tuple(processor), Memory.now())
