"""How good the answers are on questions that nothing was fitted on: fit on four fifths of them, answer the fifth, five times."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.answerer import Answerer
from knowledge.fitting import FOLDS, Example, examples, fit, fold_of
from knowledge.index import ClauseIndex
from knowledge.measures import Asked, measure
from knowledge.weights import Weights

# Questions to a small knowledge base are few, and no fewer people ask there.
_SMALL_CLAUSES, _SMALL_IMPORTANCE = 100, 3.0


@dataclass(frozen=True)
class QuestionSet:
    """Questions under a name, and the index they are asked on."""

    name: str
    questions: Sequence[Asked]
    index: ClauseIndex


@dataclass(frozen=True)
class Fitted:
    """Weights fitted on all the sets, and the measures of each set under weights that had not seen the question.

    ``together`` measures the sets of each index with more than one set as one: answerable beside unanswerable questions.
    """

    weights: Weights
    measures: Mapping[str, Mapping[str, float | str]]
    together: Mapping[str, Mapping[str, float | str]]


def fit_and_measure(
    sets: Sequence[QuestionSet], progress: Callable[[int, int], None] = lambda done, total: None
) -> Fitted:
    """Fit weights on all ``sets`` and measure them by cross-validation. Questions of one notice are never divided."""
    weighed = [example for s in sets for example in examples(s.questions, s.index)]
    importance = {id(s.index): _SMALL_IMPORTANCE if s.index.clauses < _SMALL_CLAUSES else 1.0 for s in sets}
    answers: dict[str, dict[str, Any]] = {}
    for fold in range(FOLDS):
        progress(fold, FOLDS + 1)
        train: list[Example] = [e for e in weighed if fold_of(e.asked) != fold]
        weights = fit(train, importance)
        for one in sets:
            answerer = Answerer(one.index, weights, 0)
            for question in one.questions:
                if fold_of(question) == fold:
                    answers[question.id] = answerer.answer(question.turns).as_json()
    progress(FOLDS, FOLDS + 1)
    measures = {s.name: measure(s.questions, answers) for s in sets}
    together: dict[str, Mapping[str, float | str]] = {}
    for index in dict.fromkeys(s.index for s in sets):
        group = [s for s in sets if s.index is index]
        if len(group) > 1:
            name = " + ".join(s.name for s in group)
            together[name] = measure([q for s in group for q in s.questions], answers)
    return Fitted(fit(weighed, importance), measures, together)
