"""Requests of the dialect, both ways.

The format is that of ``POST /chat/completions``
(https://platform.openai.com/docs/api-reference/chat/create).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pointsman.dialects.dialect import ReceivedRequest
from pointsman.dialects.openai_chat.form import OPENAI, Form
from pointsman.dialects.openai_chat.messages import write_messages
from pointsman.dialects.openai_chat.reading import read_messages
from pointsman.dialects.schemas import closed, parameters
from pointsman.errors import RequestError
from pointsman.types import CachePoint, ChatRequest, JsonSchema, Tool
from pointsman.wire.fields import string, table

_CHOICES = {"auto", "none", "required"}
_NUMBERS = ("temperature", "top_p")
_READ = {
    "model", "messages", "stream", "stream_options", "tools", "tool_choice", "functions", "function_call",
    "response_format", "max_tokens", "max_completion_tokens", "temperature", "top_p", "seed", "stop",
    "reasoning_effort", "reasoning", "user",
}  # fmt: skip


def write_request(model: str, request: ChatRequest, *, stream: bool, form: Form = OPENAI) -> dict[str, Any]:
    """The body that asks `model`. `extra` adds to it and wins, but never over model, messages and stream.

    Raises:
        InvalidRequestError: The request holds something the dialect has no form for; names it.
    """
    written = write_parameters(request)
    if request.max_output_tokens is not None:
        written["max_completion_tokens"] = request.max_output_tokens
    if stream:
        written["stream_options"] = {"include_usage": True}
    written.update(request.extra)
    written.update(model=model, messages=write_messages(request.messages, form), stream=stream)
    return written


def write_parameters(request: ChatRequest) -> dict[str, Any]:
    """Everything in a request but its model, its messages and its length, under the dialect's own names.

    What the request leaves open is left out.
    """
    written: dict[str, Any] = {
        "temperature": request.temperature,
        "top_p": request.top_p,
        "seed": request.seed,
        "stop": list(request.stop) or None,
        "reasoning_effort": request.reasoning_effort,
        "user": request.user or None,
        "tools": [write_tool(tool) for tool in request.tools] or None,
    }
    if request.tool_choice is not None:
        written["tool_choice"] = write_tool_choice(request.tool_choice)
    if request.response_format is not None:
        written["response_format"] = write_response_format(request.response_format)
    return {name: value for name, value in written.items() if value is not None}


def write_tool(tool: Tool) -> dict[str, Any]:
    """One tool as the dialect declares it."""
    schema = parameters(tool.parameters)
    function: dict[str, Any] = {"name": tool.name, "parameters": closed(schema) if tool.strict else schema}
    if tool.description:
        function["description"] = tool.description
    if tool.strict is not None:
        function["strict"] = tool.strict
    return {"type": "function", "function": function}


def write_tool_choice(choice: str) -> str | dict[str, Any]:
    """``auto``, ``none`` and ``required`` as they are; any other word is the name of one tool."""
    return choice if choice in _CHOICES else {"type": "function", "function": {"name": choice}}


def write_response_format(wanted: JsonSchema | str) -> dict[str, Any]:
    """The shape of the answer: any JSON object, or one that fits a schema; strict ones must be closed."""
    if not isinstance(wanted, JsonSchema):
        return {"type": "json_object"}
    schema = closed(wanted.schema) if wanted.strict else dict(wanted.schema)
    return {
        "type": "json_schema",
        "json_schema": {"name": wanted.name, "schema": schema, "strict": wanted.strict},
    }


def read_request(body: Mapping[str, Any]) -> ReceivedRequest:
    """A client's request.

    Raises:
        RequestError: Something in it is malformed, or cannot be understood; says where.
    """
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise RequestError("messages must be a list that is not empty", "messages")
    functions = [{"function": each} for each in body.get("functions") or ()]
    chat = ChatRequest(
        read_messages(messages),
        tools=[read_tool(each) for each in (*(body.get("tools") or ()), *functions)],
        tool_choice=read_tool_choice(body.get("tool_choice") or body.get("function_call")),
        response_format=read_response_format(body.get("response_format")),
        max_output_tokens=_whole(body, "max_completion_tokens") or _whole(body, "max_tokens"),
        seed=_whole(body, "seed"),
        stop=_stop(body.get("stop")),
        reasoning_effort=_effort(body),
        user=string(body.get("user")),
        **{name: _number(body, name) for name in _NUMBERS},
    )
    return ReceivedRequest(
        string(body.get("model")),
        chat,
        stream=body.get("stream") is True,
        usage=table(body.get("stream_options")).get("include_usage") is True,
        rest={name: value for name, value in body.items() if name not in _READ},
    )


def read_tool(tool: Any) -> Tool:
    """One tool, in the dialect's form or as the bare function.

    Raises:
        RequestError: It is no function with a name.
    """
    function = tool.get("function", tool) if isinstance(tool, Mapping) else None
    if not isinstance(function, Mapping) or not function.get("name"):
        raise RequestError("tools: each needs a function with a name", "tools")
    mark = tool.get("cache_control")
    return Tool(
        str(function["name"]),
        str(function.get("description") or ""),
        function.get("parameters") or {},
        function.get("strict"),
        CachePoint(string(mark.get("ttl"))) if isinstance(mark, Mapping) else None,
    )


def read_tool_choice(choice: Any) -> str | None:
    """``auto``, ``none``, ``required`` or the name of one tool.

    Raises:
        RequestError: It is something else.
    """
    if choice is None or isinstance(choice, str):
        return choice
    function = choice.get("function", choice) if isinstance(choice, Mapping) else None
    name = string(function.get("name")) if isinstance(function, Mapping) else ""
    if not name:
        raise RequestError(f"tool_choice is not understood: {choice!r}", "tool_choice")
    return name


def read_response_format(wanted: Any) -> JsonSchema | Literal["json"] | None:
    """What the answer must look like: `JsonSchema`, ``"json"``, None for text, or an object of the dialect.

    Raises:
        RequestError: It is something else.
    """
    if wanted is None or isinstance(wanted, JsonSchema):
        return wanted
    if wanted == "json":
        return "json"
    kind = wanted.get("type") if isinstance(wanted, Mapping) else None
    if kind == "text":
        return None
    if kind == "json_object":
        return "json"
    stated = wanted.get("json_schema") if kind == "json_schema" else None
    if not isinstance(stated, Mapping) or not isinstance(stated.get("schema"), Mapping):
        raise RequestError(
            'response_format must be a JsonSchema, "json", or an object of type "json_schema" (with its'
            f' json_schema and the schema in it), "json_object" or "text", not {wanted!r}',
            "response_format",
        )
    return JsonSchema(stated["schema"], str(stated.get("name") or "answer"), stated.get("strict") is True)


def _effort(body: Mapping[str, Any]) -> str | None:
    return string(body.get("reasoning_effort")) or string(table(body.get("reasoning")).get("effort")) or None


def _stop(value: Any) -> Sequence[str]:
    if value is None:
        return ()
    stops = [value] if isinstance(value, str) else value
    if not isinstance(stops, list) or not all(isinstance(each, str) for each in stops):
        raise RequestError("stop must be a text or a list of texts", "stop")
    return stops


def _whole(body: Mapping[str, Any], name: str) -> int | None:
    value = body.get(name)
    if value is not None and type(value) is not int:
        raise RequestError(f"{name} must be a whole number, not {value!r}", name)
    return value


def _number(body: Mapping[str, Any], name: str) -> Any:
    value = body.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise RequestError(f"{name} must be a number, not {value!r}", name)
    return value
