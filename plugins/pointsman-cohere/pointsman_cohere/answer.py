"""Answers of ``/v2/chat``, whole and as events.

Formats: https://docs.cohere.com/reference/chat and https://docs.cohere.com/docs/streaming.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pointsman import (
    ChatChunk,
    ChatResponse,
    FinishReason,
    Reasoning,
    ResponseError,
    ToolCall,
    ToolCallDelta,
    Usage,
)
from pointsman.providers import normalised, stated_error, tokens
from pointsman.wire.fields import rows, string, table

_FINISH = {
    "COMPLETE": FinishReason.STOP,
    "STOP_SEQUENCE": FinishReason.STOP,
    "MAX_TOKENS": FinishReason.LENGTH,
    "TOOL_CALL": FinishReason.TOOL_CALLS,
}
_BY_TOKEN = frozenset({"input_tokens", "output_tokens"})
_BROKEN = frozenset({"ERROR", "TIMEOUT"})


def usage(obj: Mapping[str, Any]) -> Usage:
    """Token counts: those that are paid for.

    ``billed_units`` leaves out what the API itself puts around a conversation; ``tokens`` counts it, and so
    does ``cached_tokens``, which therefore says nothing of the billed ones. Without a bill, the tokens
    count. Other units (``search_units``) are paid for, too.
    """
    billed, counted = table(obj.get("billed_units")), table(obj.get("tokens"))
    extras = [name for name, units in billed.items() if units and name not in _BY_TOKEN]
    paid = tokens(billed.get("input_tokens")), tokens(billed.get("output_tokens"))
    if None not in paid:
        return normalised(*paid, extras=extras)
    return normalised(
        tokens(counted.get("input_tokens")),
        tokens(counted.get("output_tokens")),
        cache_read=tokens(obj.get("cached_tokens")) or 0,
        extras=extras,
    )


def response(obj: Mapping[str, Any], model: str) -> ChatResponse:
    """A whole answer. It does not name the model that gave it.

    Raises:
        ProviderError: It is an error after all.
        ResponseError: It holds no message, or was broken off.
    """
    error = stated_error(obj)
    if error is not None:
        raise error
    if not isinstance(obj.get("message"), dict):
        raise ResponseError("the answer holds no message", maybe_billed=True)
    message = table(obj.get("message"))
    blocks = [table(block) for block in rows(message.get("content"))]
    thoughts = "".join(string(block.get("thinking")) for block in blocks)
    thoughts += string(message.get("tool_plan"))
    return ChatResponse(
        text="".join(string(block.get("text")) for block in blocks),
        model=model,
        finish_reason=_finish(obj) or FinishReason.OTHER,
        usage=usage(table(obj.get("usage"))),
        tool_calls=tuple(_tool_call(table(call)) for call in rows(message.get("tool_calls"))),
        reasoning=(Reasoning(thoughts),) if thoughts else (),
        id=string(obj.get("id")),
    )


class Chunks:
    """Reads the events of one streamed answer, in order.

    Attributes:
        finished: Whether the finish reason has come.
        stopped: Whether the last event has come.
    """

    __slots__ = ("_model", "_tools", "finished", "stopped")

    def __init__(self, model: str) -> None:
        self.finished = self.stopped = False
        self._model = model  # events do not name it
        self._tools = 0

    def read(self, obj: Mapping[str, Any]) -> ChatChunk | None:
        """What one parsed event adds; None where it adds nothing (ends, citations and events yet unknown).

        Raises:
            ProviderError: The event is an error, or says that there was one.
        """
        error = stated_error(obj)
        if error is not None:
            raise error
        delta = table(obj.get("delta"))
        message = table(delta.get("message"))
        match obj.get("type"):
            case "message-start":
                return ChatChunk(model=self._model, id=string(obj.get("id")))
            case "content-start" | "content-delta":
                return _content(table(message.get("content")))
            case "tool-plan-delta":
                return ChatChunk(reasoning=string(message.get("tool_plan")))
            case "tool-call-start" | "tool-call-delta":
                return self._tool(table(message.get("tool_calls")), begins=obj["type"] == "tool-call-start")
            case "message-end":
                reason = _finish(delta)
                self.finished, self.stopped = reason is not None, True
                return ChatChunk(finish_reason=reason, usage=usage(table(delta.get("usage"))))
        return None

    def _tool(self, piece: Mapping[str, Any], *, begins: bool) -> ChatChunk:
        self._tools += begins
        call = _tool_call(piece)
        return ChatChunk(tool_calls=(ToolCallDelta(self._tools - 1, call.id, call.name, call.arguments),))


def _content(content: Mapping[str, Any]) -> ChatChunk | None:
    text, thoughts = string(content.get("text")), string(content.get("thinking"))
    return ChatChunk(text=text, reasoning=thoughts) if text or thoughts else None


def _tool_call(call: Mapping[str, Any]) -> ToolCall:
    function = table(call.get("function"))
    return ToolCall(string(call.get("id")), string(function.get("name")), string(function.get("arguments")))


def _finish(holder: Mapping[str, Any]) -> FinishReason | None:
    word = holder.get("finish_reason")
    if not isinstance(word, str) or not word:
        return None
    if word in _BROKEN:
        # In a stream a word of explanation comes along.
        why = string(holder.get("error")) or f"the provider broke the answer off: {word}"
        raise ResponseError(why, maybe_billed=True)
    return _FINISH.get(word, FinishReason.OTHER)
