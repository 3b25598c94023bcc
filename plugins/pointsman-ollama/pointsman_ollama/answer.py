"""Answers of ``/api/chat``, whole and line by line (https://docs.ollama.com/api/chat)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pointsman import (
    ChatChunk,
    ChatResponse,
    EmbedResponse,
    FinishReason,
    Reasoning,
    ResponseError,
    ToolCall,
    ToolCallDelta,
    Usage,
)
from pointsman.dialects.blocks import arguments_text
from pointsman.providers import normalised, stated_error, tokens
from pointsman.wire.fields import rows, string, table

_DONE = {"stop": FinishReason.STOP, "length": FinishReason.LENGTH}


def response(obj: Mapping[str, Any], model: str) -> ChatResponse:
    """A whole answer.

    Raises:
        ProviderError: It is an error after all.
        ResponseError: It holds no message.
    """
    error = stated_error(obj)
    if error is not None:
        raise error
    message = obj.get("message")
    if not isinstance(message, dict):
        raise ResponseError("the answer holds no message", maybe_billed=True)
    thoughts = string(message.get("thinking"))
    calls = _tool_calls(message, 0)
    return ChatResponse(
        text=string(message.get("content")),
        model=string(obj.get("model")) or model,
        finish_reason=_finish(obj, called=bool(calls)),
        usage=_usage(obj),
        tool_calls=calls,
        reasoning=(Reasoning(thoughts),) if thoughts else (),
    )


def embeddings(obj: Mapping[str, Any], model: str, wanted: int) -> EmbedResponse:
    """The vectors of an answer.

    Raises:
        ResponseError: They are not `wanted` lists of numbers.
    """
    found = rows(obj.get("embeddings"))
    try:
        vectors = tuple(tuple(float(number) for number in vector) for vector in found)
    except (TypeError, ValueError) as error:
        raise ResponseError("the answer's vectors are no lists of numbers", maybe_billed=True) from error
    if len(vectors) != wanted or not all(vectors):
        raise ResponseError("the answer does not hold one vector per input", maybe_billed=True)
    return EmbedResponse(vectors, string(obj.get("model")) or model, _usage(obj))


class Chunks:
    """Reads the lines of one streamed answer, in order.

    Attributes:
        finished: Whether the last line has come.
    """

    __slots__ = ("_introduced", "_tools", "finished")

    def __init__(self) -> None:
        self.finished = False
        self._introduced = False
        self._tools = 0

    def read(self, obj: Mapping[str, Any]) -> ChatChunk | None:
        """What one parsed line adds; None where it adds nothing.

        Raises:
            ProviderError: The line is an error.
        """
        error = stated_error(obj)
        if error is not None:
            raise error
        message = table(obj.get("message"))
        text, thoughts = string(message.get("content")), string(message.get("thinking"))
        calls = _deltas(_tool_calls(message, self._tools), self._tools)
        self._tools += len(calls)
        self.finished = obj.get("done") is True
        model = "" if self._introduced else string(obj.get("model"))
        self._introduced = self._introduced or bool(model)
        if not (text or thoughts or calls or model or self.finished):
            return None
        return ChatChunk(
            text=text,
            reasoning=thoughts,
            tool_calls=calls,
            finish_reason=_finish(obj, called=bool(self._tools)) if self.finished else None,
            usage=_usage(obj) if self.finished else None,
            model=model,
        )


def _finish(obj: Mapping[str, Any], *, called: bool) -> FinishReason:
    reason = _DONE.get(string(obj.get("done_reason")), FinishReason.OTHER)
    return FinishReason.TOOL_CALLS if called and reason is FinishReason.STOP else reason


def _usage(obj: Mapping[str, Any]) -> Usage:
    # A prompt that the server has wholly in its cache is not counted, and so not known.
    return normalised(tokens(obj.get("prompt_eval_count")), tokens(obj.get("eval_count")))


def _tool_calls(message: Mapping[str, Any], first: int) -> tuple[ToolCall, ...]:
    """The calls; one that has no id is given one by its place, for the result to be sent back under."""
    return tuple(
        _tool_call(table(call), place) for place, call in enumerate(rows(message.get("tool_calls")), first)
    )


def _deltas(calls: Iterable[ToolCall], first: int) -> tuple[ToolCallDelta, ...]:
    return tuple(
        ToolCallDelta(place, call.id, call.name, call.arguments) for place, call in enumerate(calls, first)
    )


def _tool_call(call: Mapping[str, Any], place: int) -> ToolCall:
    function = table(call.get("function"))
    arguments = arguments_text(function.get("arguments"))
    return ToolCall(string(call.get("id")) or f"call_{place}", string(function.get("name")), arguments)
