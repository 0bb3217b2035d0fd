"""Reading: the notices by the province platform's filters, a whole notice, one clause at an address of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from handlers import texts
from handlers.web import words
from handlers.web.chat import Guest
from handlers.web.parameters import Chosen, choices, chosen
from handlers.web.site import Site
from handlers.web.views import clause_name, clause_view, elsewhere, heading_end
from knowledge.model import Clause, Metadata, Policy

router = APIRouter(include_in_schema=False)
_PAGE = 20
_LAST_PAGE = 500


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice in a list: its title, and the facts that tell it from others."""

    policy_id: str
    title: str
    facts: tuple[str, ...]
    standing: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A clause within its notice. ``heading`` is how its text begins, with its number; ``text`` the rest ("" for neither)."""

    clause_id: str
    label: str
    heading: str
    text: str


@router.get("/policies")
async def notices(
    request: Request,
    viewer: Guest,
    picked: Annotated[Chosen, Depends(chosen)],
    page: Annotated[int, Query(ge=1, le=_LAST_PAGE)] = 1,
) -> Response:
    """The notices that pass the filters, newest first."""
    site = Site.of(request)
    found = site.helpdesk.notices(picked.filters, limit=_PAGE, offset=(page - 1) * _PAGE)
    pages = min(max(1, -(-found.total // _PAGE)), _LAST_PAGE)
    return site.page(
        request,
        viewer,
        "policies.html",
        found=[notice_view(n.policy_id, n.metadata) for n in found.notices],
        total=found.total,
        chosen=picked,
        values=choices(site.helpdesk),
        page=page,
        pages=pages,
    )


@router.get("/policies/{policy_id}")
async def notice(request: Request, viewer: Guest, policy_id: str) -> Response:
    """A whole notice with its clauses in order."""
    site = Site.of(request)
    policy = await site.helpdesk.policy(policy_id)
    if policy is None:
        raise HTTPException(404, words.NO_NOTICE)
    return site.page(
        request,
        viewer,
        "policy.html",
        notice=notice_view(policy.policy_id, policy.metadata),
        metadata=policy.metadata,
        paragraphs=paragraphs(policy),
        contents=[c for c in policy.clauses if c.label and heading_end(c)],
    )


@router.get("/clause/{clause_id}")
async def clause(request: Request, viewer: Guest, clause_id: str) -> Response:
    """One clause with its source and its neighbours."""
    site = Site.of(request)
    citation = site.helpdesk.clause(clause_id)
    siblings = site.helpdesk.clauses_of(citation.policy_id)
    at = citation.clause.ordinal
    before = next((c for c in siblings if c.ordinal == at - 1), None)
    after = next((c for c in siblings if c.ordinal == at + 1), None)
    return site.page(
        request,
        viewer,
        "clause.html",
        clause=clause_view(citation),
        notice=notice_view(citation.policy_id, citation.metadata),
        paragraph=_paragraph(citation.clause),
        before=(before, clause_name(before)) if before else None,
        after=(after, clause_name(after)) if after else None,
        address=site.address(request, f"/clause/{clause_id}"),
        elsewhere=elsewhere(citation),
    )


@router.get("/privacy")
async def privacy(request: Request, viewer: Guest) -> Response:
    """What is kept of people."""
    return Site.of(request).page(request, viewer, "privacy.html")


def notice_view(policy_id: str, metadata: Metadata) -> NoticeView:
    """A notice's metadata in the order in which people look for them."""
    filed = metadata.published or metadata.signed
    facts = (
        metadata.issuer,
        metadata.document_number,
        f"{filed.isoformat()} 发布" if filed else texts.NO_DATE,
        metadata.level,
        "、".join(metadata.topics),
        metadata.region,
    )
    return NoticeView(policy_id, metadata.title, tuple(f for f in facts if f), texts.standing(metadata, date.today()))


def paragraphs(policy: Policy) -> list[Paragraph]:
    """The clauses of a notice as its page prints them."""
    return [_paragraph(c) for c in policy.clauses]


def _paragraph(clause: Clause) -> Paragraph:
    end = heading_end(clause)
    return Paragraph(clause.clause_id, clause.label, clause.text[:end], clause.text[end:].lstrip("\n"))
