"""A request in OpenAI's responses dialect.

The format is that of ``POST /responses`` (https://platform.openai.com/docs/api-reference/responses/create).
Nothing is stored there: thoughts come back encrypted and travel with the conversation instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pointsman.dialects.media import media_url as image_url
from pointsman.dialects.refusals import refuse
from pointsman.types import ChatRequest, Image, JsonSchema, Message, Reasoning, Role, Text, Tool

REFUSED = ("seed", "stop")
MARK = "responses:"
"""Begins the signature of thoughts that came from this dialect; those of others stay behind."""


def responses_body(model: str, request: ChatRequest, *, stream: bool) -> dict[str, Any]:
    """The JSON that is sent. `extra` adds to it and wins, but never over model, input and stream.

    Raises:
        InvalidRequestError: The request uses a parameter this dialect has no word for.
    """
    refuse(request, REFUSED, "the responses API has no such parameter")
    written: dict[str, Any] = {
        "max_output_tokens": request.max_output_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "user": request.user or None,
        "tools": [_tool(tool) for tool in request.tools] or None,
        "tool_choice": _tool_choice(request.tool_choice),
        "reasoning": {"effort": request.reasoning_effort} if request.reasoning_effort else None,
        "text": {"format": _format(request.response_format)} if request.response_format else None,
        "include": ["reasoning.encrypted_content"],
        "store": False,
    }
    written = {name: value for name, value in written.items() if value is not None}
    written.update(request.extra)
    written.update(model=model, input=[*responses_input(request.messages)], stream=stream)
    return written


def responses_input(messages: Sequence[Message]) -> Iterator[dict[str, Any]]:
    """The conversation as items: turns, thoughts, tool calls and their results, in order."""
    for message in messages:
        if message.role is Role.TOOL:
            output = "".join(part.text for part in message.content if isinstance(part, Text))
            yield {"type": "function_call_output", "call_id": message.tool_call_id, "output": output}
            continue
        for part in message.content:
            if isinstance(part, Reasoning) and part.signature.startswith(MARK):
                yield _thought(part)
        said = [part for part in message.content if not isinstance(part, Reasoning)]
        if said:
            yield {"role": message.role.value, "content": [_part(message.role, part) for part in said]}
        for call in message.tool_calls:
            yield {
                "type": "function_call",
                "call_id": call.id,
                "name": call.name,
                "arguments": call.arguments,
            }


def _thought(part: Reasoning) -> dict[str, Any]:
    identifier, _, encrypted = part.signature.removeprefix(MARK).partition(":")
    summary = [{"type": "summary_text", "text": part.text}] if part.text else []
    return {"type": "reasoning", "id": identifier, "summary": summary, "encrypted_content": encrypted}


def _part(role: Role, part: Text | Image) -> dict[str, Any]:
    if isinstance(part, Image):
        return {"type": "input_image", "image_url": image_url(part)}
    return {"type": "output_text" if role is Role.ASSISTANT else "input_text", "text": part.text}


def _tool(tool: Tool) -> dict[str, Any]:
    written: dict[str, Any] = {"type": "function", "name": tool.name, "parameters": dict(tool.parameters)}
    if tool.description:
        written["description"] = tool.description
    # Here strictness is the rule and not, as elsewhere, the exception.
    written["strict"] = bool(tool.strict)
    return written


def _tool_choice(choice: str | None) -> str | dict[str, str] | None:
    if choice is None or choice in {"auto", "none", "required"}:
        return choice
    return {"type": "function", "name": choice}


def _format(wanted: JsonSchema | str) -> dict[str, Any]:
    if isinstance(wanted, JsonSchema):
        return {
            "type": "json_schema",
            "name": wanted.name,
            "schema": dict(wanted.schema),
            "strict": wanted.strict,
        }
    return {"type": "json_object"}
