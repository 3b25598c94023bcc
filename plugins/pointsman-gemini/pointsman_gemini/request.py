"""A request as ``generateContent`` reads it (https://ai.google.dev/api/generate-content)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pointsman import (
    CachePoint,
    ChatRequest,
    JsonSchema,
    Media,
    Message,
    Part,
    Role,
    Text,
    Tool,
    ToolResult,
)
from pointsman.dialects.blocks import conversation, turns
from pointsman.dialects.refusals import kind_of, not_taken
from pointsman.dialects.schemas import parameters
from pointsman.dialects.tool_ids import paired

from pointsman_gemini.parts import file, write
from pointsman_gemini.thinking import Thinker, thinking_config

_SAYS_NOTHING = frozenset({"type", "title", "description", "$schema"})
_MODES = {"auto": "AUTO", "none": "NONE", "required": "ANY"}


def body(request: ChatRequest, files: str, thinker: Thinker, *, nested: bool = True) -> dict[str, Any]:
    """The JSON that is sent. `extra` adds to it and wins, but never over the conversation.

    ``generationConfig`` in `extra` is merged into the one made from the request.

    Args:
        request: What is asked.
        files: Where addresses of files begin that were uploaded to the API.
        thinker: What is known of how the model thinks.
        nested: Whether the model takes files in the results of tools; else they follow in a turn of the user.

    Raises:
        InvalidRequestError: The request holds something the API or this model cannot take.
    """
    prompts, spoken = conversation(paired(request.messages), "Gemini's API")
    written: dict[str, Any] = {
        "systemInstruction": _system(prompts),
        "tools": _tools(request.tools),
        "toolConfig": _tool_config(request),
    }
    written = {name: value for name, value in written.items() if value is not None}
    written.update(request.extra)
    options = _options(request, thinker, dict(request.extra.get("generationConfig") or {}))
    if options:
        written["generationConfig"] = options
    contents = _contents(spoken, files)
    written["contents"] = contents if nested else list(_unnested(contents))
    return written


def _options(request: ChatRequest, thinker: Thinker, given: Mapping[str, Any]) -> dict[str, Any]:
    wanted = request.response_format
    written: dict[str, Any] = {
        "maxOutputTokens": request.max_output_tokens,
        "temperature": request.temperature,
        "topP": request.top_p,
        "seed": request.seed,
        "stopSequences": list(request.stop) or None,
        "responseMimeType": "application/json" if wanted is not None else None,
        "responseJsonSchema": dict(wanted.schema) if isinstance(wanted, JsonSchema) else None,
    }
    if "thinkingConfig" not in given:
        written["thinkingConfig"] = thinking_config(request, thinker)
    return {**{name: value for name, value in written.items() if value is not None}, **given}


def _tools(tools: Sequence[Tool]) -> list[dict[str, Any]] | None:
    return [{"functionDeclarations": [_tool(tool) for tool in tools]}] if tools else None


def _tool(tool: Tool) -> dict[str, Any]:
    written: dict[str, Any] = {"name": tool.name}
    if tool.description:
        written["description"] = tool.description
    if _takes_any(tool.parameters):
        written["parametersJsonSchema"] = parameters(tool.parameters)
    return written


def _takes_any(schema: Mapping[str, Any]) -> bool:
    """Whether a schema has parameters: the API refuses objects without properties, and wants none instead."""
    return any(value for name, value in schema.items() if name not in _SAYS_NOTHING)


def _tool_config(request: ChatRequest) -> dict[str, Any] | None:
    """How tools are chosen; strict tools are those whose calls the API checks against their schemas."""
    choice = request.tool_choice
    if choice in {"auto", "none"} and not request.tools and "tools" not in request.extra:
        return None  # the API takes no word on tools where there are none
    config: dict[str, Any] = {}
    if choice is not None:
        config["mode"] = _MODES.get(choice, "ANY")
        if choice not in _MODES:
            config["allowedFunctionNames"] = [choice]
    # ``ANY`` is checked as it is.
    if config.get("mode") in {None, "AUTO"} and any(tool.strict for tool in request.tools):
        config["mode"] = "VALIDATED"
    return {"functionCallingConfig": config} if config else None


def _system(parts: Sequence[Part]) -> dict[str, Any] | None:
    texts = [{"text": part.text} for part in parts if isinstance(part, Text) and part.text]
    return {"parts": texts} if texts else None


def _contents(messages: Sequence[Message], files: str) -> list[dict[str, Any]]:
    """The conversation; the API calls its own role ``model``."""
    tools = {call.id: call.name for message in messages for call in message.tool_calls}
    return [
        {"role": "model" if role is Role.ASSISTANT else "user", "parts": parts}
        for role, parts in turns(messages, lambda message: _turn(message, tools, files))
    ]


def _unnested(contents: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The same with the files of tools' results in turns of their own.

    Models that take no files in results take nothing beside them either: as many parts as there were calls.
    """
    for turn in contents:
        results = [part["functionResponse"] for part in turn["parts"] if "functionResponse" in part]
        rest = [part for part in turn["parts"] if "functionResponse" not in part]
        held = [part for result in results for part in _taken_out(result)]
        if held:
            yield {"role": "user", "parts": [{"functionResponse": result} for result in results]}
            yield {"role": "user", "parts": [*held, *rest]}
        else:
            yield turn


def _taken_out(result: dict[str, Any]) -> list[dict[str, Any]]:
    found = result.pop("parts", None)
    whose = {"text": f"From the result of {result['name']} ({result['id']}):"}
    return [whose, *found] if found else []


def holds_files(request: ChatRequest) -> bool:
    """Whether a tool's result holds a file."""
    results = (result for message in request.messages for result in message.tool_results)
    return any(isinstance(part, Media) for result in results for part in result.content)


def _turn(message: Message, tools: Mapping[str, str], files: str) -> Iterator[dict[str, Any]]:
    if message.role is Role.TOOL:
        for result in message.tool_results:
            yield {"functionResponse": _result(result, tools)}
        return
    if message.name:
        raise not_taken("messages", "Gemini's API takes no speaker's name")
    yield from write(message.content, files)


def _result(result: ToolResult, tools: Mapping[str, str]) -> dict[str, Any]:
    """A tool's result, under the name its call has; files in it are parts of its own."""
    name = tools.get(result.id) or result.name
    if not name:
        raise not_taken("messages", f"no tool call {result.id!r} stands before its result")
    # ``output`` and ``error`` are the fields the API itself reads in a result.
    said = {"error" if result.failed else "output": result.text}
    written: dict[str, Any] = {"id": result.id, "name": name, "response": said}
    held = [part for part in result.content if not isinstance(part, Text | CachePoint)]
    if held:
        written["parts"] = [_held(part) for part in held]
    return written


def _held(part: Part) -> dict[str, Any]:
    if not isinstance(part, Media):
        raise not_taken("messages", f"{kind_of(part)} in a tool's result is not taken by Gemini's API")
    return file(part, files="")
