"""The API's own description (OpenAPI) as a page can show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a call, or a field of what is sent or returned."""

    name: str
    told: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One call: its method and path, what it does, its parameters, what is returned, and what it can answer by status."""

    method: str
    path: str
    summary: str
    told: str
    parameters: tuple[Parameter, ...]
    returned: tuple[Parameter, ...]
    answers: tuple[tuple[str, str], ...]


def operations(schema: Mapping[str, Any]) -> list[Operation]:
    """The calls of an OpenAPI description, in its order; the fields of a body stand among the parameters."""
    return [
        Operation(
            method.upper(),
            path,
            one.get("summary", ""),
            one.get("description", ""),
            (*_parameters(one), *_fields(schema, one.get("requestBody", {}))),
            _fields(schema, one["responses"]["200"]),
            tuple((status, answer["description"]) for status, answer in sorted(one["responses"].items())),
        )
        for path, methods in schema["paths"].items()
        for method, one in methods.items()
    ]


def _parameters(operation: Mapping[str, Any]) -> list[Parameter]:
    return [
        Parameter(p["name"], p.get("description", ""), p.get("required", False))
        for p in operation.get("parameters", ())
    ]


def _fields(schema: Mapping[str, Any], message: Mapping[str, Any]) -> tuple[Parameter, ...]:
    """The fields of a JSON message that say what they are, one level of nesting deep, as ``outer.inner``."""
    found: list[Parameter] = []
    body = message.get("content", {}).get(_JSON, {}).get("schema", {})
    for name, one, required in _properties(schema, body):
        found.append(Parameter(name, one.get("description", ""), required))
        found += [
            Parameter(f"{name}.{n}", i["description"]) for n, i, _ in _properties(schema, one) if "description" in i
        ]
    return tuple(f for f in found if f.told)


def _properties(schema: Mapping[str, Any], one: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any], bool]]:
    """The properties of an object, or of the objects of a list, and whether each has to be there."""
    reference = one.get("$ref") or one.get("items", {}).get("$ref", "")
    target = schema["components"]["schemas"].get(reference.rpartition("/")[2], {})
    required = target.get("required", ())
    return [(name, p, name in required) for name, p in target.get("properties", {}).items()]
