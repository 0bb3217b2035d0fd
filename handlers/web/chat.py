"""The chat: an owner asks and is answered, within a visit that a cookie holds together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from handlers.courtesy import courtesy
from handlers.log import log
from handlers.web import words
from handlers.web.site import Site, guest
from handlers.web.viewer import Viewer
from handlers.web.views import TurnView, courteous, turn
from knowledge.answer import Answer
from knowledge.errors import StoreError, UnknownClauseError
from knowledge.helpdesk import Helpdesk

router = APIRouter(include_in_schema=False)
SURFACE = "web"
_SHOWN_TURNS = 20
_EARLIER = 5
_SUGGESTED = 6
_HOT_DAYS, _HOT = 30, 6

Guest = Annotated[Viewer, Depends(guest)]
Text = Annotated[str, Form()]


@router.get("/")
async def home(request: Request, viewer: Guest) -> Response:
    """The empty page, or the conversation of the visit so far."""
    site = Site.of(request)
    site.limit(request, site.looking)
    return await _conversation(request, viewer)


@router.post("/ask")
async def ask(
    request: Request,
    viewer: Guest,
    question: Text = "",
    token: Text = "",
    earlier: Annotated[Sequence[str], Form()] = (),
) -> Response:
    """Answer: as a fragment for the page's script, otherwise as the whole conversation."""
    site = Site.of(request)
    scripted = request.headers.get("x-requested-with") == "fetch"
    # Who takes no cookies has nothing that another site could misuse; is answered, but not remembered.
    known = not viewer.fresh
    if known:
        site.check_form(request, viewer, token)
    site.limit(request, site.asking)
    question = question.strip()
    if not question or len(question) > site.options.max_question:
        problem = words.TOO_LONG.format(limit=site.options.max_question) if question else words.NO_QUESTION
        if scripted:
            raise HTTPException(400, problem)
        return await _conversation(request, viewer, problem=problem, status=400, draft=question)
    carried = list(earlier)[-_EARLIER:]
    if words_back := courtesy(question, site.options.hotline, site.options.hotline_hours):
        said = courteous(question, words_back)
        if scripted:
            return site.page(request, viewer, "_turn.html", turn=said)
        return await _conversation(request, viewer, last=said, carried=carried)
    history = await _recent(site, viewer, carried) if known else carried
    answer = await answered(site, question, history, SURFACE)
    asked_id = await kept(site, site.person(viewer), SURFACE, question, answer) if known else None
    view = turn(answer, asked_id=asked_id)
    if scripted:
        return site.page(request, viewer, "_turn.html", turn=view)
    if asked_id is not None:
        return RedirectResponse(f"/#t-{asked_id}", 303)
    return await _conversation(request, viewer, turns=[view], carried=[*history, question][-_EARLIER:])


@router.post("/judge")
async def judge(
    request: Request, viewer: Guest, asked: Annotated[int, Form()], helpful: Text, token: Text = ""
) -> Response:
    """Keep whether an answer helped."""
    site = Site.of(request)
    site.check_form(request, viewer, token)
    await site.helpdesk.people.judge(asked, site.person(viewer), helpful == "yes")
    if request.headers.get("x-requested-with") == "fetch":
        return Response(status_code=204)
    return RedirectResponse(f"/#t-{asked}", 303)


@router.post("/forget")
async def forget(request: Request, viewer: Guest, token: Text = "") -> Response:
    """Delete what is kept of the visit."""
    site = Site.of(request)
    site.check_form(request, viewer, token)
    await site.helpdesk.people.forget(site.person(viewer))
    return RedirectResponse("/", 303)


@router.get("/suggest")
async def suggest(request: Request, q: str = "") -> JSONResponse:
    """Questions and clause headings that begin or sound like what is being typed."""
    site = Site.of(request)
    site.limit(request, site.looking)
    typed = q.strip()[:60]
    if len(typed) < 2:
        return JSONResponse({"suggestions": []})
    try:
        found = list(await site.helpdesk.people.suggestions(typed, _SUGGESTED))
    except StoreError:
        found = []
    for citation in site.helpdesk.look_up(typed, limit=12).citations:
        if (heading := citation.clause.heading) and 4 <= len(heading) <= 30:
            found.append(heading)
    return JSONResponse({"suggestions": list(dict.fromkeys(t for t in found if t != typed))[:_SUGGESTED]})


