"""Fitting the weights: ranking, confidence, evidence and thresholds from question sets, measured on questions not fitted on.

Ranking is a conditional logit over each question's candidates; confidence and evidence are logistic regressions; all with a
quadratic penalty on standardised weights, by L-BFGS from zero, so that the same questions always give the same weights.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge import decision, evidence
from knowledge.answerer import Answerer
from knowledge.errors import SettingsError
from knowledge.evidence import Words
from knowledge.features import NAMES, Weighed
from knowledge.index import ClauseIndex
from knowledge.measures import Asked, is_right, squeeze
from knowledge.question import Question
from knowledge.sentences import Span
from knowledge.weights import IF_SMALL, SMALL, EvidenceWeights, Linear, Weights, smallness

Array = npt.NDArray[np.float64]

FOLDS = 5
_RANKING_PENALTY, _RANKING_BY_SIZE_PENALTY = 12.0, 40.0
_CONFIDENCE_PENALTY, _EVIDENCE_PENALTY = 60.0, 60.0
_ANSWERABLE_SHARE = 0.7
# What does not count otherwise in a small knowledge base: there are too few of those to learn from, and what would be learnt is
# where in its one notice the clauses stand that are asked for most, and for which kinds of thing that has no answer.
_CONSTANT = re.compile("position|first|last|numbered|notice_length|place_|asks_|asked_how_much|clause_how_much")
_NOTHING = Linear(0.0, {})
# What a decision is worth to the person who asked: a right answer, a wrong one, a choice with and without the right clause, a
# refusal where nothing answers.
_RIGHT, _WRONG, _GOOD_CHOICE, _BAD_CHOICE, _GOOD_REFUSAL = 1.0, -0.8, 0.6, -0.3, 0.15
# How far about a threshold its worth is averaged, in hundredths; none lies nearer than that to 0 or 1.
_NEAR = 5


@dataclass(frozen=True)
class Example:
    """A question weighed on its index: the features of its candidates, and which are right.

    Where the words that answer are known, ``words`` are the features of the right clause's words and ``in_answer`` how much
    of each belongs to the answer; both are empty elsewhere.
    """

    asked: Asked
    index: ClauseIndex
    question: Question
    weighed: Weighed
    right: Array
    words: Array
    in_answer: Array


def examples(questions: Sequence[Asked], index: ClauseIndex) -> list[Example]:
    """Weigh every question on ``index``; questions that find no candidate are left out (they are refused anyway)."""
    answerer = Answerer(index, _none(), 0)
    found = []
    for asked in questions:
        question, hits, _, weighed = answerer.candidates(asked.turns)
        if not hits:
            continue
        clauses = [hit.record.clause for hit in hits]
        right = np.array([float(asked.answerable and is_right(asked, c.source, c.number, c.text)) for c in clauses])
        rows, shares = np.zeros((0, len(evidence.NAMES))), np.zeros(0)
        if asked.answer and right.any():
            first = int(np.argmax(right))
            place = locate(clauses[first].text, asked.answer)
            if place:
                cut = evidence.words(question, hits[first].record, weighed.seen(first))
                rows, shares = cut.matrix, _overlaps(cut, place)
        found.append(Example(asked, index, question, weighed, right, rows, shares))
    return found


def locate(text: str, answer: str) -> Span | None:
    """Where ``answer`` stands in ``text``, blanks aside; None where not all of it does."""
    places = [i for i, c in enumerate(text) if not c.isspace()]
    wanted = squeeze(answer)
    at = squeeze(text).find(wanted)
    return Span(places[at], places[at + len(wanted) - 1] + 1) if at >= 0 and wanted else None


def _overlaps(words: Words, place: Span) -> npt.NDArray[np.float64]:
    """Of each word the share that lies in ``place``."""
    shared = np.minimum(words.ends, place.end) - np.maximum(words.starts, place.start)
    return np.asarray(np.maximum(0, shared) / np.maximum(1, words.ends - words.starts))


def _none() -> Weights:
    return Weights(_NOTHING, _NOTHING, EvidenceWeights(_NOTHING, _NOTHING, _NOTHING), 1.0, 1.0, {})


def fold_of(asked: Asked) -> int:
    """The fold of a question: by a hash of its group, so that it never changes and no notice is in two."""
    return int(hashlib.sha256(asked.group.encode()).hexdigest(), 16) % FOLDS


def fit(found: Sequence[Example], beside: Sequence[Example] = ()) -> Weights:
    """Weights fitted on all of ``found``; ranking and confidence on ``beside`` too, but not the thresholds nor what is quoted."""
    asked, found = len(found), [*found, *beside]
    ranking = _fit_ranking(found)
    fold = np.array([fold_of(e.asked) for e in found])
    answerable = np.array([float(e.asked.answerable) for e in found])
    small = np.array([smallness(e.index.clauses) for e in found])
    right, among = np.zeros(len(found)), np.zeros(len(found))
    signs: list[dict[str, float]] = [{}] * len(found)
    for n in range(FOLDS):
        # Confidence must be learnt from scores of questions that the ranking was not fitted on.
        form = _fit_ranking([e for e, f in zip(found, fold, strict=True) if f != n])
        for i in np.flatnonzero(fold == n).tolist():
            one = found[i]
            scores = one.weighed.matrix @ form.at(small[i]).vector(NAMES)
            order = np.argsort(-scores, kind="stable")
            signs[i] = decision.signs(one.question, one.weighed, scores, order)
            right[i] = one.right[order[0]]
            among[i] = one.right[order[:3]].any()
    held = _Held(signs, right, answerable, fold, small)
    confidence = _fit_confidence(held, np.arange(len(found)))
    chance = np.zeros(len(found))
    for n in range(FOLDS):
        form = _fit_confidence(held, np.flatnonzero(fold != n))
        for i in np.flatnonzero(fold == n).tolist():
            chance[i] = decision.sigmoid(form.at(small[i])(signs[i]))
    answer, choose = _thresholds(*(values[:asked] for values in (chance, right, among, answerable)))
    return Weights(ranking, confidence, _fit_evidence(found[:asked]), answer, choose, {})


def _fit_evidence(found: Sequence[Example]) -> EvidenceWeights:
    known = [e for e in found if len(e.in_answer)]
    if not known:
        return EvidenceWeights(_NOTHING, _NOTHING, _NOTHING)
    matrix = np.concatenate([e.words for e in known])
    inside = [e.in_answer > 0.5 for e in known]
    opens = [np.diff(i, prepend=False) & i for i in inside]
    closes = [np.diff(i, append=False) & i for i in inside]
    forms = (
        _fit_logistic(evidence.NAMES, matrix, np.concatenate(target).astype(float), _EVIDENCE_PENALTY)
        for target in (inside, opens, closes)
    )
    return EvidenceWeights(*forms)


@dataclass(frozen=True)
class _Held:
    """Questions with the signs of their first candidate under a ranking that was not fitted on them."""

    signs: Sequence[Mapping[str, float]]
    right: Array
    answerable: Array
    fold: Array
    small: Array


def _fit_confidence(held: _Held, rows: npt.NDArray[np.intp]) -> Linear:
    """The confidence: ordered by whether anything answers as well as by whether the first does, calibrated on the latter.

    A form fitted to rightness alone tells questions that nothing answers less well; one fitted to answerability alone is no
    chance of being right. So a form is fitted to both, and then stretched (Platt 1999) to the chance that the first is right,
    on scores of questions it was not fitted on. In a small knowledge base that chance is another at the same score.
    """
    small = held.small[rows]
    names, matrix = _by_size(*_by_name([held.signs[i] for i in rows.tolist()]), small)
    names, matrix = (*names, SMALL), np.column_stack([matrix, small])
    target = (1 - _ANSWERABLE_SHARE) * held.right[rows] + _ANSWERABLE_SHARE * held.answerable[rows]
    fold = held.fold[rows]
    scores = np.zeros(len(rows))
    for n in range(FOLDS):
        train, held_out = fold != n, fold == n
        form = _fit_logistic(names, matrix[train], target[train], _CONFIDENCE_PENALTY)
        scores[held_out] = form.intercept + matrix[held_out] @ form.vector(names)
    stretch = _fit_logistic(("score", SMALL), np.column_stack([scores, small]), held.right[rows], 0.0)
    form = _fit_logistic(names, matrix, target, _CONFIDENCE_PENALTY)
    factor = stretch.weights["score"]
    weights = {name: factor * w for name, w in form.weights.items()}
    weights[SMALL] += stretch.weights[SMALL]
    return Linear(stretch.intercept + factor * form.intercept, weights)


def _thresholds(chance: Array, right: Array, among: Array, answerable: Array) -> tuple[float, float]:
    """The two thresholds, in hundredths, that are worth most to those who asked: on average over what is near to each.

    The best value itself is one of many that are nearly as good, and another as soon as a few questions are.
    """
    chosen = np.where(among > 0, _GOOD_CHOICE, _BAD_CHOICE)
    levels = np.arange(101) / 100
    above = chance >= levels[:, None]
    answer = levels[_steadiest((above * (np.where(right > 0, _RIGHT, _WRONG) - chosen)).sum(1))]
    choose = levels[_steadiest((~above * (np.where(answerable > 0, 0.0, _GOOD_REFUSAL) - chosen)).sum(1))]
    return float(answer), float(min(choose, answer))


def _steadiest(worth: Array) -> int:
    """Where the worth is highest on average within ``_NEAR`` of there; of equals the last."""
    means = np.convolve(worth, np.ones(2 * _NEAR + 1), "valid").round(6)
    return _NEAR + len(means) - 1 - int(means[::-1].argmax())


def _fit_ranking(found: Sequence[Example]) -> Linear:
    used = [e for e in found if e.right.any()]
    sizes = [len(e.right) for e in used]
    starts = np.cumsum([0, *sizes[:-1]])
    of = np.repeat(np.arange(len(used)), sizes)
    small = np.array([smallness(e.index.clauses) for e in used])[of]
    names, matrix = _by_size(NAMES, np.concatenate([e.weighed.matrix for e in used]), small)
    right = np.concatenate([e.right for e in used])
    penalty = np.where([name.endswith(IF_SMALL) for name in names], _RANKING_BY_SIZE_PENALTY, _RANKING_PENALTY)
    spread = matrix.std(0)
    spread[spread == 0] = 1.0
    scaled = (matrix - matrix.mean(0)) / spread

    def loss(w: Array) -> tuple[float, Array]:
        scores = scaled @ w
        raised = np.exp(scores - np.maximum.reduceat(scores, starts)[of])
        total = np.add.reduceat(raised, starts)
        hit = np.add.reduceat(raised * right, starts) + 1e-300
        value = float(-np.log(hit / total).sum() + penalty * w @ w / 2)
        slope = scaled.T @ (raised / total[of] - raised * right / hit[of]) + penalty * w
        return value, slope

    return Linear(0.0, dict(zip(names, map(float, _minimise(loss, len(names)) / spread), strict=True)))


def _by_size(names: Sequence[str], matrix: Array, small: Array) -> tuple[tuple[str, ...], Array]:
    """Names and columns, and once more as they count in small knowledge bases, but for those of ``_CONSTANT``."""
    kept = [n for n, name in enumerate(names) if not _CONSTANT.match(name)]
    return (
        (*names, *(names[n] + IF_SMALL for n in kept)),
        np.column_stack([matrix, matrix[:, kept] * small[:, None]]),
    )


def _by_name(rows: Sequence[Mapping[str, float]]) -> tuple[tuple[str, ...], Array]:
    names = tuple(rows[0])
    return names, np.array([[row[name] for name in names] for row in rows])


def _fit_logistic(names: Sequence[str], matrix: Array, target: Array, penalty: float) -> Linear:
    mean, spread = matrix.mean(0), matrix.std(0)
    spread[spread == 0] = 1.0
    scaled = np.column_stack([np.ones(len(matrix)), (matrix - mean) / spread])

    def loss(w: Array) -> tuple[float, Array]:
        score = np.clip(scaled @ w, -500, 500)
        held = np.concatenate([[0.0], w[1:]])
        value = float((np.logaddexp(0, score) - target * score).sum() + penalty * held @ held / 2)
        slope = scaled.T @ (1 / (1 + np.exp(-score)) - target) + penalty * held
        return value, slope

    w = _minimise(loss, len(names) + 1)
    weights = w[1:] / spread
    return Linear(float(w[0] - weights @ mean), dict(zip(names, map(float, weights), strict=True)))


def _minimise(loss: Any, size: int) -> Array:
    try:
        from scipy.optimize import minimize
    except ImportError as error:
        raise SettingsError(
            "helpdesk fit needs scipy; install the development requirements (./helpdesk test does)."
        ) from error
    return np.asarray(minimize(loss, np.zeros(size), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x)
