"""Requests of the dialect, written.

The format is that of ``POST /responses`` (https://platform.openai.com/docs/api-reference/responses/create).
Nothing is stored there: thoughts come back encrypted and travel with the conversation instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from pointsman.dialects.blocks import arguments_text
from pointsman.dialects.media import media_data
from pointsman.dialects.openai_responses.content import write_content, write_said
from pointsman.dialects.openai_responses.thoughts import own_item, phase_of
from pointsman.dialects.refusals import not_taken, refuse
from pointsman.dialects.schemas import parameters
from pointsman.dialects.strict import strict_schema
from pointsman.dialects.tool_ids import accepted, rewritten
from pointsman.types import (
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
    ToolResult,
)

LONGEST_ID = 64
"""Characters a ``call_id`` may have."""

_REFUSED = ("seed", "stop")
_CHOICES = frozenset({"auto", "none", "required"})
_JOINED = ("text", "reasoning")
"""Objects of which the request states one field, and `extra` may state others."""
ENCRYPTED = "reasoning.encrypted_content"
"""What is to be included, so that thoughts can go back."""


def write_request(model: str, request: ChatRequest, *, stream: bool) -> dict[str, Any]:
    """The body that asks `model`. `extra` adds to it and wins, but never over model, input and stream.

    Raises:
        InvalidRequestError: The request holds something the dialect has no form for; names it.
    """
    refuse(request, _REFUSED, "the responses API has no such parameter")
    written: dict[str, Any] = {
        "max_output_tokens": request.max_output_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "user": request.user or None,
        "tools": [write_tool(tool) for tool in request.tools] or None,
        "tool_choice": write_tool_choice(request.tool_choice),
        "reasoning": {"effort": request.reasoning_effort} if request.reasoning_effort else None,
        "text": {"format": write_format(request.response_format)} if request.response_format else None,
        "include": [ENCRYPTED],
        "store": False,
    }
    written = {name: value for name, value in written.items() if value is not None}
    written |= {name: _extra(name, written.get(name), value) for name, value in request.extra.items()}
    written.update(model=model, input=[*write_items(request.messages)], stream=stream)
    return written


def _extra(name: str, stated: Any, value: Any) -> Any:
    if name in _JOINED and isinstance(stated, dict) and isinstance(value, Mapping):
        return _merged(stated, value)
    if name == "include" and isinstance(value, Sequence):
        return [*value, *(each for each in stated if each not in value)]
    return value


def _merged(stated: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        name: _merged(stated[name], inner)
        for name, inner in value.items()
        if isinstance(stated.get(name), Mapping) and isinstance(inner, Mapping)
    }
    return {**stated, **value, **both}


def write_items(messages: Sequence[Message]) -> Iterator[dict[str, Any]]:
    """The conversation as items: turns, thoughts, tool calls and their results, in order.

    Raises:
        InvalidRequestError: A part is not taken.
    """
    shortened = accepted(lambda identity: 0 < len(identity) <= LONGEST_ID)
    for message in rewritten(messages, shortened):
        if message.name:
            raise not_taken("messages", "the responses API takes no speaker's name")
        if message.role is Role.ASSISTANT:
            yield from _assistant(message.content)
        elif message.role is Role.TOOL:
            yield from (_result(result) for result in message.tool_results)
        elif said := write_said(message.role, message.content):
            yield {"role": message.role.value, "content": said}


def _assistant(content: Sequence[Part]) -> Iterator[dict[str, Any]]:
    """An assistant's parts, each an item of its own."""
    phase: dict[str, str] = {}
    for part in content:
        if isinstance(part, Reasoning) and (stated := phase_of(part)):
            phase = {"phase": stated}
        elif isinstance(part, Text):
            yield {"role": "assistant", "content": part.text, **phase}
            phase = {}
        elif (item := _item(part)) is not None:
            yield item


def _item(part: Part) -> dict[str, Any] | None:
    if isinstance(part, Reasoning):
        return own_item(part)
    if isinstance(part, ToolCall):
        return write_call(part)
    if isinstance(part, Image) and media_data(part) is not None:
        return write_picture(part, "")
    return next(iter(write_content(Role.ASSISTANT, [part])), None)


def write_call(call: ToolCall) -> dict[str, Any]:
    """A tool call, as the model made it."""
    arguments = call.arguments if isinstance(call.arguments, str) else arguments_text(call.arguments)
    return {
        "type": "function_call",
        "call_id": call.id,
        "name": call.name,
        "arguments": arguments or "{}",
    }


def write_picture(image: Image, identity: str) -> dict[str, Any]:
    """A picture the model made; `identity` of the item, else made from the picture."""
    media_type, data = media_data(image) or ("", "")
    return {
        "type": "image_generation_call",
        "id": identity or f"ig_{sha256(data.encode()).hexdigest()[:24]}",
        "status": "completed",
        "result": data,
        "output_format": media_type.removeprefix("image/") or "png",
    }


def _result(result: ToolResult) -> dict[str, Any]:
    return {
        "type": "function_call_output",
        "call_id": result.id,
        "output": write_said(Role.TOOL, result.content),
    }


def write_tool(tool: Tool) -> dict[str, Any]:
    """One tool. Here strictness is the rule and not, as elsewhere, the exception: it is always said.

    Raises:
        InvalidRequestError: Its parameters cannot be strict, and must be.
    """
    schema = parameters(tool.parameters)
    written: dict[str, Any] = {"type": "function", "name": tool.name}
    if tool.description:
        written["description"] = tool.description
    written["parameters"] = strict_schema(schema, "tools") if tool.strict else schema
    written["strict"] = bool(tool.strict)
    return written


def write_tool_choice(choice: str | None) -> str | dict[str, str] | None:
    """``auto``, ``none`` and ``required`` as they are; any other word is the name of one tool."""
    return choice if choice is None or choice in _CHOICES else {"type": "function", "name": choice}


def write_format(wanted: JsonSchema | str) -> dict[str, Any]:
    """The shape of the answer: any JSON object, or one that fits a schema.

    Raises:
        InvalidRequestError: The schema cannot be strict, and must be.
    """
    if not isinstance(wanted, JsonSchema):
        return {"type": "json_object"}
    schema = strict_schema(wanted.schema, "response_format") if wanted.strict else dict(wanted.schema)
    return {"type": "json_schema", "name": wanted.name, "schema": schema, "strict": wanted.strict}
