"""What dialects share that write a conversation as blocks in turns of two roles, and arguments as objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, TypeVar

import orjson

from pointsman.dialects.refusals import kind_of, not_taken
from pointsman.types import CachePoint, Message, Part, Reasoning, Role, Text, ToolCall
from pointsman.wire.fields import table

B = TypeVar("B")


def conversation(messages: Sequence[Message], by: str) -> tuple[list[Part], list[Message]]:
    """The parts of all system prompts, and the other messages, in order.

    A system prompt that stands alone is what the user says: these dialects want somebody to say something.

    Args:
        messages: The conversation.
        by: Who takes system prompts of text alone; ends the error's message.

    Raises:
        InvalidRequestError: A system prompt holds something else.
    """
    spoken = [message for message in messages if message.role is not Role.SYSTEM]
    parts = [part for message in messages if message.role is Role.SYSTEM for part in message.content]
    if not spoken:
        return [], [Message(Role.USER, parts)]
    for part in parts:
        if not isinstance(part, Text | CachePoint):
            raise not_taken("messages", f"{kind_of(part)} in a system prompt is not taken by {by}")
    return parts, spoken


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


def own(part: Reasoning, *formats: str) -> bool:
    """Whether thoughts go back in one of these formats; those of others stay behind."""
    return part.sealed and part.format in formats


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
        raise not_taken("messages", f"the arguments of tool call {call.id!r} are no JSON object")
    return arguments


def arguments_text(value: object) -> str:
    """The other way round: arguments as the JSON text that a `ToolCall` holds.

    Some servers write an object where their dialect has its text, others the text: both are read.
    """
    if isinstance(value, str):
        return value or "{}"
    return orjson.dumps(table(value)).decode()
