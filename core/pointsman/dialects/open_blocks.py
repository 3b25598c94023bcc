"""The blocks of one streamed answer, for readers of dialects that number them.

Such a dialect has one row of numbers for all blocks; `ChatChunk` has one for each kind. A block that nobody
announced begins with its first piece, and one whose number was used before begins anew.
"""

from __future__ import annotations

from typing import Any

from pointsman.dialects.tool_ids import Ids
from pointsman.types import ReasoningDelta, TextDelta, ToolCallDelta

_SKIPPED = "skipped"


class OpenBlocks:
    """From a block's number to the part it is a piece of. A number of None is the block that began last."""

    __slots__ = ("_empty", "_ids", "_last", "_next", "_open")

    def __init__(self) -> None:
        self._open: dict[int | None, tuple[str, int]] = {}
        self._next = {"text": 0, "thought": 0, "call": 0}
        self._last: int | None = None
        self._ids = Ids()
        self._empty: dict[int, str] = {}  # calls without a piece of arguments yet, and what they are then

    def begin(self, at: int | None) -> None:
        """A block of text or thoughts begins, or one that is not read."""
        self._last = at
        self._open.pop(at, None)

    def skip(self, at: int | None) -> None:
        """A block begins whose pieces mean nothing here."""
        self.begin(at)
        self._open[at] = _SKIPPED, 0

    def call(self, at: int | None, identity: str, name: str, arguments: str = "{}") -> ToolCallDelta:
        """A tool call begins.

        Args:
            at: The block's number.
            identity: The call's id; one is made where it has none.
            name: The tool's.
            arguments: What they are if no piece of them comes.
        """
        self.begin(at)
        index = self._index(at, "call")
        self._empty[index] = arguments
        return ToolCallDelta(index, self._ids.unused(identity), name)

    def argue(self, at: int | None, arguments: str) -> ToolCallDelta | None:
        """More arguments; None where the block is no tool call."""
        kind, index = self._found(at) or ("", 0)
        if kind != "call" or not arguments:
            return None
        self._empty.pop(index, None)
        return ToolCallDelta(index, arguments=arguments)

    def text(self, at: int | None, text: str) -> TextDelta:
        """More text."""
        return TextDelta(text, self._index(at, "text"))

    def thought(self, at: int | None, text: str = "", **fields: Any) -> ReasoningDelta:
        """More thoughts; fields as of `ReasoningDelta`."""
        return ReasoningDelta(text, index=self._index(at, "thought"), **fields)

    def end(self, at: int | None) -> ToolCallDelta | None:
        """A block ends; the arguments of a call that came without a piece of them."""
        kind, index = self._found(at) or ("", 0)
        self._open.pop(self._last if at is None else at, None)
        if kind == "call" and index in self._empty:
            return ToolCallDelta(index, arguments=self._empty.pop(index))
        return None

    def _found(self, at: int | None) -> tuple[str, int] | None:
        return self._open.get(self._last if at is None else at)

    def _index(self, at: int | None, kind: str) -> int:
        at = self._last if at is None else at
        found = self._open.get(at)
        if found is None or found[0] != kind:
            found = self._open[at] = kind, self._next[kind]
            self._next[kind] += 1
            self._last = at
        return found[1]
