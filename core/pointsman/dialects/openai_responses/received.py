"""Requests of the dialect, as clients write them, read.

What refers to something that is stored at OpenAI, and tools that OpenAI runs, are refused by name: nobody
else has them. Fields that only ask the provider for more, or less, are kept apart for providers of the same
dialect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

import orjson

from pointsman.dialects.dialect import ReceivedRequest
from pointsman.dialects.openai_responses.content import read_content
from pointsman.dialects.openai_responses.thoughts import opaque, read_phase, returned_thought
from pointsman.dialects.tool_ids import paired
from pointsman.errors import RequestError
from pointsman.types import (
    ChatRequest,
    Image,
    JsonSchema,
    Message,
    Part,
    Role,
    Tool,
    ToolCall,
    ToolResult,
)
from pointsman.wire.fields import rows, string, table

_STORED = ("previous_response_id", "conversation", "prompt")
_READ = frozenset(
    {
        *_STORED,
        "background",
        "include",
        "input",
        "instructions",
        "max_output_tokens",
        "model",
        "reasoning",
        "store",
        "stream",
        "stream_options",
        "temperature",
        "text",
        "tool_choice",
        "tools",
        "top_p",
        "user",
    }
)
_MODES = ("auto", "none", "required")
_ROLES = {"developer": Role.SYSTEM, "system": Role.SYSTEM, "user": Role.USER, "assistant": Role.ASSISTANT}
_PROVIDERS_OWN = frozenset(
    {
        "code_interpreter_call",
        "compaction",
        "file_search_call",
        "image_generation_call",
        "mcp_call",
        "mcp_list_tools",
        "tool_search_call",
        "tool_search_output",
        "web_search_call",
    }
)
"""Items a provider wrote about what it did by itself; they go back to it, and mean nothing to others."""


def read_request(body: Mapping[str, Any]) -> ReceivedRequest:
    """A client's request.

    Raises:
        RequestError: Something in it is malformed, or cannot be understood; says where.
    """
    for name in _STORED:
        if body.get(name) is not None:
            raise RequestError(f"{name}: nothing is stored here; send the whole conversation as input", name)
    if body.get("background"):
        raise RequestError("background: answers are given at once, or streamed", "background")
    tools, choice = _tools(body)
    reasoning, text = table(body.get("reasoning")), table(body.get("text"))
    messages = [*_instructions(body.get("instructions")), *_messages(body.get("input"))]
    if not messages:
        raise RequestError("input must hold a message with content", "input")
    chat = ChatRequest(
        paired(messages),
        tools=tools,
        tool_choice=choice,
        response_format=_format(text.get("format")),
        max_output_tokens=_whole(body, "max_output_tokens"),
        temperature=_number(body, "temperature"),
        top_p=_number(body, "top_p"),
        reasoning_effort=string(reasoning.get("effort")) or None,
        user=string(body.get("user")),
    )
    rest = {name: value for name, value in body.items() if name not in _READ and value is not None}
    rest |= {name: kept for name, kept in _left(reasoning, text) if kept}
    return ReceivedRequest(string(body.get("model")), chat, stream=body.get("stream") is True, rest=rest)


def _left(reasoning: Mapping[str, Any], text: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the objects `reasoning` and `text` hold beside what every dialect knows."""
    yield "reasoning", {name: value for name, value in reasoning.items() if name != "effort" and value}
    stated = {name: value for name, value in text.items() if name != "format" and value}
    if description := string(table(text.get("format")).get("description")):
        stated["format"] = {"description": description}
    yield "text", stated


def _instructions(value: object) -> Iterator[Message]:
    if value is not None and not isinstance(value, str):
        raise RequestError("instructions must be text", "instructions")
    if value:
        yield Message(Role.SYSTEM, value)


def _messages(value: object) -> Iterator[Message]:
    """The conversation: neighbouring items of the assistant are one turn, and so are results of tools."""
    if isinstance(value, str):
        yield Message(Role.USER, value)
        return
    if not isinstance(value, Sequence) or not value:
        raise RequestError("input must be a text, or a list of items that is not empty", "input")
    role, held = Role.USER, list[Part]()
    for number, item in enumerate(value):
        path = f"input[{number}]"
        if not isinstance(item, Mapping):
            raise RequestError(f"{path} must be an object", path)
        speaker, parts = _item(item, path)
        if held and (speaker is not role or role in {Role.SYSTEM, Role.USER}):
            yield Message(role, held)
            held = []
        role = speaker
        held += parts
    if held:
        yield Message(role, held)


def _item(item: Mapping[str, Any], path: str) -> tuple[Role, list[Part]]:
    kind = item.get("type") or "message"
    reader = _ITEMS.get(kind) if isinstance(kind, str) else None
    if reader is not None:
        return reader(item, path)
    if isinstance(kind, str) and kind in _PROVIDERS_OWN:
        return Role.ASSISTANT, [opaque(item)]
    if kind == "item_reference":
        raise RequestError(f"{path}: nothing is stored here; send the item itself", path)
    raise RequestError(f"{path}: an item of type {kind!r} is not understood", path)


