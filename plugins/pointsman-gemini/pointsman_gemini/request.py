"""A request as ``generateContent`` reads it (https://ai.google.dev/api/generate-content)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pointsman import (
    ChatRequest,
    Image,
    InvalidRequestError,
    JsonSchema,
    Message,
    Part,
    Role,
    Text,
    Tool,
    ToolCall,
)
from pointsman.dialects.blocks import arguments_of, system_parts, turns
from pointsman.providers import image_data, not_taken

from pointsman_gemini.thinking import CALL, TEXT, UNSIGNED, Thinker, signature_for, thinking_config

_MODES = {"auto": "AUTO", "none": "NONE", "required": "ANY"}


def body(request: ChatRequest, files: str, thinker: Thinker) -> dict[str, Any]:
    """The JSON that is sent. `extra` adds to it and wins, but never over the conversation.

    ``generationConfig`` in `extra` is merged into the one made from the request.

    Args:
        request: What is asked.
        files: Where addresses of files begin that were uploaded to the API.
        thinker: What is known of how the model thinks.

    Raises:
        InvalidRequestError: The request holds something the API or this model cannot take.
    """
    written: dict[str, Any] = {
        "systemInstruction": _system(request.messages),
        "tools": _tools(request.tools),
        "toolConfig": _tool_config(request),
    }
    written = {name: value for name, value in written.items() if value is not None}
    written.update(request.extra)
    options = _options(request, thinker, dict(request.extra.get("generationConfig") or {}))
    if options:
        written["generationConfig"] = options
    written["contents"] = _contents(request.messages, files)
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
    if tool.parameters:
        written["parametersJsonSchema"] = dict(tool.parameters)
    return written


def _tool_config(request: ChatRequest) -> dict[str, Any] | None:
    """How tools are chosen; strict tools are those whose calls the API checks against their schemas."""
    choice = request.tool_choice
    config: dict[str, Any] = {}
    if choice is not None:
        config["mode"] = _MODES.get(choice, "ANY")
        if choice not in _MODES:
            config["allowedFunctionNames"] = [choice]
    # ``ANY`` is checked as it is.
    if config.get("mode") in {None, "AUTO"} and any(tool.strict for tool in request.tools):
        config["mode"] = "VALIDATED"
    return {"functionCallingConfig": config} if config else None


def _system(messages: Sequence[Message]) -> dict[str, Any] | None:
    parts = system_parts(messages, "Gemini's API")
    texts = [{"text": part.text} for part in parts if isinstance(part, Text) and part.text]
    return {"parts": texts} if texts else None


def _contents(messages: Sequence[Message], files: str) -> list[dict[str, Any]]:
    """The conversation; the API calls its own role ``model``."""
    tools = {call.id: call.name for message in messages for call in message.tool_calls}
    return [
        {"role": "model" if role is Role.ASSISTANT else "user", "parts": parts}
        for role, parts in turns(messages, lambda message: _turn(message, tools, files))
    ]


def _turn(message: Message, tools: Mapping[str, str], files: str) -> Iterator[dict[str, Any]]:
    if message.role is Role.TOOL:
        yield _result(message, tools)
        return
    if message.name:
        raise not_taken("messages", "Gemini's API takes no speaker's name")
    said = [_part(part, files) for part in message.content if _is_said(part)]
    calls = [_call(call) for call in message.tool_calls]
    if said and (signature := signature_for(TEXT, message.content)):
        said[-1]["thoughtSignature"] = signature
    if calls:
        calls[0]["thoughtSignature"] = signature_for(CALL, message.content) or UNSIGNED
    yield from said
    yield from calls


def _is_said(part: Part) -> bool:
    # The API refuses empty texts, and wants of its thoughts nothing back but their signatures.
    return isinstance(part, Image) or (isinstance(part, Text) and bool(part.text))


def _part(part: Part, files: str) -> dict[str, Any]:
    if not isinstance(part, Image):
        return {"text": part.text}
    held = image_data(part)
    if held is not None:
        media_type, data = held
        return {"inlineData": {"mimeType": media_type, "data": data}}
    if not part.url.startswith(files):
        raise not_taken("messages", "Gemini's API takes an image as data or as its own file, not by url")
    typed = {"mimeType": part.media_type} if part.media_type else {}
    return {"fileData": {**typed, "fileUri": part.url}}


def _call(call: ToolCall) -> dict[str, Any]:
    return {"functionCall": {"id": call.id, "name": call.name, "args": arguments_of(call)}}


def _result(message: Message, tools: Mapping[str, str]) -> dict[str, Any]:
    if any(isinstance(part, Image) for part in message.content):
        raise not_taken("messages", "Gemini's API takes no image in a tool's result")
    name = message.name or tools.get(message.tool_call_id, "")
    if not name:
        raise InvalidRequestError(f"messages: no tool call {message.tool_call_id!r} stands before its result")
    # ``output`` is the field the API itself gives to results that are no object.
    result = {"id": message.tool_call_id, "name": name, "response": {"output": message.text}}
    return {"functionResponse": result}
