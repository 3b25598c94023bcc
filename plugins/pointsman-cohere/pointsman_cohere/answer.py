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
    Part,
    Reasoning,
    ResponseError,
    Text,
    ToolCall,
    ToolCallDelta,
    Usage,
)
from pointsman.dialects.blocks import arguments_text
from pointsman.dialects.places import Places
from pointsman.dialects.tool_ids import distinct
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
    blocks = [*map(table, rows(message.get("content"))), {"thinking": message.get("tool_plan")}]
    said = [part for block in blocks if (part := _part(block)) is not None]
    calls = [_tool_call(table(call)) for call in rows(message.get("tool_calls"))]
    return ChatResponse(
        distinct([*said, *calls]),
        model=model,
        finish_reason=_finish(obj, called=bool(calls)) or FinishReason.OTHER,
        usage=usage(table(obj.get("usage"))),
        id=string(obj.get("id")),
    )


def _part(block: Mapping[str, Any]) -> Part | None:
    text, thoughts = string(block.get("text")), string(block.get("thinking"))
    return Text(text) if text else Reasoning(thoughts) if thoughts else None


class Chunks:
    """Reads the events of one streamed answer, in order.

    Attributes:
        finished: Whether the finish reason has come.
        stopped: Whether the last event has come.
    """

    __slots__ = ("_calls", "_model", "_open", "_places", "finished", "stopped")

    def __init__(self, model: str) -> None:
        self.finished = self.stopped = False
        self._model = model  # events do not name it
        self._places = Places()
        self._calls: dict[str, int] = {}  # places of calls by their index in the stream
        self._open = ""  # id of the last call, as the stream writes it

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
                begins = obj["type"] == "content-start"
                return self._content(table(message.get("content")), begins=begins)
            case "content-end":
                self._places.close()
            case "tool-plan-delta":
                return self._content({"thinking": message.get("tool_plan")})
            case "tool-call-start" | "tool-call-delta":
                begins = obj["type"] == "tool-call-start"
                return self._tool(table(message.get("tool_calls")), obj.get("index"), begins=begins)
            case "message-end":
                reason = _finish(delta, called=self._places.calls > 0)
                self.finished, self.stopped = reason is not None, True
                return ChatChunk(finish_reason=reason, usage=usage(table(delta.get("usage"))))
        return None

    def _content(self, content: Mapping[str, Any], *, begins: bool = False) -> ChatChunk | None:
        if begins:
            self._places.close()
        match _part(content):
            case Text(text):
                return ChatChunk(self._places.text(text))
            case Reasoning(thoughts):
                return ChatChunk(self._places.thought(thoughts))
        return None

    def _tool(self, piece: Mapping[str, Any], index: object, *, begins: bool) -> ChatChunk | None:
        """A piece of a call; a new id begins one, whatever the event is called."""
        function = table(piece.get("function"))
        identity, arguments = string(piece.get("id")), _arguments(function.get("arguments"))
        if begins or (identity and identity != self._open):
            self._calls[str(index)] = self._places.calls
            self._open = identity
            name = string(function.get("name"))
            return ChatChunk(self._places.call(identity, name, arguments))
        place = self._calls.get(str(index), self._places.calls - 1)
        return ChatChunk(ToolCallDelta(place, arguments=arguments)) if arguments and place >= 0 else None


def _tool_call(call: Mapping[str, Any]) -> ToolCall:
    function = table(call.get("function"))
    arguments = _arguments(function.get("arguments")) or "{}"
    return ToolCall(string(call.get("id")), string(function.get("name")), arguments)


def _arguments(value: object) -> str:
    return arguments_text(value) if isinstance(value, dict) else string(value)


def _finish(holder: Mapping[str, Any], *, called: bool) -> FinishReason | None:
    word = holder.get("finish_reason")
    if not isinstance(word, str) or not word:
        return None
    if word in _BROKEN:
        # In a stream a word of explanation comes along.
        why = string(holder.get("error")) or f"the provider broke the answer off: {word}"
        raise ResponseError(why, maybe_billed=True)
    reason = _FINISH.get(word, FinishReason.OTHER)
    return FinishReason.TOOL_CALLS if called and reason is FinishReason.STOP else reason
