"""Renders templates. Every value is escaped unless a template says otherwise, and none does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from handlers.told import in_chinese
from handlers.web.options import WebOptions

HERE = Path(__file__).parent
_BEIJING = timezone(timedelta(hours=8))


class Pages:
    """The templates of ``templates/``, with what all of them may use."""

    def __init__(self, options: WebOptions) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["options"] = options
        self._environment.filters["moment"] = moment
        self._environment.filters["told"] = in_chinese

    def html(self, name: str, values: Mapping[str, Any]) -> str:
        """A template filled in."""
        return self._environment.get_template(name).render(values)

    def response(self, request: Request, name: str, values: Mapping[str, Any], status: int = 200) -> HTMLResponse:
        """A page or a fragment as the reply to ``request``."""
        return HTMLResponse(self.html(name, {"path": request.url.path, **values}), status_code=status)


def moment(value: datetime) -> str:
    """A moment as people in China read it, wherever the server stands, to the minute."""
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(_BEIJING).strftime("%Y-%m-%d %H:%M")
