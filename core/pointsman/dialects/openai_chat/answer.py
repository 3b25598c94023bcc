"""Whole answers of the dialect (https://platform.openai.com/docs/api-reference/chat/object).

They are read leniently where speakers differ: content may be a list of parts, thoughts come under several
names, ids may be missing, arguments may be an object.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pointsman.dialects.counts import OpenAICounts, UsageReader
from pointsman.dialects.errors import stated_error
from pointsman.dialects.media import media_url, split
from pointsman.dialects.openai_chat.messages import NAME
from pointsman.dialects.openai_chat.reading import arguments, thinking, thoughts
from pointsman.dialects.openai_chat.usage import write_usage
from pointsman.dialects.tool_ids import distinct
from pointsman.dialects.usage import openai_usage
from pointsman.errors import ResponseError
from pointsman.types import Audio, ChatResponse, FinishReason, Image, Part, Reasoning, Text, ToolCall, Usage
from pointsman.wire.fields import rows, string, table

_FINISH = {
    "stop": FinishReason.STOP,
    "eos": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "model_length": FinishReason.LENGTH,
    "tool_calls": FinishReason.TOOL_CALLS,
    "function_call": FinishReason.TOOL_CALLS,
    "content_filter": FinishReason.CONTENT_FILTER,
}


def finish_reason(word: object, *, calls: bool = False) -> FinishReason | None:
    """The dialect's finish reason; None while there is none.

    Args:
        word: As it is stated.
        calls: Whether the answer asks for tools: then it has stopped for them, as some servers do not say.

    Raises:
        ResponseError: The provider says that it ended the answer because of an error.
    """
    if word is None or word == "":
        return None
    if word == "error":
        raise ResponseError("the provider broke the answer off with an error", maybe_billed=True)
    reason = _FINISH.get(word, FinishReason.OTHER) if isinstance(word, str) else FinishReason.OTHER
    return FinishReason.TOOL_CALLS if calls and reason is FinishReason.STOP else reason


def read_answer(obj: Mapping[str, Any], model: str, *, usage: UsageReader = openai_usage) -> ChatResponse:
    """A whole answer.

    Args:
        obj: The parsed body.
        model: The model asked for: it stands in where the answer names none.
        usage: Reads the usage object.

    Raises:
        ProviderError: It is an error after all.
        ResponseError: There is no choice, or it is no message.
    """
    error = stated_error(obj)
    if error is not None:
        raise error
    choices = rows(obj.get("choices"))
    choice = table(choices[0]) if choices else {}
    message = choice.get("message")
    if not isinstance(message, dict):
        raise ResponseError("the answer holds no message", maybe_billed=True)
    parts = tuple(distinct(_parts(message)))
    calls = any(isinstance(part, ToolCall) for part in parts)
    return ChatResponse(
        parts,
        string(obj.get("model")) or model,
        finish_reason(choice.get("finish_reason"), calls=calls) or FinishReason.OTHER,
        OpenAICounts(usage).add(obj) or Usage(),
        string(obj.get("id")),
    )


def _parts(message: Mapping[str, Any]) -> Iterator[Part]:
    yield from thoughts(message)
    said = list(content(message.get("content")))
    yield from said
    refusal = string(message.get("refusal"))
    if refusal and not any(isinstance(part, Text) for part in said):
        yield Text(refusal)
    yield from files(message)
    calls = [table(call) for call in rows(message.get("tool_calls"))]
    if not calls and isinstance(message.get("function_call"), dict):
        calls = [{"function": message["function_call"]}]
    for call in calls:
        function = table(call.get("function")) or call
        yield ToolCall(string(call.get("id")), string(function.get("name")), arguments(function))


def content(value: object) -> Iterator[Part]:
    """Texts and thoughts of a content that may be a list of parts."""
    if text := string(value):
        yield Text(text)
    for part in map(table, rows(value)):
        if text := string(part.get("text")) if part.get("type") == "text" else "":
            yield Text(text)
        if text := thinking(part.get("thinking")):
            yield Reasoning(text)


def files(message: Mapping[str, Any]) -> Iterator[Image | Audio]:
    """Pictures (OpenRouter's ``images``) and the recording that a message, or a delta, holds."""
    for image in map(table, rows(message.get("images"))):
        url = string(table(image.get("image_url")).get("url"))
        found = split(url)
        if found:
            yield Image(data=found[1], media_type=found[0])
        elif url:
            yield Image(url)
    audio = table(message.get("audio"))
    if data := string(audio.get("data")):
        yield Audio(data=data, media_type="audio/wav", transcript=string(audio.get("transcript")))


def write_answer(response: ChatResponse) -> dict[str, Any]:
    """A whole answer, for a client."""
    message: dict[str, Any] = {"role": "assistant", "content": response.text or None, "refusal": None}
    if response.finish_reason is FinishReason.CONTENT_FILTER and response.text:
        message["refusal"] = response.text
    message |= write_thoughts(response.content)
    if response.tool_calls:
        message["tool_calls"] = [_tool_call(call) for call in response.tool_calls]
    images = [part for part in response.content if isinstance(part, Image)]
    if images:
        message["images"] = [{"type": "image_url", "image_url": {"url": media_url(each)}} for each in images]
    choice = {
        "index": 0,
        "message": message,
        "logprobs": None,
        "finish_reason": write_finish(response.finish_reason),
    }
    return {
        "id": response.call_id or response.id,
        "object": "chat.completion",
        "created": int(time.time()),
        "model": response.model,
        "choices": [choice],
        "usage": write_usage(response.usage),
    }


def write_thoughts(content: Sequence[Part]) -> dict[str, Any]:
    """The thoughts of a message: their text under the common name, and as objects that can come back.

    An object of another dialect says where it stood, because its maker wants it there: after how many
    characters of the text, and before which tool call, if one follows.
    """
    thoughts = [part for part in content if isinstance(part, Reasoning)]
    written: dict[str, Any] = {}
    if text := "".join(part.text for part in thoughts):
        written["reasoning_content"] = text
    if any(part.sealed for part in thoughts):
        written["reasoning_details"] = details = []
        said = 0
        for part, following in zip(content, (*content[1:], None), strict=True):
            if isinstance(part, Text):
                said += len(part.text)
            elif isinstance(part, Reasoning):
                details.append(write_details(part) | _place(part, said, following))
    return written


def _place(part: Reasoning, said: int, following: Part | None) -> dict[str, Any]:
    if not part.sealed or part.format == NAME:
        return {}
    after = {"after": said} if said else {}
    return {**after, "before": following.id} if isinstance(following, ToolCall) else after


def write_details(part: Reasoning) -> dict[str, Any]:
    """Sealed thoughts as one of OpenRouter's objects, whose `format` says which dialect can read them."""
    if part.details and part.format == NAME:
        return dict(part.details)
    written: dict[str, Any] = {"type": "reasoning.encrypted" if part.redacted else "reasoning.text"}
    stated = {
        "text": part.text,
        "signature": part.signature,
        "data": part.redacted,
        "details": part.details and dict(part.details),
        "format": part.format,
        "provider": part.provider,
    }
    return written | {name: value for name, value in stated.items() if value}


def write_finish(reason: FinishReason) -> str:
    """The finish reason for a client, which knows four."""
    return "stop" if reason is FinishReason.OTHER else reason.value


def _tool_call(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.id, "type": "function", "function": function}
