"""``helpdesk fit``: weights from question sets, with figures from questions they were not fitted on."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from statistics import fmean

from bot import output
from bot.parts import index_of, parts
from knowledge import segment
from knowledge.errors import QuestionsFileError, SettingsError
from knowledge.fitting import FOLDS, fold_of
from knowledge.folder import read_folder
from knowledge.helpdesk import Progress as Report
from knowledge.index import ClauseIndex
from knowledge.measures import read_questions
from knowledge.model import Policy
from knowledge.validation import QuestionSet, fit_and_measure

# From how many clauses and answered questions on a knowledge base is fitted on in parts too.
_LARGE, _MANY = 1000, 100


@dataclass(frozen=True, slots=True)
class Source:
    """A question set and the folder of policies that its questions are asked on."""

    questions: Path
    policies: Path

    @classmethod
    def parse(cls, text: str) -> Source:
        """``QUESTIONS.jsonl=FOLDER``. Raises QuestionsFileError where the text has not that form."""
        questions, mark, policies = text.partition("=")
        if not mark or not questions or not policies:
            raise QuestionsFileError(f"{text!r} is no question set; write QUESTIONS.jsonl=FOLDER_OF_POLICIES.")
        return cls(Path(questions), Path(policies))


def fit_weights(sources: Sequence[Source], written: Path | None, max_bytes: int) -> None:
    """Fit on ``sources``, print the cross-validated measures of each set, and write the weights to ``written``.

    Raises QuestionsFileError where the sets are too small or two have one name, SettingsError where nothing can be written.
    """
    if written:
        _expect_writable(written)
    _expect_enough(sources)
    # Small matrices: on more than one thread scipy, which is loaded only then, waits ten times as long as it computes.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with tempfile.TemporaryDirectory() as scratch, output.progress() as progress:
        segment.keep_dictionary_in(Path(scratch))
        policies: dict[Path, Sequence[Policy]] = {}
        indexes: dict[Path, ClauseIndex] = {}
        for source in sources:
            folder = source.policies.resolve()
            if folder not in indexes:
                policies[folder] = _read(folder, max_bytes, progress)
                place = Path(scratch) / "index" / str(len(indexes))
                indexes[folder] = index_of(policies[folder], place, lambda done, total: progress("index", done, total))
        sets = [
            QuestionSet(s.questions.stem, read_questions(s.questions), indexes[s.policies.resolve()]) for s in sources
        ]
        small = [
            part
            for s, one in zip(sources, sets, strict=True)
            if one.index.clauses > _LARGE and sum(bool(q.answer) for q in one.questions) > _MANY
            for part in parts(
                f"{one.name} in parts",
                one.questions,
                policies[s.policies.resolve()],
                Path(scratch) / "parts" / one.name,
                lambda done, total: progress("index", done, total),
            )
        ]
        fitted = fit_and_measure(sets, small, lambda done, total: progress("fit", done, total))
    for name, measures in {**fitted.measures, **fitted.together}.items():
        print(f"\n{name} (answered by weights fitted without the question)")
        output.show_measures(measures)
    about = {
        "date": date.today().isoformat(),
        "sets": {
            **{s.name: {"questions": len(s.questions), "clauses": s.index.clauses} for s in sets},
            **{
                name: {
                    "questions": sum(len(s.questions) for s in small if s.name == name),
                    "clauses": round(fmean(s.index.clauses for s in small if s.name == name)),
                }
                for name in dict.fromkeys(s.name for s in small)
            },
        },
        "cross-validated": {
            name: {k: round(v, 4) for k, v in m.items() if isinstance(v, float) and not k.endswith("_ms")}
            for name, m in {**fitted.measures, **fitted.together}.items()
        },
    }
    text = replace(fitted.weights, fitted_on=about).dump()
    print(f"\nThresholds: {json.dumps(json.loads(text)['thresholds'])}")
    if written:
        try:
            written.write_text(text, "utf-8")
        except OSError as error:
            raise SettingsError(f"{written} cannot be written: {error.strerror}. Name another file.") from error
        print(f"Written to {written}.")


def _expect_writable(file: Path) -> None:
    """Said before fitting, which takes minutes."""
    if file.is_dir() or not os.access(file if file.exists() else file.parent, os.W_OK):
        raise SettingsError(f"{file} cannot be written. Name a file in a folder that is there and may be written.")


def _expect_enough(sources: Sequence[Source]) -> None:
    questions = {s.questions: read_questions(s.questions) for s in sources}
    if len({s.questions.stem for s in sources}) < len(sources):
        raise QuestionsFileError("Two of the question sets have the same name; rename one of the files.")
    # A fold without any would leave the weights of another with nothing to be fitted on.
    if len({fold_of(q) for found in questions.values() for q in found if q.answerable}) < FOLDS:
        raise QuestionsFileError(
            f"There are too few questions with an answer to divide them into {FOLDS} parts; give some dozens more."
        )


def _read(folder: Path, max_bytes: int, progress: Report) -> Sequence[Policy]:
    return read_folder(folder, {}, max_bytes=max_bytes, progress=lambda done, total: progress("read", done, total)).read
