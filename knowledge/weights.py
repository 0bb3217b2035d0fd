"""The fitted numbers: weights of ranking, confidence and evidence, and the thresholds of the decision.

They stand in ``data/weights.json``, which ``helpdesk fit`` writes and says there what it was fitted on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Order = npt.NDArray[np.intp]


def rows(names: Sequence[str], first: str, last: str) -> slice:
    """Of a matrix with a row for each of ``names`` those from ``first`` to ``last``, which are computed together, in that order."""
    return slice(names.index(first), names.index(last) + 1)


SMALL, IF_SMALL = "small", "_if_small"
"""The name under which being small itself is weighed, and the end of the names of weights that count more the smaller the knowledge
base is. In a small one, clauses differ in subject: what words may stand for tells more, and their rarity less. But a word that
is found nowhere says that the subject is another."""

_SMALL = 100


def smallness(clauses: int) -> float:
    """How small a knowledge base is: nearly 1 with the clauses of one notice, next to 0 with many thousands."""
    return 1 / (1 + clauses / _SMALL)


@dataclass(frozen=True)
class Linear:
    """A linear form over named features: ``intercept + Σ weight · value``. Names the form does not know weigh nothing."""

    intercept: float
    weights: Mapping[str, float]

    def vector(self, names: Sequence[str]) -> Vector:
        """The weights in the order of ``names``."""
        key = tuple(names)
        if key not in self._vectors:
            self._vectors[key] = np.array([self.weights.get(name, 0.0) for name in names])
        return self._vectors[key]

    @cached_property
    def _vectors(self) -> dict[tuple[str, ...], Vector]:
        return {}

    def at(self, small: float) -> Linear:
        """The form in a knowledge base as small as that: what is weighed under a name and IF_SMALL counts ``small`` times."""
        added = {n.removesuffix(IF_SMALL): small * w for n, w in self.weights.items() if n.endswith(IF_SMALL)}
        weights = {n: w + added.get(n, 0.0) for n, w in self.weights.items() if not n.endswith(IF_SMALL) and n != SMALL}
        return Linear(self.intercept + small * self.weights.get(SMALL, 0.0), weights)

    def __call__(self, values: Mapping[str, float]) -> float:
        return self.intercept + float(self.vector(tuple(values)) @ np.fromiter(values.values(), float, len(values)))


@dataclass(frozen=True)
class EvidenceWeights:
    """Three linear forms over ``knowledge.evidence.NAMES``: whether a word belongs to the answer, opens it, closes it."""

    inside: Linear
    opens: Linear
    closes: Linear

    def stacked(self, names: tuple[str, ...], of_word: int) -> tuple[Vector, Matrix, Matrix]:
        """The three intercepts, and the weights of ``names``, one column for each form: of the first ``of_word`` names, beside
        them (in three more columns each) of as many after them, and of as many after those; and of all the others."""
        if (names, of_word) not in self._stacks:
            forms = (self.inside, self.opens, self.closes)
            weights = np.column_stack([form.vector(names) for form in forms])
            own, before, after, others = np.split(weights, [of_word, 2 * of_word, 3 * of_word])
            self._stacks[names, of_word] = (
                np.array([form.intercept for form in forms]),
                np.concatenate([own, before, after], axis=1),
                np.ascontiguousarray(others),
            )
        return self._stacks[names, of_word]

    @cached_property
    def _stacks(self) -> dict[tuple[tuple[str, ...], int], tuple[Vector, Matrix, Matrix]]:
        return {}


@dataclass(frozen=True)
class Weights:
    """All that is fitted. ``answer`` and ``choose`` are the lowest confidences to answer and to offer a choice at.

    ``ranking`` and ``confidence`` are those of every size of knowledge base together; to be used, they are taken ``at`` one.
    """

    ranking: Linear
    confidence: Linear
    evidence: EvidenceWeights
    answer: float
    choose: float
    fitted_on: Mapping[str, Any]

    @classmethod
    def parse(cls, text: str) -> Weights:
        """Weights from the text of ``weights.json``."""
        fields = json.loads(text)

        def form(named: Mapping[str, Any]) -> Linear:
            return Linear(named["intercept"], named["weights"])

        evidence = EvidenceWeights(*(form(fields["evidence"][name]) for name in ("inside", "opens", "closes")))
        limits = fields["thresholds"]
        ranking, confidence = form(fields["ranking"]), form(fields["confidence"])
        return cls(ranking, confidence, evidence, limits["answer"], limits["choose"], fields["fitted_on"])

    def at(self, clauses: int) -> Weights:
        """The weights in a knowledge base of so many clauses."""
        small = smallness(clauses)
        return replace(self, ranking=self.ranking.at(small), confidence=self.confidence.at(small))

    def dump(self) -> str:
        """The text of ``weights.json``: one weight a line, four significant figures."""

        def form(linear: Linear) -> dict[str, Any]:
            ordered = sorted(linear.weights.items())
            return {
                "intercept": float(f"{linear.intercept:.4g}"),
                "weights": {k: float(f"{v:.4g}") for k, v in ordered},
            }

        return (
            json.dumps(
                {
                    "fitted_on": self.fitted_on,
                    "thresholds": {"answer": self.answer, "choose": self.choose},
                    "ranking": form(self.ranking),
                    "confidence": form(self.confidence),
                    "evidence": {name: form(getattr(self.evidence, name)) for name in ("inside", "opens", "closes")},
                },
                ensure_ascii=False,
                indent=1,
            )
            + "\n"
        )


@cache
def shipped() -> Weights:
    """The weights that ship with the package."""
    return Weights.parse(files("knowledge").joinpath("data", "weights.json").read_text("utf-8"))
