"""For administrators who want to know why: one question with every number, what was asked in vain, usage over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from handlers.web.charts import Chart, Series, chart
from handlers.web.desk import Reason
from handlers.web.labels import DOUBTS, FORMS, KINDS, feature_label
from handlers.web.releases import Admin
from handlers.web.site import Site
from handlers.web.views import ClauseView, clause_view
from knowledge.answer import Answer, Candidate, Explanation
from knowledge.helpdesk import Helpdesk
from knowledge.people import DayUsage

router = APIRouter(include_in_schema=False)
_GAPS = 50


@dataclass(frozen=True, slots=True)
class CandidateView:
    """A clause that was weighed: its score, the features that count, the one that adds most first, and those that are nought."""

    clause: ClauseView
    score: float
    reasons: tuple[Reason, ...]
    nought: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """The sum of some days."""

    asked: int
    answered: int
    chosen: int
    refused: int
    helpful: int
    unhelpful: int


@router.get("/desk/trial")
async def trial(
    request: Request,
    viewer: Admin,
    q: Annotated[str, Query(max_length=1000)] = "",
    earlier: Annotated[str, Query(max_length=1000)] = "",
) -> Response:
    """One question with all its candidates and every number."""
    site = Site.of(request)
    question, before = q.strip(), earlier.strip()
    answer = site.helpdesk.ask(question, [before] if before else [], explain=True) if question else None
    told = answer.explanation if answer else None
    return site.page(
        request,
        viewer,
        "trial.html",
        question=question,
        earlier=before,
        answer=answer,
        told=told,
        limits=site.helpdesk.limits,
        first=clause_view(answer.citations[0], evidence=answer.evidence_span) if answer and answer.citations else None,
        terms=sorted(told.terms.items(), key=lambda item: -item[1]) if told else [],
        forms=[(f.term, f.form, FORMS.get(f.why, f.why)) for f in told.forms] if told else [],
        kinds=[KINDS.get(kind, kind) for kind in told.asked] if told else [],
        doubt=DOUBTS.get(told.doubt, "") if told else "",
        carried=told.carried if told else (),
        signs=_signs(told) if told else [],
        candidates=_candidates(site.helpdesk, answer),
    )


@router.get("/desk/usage")
async def usage(request: Request, viewer: Admin, days: Annotated[int, Query(ge=7, le=366)] = 30) -> Response:
    """How much was asked day by day, how it went, and what was asked in vain."""
    site = Site.of(request)
    found = await site.helpdesk.people.usage(days)
    return site.page(
        request,
        viewer,
        "usage.html",
        days=days,
        usage=found,
        totals=_totals(found),
        asked=_asked_chart(found),
        surfaces=_surface_chart(found),
        gaps=await site.helpdesk.people.gaps(days, _GAPS),
    )


def _candidates(helpdesk: Helpdesk, answer: Answer | None) -> list[CandidateView]:
    if answer is None or answer.explanation is None:
        return []
    found = []
    for c in answer.explanation.candidates:
        reasons = _reasons(c, answer.explanation.telling(c))
        counts = tuple(r for r in reasons if r.value or r.added)
        nought = tuple(r for r in reasons if not (r.value or r.added))
        found.append(CandidateView(clause_view(helpdesk.clause(c.clause_id)), c.score, counts, nought))
    return found


def _reasons(candidate: Candidate, names: Sequence[str]) -> tuple[Reason, ...]:
    most = max(map(abs, candidate.contributions.values()), default=0.0) or 1.0
    return tuple(
        Reason(feature_label(name), candidate.features[name], added, round(100 * added / most))
        for name in names
        for added in [candidate.contributions[name]]
    )


def _signs(told: Explanation) -> list[tuple[str, float, float]]:
    """What the confidence is computed from, in words: its value and what it adds, what adds or takes most first."""
    adds = told.confidence_contributions
    return [(feature_label(name), told.confidence[name], adds[name]) for name in told.deciding()]


def _totals(days: Sequence[DayUsage]) -> Totals:
    return Totals(
        sum(d.asked for d in days),
        sum(d.answered for d in days),
        sum(d.chosen for d in days),
        sum(d.refused for d in days),
        sum(d.helpful for d in days),
        sum(d.unhelpful for d in days),
    )


def _asked_chart(days: Sequence[DayUsage]) -> Chart:
    series = (
        Series("直接答复", "answered", tuple(d.answered for d in days)),
        Series("给出选择", "chosen", tuple(d.chosen for d in days)),
        Series("没有找到", "refused", tuple(d.refused for d in days)),
    )
    return chart([d.day.strftime("%m-%d") for d in days], series)


def _surface_chart(days: Sequence[DayUsage]) -> Chart:
    names = sorted({s.surface for d in days for s in d.surfaces})
    labels = {"web": "网页", "telegram": "Telegram", "telegram-group": "Telegram 群", "api": "接口"}
    series = [
        Series(
            labels.get(name, name),
            f"series{n % 5}",
            tuple(sum(s.asked for s in d.surfaces if s.surface == name) for d in days),
        )
        for n, name in enumerate(names)
    ]
    return chart([d.day.strftime("%m-%d") for d in days], series)
