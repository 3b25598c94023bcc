"""Answers of ``/api/chat``, whole and line by line (https://docs.ollama.com/api/chat)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pointsman import (
    ChatChunk,
    ChatResponse,
    EmbedResponse,
    FinishReason,
    Part,
    Reasoning,
    ResponseError,
    Text,
    ToolCall,
    Usage,
)
from pointsman.dialects.blocks import arguments_text
from pointsman.dialects.places import Places
from pointsman.dialects.tool_ids import distinct
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
    parts = tuple(distinct(_parts(message)))
    called = any(isinstance(part, ToolCall) for part in parts)
    return ChatResponse(
        parts,
        model=string(obj.get("model")) or model,
        finish_reason=_finish(obj, called=called),
        usage=_usage(obj),
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

    __slots__ = ("_introduced", "_places", "finished")

    def __init__(self) -> None:
        self.finished = False
        self._introduced = False
        self._places = Places()

    def read(self, obj: Mapping[str, Any]) -> ChatChunk | None:
        """What one parsed line adds; None where it adds nothing.

        Raises:
            ProviderError: The line is an error.
        """
        error = stated_error(obj)
        if error is not None:
            raise error
        deltas = tuple(self._places.part(part) for part in _parts(table(obj.get("message"))))
        self.finished = obj.get("done") is True
        model = "" if self._introduced else string(obj.get("model"))
        self._introduced = self._introduced or bool(model)
        if not (deltas or model or self.finished):
            return None
        return ChatChunk(
            deltas,
            finish_reason=_finish(obj, called=self._places.calls > 0) if self.finished else None,
            usage=_usage(obj) if self.finished else None,
            model=model,
        )


def _finish(obj: Mapping[str, Any], *, called: bool) -> FinishReason:
    reason = _DONE.get(string(obj.get("done_reason")), FinishReason.OTHER)
    return FinishReason.TOOL_CALLS if called and reason is FinishReason.STOP else reason


def _usage(obj: Mapping[str, Any]) -> Usage:
    # A prompt that the server has wholly in its cache is not counted, and so not known.
    return normalised(tokens(obj.get("prompt_eval_count")), tokens(obj.get("eval_count")))


def _parts(message: Mapping[str, Any]) -> list[Part]:
    """What a message, or a line of one, holds, in the order in which the model writes it."""
    thoughts, text = string(message.get("thinking")), string(message.get("content"))
    said: list[Part] = [Reasoning(thoughts)] if thoughts else []
    said += [Text(text)] if text else []
    return said + [_tool_call(table(call)) for call in rows(message.get("tool_calls"))]


def _tool_call(call: Mapping[str, Any]) -> ToolCall:
    function = table(call.get("function"))
    arguments = arguments_text(function.get("arguments"))
    return ToolCall(string(call.get("id")), string(function.get("name")), arguments)
