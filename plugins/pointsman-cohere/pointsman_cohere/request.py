"""A request as ``/v2/chat`` reads it (https://docs.cohere.com/reference/chat)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pointsman import ChatRequest, Image, JsonSchema, Message, Part, Reasoning, Role, Tool
from pointsman.providers import not_taken, openai_messages, openai_tool

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
    messages = [_message(message) for message in request.messages]
    written.update(model=model, messages=messages, stream=stream)
    return written


def _tool(tool: Tool) -> dict[str, Any]:
    written = openai_tool(tool)
    written["function"].pop("strict", None)
    return written


def _strict(request: ChatRequest) -> bool:
    strict = {bool(tool.strict) for tool in request.tools}
    if len(strict) > 1 and "strict_tools" not in request.extra:
        raise not_taken("tools", "Cohere's API takes all tools as strict or none")
    return strict == {True}


def _tool_choice(request: ChatRequest) -> str | None:
    choice = request.tool_choice
    if choice is None or choice == "auto" or "tool_choice" in request.extra:
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


def _message(message: Message) -> dict[str, Any]:
    """One message; what an assistant thought before it asked for tools is its plan."""
    if message.name and message.role is not Role.TOOL:
        raise not_taken("messages", "Cohere's API takes no speaker's name")
    if message.role is not Role.USER and any(isinstance(part, Image) for part in message.content):
        raise not_taken("messages", "Cohere's API takes an image from the user alone")
    (written,) = openai_messages([message])
    written.pop("name", None)
    if message.role is Role.ASSISTANT and not written["content"]:
        del written["content"]
    plan = _plan(message.content)
    if plan and message.tool_calls:
        written["tool_plan"] = plan
    return written


def _plan(parts: Sequence[Part]) -> str:
    return "".join(part.text for part in parts if isinstance(part, Reasoning))
