"""The events of a streamed answer, read (https://docs.anthropic.com/en/docs/build-with-claude/streaming)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pointsman.dialects.anthropic_messages.blocks import NAME
from pointsman.dialects.anthropic_messages.errors import read_error
from pointsman.dialects.anthropic_messages.parts import read_part, thought
from pointsman.dialects.anthropic_messages.stop_reasons import read_stop_reason
from pointsman.dialects.blocks import arguments_text
from pointsman.dialects.counts import AnthropicCounts
from pointsman.dialects.open_blocks import OpenBlocks
from pointsman.types import ChatChunk, Delta, Document, Image, PartDelta, ReasoningDelta
from pointsman.wire.fields import count, string, table


class Reader:
    """Reads the events of one streamed answer, in order.

    Attributes:
        finished: Whether the stop reason has come.
        stopped: Whether the last event has come.
    """

    __slots__ = ("_blocks", "_counts", "_media", "finished", "stopped")

    def __init__(self) -> None:
        self.finished = False
        self.stopped = False
        self._counts = AnthropicCounts()
        self._blocks = OpenBlocks()
        self._media = 0

    def read(self, obj: Mapping[str, Any]) -> ChatChunk | None:
        """What one parsed event adds; None where it adds nothing (pings and events yet unknown).

        Raises:
            ProviderError: The event is an error.
        """
        kind = string(obj.get("type")) or _kind(obj)
        if kind.startswith("content_block"):
            delta = self._piece(kind, count(obj.get("index")), obj)
            return None if delta is None else ChatChunk((delta,))
        match kind:
            case "message_start":
                message = table(obj.get("message"))
                used = self._counts.add(table(message.get("usage")))
                return ChatChunk(usage=used, model=string(message.get("model")), id=string(message.get("id")))
            case "message_delta":
                reason = read_stop_reason(table(obj.get("delta")).get("stop_reason"))
                self.finished = self.finished or reason is not None
                return ChatChunk(finish_reason=reason, usage=self._counts.add(table(obj.get("usage"))))
        self.stopped = self.stopped or kind == "message_stop"
        error = read_error(obj)
        if error is not None:
            raise error
        return None

    def _piece(self, kind: str, at: int | None, obj: Mapping[str, Any]) -> Delta | None:
        match kind:
            case "content_block_delta":
                return self._delta(at, table(obj.get("delta")))
            case "content_block_start":
                return self._start(at, table(obj.get("content_block")))
            case "content_block_stop":
                return self._blocks.end(at)
        return None

    def _start(self, at: int | None, block: Mapping[str, Any]) -> Delta | None:
        match block.get("type"):
            case "tool_use":
                given = arguments_text(block.get("input"))
                return self._blocks.call(at, string(block.get("id")), string(block.get("name")), given)
            case "redacted_thinking":
                self._blocks.begin(at)
                return self._blocks.thought(at, redacted=string(block.get("data")), format=NAME)
            case "text" | "thinking":
                self._blocks.begin(at)
                return self._delta(at, block)
        self._blocks.skip(at)
        part = read_part(block)
        if not isinstance(part, Image | Document):
            return None
        self._media += 1
        return PartDelta(part, self._media - 1)

    def _delta(self, at: int | None, delta: Mapping[str, Any]) -> Delta | None:
        text, thoughts = string(delta.get("text")), string(delta.get("thinking"))
        signature, arguments = string(delta.get("signature")), string(delta.get("partial_json"))
        if arguments:
            return self._blocks.argue(at, arguments)
        if text:
            return self._blocks.text(at, text)
        if thoughts or signature:
            return self._thought(at, thoughts, signature)
        return None

    def _thought(self, at: int | None, text: str, signature: str) -> ReasoningDelta:
        part = thought(text, signature)
        sealed = {"signature": part.signature, "redacted": part.redacted, "provider": part.provider}
        return self._blocks.thought(at, text, **sealed, format=part.format, details=part.details)


def _kind(obj: Mapping[str, Any]) -> str:
    """What an event is that does not say it: some servers leave it to the event's name."""
    if table(obj.get("message")):
        return "message_start"
    if table(obj.get("content_block")):
        return "content_block_start"
    if "index" in obj:
        return "content_block_delta" if table(obj.get("delta")) else "content_block_stop"
    return "message_delta" if table(obj.get("delta")) or table(obj.get("usage")) else ""
