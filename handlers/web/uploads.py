"""Uploads: files are read and shown as they were understood before they go into the policy folder."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import UploadFile

from handlers.web import words
from handlers.web.chat import Text
from handlers.web.intake import Upload
from handlers.web.releases import Admin, begin_preview
from handlers.web.site import Site
from knowledge.errors import UnreadableFileError
from knowledge.model import Fault
from knowledge.received import ReceivedFile

router = APIRouter(include_in_schema=False)
_MOST_FILES = 20


@router.post("/desk/uploads")
async def receive(request: Request, viewer: Admin) -> Response:
    """Read the files sent and show what they hold."""
    site = Site.of(request)
    assert viewer.member is not None
    files: list[ReceivedFile] = []
    refused: list[Fault] = []
    async with request.form(max_files=_MOST_FILES, max_fields=5) as form:
        token = form.get("token")
        site.check_form(request, viewer, token if isinstance(token, str) else "")
        for part in form.getlist("files"):
            if not isinstance(part, UploadFile) or not part.filename:
                continue
            try:
                files.append(await site.helpdesk.check_file(part.filename, await part.read()))
            except UnreadableFileError as error:
                refused.append(Fault(part.filename[:100], None, error.user, fatal=True))
    if not files and not refused:
        raise HTTPException(400, words.NO_FILE)
    upload = Upload(secrets.token_urlsafe(12), viewer.member.member_id, tuple(files), tuple(refused))
    site.uploads.add(upload)
    return RedirectResponse(f"/desk/uploads/{upload.upload_id}", 303)


@router.get("/desk/uploads/{upload_id}")
async def show(request: Request, viewer: Admin, upload_id: str) -> Response:
    """The files as they were understood: metadata, clauses, faults."""
    site = Site.of(request)
    assert viewer.member is not None
    return site.page(request, viewer, "upload.html", upload=site.uploads.get(upload_id, viewer.member.member_id))


@router.post("/desk/uploads/{upload_id}/keep")
async def keep(request: Request, viewer: Admin, upload_id: str, token: Text = "") -> Response:
    """Put the files into the policy folder and begin the preview of what that changes."""
    site = Site.of(request)
    site.check_form(request, viewer, token)
    assert viewer.member is not None
    upload = site.uploads.get(upload_id, viewer.member.member_id)
    for file in upload.usable:
        await site.helpdesk.keep_file(file)
        await site.helpdesk.people.record(viewer.member.actor, "upload", file.name)
    site.uploads.remove(upload_id)
    return RedirectResponse(f"/desk/jobs/{begin_preview(site, viewer).job_id}", 303)


@router.post("/desk/uploads/{upload_id}/discard")
async def discard(request: Request, viewer: Admin, upload_id: str, token: Text = "") -> Response:
    """Forget the files."""
    site = Site.of(request)
    site.check_form(request, viewer, token)
    site.uploads.remove(upload_id)
    return RedirectResponse("/desk/releases", 303)
