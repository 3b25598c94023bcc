"""JSON schemas as the strictest dialects want them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NESTED = ("properties", "$defs", "definitions", "patternProperties")
_INNER = ("items", "additionalProperties", "not", "if", "then", "else")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")


def parameters(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A tool's parameters: an object that says its properties, also when it has none."""
    written = {name: value for name, value in schema.items() if value is not None} or {"type": "object"}
    kinds = written.get("type")
    if isinstance(kinds, list | tuple) and "object" in kinds:  # arguments are one, or there are none
        written["type"] = "object"
    if written.get("type", "object") == "object" and not {"properties", "$ref", *_LISTS} & set(written):
        written["properties"] = {}
    written.setdefault("type", "object")
    return written


def closed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with every object closed that does not say whether it takes further properties."""
    written = {name: _closed(name, value) for name, value in schema.items()}
    kinds = written.get("type")
    if kinds == "object" or "properties" in written or (isinstance(kinds, list) and "object" in kinds):
        written.setdefault("additionalProperties", False)
    return written


def is_closed(schema: Mapping[str, Any]) -> bool:
    """Whether every object in it is."""
    return closed(schema) == dict(schema)


def is_open(schema: Mapping[str, Any]) -> bool:
    """Whether some object in it takes properties that it does not name: such a schema cannot be closed."""
    if schema.get("additionalProperties", False) is not False or schema.get("patternProperties"):
        return True
    inner = [value for name in _NESTED if isinstance(value := schema.get(name), Mapping)]
    nested = [each for value in inner for each in value.values()]
    nested += [schema.get(name) for name in _INNER]
    nested += [
        each
        for name in (*_LISTS, "items")
        if isinstance(value := schema.get(name), list | tuple)
        for each in value
    ]
    return any(is_open(each) for each in nested if isinstance(each, Mapping))


def _closed(name: str, value: Any) -> Any:
    if name in _NESTED and isinstance(value, Mapping):
        return {key: closed(each) if isinstance(each, Mapping) else each for key, each in value.items()}
    if name in _INNER and isinstance(value, Mapping):
        return closed(value)
    if name in (*_LISTS, "items") and isinstance(value, list | tuple):
        return [closed(each) if isinstance(each, Mapping) else each for each in value]
    return value
