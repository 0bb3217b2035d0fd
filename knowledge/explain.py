"""What an administrator is told of an answer: the question as it was understood, and every number behind the decision."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from knowledge.answer import Candidate, Explanation, FormUsed
from knowledge.question import Question

_NOTHING: Mapping[str, float] = MappingProxyType({})


def explanation(
    question: Question,
    candidates: tuple[Candidate, ...] = (),
    confidence: Mapping[str, float] = _NOTHING,
    contributions: Mapping[str, float] = _NOTHING,
    why: str = "",
    doubt: str = "",
) -> Explanation:
    """The explanation of an answer to ``question``; of one that found no candidates where there are no numbers."""
    return Explanation(
        question.plain,
        {t.text: t.weight for t in question.terms},
        tuple(t.text for t in question.terms if t.text in question.carried),
        forms_used(question),
        tuple(sorted(question.asked)),
        candidates,
        confidence,
        contributions,
        why,
        doubt,
    )


def forms_used(question: Question) -> tuple[FormUsed, ...]:
    """What else was looked up, each once: under the heaviest word that it may stand for, not under every pair of its characters."""
    found: dict[tuple[str, str], FormUsed] = {}
    for term in sorted(question.terms, key=lambda t: (not t.word, -t.weight)):
        for form in term.forms:
            found.setdefault((form.text, form.why), FormUsed(term.text, form.text, form.why))
    return tuple(found.values())
