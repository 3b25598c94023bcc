"""Answers of the messages API, whole and as events.

Formats: https://docs.anthropic.com/en/api/messages and https://docs.anthropic.com/en/docs/build-with-claude/streaming.
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
)
from pointsman.dialects.blocks import ToolCallStream, arguments_text
from pointsman.providers import AnthropicCounts, anthropic_usage, stated_error
from pointsman.wire.fields import rows, string, table

from pointsman_anthropic.request import REDACTED

_STOP = {
    "end_turn": FinishReason.STOP,
    "stop_sequence": FinishReason.STOP,
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "tool_use": FinishReason.TOOL_CALLS,
    "refusal": FinishReason.CONTENT_FILTER,
}


def response(obj: Mapping[str, Any], model: str) -> ChatResponse:
    """A whole answer.

    Raises:
        ProviderError: It is an error after all.
        ResponseError: It holds no content.
    """
    error = stated_error(obj)
    if error is not None:
        raise error
    if not isinstance(obj.get("content"), list):
        raise ResponseError("the answer holds no content", maybe_billed=True)
    blocks = [table(block) for block in rows(obj.get("content"))]
    return ChatResponse(
        text="".join(string(block.get("text")) for block in blocks if block.get("type") == "text"),
        model=string(obj.get("model")) or model,
        finish_reason=_finish(obj.get("stop_reason")) or FinishReason.OTHER,
        usage=anthropic_usage(table(obj.get("usage"))),
        tool_calls=tuple(_tool_call(block) for block in blocks if block.get("type") == "tool_use"),
        reasoning=tuple(thought for block in blocks if (thought := _thought(block))),
        id=string(obj.get("id")),
    )


class Chunks:
    """Reads the events of one streamed answer, in order.

    Attributes:
        finished: Whether the stop reason has come.
        stopped: Whether the last event has come.
    """

    __slots__ = ("_calls", "_counts", "finished", "stopped")

    def __init__(self) -> None:
        self.finished = False
        self.stopped = False
        self._counts = AnthropicCounts()
        self._calls = ToolCallStream()

    def read(self, obj: Mapping[str, Any]) -> ChatChunk | None:
        """What one parsed event adds; None where it adds nothing (pings and events yet unknown).

        Raises:
            ProviderError: The event is an error.
        """
        error = stated_error(obj)
        if error is not None:
            raise error
        match obj.get("type"):
            case "content_block_delta":
                return self._delta(table(obj.get("delta")))
            case "content_block_start":
                return self._block(table(obj.get("content_block")))
            case "content_block_stop":
                return self._calls.end()
            case "message_start":
                message = table(obj.get("message"))
                used = self._counts.add(table(message.get("usage")))
                return ChatChunk(usage=used, model=string(message.get("model")), id=string(message.get("id")))
            case "message_delta":
                reason = _finish(table(obj.get("delta")).get("stop_reason"))
                self.finished = self.finished or reason is not None
                return ChatChunk(finish_reason=reason, usage=self._counts.add(table(obj.get("usage"))))
            case "message_stop":
                self.stopped = True
        return None

    def _block(self, block: Mapping[str, Any]) -> ChatChunk | None:
        match block.get("type"):
            case "tool_use":
                return self._calls.begin(string(block.get("id")), string(block.get("name")))
            case "redacted_thinking":
                return ChatChunk(signature=REDACTED + string(block.get("data")))
        return None

    def _delta(self, delta: Mapping[str, Any]) -> ChatChunk | None:
        text, thoughts = string(delta.get("text")), string(delta.get("thinking"))
        signature, arguments = string(delta.get("signature")), string(delta.get("partial_json"))
        if arguments:
            return self._calls.argue(arguments)
        if text or thoughts or signature:
            return ChatChunk(text=text, reasoning=thoughts, signature=signature)
        return None


def _finish(word: object) -> FinishReason | None:
    if not isinstance(word, str):
        return None
    return _STOP.get(word, FinishReason.OTHER)


def _tool_call(block: Mapping[str, Any]) -> ToolCall:
    return ToolCall(string(block.get("id")), string(block.get("name")), arguments_text(block.get("input")))


def _thought(block: Mapping[str, Any]) -> Reasoning | None:
    match block.get("type"):
        case "thinking":
            return Reasoning(string(block.get("thinking")), string(block.get("signature")))
        case "redacted_thinking":
            return Reasoning("", REDACTED + string(block.get("data")))
    return None
