"""Answers of the OpenAI dialect, whole and in pieces, read into the canonical values.

The formats are those of ``POST /chat/completions``
(https://platform.openai.com/docs/api-reference/chat/object and ``…/chat/streaming``), read leniently where
its speakers differ: content may be a list of parts, thoughts come under several names, ids may be missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pointsman.dialects.counts import OpenAICounts, UsageReader
from pointsman.dialects.usage import openai_usage
from pointsman.errors import ProviderError, ResponseError
from pointsman.types import (
    ChatChunk,
    ChatResponse,
    FinishReason,
    Reasoning,
    ToolCall,
    ToolCallDelta,
    Usage,
)
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


def finish_reason(word: object) -> FinishReason | None:
    """The dialect's finish reason; None while there is none.

    Raises:
        ResponseError: The provider says that it ended the answer because of an error.
    """
    if word is None or word == "":
        return None
    if word == "error":
        raise ResponseError("the provider broke the answer off with an error", maybe_billed=True)
    return _FINISH.get(word, FinishReason.OTHER) if isinstance(word, str) else FinishReason.OTHER


def openai_response(obj: Mapping[str, Any], model: str, *, usage: UsageReader = openai_usage) -> ChatResponse:
    """A whole answer.

    Args:
        obj: The parsed body.
        model: The model asked for: it stands in where the answer names none.
        usage: Reads the usage object.

    Raises:
        ResponseError: There is no choice, or it is no message.
    """
    choices = rows(obj.get("choices"))
    choice = table(choices[0]) if choices else {}
    message = choice.get("message")
    if not isinstance(message, dict):
        raise ResponseError("the answer holds no message", maybe_billed=True)
    text, thoughts = _split(message)
    calls = tuple(_tool_call(table(call)) for call in rows(message.get("tool_calls")))
    reason = finish_reason(choice.get("finish_reason"))
    return ChatResponse(
        text=text or string(message.get("refusal")),
        model=string(obj.get("model")) or model,
        finish_reason=reason or FinishReason.OTHER,
        usage=OpenAICounts(usage).add(obj) or Usage(),
        tool_calls=calls,
        reasoning=(Reasoning(thoughts),) if thoughts else (),
        id=string(obj.get("id")),
    )


class OpenAIChunks:
    """Reads the events of one streamed answer, in order; every fact is given once.

    Attributes:
        finished: Whether the finish reason has come.
        stopped: Never: the dialect's streams end with a mark.
    """

    __slots__ = ("_counts", "_introduced", "finished", "stopped")

    def __init__(self, usage: UsageReader = openai_usage) -> None:
        self._counts = OpenAICounts(usage)
        self._introduced = False
        self.finished = False
        self.stopped = False

    def read(self, obj: Mapping[str, Any]) -> ChatChunk | None:
        """What one parsed event adds; None where it adds nothing. Ask `stated_error` for the error it holds.

        Raises:
            ResponseError: The provider broke the answer off with an error, and does not say with which.
        """
        choices = rows(obj.get("choices"))
        choice = table(choices[0]) if choices else {}
        delta = table(choice.get("delta"))
        text, thoughts = _split(delta)
        calls = delta.get("tool_calls")
        # OpenRouter repeats the finish reason on the event that carries the usage.
        word = choice.get("finish_reason")
        reason = None if self.finished or (word == "error" and stated_error(obj)) else finish_reason(word)
        used = self._counts.add(obj)
        model = "" if self._introduced else string(obj.get("model"))
        text = text or string(delta.get("refusal"))
        if not (text or thoughts or calls or reason or used or model):
            return None
        self.finished = self.finished or reason is not None
        self._introduced = self._introduced or bool(model)
        return ChatChunk(
            text=text,
            reasoning=thoughts,
            tool_calls=_deltas(calls) if calls else (),
            finish_reason=reason,
            usage=used,
            model=model,
            id=string(obj.get("id")) if model else "",
        )


def stated_error(obj: Mapping[str, Any]) -> ProviderError | None:
    """The error that a body or an event of status 200 carries, at its top or in its first choice."""
    choices = rows(obj.get("choices"))
    error = obj.get("error") or (table(choices[0]).get("error") if choices else None)
    named = not error and (obj.get("object") == "error" or obj.get("type") == "error")
    if named or isinstance(error, str):
        error = {name: value for name, value in obj.items() if name != "choices"}  # its facts stand beside it
    if not error:
        return None
    # Loaded with the first error, not with every provider.
    from pointsman.failures import from_error_object

    return from_error_object(error)


def _split(message: Mapping[str, Any]) -> tuple[str, str]:
    """Text and thoughts of a message or a delta."""
    thoughts = string(message.get("reasoning_content")) or string(message.get("reasoning"))
    content = message.get("content")
    if not isinstance(content, list):
        return string(content), thoughts
    parts = [table(part) for part in content]
    text = "".join(string(part.get("text")) for part in parts if part.get("type") == "text")
    return text, thoughts + "".join(_thinking(part.get("thinking")) for part in parts)


def _thinking(value: object) -> str:
    # Mistral writes a thought as a list of text parts, others as plain text.
    return string(value) or "".join(string(table(part).get("text")) for part in rows(value))


def _tool_call(call: Mapping[str, Any]) -> ToolCall:
    function = table(call.get("function"))
    return ToolCall(
        id=string(call.get("id")),
        name=string(function.get("name")),
        arguments=string(function.get("arguments")),
    )


def _deltas(calls: object) -> tuple[ToolCallDelta, ...]:
    pieces: Sequence[Mapping[str, Any]] = [table(call) for call in rows(calls)]
    return tuple(_delta(place, piece) for place, piece in enumerate(pieces))


def _delta(place: int, piece: Mapping[str, Any]) -> ToolCallDelta:
    index = piece.get("index")
    call = _tool_call(piece)
    known = type(index) is int and index >= 0
    return ToolCallDelta(index if known else place, call.id, call.name, call.arguments)  # type: ignore[arg-type]
