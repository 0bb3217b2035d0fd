"""How good the answers are on the shared development questions, read in place, with the weights that ship.

The weights were fitted on these questions, so these figures say that nothing broke, not how good the answers are; for that
see ``helpdesk fit``, whose cross-validated figures stand in ``weights.json`` and are held against the targets here.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT
from search_fixtures import answerer_of, notice_index

from knowledge.features import NAMES
from knowledge.measures import measure, read_questions
from knowledge.weights import Weights, shipped


def test_owners_questions(evaluation: Path, tmp_path: Path) -> None:
    answerer = answerer_of(notice_index(tmp_path))
    questions = read_questions(evaluation / "owners-dev.jsonl")
    found = measure(questions, {q.id: answerer.answer(q.turns).as_json() for q in questions})
    assert float(found["clause@1"]) >= 0.95
    assert float(found["misled"]) <= 0.03
    assert float(found["refused_rightly"]) >= 12 / 13


def test_questions_kept_back(tmp_path: Path) -> None:
    """Nothing is fitted on these, and no word of theirs was taken into the thesaurus for their sake."""
    assert "kept-back" not in shipped().fitted_on["sets"]
    answerer = answerer_of(notice_index(tmp_path))
    questions = read_questions(ROOT / "benchmarks" / "questions" / "kept-back.jsonl")
    found = measure(questions, {q.id: answerer.answer(q.turns).as_json() for q in questions})
    assert float(found["clause@1"]) >= 0.94
    assert float(found["helped"]) >= 0.9
    assert float(found["misled"]) <= 0.06


@pytest.mark.parametrize(
    ("questions", "name", "least"),
    [
        ("owners-dev", "clause@1", 0.95),
        ("owners-dev", "refused_rightly", 12 / 13),
        ("policies-dev", "clause@1", 0.76),
        ("policies-dev", "clause@5", 0.92),
        ("policies-dev", "evidence_rouge_l", 0.48),
        ("policies-dev", "helped", 0.78),
        ("policies-dev + policies-elsewhere-dev", "auroc", 0.9),
    ],
)
def test_figures_on_questions_not_fitted_on(questions: str, name: str, least: float) -> None:
    assert shipped().fitted_on["cross-validated"][questions][name] >= least - 5e-5


def test_weights_know_no_feature_that_is_not_there() -> None:
    assert set(shipped().at(100).ranking.weights) == set(NAMES)
    assert Weights.parse(shipped().dump()) == shipped()
