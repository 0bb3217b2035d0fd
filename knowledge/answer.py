"""What the helpdesk answers, as every surface receives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from knowledge.model import Clause, Metadata
from knowledge.sentences import Span

Decision = Literal["answer", "choose", "refuse"]


_CHOICES = 3
_LEAST_CHANCE = 0.02


@dataclass(frozen=True, slots=True)
class Reprint:
    """A clause of another notice that prints the same provision, and that notice's title."""

    clause_id: str
    title: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause that may answer, with the notice it stands in. ``score`` is the chance (0 to 1) that it is the right one.

    ``also_in`` are the clauses of other notices that print the same provision.
    """

    clause: Clause
    policy_id: str
    metadata: Metadata
    score: float
    also_in: tuple[Reprint, ...] = ()


@dataclass(frozen=True, slots=True)
class FormUsed:
    """A word of the question that was also looked up as another: by sound, by the thesaurus."""

    term: str
    form: str
    why: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One clause that was weighed: its features by name, what each contributed to its score, and the score."""

    clause_id: str
    score: float
    features: Mapping[str, float]
    contributions: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every number behind an answer.

    ``terms`` maps what was looked for to its weight; ``carried`` are those of them that were taken over from earlier turns.
    ``confidence`` maps what the confidence is computed from to its value, ``confidence_contributions`` to what it adds before
    the sum is turned into a chance. ``why`` says the decision in words. ``doubt`` is why a first candidate as likely as that is
    only offered (a key of ``decision.DOUBTS``); "" elsewhere.
    """

    question: str
    terms: Mapping[str, float]
    carried: tuple[str, ...]
    forms: tuple[FormUsed, ...]
    asked: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    confidence: Mapping[str, float]
    confidence_contributions: Mapping[str, float]
    why: str
    doubt: str

    def deciding(self) -> list[str]:
        """What the confidence is computed from, what adds or takes most first."""
        added = self.confidence_contributions
        return sorted(added, key=lambda name: -abs(added[name]))

    def telling(self, candidate: Candidate) -> list[str]:
        """The features of a candidate, first those whose contribution differs most from what they add to all candidates."""
        mean = {
            name: sum(c.contributions[name] for c in self.candidates) / len(self.candidates)
            for name in candidate.contributions
        }
        added = candidate.contributions
        return sorted(added, key=lambda name: (-abs(added[name] - mean[name]), -abs(added[name])))


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question.

    ``evidence`` is the run of sentences of the first citation that answers, ``evidence_span`` its range in that clause's
    text; "" and None where there is none. ``citations`` holds up to ten, best first, whatever the decision.
    ``other_place`` names the place that the first clause's notice is of, where the question names another one; ""
    elsewhere. ``elapsed_ms`` is the time in the process for this one answer, in milliseconds.
    """

    question: str
    decision: Decision
    confidence: float
    citations: tuple[Citation, ...]
    evidence: str
    evidence_span: Span | None
    release: int
    elapsed_ms: float
    explanation: Explanation | None = field(default=None, repr=False)
    other_place: str = ""

    @property
    def choices(self) -> tuple[Citation, ...]:
        """The clauses to choose from: at most three, and after the first none that is hardly ever right."""
        return tuple(c for n, c in enumerate(self.citations[:_CHOICES]) if not n or c.score >= _LEAST_CHANCE)

    def as_json(self) -> dict[str, Any]:
        """The answer as a line of ``helpdesk ask --batch`` has it, but for the question's id."""
        return {
            "decision": self.decision,
            "confidence": round(self.confidence, 4),
            "evidence": self.evidence,
            "release": self.release,
            "elapsed_ms": round(self.elapsed_ms, 2),
            "clauses": [
                {
                    "clause_id": c.clause.clause_id,
                    "source": c.clause.source,
                    "number": c.clause.number,
                    "label": c.clause.label,
                    "heading": c.clause.heading,
                    "title": c.metadata.title,
                    "text": c.clause.text,
                    "score": round(c.score, 4),
                    "also_in": [{"clause_id": one.clause_id, "title": one.title} for one in c.also_in],
                }
                for c in self.citations
            ],
        }
