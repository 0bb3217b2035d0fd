"""For those who watch the service: numbers for Prometheus; and the description of the API for people."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from handlers.web import words
from handlers.web.chat import Guest
from handlers.web.manual import operations
from handlers.web.security import comes_from
from handlers.web.site import Site

router = APIRouter(include_in_schema=False)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Numbers for Prometheus, for those that the settings allow."""
    site = Site.of(request)
    if not comes_from(request, site.options.metrics_from, proxies=bool(site.options.trusted_proxies)):
        raise HTTPException(403, words.NOT_FROM_THERE)
    release = await site.helpdesk.release_in_force()
    site.metrics.release.set(release.number if release else 0)
    return Response(site.metrics.text(), media_type=CONTENT_TYPE_LATEST)


@router.get("/api/v1/docs")
async def manual(request: Request, viewer: Guest) -> Response:
    """How other systems call the API."""
    site = Site.of(request)
    base = site.address(request, "")
    return site.page(request, viewer, "manual.html", operations=operations(request.app.openapi()), base=base)
