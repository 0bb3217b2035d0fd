"""Releases: what was published, what a reload would change, going back. Long work is a job with a page of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from handlers.differences import Passage, differences
from handlers.told import NO_RELEASE, sentence
from handlers.web import words
from handlers.web.chat import Text
from handlers.web.jobs import Job
from handlers.web.labels import STEPS
from handlers.web.site import Site, admin
from handlers.web.viewer import Viewer
from knowledge.helpdesk import Preview, Progress
from knowledge.model import ClauseChange, Comparison, Release

router = APIRouter(include_in_schema=False)
_SHOWN_CHANGES = 100
_SHOWN_HISTORY = 30
_BEGINNING = 24

Admin = Annotated[Viewer, Depends(admin)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A clause that changes: ``kind`` is added, changed or gone."""

    kind: str
    title: str
    begins: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """What changes, the first hundred clauses of it in words."""

    comparison: Comparison
    changes: tuple[ChangeView, ...]
    left_out: int


@router.get("/desk/releases")
async def releases(request: Request, viewer: Admin) -> Response:
    """Every release, and who put which in force when."""
    site = Site.of(request)
    return site.page(
        request,
        viewer,
        "releases.html",
        releases=await site.helpdesk.releases(),
        history=(await site.helpdesk.history())[:_SHOWN_HISTORY],
        folder=str(site.helpdesk.config.policy_dir),
        max_upload=site.options.max_upload_bytes,
    )


@router.get("/desk/releases/{number}")
async def release(request: Request, viewer: Admin, number: Number) -> Response:
    """What bringing back a release would change."""
    site = Site.of(request)
    one = next((r for r in await site.helpdesk.releases() if r.number == number), None)
    if one is None:
        raise HTTPException(404, NO_RELEASE)
    comparison = comparison_view(await site.helpdesk.compare_with(number))
    return site.page(request, viewer, "release.html", release=one, shown=comparison)


@router.post("/desk/releases/preview")
async def preview(request: Request, viewer: Admin, token: Text = "") -> Response:
    """Begin to read the policy folder."""
    site = Site.of(request)
    site.check_form(request, viewer, token)
    return _to(begin_preview(site, viewer))


@router.post("/desk/releases/{number}/restore")
async def restore(request: Request, viewer: Admin, number: Number, token: Text = "") -> Response:
    """Begin to put an earlier release in force again."""
    site = Site.of(request)
    site.check_form(request, viewer, token)
    actor = _actor(viewer)

    async def work(progress: Progress) -> Release:
        return await site.helpdesk.put_in_force(number, actor, progress)

    return _to(site.jobs.start(f"恢复版本 {number}", actor, work))


@router.get("/desk/jobs/{job_id}")
async def job(request: Request, viewer: Admin, job_id: str) -> Response:
    """How far long work is, and what came of it."""
    site = Site.of(request)
    found = _job(site, job_id)
    step = STEPS.get(found.step, found.step)
    if request.headers.get("x-requested-with") == "fetch":
        told = {
            "running": found.running,
            "step": step,
            "done": found.done,
            "total": found.total,
            "percent": found.percent,
        }
        return JSONResponse(told)
    result = found.result
    return site.page(
        request,
        viewer,
        "job.html",
        job=found,
        step=step,
        problem=sentence(found.error) if found.error else "",
        preview=result if isinstance(result, Preview) else None,
        shown=comparison_view(result.comparison) if isinstance(result, Preview) else None,
        published=result if isinstance(result, Release) else None,
        mine=found.owner == _actor(viewer),
    )


@router.post("/desk/jobs/{job_id}/publish")
async def publish(request: Request, viewer: Admin, job_id: str, token: Text = "") -> Response:
    """Publish what a preview showed: once, by the one who asked for it."""
    site = Site.of(request)
    site.check_form(request, viewer, token)
    found = _job(site, job_id)
    actor = _actor(viewer)
    if found.owner != actor or not isinstance(found.result, Preview):
        raise HTTPException(403, words.NOT_YOURS)
    shown = found.result
    site.jobs.forget(job_id)

    async def work(progress: Progress) -> Release:
        return await site.helpdesk.publish(shown, note="网页发布", actor=actor, progress=progress)

    return _to(site.jobs.start("发布", actor, work))


def begin_preview(site: Site, viewer: Viewer) -> Job:
    """Read the policy folder in the background."""
    return site.jobs.start("读取政策文件夹", _actor(viewer), site.helpdesk.preview)


def comparison_view(comparison: Comparison) -> ComparisonView:
    """A comparison as pages show it."""
    groups: Sequence[tuple[str, Sequence[ClauseChange]]] = (
        ("changed", comparison.changed),
        ("gone", comparison.gone),
        ("added", comparison.added),
    )
    changes = [(kind, change) for kind, group in groups for change in group]
    shown = tuple(
        ChangeView(kind, c.title, _beginning(c), tuple(differences(c.before or "", c.after or "")))
        for kind, c in changes[:_SHOWN_CHANGES]
    )
    return ComparisonView(comparison, shown, len(changes) - len(shown))


def _beginning(change: ClauseChange) -> str:
    """How the clause begins, which tells it from others of its notice even where it has no number."""
    text = " ".join((change.after or change.before or "").split())
    return text[:_BEGINNING] + ("…" if len(text) > _BEGINNING else "")


def _actor(viewer: Viewer) -> str:
    assert viewer.member is not None
    return viewer.member.actor


def _job(site: Site, job_id: str) -> Job:
    found = site.jobs.get(job_id)
    if found is None:
        raise HTTPException(404, words.JOB_GONE)
    return found


def _to(job: Job) -> Response:
    return RedirectResponse(f"/desk/jobs/{job.job_id}", 303)
