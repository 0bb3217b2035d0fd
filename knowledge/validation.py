"""How good the answers are on questions that nothing was fitted on: fit on four fifths of them, answer the fifth, five times."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from knowledge.answerer import Answerer
from knowledge.errors import QuestionsFileError
from knowledge.fitting import FOLDS, examples, fit, fold_of
from knowledge.index import ClauseIndex
from knowledge.measures import Asked, measure
from knowledge.weights import Weights


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
    sets: Sequence[QuestionSet],
    beside: Sequence[QuestionSet] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Fitted:
    """Fit weights on all ``sets`` and measure them by cross-validation. Questions of one notice are never divided.

    ``beside`` are question sets that are fitted on too (``fitting.fit``); those of one name are measured as one. Raises
    QuestionsFileError where too few of the questions are answered at all.
    """
    weighed, more = ([e for s in some for e in examples(s.questions, s.index)] for some in (sets, beside))
    if len({fold_of(e.asked) for e in weighed if e.right.any()}) < FOLDS:
        raise QuestionsFileError(
            "Too few of the questions are answered by a clause that was found to fit anything: are these the policies that "
            "they were asked of?"
        )
    answers: dict[str, dict[str, dict[str, Any]]] = {s.name: {} for s in (*sets, *beside)}
    for fold in range(FOLDS):
        progress(fold, FOLDS + 1)
        weights = fit(*([e for e in some if fold_of(e.asked) != fold] for some in (weighed, more)))
        for one in (*sets, *beside):
            answerer = Answerer(one.index, weights, 0)
            for question in one.questions:
                if fold_of(question) == fold:
                    answers[one.name][question.id] = answerer.answer(question.turns).as_json()
    progress(FOLDS, FOLDS + 1)
    measures = {
        name: measure([q for s in (*sets, *beside) if s.name == name for q in s.questions], given)
        for name, given in answers.items()
    }
    together: dict[str, Mapping[str, float | str]] = {}
    for index in dict.fromkeys(s.index for s in sets):
        group = [s for s in sets if s.index is index]
        if len(group) > 1:
            name = " + ".join(s.name for s in group)
            # Two sets may have used the same ids.
            asked = [replace(q, id=f"{s.name}/{q.id}") for s in group for q in s.questions]
            given = {f"{s.name}/{one}": answer for s in group for one, answer in answers[s.name].items()}
            together[name] = measure(asked, given)
    return Fitted(fit(weighed, more), measures, together)
