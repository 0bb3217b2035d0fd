"""The API for other systems: the same answers as everywhere, as JSON, with a key or from this machine."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BeforeValidator

from handlers.web import words
from handlers.web.api_models import (
    AnswerOut,
    FoundClause,
    NoticeOut,
    NoticesOut,
    Problem,
    Question,
    SearchOut,
    Unprocessable,
)
from handlers.web.chat import answered, kept
from handlers.web.security import is_local
from handlers.web.site import Site
from knowledge.filters import Filters

_bearer = HTTPBearer(
    auto_error=False, description="接口密钥，由管理员在工作台“成员与密钥”中生成。没有设置任何密钥时，只有本机可以调用。"
)
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "请求无法识别"},
    401: {"model": Problem, "description": "没有有效的密钥"},
    422: {"model": Unprocessable, "description": "参数不符合要求"},
    429: {"model": Problem, "description": "调用太频繁，Retry-After 秒后再试"},
    503: {"model": Problem, "description": "数据库暂时不可用，或还没有发布内容"},
}
_ABSENT: dict[int | str, dict[str, Any]] = {404: {"model": Problem, "description": "没有这一条"}}
_DONE = "成功"
SURFACE = "api"


async def caller(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
) -> str:
    """The name of the calling system, "" for one on this machine where no keys are set. Raises HTTPException 401 and 429."""
    site = Site.of(request)
    name = await site.helpdesk.people.key(credentials.credentials) if credentials else None
    if name is None:
        # Guessing is slowed by address; a key that is right is never held up by others' guesses.
        site.limit(request, site.calling)
        if not is_local(request) or await site.helpdesk.people.keys():
            raise HTTPException(401, words.API_KEY, headers={"WWW-Authenticate": "Bearer"})
        return ""
    site.limit(request, site.calling, f"key {name}")
    return name


def _iso(value: object) -> object:
    """Figures alone would be taken for seconds since 1970."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError("a date is written as 2020-02-01")
    return value


_Day = Annotated[date, BeforeValidator(_iso)]
Caller = Annotated[str, Depends(caller)]
_Id = Annotated[str, Path(min_length=1, max_length=100, description="条款编号，即结果中的 clause_id")]
router = APIRouter(prefix="/api/v1", tags=["政策"], responses=_PROBLEMS)


def _filters(
    department: Annotated[str, Query(max_length=50, description="发文系统，如：工信")] = "",
    topic: Annotated[str, Query(max_length=50, description="主题分类，如：综合类")] = "",
    level: Annotated[str, Query(max_length=50, description="文件级别，如：省级")] = "",
    region: Annotated[str, Query(max_length=50, description="地区，如：湖南")] = "",
    since: Annotated[_Day | None, Query(description="发布日期不早于，如：2020-02-01")] = None,
    until: Annotated[_Day | None, Query(description="发布日期不晚于")] = None,
) -> Filters:
    return Filters(department, topic, level, region, since, until)


@router.post("/ask", summary="提问", response_description=_DONE)
async def ask(request: Request, question: Question, name: Caller) -> AnswerOut:
    """回答一个问题，与页面、Telegram 和命令行的答复相同。"""
    site = Site.of(request)
    answer = await answered(site, question.question, question.history, SURFACE)
    # All calls of one system count as one person: who stands behind them is not known here.
    person = site.helpdesk.people.person("visit", f"{SURFACE} {hashlib.sha256(name.encode()).hexdigest()}")
    await kept(site, person, SURFACE, question.question, answer)
    return AnswerOut.of(answer)


@router.get("/search", summary="查条款", response_description=_DONE)
async def search(
    request: Request,
    name: Caller,
    filters: Annotated[Filters, Depends(_filters)],
    q: Annotated[str, Query(min_length=1, max_length=200, description="关键词或来电人的原话")],
    limit: Annotated[int, Query(ge=1, le=50, description="最多几条")] = 10,
    offset: Annotated[int, Query(ge=0, le=1000, description="跳过前几条")] = 0,
) -> SearchOut:
    """按相关程度列出条款，不作判断。"""
    site = Site.of(request)
    found = site.helpdesk.look_up(q, filters, limit=limit, offset=offset)
    clauses = [FoundClause.of(c, site.address(request, f"/clause/{c.clause.clause_id}")) for c in found.citations]
    return SearchOut(release=site.helpdesk.answerer.release, clauses=clauses, more=found.more)


@router.get("/clauses/{clause_id}", summary="取一条", response_description=_DONE, responses=_ABSENT)
async def clause(request: Request, name: Caller, clause_id: _Id) -> FoundClause:
    """按编号取一条条款。"""
    site = Site.of(request)
    return FoundClause.of(site.helpdesk.clause(clause_id), site.address(request, f"/clause/{clause_id}"))


@router.get("/policies", summary="列文件", response_description=_DONE)
async def policies(
    request: Request,
    name: Caller,
    filters: Annotated[Filters, Depends(_filters)],
    limit: Annotated[int, Query(ge=1, le=100, description="最多几份")] = 20,
    offset: Annotated[int, Query(ge=0, le=100_000, description="跳过前几份")] = 0,
) -> NoticesOut:
    """按发布日期从新到旧列出文件。"""
    site = Site.of(request)
    found = site.helpdesk.notices(filters, limit=limit, offset=offset)
    listed = [NoticeOut.of(n.policy_id, n.metadata) for n in found.notices]
    return NoticesOut(release=site.helpdesk.answerer.release, total=found.total, policies=listed)
