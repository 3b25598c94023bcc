"""What dialects share that write a conversation as blocks in turns of two roles, and arguments as objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, TypeVar

import orjson

from pointsman.errors import InvalidRequestError
from pointsman.providers.request import not_taken
from pointsman.types import ChatChunk, Image, Message, Part, Reasoning, Role, ToolCall, ToolCallDelta
from pointsman.wire.fields import table

B = TypeVar("B")


def turns(
    messages: Sequence[Message], blocks: Callable[[Message], Iterable[B]]
) -> Iterator[tuple[Role, list[B]]]:
    """The conversation as turns of the user and the assistant, in turn; system prompts are left out.

    Tool results are the user's, and neighbours of one role become one turn: these dialects want every result
    of a turn's tool calls in the one turn that follows it.

    Args:
        messages: The conversation.
        blocks: What a message becomes.
    """
    spoken = (message for message in messages if message.role is not Role.SYSTEM)
    pairs = ((_speaker(message.role), block) for message in spoken for block in blocks(message))
    for role, run in groupby(pairs, key=lambda pair: pair[0]):
        yield role, [block for _, block in run]


def _speaker(role: Role) -> Role:
    return Role.ASSISTANT if role is Role.ASSISTANT else Role.USER


def system_parts(messages: Sequence[Message], provider: str) -> list[Part]:
    """The parts of all system prompts, in order.

    Raises:
        InvalidRequestError: One is a picture; `provider` begins the message.
    """
    parts = [part for message in messages if message.role is Role.SYSTEM for part in message.content]
    if any(isinstance(part, Image) for part in parts):
        raise not_taken("messages", f"{provider} takes no picture in a system prompt")
    return parts


def own_thoughts(parts: Iterable[Part], mark: str) -> Iterator[Reasoning]:
    """Those thoughts among `parts` whose signature came from this dialect; those of others stay behind.

    Args:
        parts: Of a message.
        mark: Begins the signatures that the dialect's own reader makes up, and ends with a colon. A signature
            as it comes over the wire is base64 and holds none: one with a colon is this mark's or another's.
    """
    for part in parts:
        signature = part.signature if isinstance(part, Reasoning) else ""
        if isinstance(part, Reasoning) and signature and (":" not in signature or signature.startswith(mark)):
            yield part


def arguments_of(call: ToolCall) -> dict[str, Any]:
    """The arguments of a tool call as an object.

    Raises:
        InvalidRequestError: They are no JSON object.
    """
    try:
        arguments = orjson.loads(call.arguments or "{}")
    except orjson.JSONDecodeError:
        arguments = None
    if not isinstance(arguments, dict):
        raise InvalidRequestError(f"messages: the arguments of tool call {call.id!r} are no JSON object")
    return arguments


def arguments_text(value: object) -> str:
    """The other way round: an object of arguments as the JSON that a `ToolCall` holds."""
    return orjson.dumps(table(value)).decode()


class ToolCallStream:
    """The tool calls of a streamed answer that come one after the other, without numbers of their own."""

    __slots__ = ("_begun", "_open")

    def __init__(self) -> None:
        self._begun = 0
        self._open: bool | None = None  # whether the open call has no arguments yet; None when none is open

    def begin(self, identity: str, name: str) -> ChatChunk:
        """The next call begins."""
        self._begun += 1
        self._open = True
        return ChatChunk(tool_calls=(ToolCallDelta(self._begun - 1, identity, name),))

    def argue(self, arguments: str) -> ChatChunk | None:
        """A piece of the open call's arguments; None when no call is open."""
        if self._open is None:
            return None
        self._open = False
        return ChatChunk(tool_calls=(ToolCallDelta(self._begun - 1, arguments=arguments),))

    def end(self) -> ChatChunk | None:
        """The open block ends. A call that streamed no arguments has none, as in whole answers: ``{}``."""
        empty, self._open = self._open, None
        return ChatChunk(tool_calls=(ToolCallDelta(self._begun - 1, arguments="{}"),)) if empty else None
