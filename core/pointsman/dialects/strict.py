"""JSON schemas that an answer must fit exactly, as OpenAI takes them.

https://platform.openai.com/docs/guides/structured-outputs: every object is closed and requires all of its
properties, some words are not known. What can be said in other words is translated; the rest is refused,
because a looser schema is another one: a caller who is content with it says ``strict=False``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pointsman.dialects.refusals import not_taken

_UNKNOWN = (
    "not",
    "if",
    "then",
    "else",
    "dependentRequired",
    "dependentSchemas",
    "patternProperties",
    "unevaluatedProperties",
    "propertyNames",
)
_ANNOTATIONS = frozenset({"$schema", "$id", "$comment", "default", "examples", "discriminator"})
"""What says nothing of the answer, and is refused all the same."""
_MAPS = ("properties", "$defs", "definitions")
_LISTS = ("anyOf", "prefixItems")


def strict_schema(schema: Mapping[str, Any], parameter: str) -> dict[str, Any]:
    """The schema, closed and in words that are known.

    Args:
        schema: Of the answer, or of a tool's arguments: an object.
        parameter: Of the request it stands in; begins the error's message.

    Raises:
        InvalidRequestError: It cannot be said strictly; says what, and where.
    """
    written = _Strict(parameter).node(schema, "it")
    if written.get("type") != "object":
        raise not_taken(parameter, "a strict schema must be that of an object")
    return written


class _Strict:
    def __init__(self, parameter: str) -> None:
        self._parameter = parameter

    def _refuse(self, where: str, why: str) -> Exception:
        return not_taken(self._parameter, f"a strict schema is not possible: {where} {why}")

    def node(self, schema: Mapping[str, Any], where: str) -> dict[str, Any]:
        if unknown := next((word for word in _UNKNOWN if word in schema), None):
            raise self._refuse(where, f"uses {unknown!r}")
        written = dict(self._fields(schema, where))
        if "$ref" in written and len(written) > 1:  # nothing may stand beside it
            written["anyOf"] = [{"$ref": written.pop("$ref")}]
        if _is_object(written):
            self._close(written, where)
        return written

    def _fields(self, schema: Mapping[str, Any], where: str) -> Iterator[tuple[str, Any]]:
        for name, value in schema.items():
            if name in _ANNOTATIONS:
                continue
            if name in _MAPS and isinstance(value, Mapping):
                yield name, {key: self._inner(each, key) for key, each in value.items()}
            elif name == "oneOf" and isinstance(value, list | tuple):
                # Who fits one of them is all that can be asked for; whether another fits, too, is not.
                yield "anyOf", [self._inner(each, where) for each in value]
            elif name in _LISTS and isinstance(value, list | tuple):
                yield name, [self._inner(each, where) for each in value]
            elif name == "allOf" and isinstance(value, list | tuple):
                yield from self._one_of_all(value, where)
            elif name == "items":
                yield name, self._inner(value, where)
            else:
                yield name, value

    def _one_of_all(self, value: list[Any] | tuple[Any, ...], where: str) -> Iterator[tuple[str, Any]]:
        if len(value) != 1 or not isinstance(value[0], Mapping):
            raise self._refuse(where, "uses 'allOf'")
        yield from self._fields(value[0], where)

    def _inner(self, value: Any, where: str) -> Any:
        return self.node(value, repr(where)) if isinstance(value, Mapping) else value

    def _close(self, written: dict[str, Any], where: str) -> None:
        properties = written.get("properties")
        if properties is None or written.get("additionalProperties", False) is not False:
            raise self._refuse(where, "takes properties of any name")
        optional = [name for name in properties if name not in (written.get("required") or ())]
        if optional:
            raise self._refuse(where, f"does not require {optional[0]!r}")
        written.update(additionalProperties=False, required=list(properties))


def _is_object(schema: Mapping[str, Any]) -> bool:
    kind = schema.get("type")
    return kind == "object" or "properties" in schema or (isinstance(kind, list) and "object" in kind)
