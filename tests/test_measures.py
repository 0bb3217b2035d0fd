"""The measures agree with ``score.py`` of the shared evaluation, and with values worked out by hand."""

from __future__ import annotations

import importlib.util
import json
import random
from pathlib import Path

import pytest

from knowledge.errors import QuestionsFileError
from knowledge.measures import auroc, calibration_error, measure, parse_question, read_questions, rouge_l


def test_by_hand() -> None:
    assert rouge_l("免征 增值税", "免征增值税") == 1.0
    assert rouge_l("ab", "abcd") == pytest.approx(2 / 3)
    assert rouge_l("", "甲") == 0.0
    assert auroc([0.9, 0.4], [0.4, 0.1]) == pytest.approx(3.5 / 4)
    assert calibration_error([0.95, 0.95, 0.05, 0.05], [True, False, False, False]) == pytest.approx(0.25)


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        "{}",
        '{"id": 1}',
        '{"id": 1, "turns": []}',
        '{"id": 1, "turns": "text"}',
        '{"id": 1, "turns": [2]}',
    ],
)
def test_a_line_that_is_no_question_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"id": 1, "turns": ["贷款"]}\n\n' + line, "utf-8")
    with pytest.raises(QuestionsFileError, match="line 3"):
        read_questions(file)


def test_as_score_py(evaluation: Path) -> None:
    spec = importlib.util.spec_from_file_location("score", evaluation / "score.py")
    assert spec and spec.loader
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    chance = random.Random(3)
    texts = {path.stem: path.read_text("utf-8") for path in sorted((evaluation / "policies").glob("*.txt"))[:60]}
    for name in ("owners-dev", "policies-dev"):
        rows = [json.loads(line) for line in (evaluation / f"{name}.jsonl").read_text("utf-8").splitlines()][:120]
        answers = {}
        for row in rows:
            clauses = []
            for _ in range(chance.randint(0, 6)):
                source = row.get("document") if chance.random() < 0.4 else chance.choice(sorted(texts))
                words = texts.get(source or "", "")
                at = words.find(row.get("answer") or "\0")
                at = max(0, at - chance.randint(0, 60)) if at >= 0 else 0
                text = words[at : at + chance.randint(20, 500)]
                clauses.append({"source": source, "number": chance.choice([None, 1, 4, 5, 7]), "text": text})
            answers[row["id"]] = {
                "id": row["id"], "decision": chance.choice(["answer", "choose", "refuse"]),
                "confidence": round(chance.random(), 2), "clauses": clauses,
                "evidence": clauses[0]["text"][:40] if clauses else "", "elapsed_ms": chance.random(),
            }  # fmt: skip
        theirs = score.score({row["id"]: row for row in rows}, answers)
        ours = measure([parse_question(row) for row in rows], answers)
        for key, value in ours.items():
            if key in theirs and isinstance(value, float) and not key.endswith("_ms"):
                assert value == pytest.approx(theirs[key], abs=6e-5), (name, key)
        if "answerable_auroc" in theirs:
            assert ours["auroc"] == pytest.approx(theirs["answerable_auroc"], abs=6e-5)
