"""The API's own description (OpenAPI) as a page can show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a call."""

    name: str
    told: str
    required: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One call: its method and path, what it does, its parameters, and what it can answer by status."""

    method: str
    path: str
    summary: str
    told: str
    parameters: tuple[Parameter, ...]
    answers: tuple[tuple[str, str], ...]


def operations(schema: Mapping[str, Any]) -> list[Operation]:
    """The calls of an OpenAPI description, in its order."""
    return [
        Operation(
            method.upper(),
            path,
            one.get("summary", ""),
            one.get("description", ""),
            tuple(
                Parameter(p["name"], p.get("description", ""), p.get("required", False))
                for p in one.get("parameters", ())
            ),
            tuple((status, answer["description"]) for status, answer in one["responses"].items()),
        )
        for path, methods in schema["paths"].items()
        for method, one in methods.items()
    ]
