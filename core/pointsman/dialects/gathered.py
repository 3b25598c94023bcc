"""What the pieces of a streamed answer add up to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

from pointsman.types import (
    ChatChunk,
    ChatResponse,
    Delta,
    FinishReason,
    Part,
    PartDelta,
    Reasoning,
    ReasoningDelta,
    Text,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    Usage,
)


@define
class _Gathering:
    """One part of an answer, as far as it has come."""

    first: Delta
    texts: list[str] = field(factory=list)
    signature: str = ""
    redacted: str = ""
    format: str = ""
    details: Mapping[str, Any] | None = None
    provider: str = ""
    id: str = ""
    name: str = ""

    def add(self, delta: Delta) -> None:
        if isinstance(delta, TextDelta):
            self.texts.append(delta.text)
        elif isinstance(delta, ToolCallDelta):
            self.id = delta.id or self.id
            self.name = delta.name or self.name
            self.texts.append(delta.arguments)
        elif isinstance(delta, ReasoningDelta):
            self.texts.append(delta.text)
            self.signature += delta.signature
            self.redacted += delta.redacted
            self.format = delta.format or self.format
            self.details = delta.details or self.details
            self.provider = delta.provider or self.provider

    def part(self) -> Part:
        text = "".join(self.texts)
        if isinstance(self.first, TextDelta):
            return Text(text)
        if isinstance(self.first, ToolCallDelta):
            return ToolCall(self.id, self.name, text or "{}")
        if isinstance(self.first, PartDelta):
            return self.first.part
        return Reasoning(text, self.signature, self.redacted, self.format, self.details, self.provider)


@define
class Gathered:
    """What has arrived of an answer so far."""

    finish_reason: FinishReason | None = None
    usage: Usage = Usage()
    model: str = ""
    id: str = ""
    _parts: dict[tuple[type[Delta], int], _Gathering] = field(factory=dict, init=False)

    def add(self, chunk: ChatChunk) -> None:
        """Take in one more piece."""
        for delta in chunk.deltas:
            key = type(delta), delta.index
            part = self._parts.get(key)
            if part is None:
                part = self._parts[key] = _Gathering(delta)
            part.add(delta)
        if chunk.finish_reason is not None:
            self.finish_reason = chunk.finish_reason
        if chunk.usage is not None:
            self.usage = chunk.usage
        if chunk.model:
            self.model = chunk.model
        if chunk.id:
            self.id = chunk.id

    def response(self, model: str) -> ChatResponse:
        """The answer as it stands; `model` is who was asked, for providers that do not say who answers."""
        return ChatResponse(
            (part for gathering in self._parts.values() if (part := gathering.part()) != Text("")),
            self.model or model,
            self.finish_reason or FinishReason.OTHER,
            self.usage,
            self.id,
        )
