"""What the templates show of answers and clauses, worked out beforehand: templates only lay out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from handlers import texts
from handlers.web.marks import Stretch, opening, stretches, words_in
from knowledge.answer import Answer, Citation
from knowledge.model import Clause
from knowledge.sentences import Span

_RELATED = 3
_SNIPPET = 90


@dataclass(frozen=True, slots=True)
class ClauseView:
    """A clause as pages show it.

    ``name`` is its number and heading (or how it begins), ``facts`` the parts of ``source``, ``evidence`` the words to
    lead with ("" for none), ``parts`` its text with what is marked, ``quotation`` what is copied: the words with their source.
    """

    clause_id: str
    policy_id: str
    name: str
    title: str
    source: str
    facts: tuple[str, ...]
    standing: str
    evidence: str
    parts: tuple[Stretch, ...]
    quotation: str

    @property
    def path(self) -> str:
        """The clause's own address on this server."""
        return f"/clause/{self.clause_id}"

    @property
    def notice_path(self) -> str:
        """Where the clause stands in its whole notice."""
        return f"/policies/{self.policy_id}#c-{self.clause_id}"


@dataclass(frozen=True, slots=True)
class ElsewhereView:
    """Another notice that prints the same provision."""

    path: str
    title: str


@dataclass(frozen=True, slots=True)
class TurnView:
    """A question with its answer. ``asked_id`` is what the store knows it by, None where it was not kept.

    ``note`` is said before the clauses ("" for nothing), or alone where the decision is "courtesy"; ``elsewhere`` are the other
    notices that print what the first one says.
    """

    question: str
    decision: str
    confidence: float
    first: ClauseView | None
    choices: tuple[ClauseView, ...]
    related: tuple[ClauseView, ...]
    note: str = ""
    elsewhere: tuple[ElsewhereView, ...] = ()
    asked_id: int | None = None
    helpful: bool | None = None


def turn(answer: Answer, *, asked_id: int | None = None, helpful: bool | None = None) -> TurnView:
    """An answer as the chat shows it."""
    cited = answer.citations
    first = clause_view(cited[0], evidence=answer.evidence_span) if cited and answer.decision == "answer" else None
    choices = tuple(map(clause_view, answer.choices)) if answer.decision == "choose" else ()
    shown = 1 if first else len(choices)
    related = tuple(map(clause_view, cited[shown : shown + _RELATED])) if answer.decision != "refuse" else ()
    also = elsewhere(cited[0]) if first else ()
    return TurnView(
        answer.question,
        answer.decision,
        answer.confidence,
        first,
        choices,
        related,
        texts.place_note(answer) if answer.decision != "refuse" else "",
        also,
        asked_id=asked_id,
        helpful=helpful,
    )


def courteous(said: str, reply: str) -> TurnView:
    """What is said back to courtesy, as the chat shows it. No question is asked with it, and none is answered."""
    return TurnView(said, "courtesy", 0.0, None, (), (), reply)


def elsewhere(citation: Citation) -> tuple[ElsewhereView, ...]:
    """The other notices that print the same provision."""
    return tuple(ElsewhereView(f"/clause/{one.clause_id}", one.title) for one in citation.also_in)


def clause_view(citation: Citation, *, evidence: Span | None = None, words: Collection[str] = ()) -> ClauseView:
    """A clause with its evidence and the words looked for marked."""
    clause, today = citation.clause, date.today()
    lead = clause.text[evidence.start : evidence.end] if evidence else ""
    source = texts.source_line(citation, today)
    return ClauseView(
        clause.clause_id,
        citation.policy_id,
        clause_name(clause),
        citation.metadata.title,
        source,
        tuple(source.split(" · ")),
        texts.standing(citation.metadata, today),
        lead,
        tuple(stretches(clause.text, evidence, words_in(clause.text, words), heading_end(clause))),
        texts.quotation(citation, lead, today),
    )


def clause_name(clause: Clause) -> str:
    """A clause's number and heading; without a heading, how it begins."""
    text = " ".join(clause.text.split())
    if not clause.heading:
        return text[:36] + ("…" if len(text) > 36 else "")
    return f"{clause.label}、{clause.heading}" if clause.label else clause.heading


def heading_end(clause: Clause) -> int:
    """Where the clause's own heading ends in its text, with the mark that closes it; 0 where its text does not begin with one."""
    length = len(clause.heading)
    at = clause.text.find(clause.heading, 0, length + 16) if clause.heading else -1
    if at < 0:
        return 0
    end = at + length
    return end + 1 if clause.text[end : end + 1] in tuple("。．:：") else end


def snippet(citation: Citation, words: Collection[str]) -> tuple[Stretch, ...]:
    """The stretch of a clause where most of the words stand, for a list of results."""
    text = " ".join(citation.clause.text.split())
    spans = words_in(text, words)
    window = opening(text, spans, _SNIPPET)
    cut = text[window.start : window.end]
    inside = [
        Span(max(0, s.start - window.start), min(len(cut), s.end - window.start))
        for s in spans
        if s.end > window.start and s.start < window.end
    ]
    before, after = "…" if window.start else "", "…" if window.end < len(text) else ""
    return (Stretch(before), *stretches(cut, None, inside), Stretch(after))
