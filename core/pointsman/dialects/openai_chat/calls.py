"""The tool calls of one streamed answer, whose pieces speakers number in their own ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from attrs import define, field

from pointsman.dialects.openai_chat.reading import arguments
from pointsman.dialects.tool_ids import Ids
from pointsman.types import ToolCallDelta
from pointsman.wire.fields import rows, string, table


@define
class _Call:
    place: int
    stated: str
    name: str = ""
    written: list[str] = field(factory=list)

    @property
    def whole(self) -> bool:
        """Whether its arguments are a whole JSON text."""
        try:
            orjson.loads("".join(self.written))
        except orjson.JSONDecodeError:
            return False
        return True


class Calls:
    """Tells which call a piece belongs to.

    A new id begins a new call, whatever the index says: some servers number every call 0, or none. Without
    ids a new index does, and without both a name after arguments that are whole, or another name before any.
    An id that came before goes on with its call where no index says otherwise.
    """

    __slots__ = ("_calls", "_ids", "_indexed", "_last", "_stated")

    def __init__(self) -> None:
        self._calls = 0
        self._ids = Ids()
        self._indexed: dict[int, _Call] = {}
        self._stated: dict[str, _Call] = {}  # those that came without an index
        self._last: _Call | None = None

    @property
    def begun(self) -> bool:
        """Whether there is one."""
        return self._calls > 0

    def read(self, delta: Mapping[str, Any]) -> Iterator[ToolCallDelta]:
        """The pieces in one delta; also of the form before there were several calls."""
        for piece in rows(delta.get("tool_calls")):
            yield self._piece(table(piece))
        if isinstance(delta.get("function_call"), dict):
            yield self._piece({"function": delta["function_call"]})

    def _piece(self, piece: Mapping[str, Any]) -> ToolCallDelta:
        function = table(piece.get("function")) or piece
        name, identity = string(function.get("name")), string(piece.get("id"))
        said = arguments(function) if function.get("arguments") else ""
        index = piece.get("index")
        index = index if type(index) is int and index >= 0 else None
        call = self._call(index, identity, name)
        begun = not call.written and not call.name
        call.name = call.name or name
        if said:
            call.written.append(said)
        return ToolCallDelta(
            call.place, self._id(call, identity) if begun else "", name if begun else "", said
        )

    def _call(self, index: int | None, identity: str, name: str) -> _Call:
        call = self._indexed.get(index) if index is not None else self._stated.get(identity) or self._last
        if call is None or self._begins(call, identity, name):
            call = _Call(self._calls, identity)
            self._calls += 1
            if index is not None:
                self._indexed[index] = call
            elif identity:
                self._stated[identity] = call
        self._last = call
        return call

    @staticmethod
    def _begins(call: _Call, identity: str, name: str) -> bool:
        if identity and identity != call.stated:
            return bool(call.stated)
        if not name or not call.name:
            return False
        return call.whole if call.written else name != call.name

    def _id(self, call: _Call, identity: str) -> str:
        call.stated = identity or call.stated
        return self._ids.unused(identity)