def _message(item: Mapping[str, Any], path: str) -> tuple[Role, list[Part]]:
    stated = item.get("role")
    role = _ROLES.get(stated) if isinstance(stated, str) else None
    if role is None:
        raise RequestError(f"{path}.role must be one of {', '.join(_ROLES)}, not {stated!r}", path)
    phase = read_phase(item) if role is Role.ASSISTANT else None
    said = read_content(item.get("content"), f"{path}.content")
    return role, [*([phase] if phase else ()), *said]


def _thought(item: Mapping[str, Any], path: str) -> tuple[Role, list[Part]]:
    del path
    thought = returned_thought(item)
    return Role.ASSISTANT, [thought] if thought.text or thought.sealed else []


def _call(item: Mapping[str, Any], path: str) -> tuple[Role, list[Part]]:
    name = string(item.get("name"))
    if not name:
        raise RequestError(f"{path}: a function call needs a name", path)
    return Role.ASSISTANT, [ToolCall(string(item.get("call_id")), name, arguments_of(item))]


def arguments_of(item: Mapping[str, Any]) -> str:
    """The JSON text of a call's arguments; some write them as an object, or leave them out."""
    value = item.get("arguments")
    if isinstance(value, str):
        return value or "{}"
    return orjson.dumps(value if isinstance(value, Mapping | list) else {}, default=dict).decode()


def _result(item: Mapping[str, Any], path: str) -> tuple[Role, list[Part]]:
    said = tuple(read_content(item.get("output"), f"{path}.output"))
    return Role.TOOL, [ToolResult(string(item.get("call_id")), said, string(item.get("name")))]


def _picture(item: Mapping[str, Any], path: str) -> tuple[Role, list[Part]]:
    del path
    picture = read_picture(item)
    return Role.ASSISTANT, [picture or opaque(item)]


def read_picture(item: Mapping[str, Any]) -> Image | None:
    """The picture a model made; None where the item holds none."""
    data = string(item.get("result"))
    media_type = f"image/{string(item.get('output_format')) or 'png'}"
    return Image(data=data, media_type=media_type) if data else None


_ITEMS: Mapping[str, Callable[[Mapping[str, Any], str], tuple[Role, list[Part]]]] = {
    "message": _message,
    "reasoning": _thought,
    "function_call": _call,
    "function_call_output": _result,
    "image_generation_call": _picture,
}


def _tools(body: Mapping[str, Any]) -> tuple[list[Tool], str | None]:
    """The tools, and which of them to use; of a list of allowed ones only those are left."""
    stated = body.get("tools")
    if not isinstance(stated, list | None):
        raise RequestError("tools must be a list", "tools")
    tools = [_tool(each, f"tools[{number}]") for number, each in enumerate(stated or ())]
    choice = body.get("tool_choice")
    if choice is None or choice in _MODES:
        return tools, choice
    chosen = table(choice)
    if chosen.get("type") == "function" and string(chosen.get("name")):
        return tools, string(chosen.get("name"))
    if chosen.get("type") == "allowed_tools" and chosen.get("mode", "auto") in _MODES:
        allowed = {string(table(each).get("name")) for each in rows(chosen.get("tools"))}
        return [tool for tool in tools if tool.name in allowed], chosen.get("mode", "auto")
    raise RequestError(f"tool_choice is not understood: {choice!r}", "tool_choice")


def _tool(tool: object, path: str) -> Tool:
    stated = table(tool)
    kind, name = stated.get("type", "function"), string(stated.get("name"))
    if kind != "function":
        raise RequestError(f"{path}: a tool of type {kind!r} is run by one provider only", path)
    if not name:
        raise RequestError(f"{path}: a function needs a name", path)
    strict = stated.get("strict")
    return Tool(
        name,
        string(stated.get("description")),
        table(stated.get("parameters")),
        strict if isinstance(strict, bool) else None,
    )


def _format(stated: object) -> JsonSchema | Literal["json"] | None:
    wanted = table(stated)
    kind = wanted.get("type", "text")
    if kind == "text":
        return None
    if kind == "json_object":
        return "json"
    if kind == "json_schema" and isinstance(wanted.get("schema"), Mapping):
        return JsonSchema(
            wanted["schema"], string(wanted.get("name")) or "answer", wanted.get("strict") is True
        )
    raise RequestError(
        'text.format must be of type "json_schema" (with its schema), "json_object" or "text", not '
        f"{stated!r}",
        "text",
    )


def _whole(body: Mapping[str, Any], name: str) -> int | None:
    value = body.get(name)
    if value is not None and type(value) is not int:
        raise RequestError(f"{name} must be a whole number, not {value!r}", name)
    return value


def _number(body: Mapping[str, Any], name: str) -> float | None:
    value = body.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise RequestError(f"{name} must be a number, not {value!r}", name)
    return value
