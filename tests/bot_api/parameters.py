"""The parameters of a call, whichever way they were sent: query string, form, multipart or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.datastructures import UploadFile
from starlette.requests import Request

from .errors import bad_request

_TRUE = frozenset({"true", "1", "yes"})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a multipart request."""

    name: str
    mime_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Parameters:
    """Texts by name (objects and lists as JSON) and uploaded files by the name of their part."""

    texts: Mapping[str, str] = field(default_factory=dict)
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """The text as it was sent."""
        return self.texts.get(name, default)

    def integer(self, name: str, default: int = 0) -> int:
        """The whole number; ``default`` where it is missing, a refusal where it is none."""
        value = self.texts.get(name, "").strip()
        if not value:
            return default
        try:
            return int(value)
        except ValueError:
            raise bad_request(f"invalid {name} specified") from None

    def number(self, name: str, default: float = 0.0) -> float:
        """The number; ``default`` where it is missing or none."""
        try:
            return float(self.texts.get(name, ""))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        """Whether it was sent as true."""
        return self.texts.get(name, "").strip().lower() in _TRUE

    def json(self, name: str) -> object:
        """The decoded JSON; None where it is missing or empty."""
        value = self.texts.get(name, "")
        if not value.strip():
            return None
        try:
            decoded: object = json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None
        return decoded

    def objects(self, name: str) -> list[dict[str, object]]:
        """A JSON list of objects; [] where it is missing."""
        value = self.json(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise bad_request(f"can't parse {name} JSON object")
        return value


def from_mapping(values: Mapping[str, object]) -> Parameters:
    """Parameters from decoded JSON: what is no text is written as JSON again, null is left out."""
    texts = {}
    for name, value in values.items():
        if value is not None:
            texts[name] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return Parameters(texts)


async def read_parameters(request: Request) -> Parameters:
    """The parameters of ``request``; those of the body go before those of the address."""
    texts: dict[str, str] = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        try:
            body: object = json.loads(await request.body() or b"{}")
        except ValueError:
            raise bad_request("can't parse JSON object") from None
        if not isinstance(body, dict):
            raise bad_request("can't parse JSON object: expected an Object")
        return Parameters({**texts, **from_mapping(body).texts})
    uploads: dict[str, Upload] = {}
    if kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
        async with request.form() as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    mime_type = value.content_type or "application/octet-stream"
                    uploads[name] = Upload(value.filename or "file", mime_type, await value.read())
                else:
                    texts[name] = value
    return Parameters(texts, uploads)
