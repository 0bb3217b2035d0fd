"""What each group of features is worth: it is left out, everything is fitted anew without it, and what is lost is told.

    python -m benchmarks.ablation [--groups NAME ...] [--eval ../shared/eval] [--limit N] [--docs docs]

By cross-validation, as in ``knowledge.validation``: no question is measured under weights that were fitted on it.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

from benchmarks import corpus, report
from benchmarks.corpus import Corpus
from knowledge import fitting, segment, validation
from knowledge.answerer import CANDIDATES, LEAST_SHARE, Answerer
from knowledge.features import NAMES, Weighed
from knowledge.filters import Filters
from knowledge.index import NO_FILTERS, ClauseIndex, Hit
from knowledge.question import Question
from knowledge.record import PolicyRecord
from knowledge.thesaurus import Thesaurus
from knowledge.validation import Fitted, fit_and_measure
from knowledge.weights import Weights

LIBRARIES = ("tantivy", "jieba", "numpy", "scipy", "rapidfuzz")


class Deaf(ClauseIndex):
    """An index that knows no sounds: no homophones, no accents, no pinyin."""

    def _sounding_like(self, key: str) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class Group:
    """What belongs together: features by a pattern of their names, and what a question is understood by."""

    pattern: str = "(?!)"
    asked: bool = False
    places: bool = False
    thesaurus: bool = False
    sound: bool = False

    @property
    def columns(self) -> list[int]:
        """The columns of the features in the matrix of candidates."""
        return [at for at, name in enumerate(NAMES) if re.fullmatch(self.pattern, name)]


GROUPS: dict[str, Group] = {
    "nothing": Group(),
    "sound": Group(sound=True),
    "thesaurus": Group(thesaurus=True),
    "place asked about": Group("place_.*", places=True),
    "kind asked for": Group("asked_.*|clause_.*", asked=True),
    "figures": Group("figures"),
    "title and heading": Group("title|title_and_clause|heading|exact|words|rarest_missing"),
    "whole notice": Group("notice|notice_(?:squared|exact|words)|rarest_absent"),
    "clause and sentences": Group("clause|sentence|two_sentences"),
    "likeness": Group("likeness"),
    "position, length, form": Group("position|first|last|length|notice_length|numbered|ends_open|asks"),
    "BM25": Group("bm25.*"),
}
"""The groups by name, "nothing" first; a feature may be of two, where it needs what both are about."""


def ungrouped() -> list[str]:
    """The features that belong to no group."""
    held = {at for group in GROUPS.values() for at in group.columns}
    return [name for at, name in enumerate(NAMES) if at not in held]


def without(group: Group) -> type[Answerer]:
    """A class of answerers to which this group does not exist."""
    columns = group.columns

    class Lacking(Answerer):
        def __init__(
            self, index: ClauseIndex, weights: Weights, release: int, thesaurus: Thesaurus | None = None
        ) -> None:
            super().__init__(index, weights, release, Thesaurus({}) if group.thesaurus else thesaurus)

        def candidates(
            self,
            turns: Sequence[str],
            limit: int = CANDIDATES,
            filters: Filters = NO_FILTERS,
            *,
            everywhere: bool = True,
            share: float = LEAST_SHARE,
        ) -> tuple[Question, list[Hit], list[PolicyRecord], Weighed]:
            question, hits, policies, weighed = super().candidates(
                turns, limit, filters, everywhere=everywhere, share=share
            )
            matrix = weighed.matrix.copy()
            matrix[:, columns] = 0.0
            question = replace(
                question,
                asked=frozenset() if group.asked else question.asked,
                places=() if group.places else question.places,
            )
            return question, hits, policies, replace(weighed, matrix=matrix)

    return Lacking


@contextlib.contextmanager
def left_out(group: Group) -> Iterator[None]:
    """Fitting and measuring go on without this group: they make their answerers of a class that lacks it."""
    lacking = without(group)
    with patch.object(fitting, "Answerer", lacking), patch.object(validation, "Answerer", lacking):
        yield


def ablate(found: Sequence[Corpus], groups: Sequence[str], work: Path) -> dict[str, Fitted]:
    """What comes of leaving out each of ``groups``, by name; indexes are made in ``work``."""
    folders = [work / str(number) for number in range(len(found))]
    hearing = [one.index(folder) for one, folder in zip(found, folders, strict=True)]
    deaf = [Deaf(folder) for folder in folders]
    results = {}
    for name in groups:
        print(f"without {name}", file=sys.stderr, flush=True)
        group = GROUPS[name]
        indexes = deaf if group.sound else hearing
        sets = [s for one, index in zip(found, indexes, strict=True) for s in one.question_sets(index)]
        with left_out(group):
            results[name] = fit_and_measure(sets)
    return results


_MEASURES = {"clause@1": "first", "clause@5": "among five", "auroc": "AUROC", "evidence_rouge_l": "ROUGE-L"}


def markdown(results: dict[str, Fitted]) -> str:
    """The table: what is reached with everything, and how much more or less without each group."""
    whole, *_ = results.values()
    # A set measured together with another is told of only with it.
    together = {part for name in whole.together for part in name.split(" + ")}
    names = [*(name for name in whole.measures if name not in together), *whole.together]
    columns = [(name, key) for name in names for key in _MEASURES if key in _held(whole, name)]
    rows: list[list[str]] = []
    for group, fitted in results.items():
        row = [f"without {group}" if rows else "with everything"]
        for name, key in columns:
            value, reached = float(_held(fitted, name)[key]), float(_held(whole, name)[key])
            row.append(f"{value - reached:+.3f}" if rows else f"{value:.3f}")
        rows.append(row)
    heads = [f"{name}: {_MEASURES[key]}" for name, key in columns]
    return "\n".join(
        [
            "## What each group of features is worth",
            "",
            report.table(["", *heads], rows),
            "",
            "By cross-validation, weights fitted anew without the group. First and among five are shares of the answerable "
            "questions, AUROC is that of the confidence between answerable and unanswerable ones.",
        ]
    )


def _held(fitted: Fitted, name: str) -> dict[str, float | str]:
    return dict({**fitted.measures, **fitted.together}[name])


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ablation", description=(__doc__ or "").split("\n")[0])
    others = [name for name in GROUPS if name != "nothing"]
    parser.add_argument("--groups", nargs="+", choices=others, default=others, help="what to leave out in turn")
    parser.add_argument("--eval", type=Path, default=corpus.EVAL, help="the folder of the development questions")
    parser.add_argument("--limit", type=int, help="ask only the first N questions of each set")
    parser.add_argument("--docs", type=Path, default=report.DOCS, help="where benchmarks.md is kept")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as work:
        segment.keep_dictionary_in(Path(work))
        results = ablate(corpus.corpora(given.eval, given.limit), ["nothing", *given.groups], Path(work))
    command = "python -m benchmarks.ablation" + (f" --limit {given.limit}" if given.limit else "")
    text = "\n\n".join([markdown(results), report.measured(command, LIBRARIES)])
    report.keep(given.docs, "ablation", text)
    print(text)


if __name__ == "__main__":
    main()
