"""The fields of attrs classes, as rows."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import attrs
from attrs import frozen
from pointsman.hookspecs import ENV

from docs.generator.docstrings import entries


@frozen
class Field:
    """One field.

    Attributes:
        name: Its name.
        type: As annotated.
        default: The value itself; attrs' NOTHING where there is none.
        meaning: From the class's docstring.
        variables: Environment variables it is also read from.
    """

    name: str
    type: str
    default: Any
    meaning: str
    variables: tuple[str, ...]


def fields(cls: Any) -> Iterator[Field]:
    """Every field a caller may give, in order."""
    written = inspect.get_annotations(cls)
    meanings = entries(cls, "Attributes")
    for each in attrs.fields(cls):
        if not each.init:
            continue
        name = each.name
        annotation = written.get(name, each.type)
        shown = (
            annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
        )
        yield Field(name, shown, _default(each), meanings.get(name, ""), each.metadata.get(ENV, ()))


def _default(each: attrs.Attribute[Any]) -> Any:
    value: Any = each.default
    if isinstance(value, attrs.Factory) and value.takes_self:  # type: ignore[arg-type]
        return None  # made from the other fields
    return value.factory() if isinstance(value, attrs.Factory) else value  # type: ignore[arg-type]


def as_toml(value: Any) -> str:
    """A default as a configuration would write it, in backticks; nothing for nothing."""
    if value is attrs.NOTHING:
        return "required"
    if value is None or value in {"", (), frozenset()}:
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else _quoted(value)}`"


def as_python(value: Any) -> str:
    """A default as code would write it, in backticks."""
    if value is attrs.NOTHING:
        return "required"
    if attrs.has(type(value)):
        return f"`{type(value).__name__}(…)`"
    return f"`{value.__name__ if inspect.isfunction(value) else _quoted(value)}`"


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)
