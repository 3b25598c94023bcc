"""Tools, and which of them to use, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pointsman.dialects.anthropic_messages.blocks import BY, cache_control
from pointsman.dialects.anthropic_messages.parts import read_cache_control
from pointsman.dialects.refusals import not_taken
from pointsman.dialects.schemas import closed, is_open, parameters
from pointsman.errors import RequestError
from pointsman.types import Tool
from pointsman.wire.fields import rows, string, table

_CHOICES = {"auto": "auto", "none": "none", "required": "any"}
_WORDS = {word: choice for choice, word in _CHOICES.items()}
_READ = frozenset({"type", "name", "description", "input_schema", "strict", "cache_control"})


def written_tool(tool: Tool) -> dict[str, Any]:
    """One tool. The schema of a strict one is closed, as the API wants it.

    Raises:
        InvalidRequestError: It is strict, and its schema takes properties that it does not name.
    """
    schema = parameters(tool.parameters)
    if tool.strict:
        if is_open(schema):
            raise not_taken("tools", f"{BY} takes a strict tool with named properties alone: {tool.name!r}")
        schema = closed(schema)
    written: dict[str, Any] = {"name": tool.name, "input_schema": schema}
    if tool.description:
        written["description"] = tool.description
    if tool.strict is not None:
        written["strict"] = tool.strict
    if tool.cache is not None:
        written["cache_control"] = cache_control(tool.cache)
    return written


def written_choice(choice: str) -> dict[str, str]:
    """A word of choice, or the name of one tool."""
    return {"type": _CHOICES[choice]} if choice in _CHOICES else {"type": "tool", "name": choice}


def read_tools(body: Mapping[str, Any]) -> tuple[list[Tool], bool]:
    """The caller's own tools, and whether that is all: the API has tools of its own, and more fields.

    Raises:
        RequestError: A tool has no name.
    """
    tools, whole = [], True
    for at, tool in enumerate(map(table, rows(body.get("tools")))):
        whole = whole and _READ.issuperset(name for name, value in tool.items() if value is not None)
        if tool.get("type") not in {None, "custom"}:
            whole = False
            continue
        name = string(tool.get("name"))
        if not name:
            raise RequestError(f"tools.{at}: no name", "tools")
        strict = tool.get("strict")
        tools.append(
            Tool(
                name,
                string(tool.get("description")),
                table(tool.get("input_schema")),
                strict if isinstance(strict, bool) else None,
                read_cache_control(tool.get("cache_control")),
            )
        )
    return tools, whole


def read_choice(value: object) -> tuple[str | None, bool]:
    """Which tools to use, and whether that is all that is said of it.

    Raises:
        RequestError: The word is not known.
    """
    choice = table(value)
    word = string(choice.get("type")) or string(value)
    if not word:
        return None, True
    name = string(choice.get("name")) if word == "tool" else _WORDS.get(word)
    if not name:
        raise RequestError(f"tool_choice: {word!r} is not known, or names no tool", "tool_choice")
    return name, not choice.get("disable_parallel_tool_use")
