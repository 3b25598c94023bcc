"""Numbering the parts of a streamed answer, for readers of dialects that do not number them."""

from __future__ import annotations

from typing import Any

from pointsman.dialects.tool_ids import Ids
from pointsman.types import (
    Audio,
    Delta,
    Document,
    Image,
    Part,
    PartDelta,
    Reasoning,
    ReasoningDelta,
    Text,
    TextDelta,
    ToolCall,
    ToolCallDelta,
)


class Places:
    """Gives each delta the index of its part: a new part begins where the kind changes, or is closed."""

    __slots__ = ("_calls", "_files", "_ids", "_kind", "_texts", "_thoughts")

    def __init__(self) -> None:
        self._kind: type[Delta] | None = None
        self._ids = Ids()
        self._texts = self._thoughts = self._calls = self._files = -1

    def text(self, text: str) -> TextDelta:
        """More of the open text, or a new one."""
        if self._kind is not TextDelta:
            self._kind = TextDelta
            self._texts += 1
        return TextDelta(text, self._texts)

    def thought(self, text: str = "", **fields: Any) -> ReasoningDelta:
        """More of the open thoughts, or new ones; fields as of `ReasoningDelta`."""
        if self._kind is not ReasoningDelta:
            self._kind = ReasoningDelta
            self._thoughts += 1
        return ReasoningDelta(text, index=self._thoughts, **fields)

    def call(self, identity: str, name: str, arguments: str = "") -> ToolCallDelta:
        """A new tool call; its id is made where it has none, or that of an earlier one."""
        self._kind = ToolCallDelta
        self._calls += 1
        return ToolCallDelta(self._calls, self._ids.unused(identity), name, arguments)

    def argue(self, arguments: str) -> ToolCallDelta | None:
        """More arguments of the last tool call; None when there is none."""
        return ToolCallDelta(self._calls, arguments=arguments) if self._calls >= 0 else None

    def part(self, part: Part) -> Delta:
        """A part that is there at once: more of the open one of its kind, or a new one.

        Raises:
            TypeError: No answer holds a part of this kind.
        """
        match part:
            case Text():
                return self.text(part.text)
            case ToolCall():
                return self.call(part.id, part.name, part.arguments)
            case Reasoning():
                names = ("signature", "redacted", "format", "details")
                return self.thought(part.text, **{name: getattr(part, name) for name in names})
            case Image() | Audio() | Document():
                self._kind = PartDelta
                self._files += 1
                return PartDelta(part, self._files)
        raise TypeError(type(part).__name__)

    def close(self) -> None:
        """The open part has ended: whatever comes next begins a new one."""
        self._kind = None

    @property
    def calls(self) -> int:
        """How many tool calls have begun."""
        return self._calls + 1
