"""A request as Converse reads it.

The format is https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pointsman import (
    ChatRequest,
    Image,
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

REDACTED = "redactedContent:"
"""Begins the signature of thoughts that came encrypted."""


def body(request: ChatRequest) -> dict[str, Any]:
    """The JSON that is sent. `extra` adds to it and wins, but never over the messages.

    Raises:
        InvalidRequestError: The request holds something Converse cannot take for every model.
    """
    why = "Converse has no common field for it; extra's additionalModelRequestFields takes a model's own"
    if "additionalModelRequestFields" not in request.extra:
        refuse(request, ["seed", "reasoning_effort", "response_format"], why)
    refuse(request, ["user"], "Converse has no field for it")
    config = {
        "maxTokens": request.max_output_tokens,
        "temperature": request.temperature,
        "topP": request.top_p,
        "stopSequences": list(request.stop) or None,
    }
    config = {name: value for name, value in config.items() if value is not None}
    written: dict[str, Any] = {
        "system": _blocks(system_parts(request.messages, "Converse")) or None,
        "inferenceConfig": config or None,
        "toolConfig": _tools(request),
    }
    written = {name: value for name, value in written.items() if value is not None}
    written.update(request.extra)
    written["messages"] = _messages(request.messages)
    return written


def _tools(request: ChatRequest) -> dict[str, Any] | None:
    choice = request.tool_choice
    if not request.tools:
        return None
    if choice == "none":
        raise not_taken("tool_choice", "Converse cannot keep a model from the tools it is offered")
    config: dict[str, Any] = {"tools": [_tool(tool) for tool in request.tools]}
    if choice is not None:
        named: dict[str, Any] = {"auto": {"auto": {}}, "required": {"any": {}}}
        config["toolChoice"] = named.get(choice, {"tool": {"name": choice}})
    return config


def _tool(tool: Tool) -> dict[str, Any]:
    schema = dict(tool.parameters) or {"type": "object", "properties": {}}
    spec: dict[str, Any] = {"name": tool.name, "inputSchema": {"json": schema}}
    if tool.description:
        spec["description"] = tool.description
    if tool.strict is not None:
        spec["strict"] = tool.strict
    return {"toolSpec": spec}


def _messages(messages: Sequence[Message]) -> list[dict[str, Any]]:
    return [{"role": role.value, "content": blocks} for role, blocks in turns(messages, _turn)]


def _turn(message: Message) -> list[dict[str, Any]]:
    if message.name and message.role is not Role.TOOL:
        raise not_taken("messages", "Converse takes no speaker's name")
    if message.role is Role.TOOL:
        result = {"toolUseId": message.tool_call_id, "content": _blocks(message.content)}
        return [{"toolResult": result}]
    thoughts = own_thoughts(message.content, REDACTED)
    return [*map(_thought, thoughts), *_blocks(message.content), *map(_tool_use, message.tool_calls)]


def _blocks(parts: Iterable[Part]) -> list[dict[str, Any]]:
    return [
        _image(part) if isinstance(part, Image) else {"text": part.text}
        for part in parts
        if isinstance(part, Image) or (isinstance(part, Text) and part.text)
    ]


def _image(part: Image) -> dict[str, Any]:
    held = image_data(part)
    if held is None:
        raise not_taken("messages", "Converse takes an image as data, not as an address")
    media_type, data = held
    return {"image": {"format": media_type.partition("/")[2], "source": {"bytes": data}}}


def _thought(part: Reasoning) -> dict[str, Any]:
    if part.signature.startswith(REDACTED):
        return {"reasoningContent": {"redactedContent": part.signature.removeprefix(REDACTED)}}
    return {"reasoningContent": {"reasoningText": {"text": part.text, "signature": part.signature}}}


def _tool_use(call: ToolCall) -> dict[str, Any]:
    return {"toolUse": {"toolUseId": call.id, "name": call.name, "input": arguments_of(call)}}