async def answered(site: Site, question: str, history: Sequence[str], surface: str) -> Answer:
    """The answer, counted."""
    answer = await site.helpdesk.answer(question, history)
    site.metrics.answers.labels(surface, answer.decision).inc()
    site.metrics.answering.observe(answer.elapsed_ms / 1000)
    return answer


async def kept(site: Site, person: str, surface: str, question: str, answer: Answer) -> int | None:
    """The number under which a question is kept; None where the database cannot keep it: it is answered all the same."""
    try:
        return await site.helpdesk.people.asked(person, surface, question, answer)
    except StoreError as error:
        log.error("a question was not kept", cause=error.log)
        return None


async def _recent(site: Site, viewer: Viewer, carried: list[str]) -> list[str]:
    """The questions of the visit that a follow-up may go on from, oldest first; what the page carried where none can be read."""
    since = datetime.now(UTC) - site.options.follow_up
    try:
        before = await site.helpdesk.people.history(site.person(viewer), _EARLIER)
    except StoreError as error:
        log.error("the questions before could not be read", cause=error.log)
        return carried
    return [one.question for one in reversed(before) if one.at >= since]


async def _turns(site: Site, viewer: Viewer) -> list[TurnView]:
    """The conversation as the release in force answers it, oldest first."""
    asked = list(reversed(await site.helpdesk.people.history(site.person(viewer), _SHOWN_TURNS)))
    shown = []
    for n, one in enumerate(asked):
        before = [e.question for e in asked[max(0, n - _EARLIER) : n] if one.at - e.at <= site.options.follow_up]
        shown.append(turn(site.answer_again(one.question, before), asked_id=one.asked_id, helpful=one.helpful))
    return shown


async def _conversation(
    request: Request,
    viewer: Viewer,
    *,
    turns: Sequence[TurnView] | None = None,
    last: TurnView | None = None,
    carried: Sequence[str] = (),
    problem: str = "",
    status: int = 200,
    draft: str = "",
) -> Response:
    site = Site.of(request)
    shown, hot = list(turns or ()), list[str]()
    try:
        if turns is None and not viewer.fresh:
            shown = await _turns(site, viewer)
        if not shown:
            hot = await _hot(site)
    except StoreError as error:
        log.error("the chat is shown without what was asked before", cause=error.log)
        problem = problem or words.NOT_REMEMBERED
    if last is not None:
        shown.append(last)
    return site.page(
        request,
        viewer,
        "chat.html",
        status,
        turns=shown,
        carried=carried,
        problem=problem,
        draft=draft,
        hot=hot or ([] if shown else _topics(site)),
        hot_title="大家常问" if hot else "可以这样开始",
        notices=site.helpdesk.notices(limit=1).total,
    )


async def _hot(site: Site) -> list[str]:
    """What is asked most, in words that may be shown, else by the heading of the clause that answers."""
    found = []
    for one in await site.helpdesk.people.hot(_HOT_DAYS, _HOT):
        told = one.question or _heading(site.helpdesk, one.clause_id)
        if told and site.answer_again(told, ()).decision != "refuse":
            found.append(told)
    return list(dict.fromkeys(found))


def _heading(helpdesk: Helpdesk, clause_id: str) -> str:
    """The heading of a clause; "" where it has none, or is gone from the release in force."""
    try:
        return helpdesk.clause(clause_id).clause.heading
    except UnknownClauseError:
        return ""


def _topics(site: Site) -> list[str]:
    """For a page on which nobody has asked yet: the topics of the settings that the release answers, else newest headings."""
    found = [t for t in site.options.topics if site.answer_again(t, ()).decision != "refuse"]
    for notice in () if found else site.helpdesk.notices(limit=5).notices:
        found += [c.heading for c in site.helpdesk.clauses_of(notice.policy_id) if 5 <= len(c.heading) <= 16]
    return list(dict.fromkeys(found))[:_HOT]
