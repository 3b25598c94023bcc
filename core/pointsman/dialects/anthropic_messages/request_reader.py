"""A request, read as leniently as the API itself does (https://docs.anthropic.com/en/api/messages)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from pointsman.dialects.anthropic_messages.parts import read_parts
from pointsman.dialects.anthropic_messages.tools import read_choice, read_tools
from pointsman.dialects.dialect import ReceivedRequest
from pointsman.dialects.tool_ids import paired
from pointsman.errors import RequestError
from pointsman.types import CachePoint, ChatRequest, JsonSchema, Message, Part, Role, ToolResult
from pointsman.wire.fields import string, table

_READ = frozenset(
    {"model", "messages", "system", "max_tokens", "temperature", "top_p", "stop_sequences", "stream", "tools"}
    | {"tool_choice", "metadata", "thinking", "output_config", "output_format"}
)
_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT, "system": Role.SYSTEM}
_EFFORTS = ((2_048, "low"), (8_192, "medium"))
"""Thinking tokens, and the effort they are about; more of them are a high one."""


def read_request(body: Mapping[str, Any]) -> ReceivedRequest:
    """A client's request. What other dialects do not know is in `rest`, in this dialect's own words.

    Raises:
        RequestError: Something in it is malformed, or has no canonical form; says where.
    """
    rest = {name: value for name, value in body.items() if name not in _READ and value is not None}
    tools, whole = read_tools(body)
    if not whole:
        rest["tools"] = body["tools"]
    choice, whole = read_choice(body.get("tool_choice"))
    if not whole:
        rest["tool_choice"] = body["tool_choice"]
    metadata = table(body.get("metadata"))
    if metadata.keys() - {"user_id"}:
        rest["metadata"] = metadata
    config = table(body.get("output_config"))
    effort, own = _effort(table(body.get("thinking")), config)
    chat = ChatRequest(
        messages=paired(list(_messages(body))),
        tools=tools,
        tool_choice=choice,
        response_format=_format(config.get("format") or body.get("output_format")),
        max_output_tokens=_number(body, "max_tokens", int),
        temperature=_number(body, "temperature", float),
        top_p=_number(body, "top_p", float),
        stop=_stop(body.get("stop_sequences")),
        reasoning_effort=effort,
        user=string(metadata.get("user_id")),
    )
    return ReceivedRequest(string(body.get("model")), chat, body.get("stream") is True, rest={**rest, **own})


def _messages(body: Mapping[str, Any]) -> Iterator[Message]:
    system = read_parts(body.get("system"), "system")
    if system:
        yield Message(Role.SYSTEM, system)
    turns = body.get("messages")
    if not isinstance(turns, list) or not turns:
        raise RequestError("messages: a list of at least one turn is needed", "messages")
    for at, turn in enumerate(turns):
        where = f"messages.{at}"
        role = _ROLES.get(string(table(turn).get("role") or "user"))
        if role is None or not isinstance(turn, dict):
            raise RequestError(f"{where}: a turn has the role user or assistant", "messages")
        parts = read_parts(turn.get("content"), f"{where}.content")
        if role is not Role.USER and any(isinstance(part, ToolResult) for part in parts):
            raise RequestError(f"{where}: only the user gives results of tools", "messages")
        yield from _split(role, parts)


def _split(role: Role, parts: list[Part]) -> Iterator[Message]:
    """Results of tools are turns of their own; a cache mark goes with what stands before it."""
    result = False
    marked: list[tuple[bool, Part]] = []
    for part in parts:
        result = isinstance(part, ToolResult) or (result and isinstance(part, CachePoint))
        marked.append((result, part))
    for of_tool, run in groupby(marked, key=lambda pair: pair[0]):
        yield Message(Role.TOOL if of_tool else role, [part for _, part in run])


def _effort(thinking: Mapping[str, Any], config: Mapping[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """The effort, and the fields of this dialect that say it more exactly."""
    stated = {"effort": config["effort"]} if string(config.get("effort")) else {}
    effort = string(config.get("effort")) or None
    others = {name: value for name, value in config.items() if name not in {"effort", "format"}}
    kind = thinking.get("type")
    if not thinking or (kind == "disabled" and not stated):
        exactly = {"output_config": {**stated, **others}} if others else {}
        return "none" if thinking else effort, exactly
    own: dict[str, Any] = {"thinking": thinking, "output_config": {**stated, **others}}
    if kind == "disabled":
        effort = "none"
    elif effort is None and kind == "enabled":
        budget = thinking.get("budget_tokens")
        known = budget if isinstance(budget, int) else 0
        effort = next((word for most, word in _EFFORTS if known <= most), "high")
    return effort, own


def _format(wanted: object) -> JsonSchema | None:
    if wanted is None:
        return None
    schema = table(wanted).get("schema")
    if table(wanted).get("type") != "json_schema" or not isinstance(schema, dict):
        raise RequestError("output_config.format: a json_schema with its schema is needed", "output_config")
    return JsonSchema(schema)


def _number(body: Mapping[str, Any], name: str, kind: type) -> Any:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | kind):
        raise RequestError(f"{name}: {'a whole' if kind is int else 'a'} number is needed", name)
    return value


def _stop(value: object) -> list[str]:
    words = [value] if isinstance(value, str) else value or []
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise RequestError("stop_sequences: a list of texts is needed", "stop_sequences")
    return words
