"""The desk: hotline staff look clauses up while a caller waits. Everything is at an address, so it works without scripts too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from handlers import texts
from handlers.differences import Passage, differences
from handlers.web.browse import NoticeView, notice_view
from handlers.web.labels import FORMS, feature_label
from handlers.web.marks import Stretch
from handlers.web.parameters import Chosen, choices, chosen
from handlers.web.site import Site, staff
from handlers.web.viewer import Viewer
from handlers.web.views import ClauseView, clause_name, clause_view, snippet
from knowledge.answer import FormUsed
from knowledge.lookup import Lookup, Match

router = APIRouter(include_in_schema=False)
_RESULTS = 10
_LONGEST = 200
_SHOWN_FEATURES = 8
_SHOWN_FORMS = 4
_ALIKE = 0.3
"""Two clauses that share less than this part of the longer one are not compared word for word: everything would be marked."""

Staff = Annotated[Viewer, Depends(staff)]
Picked = Annotated[Chosen, Depends(chosen)]


@dataclass(frozen=True, slots=True)
class ResultView:
    """One result: what it is called, where it stands, and the words around what was looked for."""

    clause_id: str
    name: str
    notice: NoticeView
    parts: tuple[Stretch, ...]
    address: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One feature of a result: its value, what it adds to the score, and that as a share (-100 to 100) of the largest."""

    label: str
    value: float
    added: float
    share: int


@dataclass(frozen=True, slots=True)
class DetailView:
    """The clause that is open: with what was looked for and what answers marked, the line to read aloud, and why it was found."""

    clause: ClauseView
    notice: NoticeView
    reading: str
    rank: int | None
    score: float
    reasons: tuple[Reason, ...]


@router.get("/desk")
async def desk(
    request: Request,
    viewer: Staff,
    picked: Picked,
    q: Annotated[str, Query(max_length=_LONGEST)] = "",
    id: Annotated[str, Query(max_length=100)] = "",  # noqa: A002
    page: Annotated[int, Query(ge=1, le=20)] = 1,
) -> Response:
    """The results for ``q`` with one clause open, the first unless ``id`` names another: all of it, or only what changes."""
    site = Site.of(request)
    site.limit(request, site.looking, f"member {viewer.member.member_id if viewer.member else 0}")
    query = q.strip()
    found = (
        site.helpdesk.look_up(query, picked.filters, limit=_RESULTS, offset=(page - 1) * _RESULTS) if query else None
    )
    opened = id or (found.citations[0].clause.clause_id if found and found.citations else "")
    shown: dict[str, Any] = {
        "query": query,
        "chosen": picked,
        "page": page,
        "searched": found is not None,
        "results": _results(found, picked, query, page) if found else (),
        "forms": _forms(found.forms, query) if found else (),
        "more": found.more if found else False,
        "detail": detail(site.helpdesk.match(query, opened, picked.filters)) if opened else None,
    }
    if request.headers.get("x-requested-with") == "fetch":
        return site.page(request, viewer, "_results.html", **shown)
    return site.page(request, viewer, "desk.html", values=choices(site.helpdesk), **shown)


@router.get("/desk/clause/{clause_id}")
async def clause(
    request: Request, viewer: Staff, picked: Picked, clause_id: str, q: Annotated[str, Query(max_length=_LONGEST)] = ""
) -> Response:
    """One clause in the light of ``q``, as a piece of the page."""
    site = Site.of(request)
    return site.page(
        request, viewer, "_detail.html", detail=detail(site.helpdesk.match(q.strip(), clause_id, picked.filters))
    )


@router.get("/desk/compare")
async def compare(
    request: Request,
    viewer: Staff,
    a: Annotated[str, Query(max_length=100)],
    b: Annotated[str, Query(max_length=100)],
) -> Response:
    """Two clauses side by side with what differs marked."""
    site = Site.of(request)
    left, right = site.helpdesk.clause(a), site.helpdesk.clause(b)
    passages: Sequence[Passage] = differences(left.clause.text, right.clause.text)
    shared = sum(len(p.before) for p in passages if p.same)
    return site.page(
        request,
        viewer,
        "compare.html",
        left=clause_view(left),
        right=clause_view(right),
        left_notice=notice_view(left.policy_id, left.metadata),
        right_notice=notice_view(right.policy_id, right.metadata),
        passages=passages,
        same=all(p.same for p in passages),
        alike=shared >= _ALIKE * max(len(left.clause.text), len(right.clause.text)),
    )


def detail(match: Match) -> DetailView:
    """A match as the desk shows it."""
    citation = match.citation
    view = clause_view(citation, evidence=match.evidence, words=match.words)
    largest = sorted(match.contributions.items(), key=lambda item: -abs(item[1]))[:_SHOWN_FEATURES]
    most = max((abs(added) for _, added in largest), default=0.0) or 1.0
    reasons = tuple(
        Reason(feature_label(name), match.features[name], added, round(100 * added / most))
        for name, added in largest
        if added
    )
    return DetailView(
        view,
        notice_view(citation.policy_id, citation.metadata),
        texts.reading_line(citation, view.evidence),
        match.rank,
        sum(match.contributions.values()),
        reasons,
    )


def _results(found: Lookup, picked: Chosen, query: str, page: int) -> tuple[ResultView, ...]:
    return tuple(
        ResultView(
            c.clause.clause_id,
            clause_name(c.clause),
            notice_view(c.policy_id, c.metadata),
            snippet(c, found.words),
            picked.address("/desk", q=query, page=page if page > 1 else "", id=c.clause.clause_id),
        )
        for c in found.citations
    )


def _forms(forms: Sequence[FormUsed], query: str) -> tuple[str, ...]:
    """The words that were also looked up as others: each with those that were not typed themselves, for each reason."""
    others: dict[tuple[str, str], list[str]] = {}
    for used in forms:
        if used.form not in query and used.form not in (known := others.setdefault((used.term, used.why), [])):
            known.append(used.form)
    told = [f"{term} → {'、'.join(known)}（{FORMS.get(why, why)}）" for (term, why), known in others.items() if known]
    return tuple(told[:_SHOWN_FORMS])
