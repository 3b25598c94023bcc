"""Ids of tool calls: made where they are missing, written as the next provider accepts them.

A call and its results carry one id. Dialects restrict letters and lengths differently, so a conversation
that began elsewhere is rewritten, each id by the same rule wherever it stands: pairs stay pairs.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256

from attrs import evolve

from pointsman.types import Message, Part, ToolCall, ToolResult

_HEX = 24


def new_id() -> str:
    """An id for a call whose maker gave it none; unique in any conversation."""
    return f"call_{secrets.token_hex(_HEX // 2)}"


class Ids:
    """The ids of the calls of one answer: made where they are missing, or are those of an earlier call."""

    __slots__ = ("_used",)

    def __init__(self) -> None:
        self._used: set[str] = set()

    def unused(self, stated: str) -> str:
        """The id of one more call, as it is stated if it can be."""
        identity = stated if stated and stated not in self._used else new_id()
        self._used.add(identity)
        return identity


def distinct(content: Iterable[Part]) -> Iterator[Part]:
    """The parts of an answer, no two of whose calls have one id."""
    ids = Ids()
    for part in content:
        identity = ids.unused(part.id) if isinstance(part, ToolCall) else ""
        yield evolve(part, id=identity) if isinstance(part, ToolCall) and identity != part.id else part


def accepted(
    accepts: Callable[[str], bool], *, prefix: str = "call_", length: int = _HEX
) -> Callable[[str], str]:
    """How ids are written for a provider: as they are where it accepts them, else made from their hash.

    Args:
        accepts: Whether the provider takes an id as it is.
        prefix: Begins the ids that are made.
        length: Hexadecimal digits after it; nine are enough for a conversation of a thousand calls.
    """

    def write(identity: str) -> str:
        if accepts(identity):
            return identity
        return prefix + sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:length]

    return write


def rewritten(messages: Sequence[Message], write: Callable[[str], str]) -> Sequence[Message]:
    """The conversation with every id of a tool call written by `write`; itself where that changes nothing."""
    if not any(isinstance(part, ToolCall | ToolResult) for turn in messages for part in turn.content):
        return messages
    return [evolve(turn, content=[_renamed(part, write) for part in turn.content]) for turn in messages]


def _renamed(part: Part, write: Callable[[str], str]) -> Part:
    return evolve(part, id=write(part.id)) if isinstance(part, ToolCall | ToolResult) else part


def paired(messages: Sequence[Message]) -> Sequence[Message]:
    """The conversation with an id for every tool call and its result, and the tool's name in each result.

    A call without an id is given one, and so is one whose id an earlier call of another turn had and whose
    result has come. A result without an id answers the first open call of its tool, or else the first open
    call. Returns `messages` itself where nothing is missing.
    """
    if not any(isinstance(part, ToolCall | ToolResult) for turn in messages for part in turn.content):
        return messages
    pairing = _Pairing()
    turns = [[pairing.part(part) for part in turn.content] for turn in messages]
    return [
        turn if tuple(content) == turn.content else evolve(turn, content=content)
        for turn, content in zip(messages, turns, strict=True)
    ]


class _Pairing:
    """The calls that wait for their results, in order: the id written, the id it came with, the tool."""

    def __init__(self) -> None:
        self._open: deque[tuple[str, str, str]] = deque()
        self._used: set[str] = set()

    def part(self, part: Part) -> Part:
        if isinstance(part, ToolCall):
            identity = part.id if part.id and part.id not in self._used else new_id()
            self._used.add(identity)
            self._open.append((identity, part.id, part.name))
            return part if identity == part.id else evolve(part, id=identity)
        if isinstance(part, ToolResult):
            return self._result(part)
        return part

    def _result(self, result: ToolResult) -> ToolResult:
        call = self._call(result)
        if call is None:
            return result
        self._open.remove(call)
        identity, _, name = call
        name = result.name or name
        return (
            result if (identity, name) == (result.id, result.name) else evolve(result, id=identity, name=name)
        )

    def _call(self, result: ToolResult) -> tuple[str, str, str] | None:
        if result.id:
            return next((call for call in self._open if call[1] == result.id), None)
        of_tool = (call for call in self._open if result.name and call[2] == result.name)
        return next(of_tool, None) or (None if result.name else next(iter(self._open), None))
