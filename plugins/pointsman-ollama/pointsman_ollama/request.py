"""A request as ``/api/chat`` reads it (https://docs.ollama.com/api/chat)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve
from pointsman import (
    Audio,
    ChatRequest,
    Document,
    Image,
    JsonSchema,
    Message,
    Part,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from pointsman.dialects.blocks import arguments_of
from pointsman.dialects.media import media_data
from pointsman.dialects.refusals import not_taken, refuse_parts
from pointsman.dialects.schemas import parameters
from pointsman.dialects.tool_ids import paired

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
        "tools": [_tool(tool) for tool in request.tools] if _offers_tools(request) else None,
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


def _tool(tool: Tool) -> dict[str, Any]:
    function: dict[str, Any] = {"name": tool.name, "parameters": parameters(tool.parameters)}
    if tool.description:
        function["description"] = tool.description
    return {"type": "function", "function": function}


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
    """The conversation; a system prompt that stands alone is what the user says."""
    refuse_parts(messages, Document, Audio, by="Ollama")
    if all(message.role is Role.SYSTEM for message in messages):
        messages = [evolve(message, role=Role.USER) for message in messages]
    messages = paired(messages)
    tools = {call.id: call.name for message in messages for call in message.tool_calls}
    return [written for message in messages for written in _message(message, tools)]


def _message(message: Message, tools: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    if message.role is Role.TOOL:
        yield from (_result(result, tools) for result in message.tool_results)
        return
    if message.name:
        raise not_taken("messages", "Ollama takes no speaker's name")
    if message.role is Role.USER:
        yield from (_said(message.role, parts) for parts in _looks(message.content))
        return
    written = _said(message.role, message.content)
    # Thoughts that only their maker can read stay behind.
    thoughts = "".join(part.text for part in message.reasoning if not part.sealed)
    if thoughts:
        written["thinking"] = thoughts
    if message.tool_calls:
        written["tool_calls"] = [_tool_call(call) for call in message.tool_calls]
    yield written


def _looks(content: Sequence[Part]) -> Iterator[list[Part]]:
    """A user's turn as messages: one holds a text and pictures, but not what stands between them.

    So each has pictures before its text or behind it, and what is said next is said in a message of its own.
    """
    held: list[Part] = []
    switched = False
    for part in content:
        if not isinstance(part, Text | Image):
            continue
        if held and type(part) is not type(held[-1]):
            if switched:
                yield held
                held, switched = [], False
            else:
                switched = True
        held.append(part)
    yield held


def _result(result: ToolResult, tools: Mapping[str, str]) -> dict[str, Any]:
    """A tool's result, under the name its call has; pictures in it are taken as those of any message."""
    name = tools.get(result.id) or result.name
    return {**_said(Role.TOOL, result.content), "tool_name": name, "tool_call_id": result.id}


def _said(role: Role, content: Sequence[Part]) -> dict[str, Any]:
    images = [_image(part) for part in content if isinstance(part, Image)]
    return {
        "role": role.value,
        "content": "".join(part.text for part in content if isinstance(part, Text)),
        **({"images": images} if images else {}),
    }


def _image(part: Image) -> str:
    held = media_data(part)
    if held is None:
        raise not_taken("messages", "Ollama takes pictures as data, not as an address")
    return held[1]


def _tool_call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "function": {"name": call.name, "arguments": arguments_of(call)}}
