"""A request as the messages API reads it (https://docs.anthropic.com/en/api/messages)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pointsman import (
    ChatRequest,
    Image,
    JsonSchema,
    Message,
    Part,
    Reasoning,
    Role,
    Text,
    Tool,
    ToolCall,
)
from pointsman.dialects.blocks import arguments_of, own_thoughts, system_parts, turns
from pointsman.providers import image_data, not_taken, refuse

from pointsman_anthropic.listing import Limits

LONGEST_DEFAULT = 20_000
"""Tokens asked for at most when the caller names no bound: an answer that is not streamed has to come within
ten minutes, which the API's own clients take for about 21,000 tokens."""

SHORTEST_DEFAULT = 4_096
"""Tokens asked for when the list does not say what the model can: no model takes less."""

REDACTED = "redacted_thinking:"
"""Begins the signature of thoughts that came encrypted; the rest of it is what the API wants back."""

_CHOICES = {"auto": "auto", "none": "none", "required": "any"}


def body(model: str, request: ChatRequest, limits: Limits, *, stream: bool) -> dict[str, Any]:
    """The JSON that is sent. `extra` adds to it and wins, but never over model, messages and stream.

    Raises:
        InvalidRequestError: The request holds something the API or this model cannot take.
    """
    refuse(request, ["seed"], "Anthropic's API has no seed")
    most = min(limits.max_output_tokens or SHORTEST_DEFAULT, LONGEST_DEFAULT)
    written: dict[str, Any] = {
        "max_tokens": request.max_output_tokens or most,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "stop_sequences": list(request.stop) or None,
        "system": _blocks(system_parts(request.messages, "Anthropic's API")) or None,
        "tools": [_tool(tool) for tool in request.tools] or None,
        "tool_choice": _tool_choice(request.tool_choice),
        "metadata": {"user_id": request.user} if request.user else None,
        "output_config": _output_config(request, limits) or None,
        "thinking": {"type": "disabled"} if request.reasoning_effort == "none" else None,
    }
    written = {name: value for name, value in written.items() if value is not None}
    written.update(request.extra)
    written.update(model=model, messages=_messages(request.messages), stream=stream)
    return written


def _output_config(request: ChatRequest, limits: Limits) -> dict[str, Any]:
    config: dict[str, Any] = {}
    if "output_config" in request.extra:
        return config
    wanted, effort = request.response_format, request.reasoning_effort
    if wanted is not None:
        if not isinstance(wanted, JsonSchema):
            raise not_taken("response_format", "Anthropic's API takes a JSON schema, not a bare JSON mode")
        if not limits.structured:
            raise not_taken("response_format", "the model list does not say that this model takes a schema")
        config["format"] = {"type": "json_schema", "schema": dict(wanted.schema)}
    if effort is not None and effort != "none":
        if limits.efforts is not None and effort not in limits.efforts:
            known = ", ".join(sorted(limits.efforts)) or "none at all"
            raise not_taken("reasoning_effort", f"this model takes {known}")
        config["effort"] = effort
    return config


def _tool(tool: Tool) -> dict[str, Any]:
    written: dict[str, Any] = {
        "name": tool.name,
        "input_schema": dict(tool.parameters) or {"type": "object", "properties": {}},
    }
    if tool.description:
        written["description"] = tool.description
    if tool.strict is not None:
        written["strict"] = tool.strict
    return written


def _tool_choice(choice: str | None) -> Mapping[str, str] | None:
    if choice is None:
        return None
    return {"type": _CHOICES[choice]} if choice in _CHOICES else {"type": "tool", "name": choice}


def _messages(messages: Sequence[Message]) -> list[dict[str, Any]]:
    return [{"role": role.value, "content": blocks} for role, blocks in turns(messages, _turn)]


def _turn(message: Message) -> list[dict[str, Any]]:
    if message.name and message.role is not Role.TOOL:
        raise not_taken("messages", "Anthropic's API takes no speaker's name")
    if message.role is Role.TOOL:
        result = {"type": "tool_result", "tool_use_id": message.tool_call_id}
        return [{**result, "content": _blocks(message.content)}]
    thoughts = own_thoughts(message.content, REDACTED)
    return [*map(_thinking, thoughts), *_blocks(message.content), *map(_tool_use, message.tool_calls)]


def _blocks(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Texts and pictures, in order; the API refuses empty texts."""
    return [
        _image(part) if isinstance(part, Image) else {"type": "text", "text": part.text}
        for part in parts
        if isinstance(part, Image) or (isinstance(part, Text) and part.text)
    ]


def _image(part: Image) -> dict[str, Any]:
    held = image_data(part)
    if held is None:
        return {"type": "image", "source": {"type": "url", "url": part.url}}
    media_type, data = held
    return {"type": "image", "source": {"type": "base64", "media_type": media_type, "data": data}}


def _thinking(part: Reasoning) -> dict[str, Any]:
    if part.signature.startswith(REDACTED):
        return {"type": "redacted_thinking", "data": part.signature.removeprefix(REDACTED)}
    return {"type": "thinking", "thinking": part.text, "signature": part.signature}


def _tool_use(call: ToolCall) -> dict[str, Any]:
    return {"type": "tool_use", "id": call.id, "name": call.name, "input": arguments_of(call)}
