"""A request as ``/v2/chat`` reads it (https://docs.cohere.com/reference/chat)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pointsman import (
    Audio,
    CachePoint,
    ChatRequest,
    Document,
    Image,
    JsonSchema,
    Message,
    Part,
    Reasoning,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from pointsman.dialects.media import media_url
from pointsman.dialects.refusals import kind_of, not_taken, refuse_parts
from pointsman.dialects.schemas import parameters
from pointsman.dialects.tool_ids import paired

_CHOICES = {"none": "NONE", "required": "REQUIRED"}
# The API has thoughts on or off; its own OpenAI-compatible endpoint takes the same two words for them.
_EFFORTS = {"none": "disabled", "high": "enabled"}


def body(model: str, request: ChatRequest, *, stream: bool) -> dict[str, Any]:
    """The JSON that is sent. `extra` adds to it and wins, but never over model, messages and stream.

    Raises:
        InvalidRequestError: The request holds something the API cannot take.
    """
    written: dict[str, Any] = {
        "max_tokens": request.max_output_tokens,
        "temperature": request.temperature,
        "p": request.top_p,
        "seed": request.seed,
        "stop_sequences": list(request.stop) or None,
        "tools": [_tool(tool) for tool in request.tools] or None,
        "strict_tools": _strict(request) or None,
        "tool_choice": _tool_choice(request),
        "response_format": _response_format(request.response_format),
        "thinking": _thinking(request),
    }
    written = {name: value for name, value in written.items() if value is not None}
    written.update(request.extra)
    written.update(model=model, messages=list(_messages(request.messages)), stream=stream)
    return written


def _tool(tool: Tool) -> dict[str, Any]:
    function: dict[str, Any] = {"name": tool.name, "parameters": parameters(tool.parameters)}
    if tool.description:
        function["description"] = tool.description
    return {"type": "function", "function": function}


def _strict(request: ChatRequest) -> bool:
    strict = {bool(tool.strict) for tool in request.tools}
    if len(strict) > 1 and "strict_tools" not in request.extra:
        raise not_taken("tools", "Cohere's API takes all tools as strict or none")
    return strict == {True}


def _tool_choice(request: ChatRequest) -> str | None:
    choice = request.tool_choice
    if choice is None or choice == "auto" or "tool_choice" in request.extra:
        return None
    if choice == "none" and not request.tools and "tools" not in request.extra:
        return None
    if choice not in _CHOICES:
        raise not_taken("tool_choice", "Cohere's API cannot make a model use one certain tool")
    return _CHOICES[choice]


def _response_format(wanted: JsonSchema | str | None) -> dict[str, Any] | None:
    if wanted is None:
        return None
    schema = {"json_schema": dict(wanted.schema)} if isinstance(wanted, JsonSchema) else {}
    return {"type": "json_object", **schema}


def _thinking(request: ChatRequest) -> dict[str, str] | None:
    effort = request.reasoning_effort
    if effort is None or "thinking" in request.extra:
        return None
    if effort not in _EFFORTS:
        raise not_taken("reasoning_effort", f"Cohere's API takes {' and '.join(_EFFORTS)}")
    return {"type": _EFFORTS[effort]}


def _messages(messages: Sequence[Message]) -> Iterator[dict[str, Any]]:
    """The conversation; a system prompt that stands alone is what the user says."""
    refuse_parts(messages, Document, Audio, by="Cohere's API")
    alone = all(message.role is Role.SYSTEM for message in messages)
    for message in paired(messages):
        if message.name and message.role is not Role.TOOL:
            raise not_taken("messages", "Cohere's API takes no speaker's name")
        match message.role:
            case Role.TOOL:
                yield from (_result(result) for result in message.tool_results)
            case Role.ASSISTANT:
                yield _assistant(message)
            case role:
                yield {
                    "role": "user" if alone else role.value,
                    "content": _content(message.content, pictures=alone or role is Role.USER),
                }


def _assistant(message: Message) -> dict[str, Any]:
    """An assistant's turn; what it thought before it asked for tools is its plan."""
    written: dict[str, Any] = {"role": "assistant"}
    content = _content([part for part in message.content if not isinstance(part, Reasoning | ToolCall)])
    if content:
        written["content"] = content
    if message.tool_calls:
        plan = "".join(part.text for part in message.reasoning if not part.sealed)
        written.update({"tool_plan": plan} if plan else {})
        written["tool_calls"] = [_tool_call(call) for call in message.tool_calls]
    return written


def _tool_call(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments or "{}"}
    return {"id": call.id, "type": "function", "function": function}


def _result(result: ToolResult) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": result.id, "content": _content(result.content)}


def _content(parts: Sequence[Part], *, pictures: bool = False) -> str | list[dict[str, Any]]:
    """Text as it is; parts where there are several, or pictures, which are taken from users alone."""
    said = [part for part in parts if not isinstance(part, CachePoint)]
    texts = [part.text for part in said if isinstance(part, Text)]
    if len(texts) == len(said) and (not pictures or len(texts) <= 1):
        return "".join(texts)
    return [_part(part, pictures=pictures) for part in said]


def _part(part: Part, *, pictures: bool) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    if not isinstance(part, Image):
        raise not_taken("messages", f"{kind_of(part)} is not taken by Cohere's API here")
    if not pictures:
        raise not_taken("messages", "Cohere's API takes an image from the user alone")
    detail = {"detail": part.detail} if part.detail else {}
    return {"type": "image_url", "image_url": {"url": media_url(part), **detail}}
