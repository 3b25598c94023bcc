"""A request as ``/api/chat`` reads it (https://docs.ollama.com/api/chat)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pointsman import (
    ChatRequest,
    Image,
    JsonSchema,
    Message,
    Reasoning,
    Role,
    ToolCall,
)
from pointsman.dialects.blocks import arguments_of
from pointsman.providers import image_data, not_taken, openai_tool

_EFFORTS: Mapping[str, bool | str] = {"none": False, "low": "low", "medium": "medium", "high": "high"}


def body(model: str, request: ChatRequest, *, stream: bool) -> dict[str, Any]:
    """The JSON that is sent. `extra` adds to it and wins, but never over model, messages and stream.

    ``options`` in `extra` is merged into the options made from the request.

    Raises:
        InvalidRequestError: The request holds something the server cannot take.
    """
    options: dict[str, Any] = {
        "num_predict": request.max_output_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "seed": request.seed,
        "stop": list(request.stop) or None,
    }
    options = {name: value for name, value in options.items() if value is not None}
    written: dict[str, Any] = {
        "tools": [openai_tool(tool) for tool in request.tools] if _offers_tools(request) else None,
        "format": _format(request.response_format),
        "think": _think(request),
    }
    written = {name: value for name, value in written.items() if value is not None}
    written.update(request.extra)
    if options:
        written["options"] = {**options, **dict(request.extra.get("options") or {})}
    written.update(model=model, messages=_messages(request.messages), stream=stream)
    return written


def _offers_tools(request: ChatRequest) -> bool:
    """Whether the model sees the tools; it can be offered them or not, but not be made to use one."""
    if request.tool_choice not in {None, "auto", "none"} and "tool_choice" not in request.extra:
        raise not_taken("tool_choice", "Ollama cannot make a model use a tool")
    return bool(request.tools) and request.tool_choice != "none"


def _format(wanted: JsonSchema | str | None) -> Any:
    return dict(wanted.schema) if isinstance(wanted, JsonSchema) else wanted


def _think(request: ChatRequest) -> bool | str | None:
    effort = request.reasoning_effort
    if effort is None or "think" in request.extra:
        return None
    if effort not in _EFFORTS:
        raise not_taken("reasoning_effort", f"Ollama takes {', '.join(_EFFORTS)}")
    return _EFFORTS[effort]


def _messages(messages: Sequence[Message]) -> list[dict[str, Any]]:
    tools = {call.id: call.name for message in messages for call in message.tool_calls}
    return [_message(message, tools) for message in messages]


def _message(message: Message, tools: Mapping[str, str]) -> dict[str, Any]:
    if message.name and message.role is not Role.TOOL:
        raise not_taken("messages", "Ollama takes no speaker's name")
    written: dict[str, Any] = {"role": message.role.value, "content": message.text}
    images = [_image(part) for part in message.content if isinstance(part, Image)]
    if images:
        written["images"] = images
    thoughts = "".join(part.text for part in message.content if isinstance(part, Reasoning))
    if thoughts:
        written["thinking"] = thoughts
    if message.tool_calls:
        written["tool_calls"] = [_tool_call(call) for call in message.tool_calls]
    if message.role is Role.TOOL:
        written["tool_name"] = message.name or tools.get(message.tool_call_id, "")
        written["tool_call_id"] = message.tool_call_id
    return written


def _image(part: Image) -> str:
    held = image_data(part)
    if held is None:
        raise not_taken("messages", "Ollama takes pictures as data, not as an address")
    return held[1]


def _tool_call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "function": {"name": call.name, "arguments": arguments_of(call)}}
