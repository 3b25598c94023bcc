"""The page of public Python names."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

import attrs
import pointsman
from pointsman.routing.request import ChatOptions

from docs.generator.docstrings import code, entries, prose, signature, summary, table
from docs.generator.fields import as_python, fields

_ERRORS = ("pointsman.errors",)
_PORTS = ("pointsman.protocols", "pointsman.hookspecs")
_PATH = re.compile(r"\bpointsman(?:\.\w+)*\.(?=[A-Z])")
_FACES = ("Router", "BlockingRouter")


def page() -> str:
    """``python.md``."""
    parts = [
        "# Python",
        (
            "Everything here is importable from `pointsman` and loads on first use. Beside it these"
            " modules are public:"
            " `pointsman.http` (the client), `pointsman.providers` (building blocks for providers),"
            " `pointsman.dialects` (wire formats), `pointsman.sources` (building blocks for sources) and"
            " `pointsman.testing` (fakes and the conformance kit). All else is internal and may move."
        ),
    ]
    for name in _FACES:
        parts += _face(name)
    parts += ["## Options of a call", *_options()]
    parts += ["## Vocabulary", "Frozen values; `None` is unknown, never 0."]
    for name in _values():
        parts += _value(name, getattr(pointsman, name))
    parts += ["## Functions and constants", _functions()]
    errors = [name for name in pointsman.__all__ if _module(name) in _ERRORS]
    ports = [name for name in pointsman.__all__ if _module(name) in _PORTS or name == "hookimpl"]
    parts += [
        "## Elsewhere",
        f"[Errors](errors.md): {', '.join(map(code, errors))}.",
        f"[Ports and hooks](hooks.md): {', '.join(map(code, ports))}.",
    ]
    return "\n\n".join(parts)


def _functions() -> str:
    """Whatever is neither a class nor documented elsewhere."""
    lines = []
    for name in pointsman.__all__:
        value = getattr(pointsman, name)
        if isinstance(value, type) or _module(name) in (*_ERRORS, *_PORTS) or name == "hookimpl":
            continue
        if inspect.isfunction(value):
            lines.append(f"- `{name}{signature(value)}`: {summary(value)}")
        else:
            lines.append(f"- `{name} = {_PATH.sub('', repr(value))}`")
    return "\n".join(lines)


def _module(name: str) -> str:
    return str(getattr(getattr(pointsman, name), "__module__", ""))


def _values() -> list[str]:
    kept = []
    for name in pointsman.__all__:
        value = getattr(pointsman, name)
        if isinstance(value, type) and name not in _FACES and _module(name) not in (*_ERRORS, *_PORTS):
            kept.append(name)
    return kept


def _face(name: str) -> Iterator[str]:
    face = getattr(pointsman, name)
    yield f"## `{name}`"
    yield prose(face)
    lines = []
    for method, member in vars(face).items():
        function = member.__func__ if isinstance(member, classmethod) else member
        if method.startswith("_") or not inspect.isfunction(function):
            continue
        word = "await " if inspect.iscoroutinefunction(function) else ""
        lines.append(f"- `{word}{method}{signature(function)}`: {summary(function)}")
        for section in ("Args", "Raises"):
            for entry, text in entries(function, section).items():
                lines.append(f"  - {'raises ' if section == 'Raises' else ''}`{entry}`: {text}")
    yield "\n".join(lines)


def _options() -> Iterator[str]:
    yield " ".join(prose(ChatOptions).split("\n\n", 1)[1].split())
    meanings = {**_meanings("ChatRequest"), **_meanings("Criteria"), **entries(ChatOptions, "Attributes")}
    written = inspect.get_annotations(ChatOptions)
    rows = [
        (code(name), code(getattr(kind, "__forward_arg__", kind)), meanings.get(name, ""))
        for name, kind in written.items()
    ]
    yield table(("option", "type", "meaning"), rows)


def _meanings(name: str) -> dict[str, str]:
    return entries(getattr(pointsman, name), "Attributes")


def _value(name: str, cls: Any) -> Iterator[str]:
    yield f"### `{name}`"
    yield prose(cls)
    if issubclass(cls, Enum):
        yield ", ".join(f"`{each.name}`" for each in cls) + "."
    elif attrs.has(cls):
        rows = [
            (code(each.name), code(each.type), as_python(each.default), each.meaning) for each in fields(cls)
        ]
        yield table(("field", "type", "default", "meaning"), rows)
    more = [
        f"- `{method}`: {summary(member)}"
        for method, member in vars(cls).items()
        if not method.startswith("_") and (isinstance(member, property) or inspect.isfunction(member))
    ]
    if more:
        yield "\n".join(more)
