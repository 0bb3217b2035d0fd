"""Small knowledge bases out of a large one."""

from __future__ import annotations

from pathlib import Path

from bot.parts import NOTICES, parts
from knowledge.fitting import fold_of
from knowledge.measures import Asked
from knowledge.parse import parse

NAMES = [f"通知{n}" for n in range(2 * NOTICES + 3)]
TEXT = "关于{0}的通知\n一、{0}的企业免收三个月房租。"
POLICIES = [parse(f"{name}.txt", TEXT.format(name), name)[0] for name in NAMES]
QUESTIONS = [Asked(name, (f"{name}免收什么",), document=name, answer="免收三个月房租") for name in NAMES]


def test_every_notice_and_question_is_in_one_part(tmp_path: Path) -> None:
    found = parts("in parts", [*QUESTIONS, Asked("别的", ("天气",))], POLICIES, tmp_path)
    assert [len(part.index.policies) for part in found] == [NOTICES, NOTICES, 3]
    assert sorted(q.id for part in found for q in part.questions if q.answerable) == sorted(NAMES)
    for part in found:
        held = {policy.source for policy in POLICIES if policy.policy_id in part.index.policies}
        assert {q.document for q in part.questions if q.answerable} == held


def test_questions_to_the_next_part_are_not_answered(tmp_path: Path) -> None:
    found = parts("in parts", QUESTIONS, POLICIES, tmp_path)
    for part, following in zip(found, [*found[1:], found[0]], strict=True):
        foreign = [q for q in part.questions if not q.answerable]
        assert [q.id for q in foreign] == [f"{q.id}/elsewhere" for q in following.questions if q.answerable]
    # With the question that is answered, where something is fitted to that.
    folds = {q.id: fold_of(q) for part in found for q in part.questions}
    assert all(folds[name] == folds[f"{name}/elsewhere"] for name in NAMES)


def test_parts_never_change(tmp_path: Path) -> None:
    one, other = (
        parts("in parts", QUESTIONS, policies, tmp_path / str(n))
        for n, policies in enumerate((POLICIES, POLICIES[::-1]))
    )
    assert [set(part.index.policies) for part in one] == [set(part.index.policies) for part in other]
