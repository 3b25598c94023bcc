"""What dialects share that write a conversation as blocks in turns of two roles, and arguments as objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, TypeVar

import orjson

from pointsman.dialects.refusals import kind_of, not_taken
from pointsman.types import CachePoint, Message, Part, Reasoning, Role, Text, Tool, ToolCall, ToolResult
from pointsman.wire.fields import table
from pointsman.wire.lenient import loads

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


def beside(messages: Sequence[Message]) -> list[Message]:
    """The conversation with every tool result directly behind the turn that asked for it.

    These dialects refuse a result that comes later, or behind something else the user says. Results of calls
    nobody made stay where they are.
    """
    placed: list[Message | list[Part]] = []
    homes: dict[str, list[Part]] = {}
    for message in messages:
        if message.role is Role.TOOL:
            for identity, parts in _answers(message):
                home = homes.get(identity)
                if home is None:
                    placed.append(Message(Role.TOOL, parts))
                else:
                    home.extend(parts)
            continue
        behind: list[Part] = []
        again = placed[-1] if placed else None
        goes_on = message.role is Role.ASSISTANT and isinstance(again, list) and not again
        if goes_on and isinstance(again, list):
            behind = again
            placed.pop()
        placed.append(message)
        calls = message.tool_calls if message.role is Role.ASSISTANT else ()
        homes |= {call.id: behind for call in calls}
        if calls or goes_on:
            placed.append(behind)
    return [
        each if isinstance(each, Message) else Message(Role.TOOL, each)
        for each in placed
        if isinstance(each, Message) or each
    ]


def _answers(message: Message) -> Iterator[tuple[str, list[Part]]]:
    """A tool's turn by results, each with the cache mark behind it."""
    identity, parts = "", list[Part]()
    for part in message.content:
        if isinstance(part, ToolResult):
            if parts:
                yield identity, parts
            identity, parts = part.id, []
        parts.append(part)
    if parts:
        yield identity, parts


def history_tools(messages: Iterable[Message]) -> list[Tool]:
    """The tools a conversation has called, for dialects that want tools declared wherever calls are.

    What they take is not known: any arguments.
    """
    names = (call.name for message in messages for call in message.tool_calls)
    return [Tool(name, "Was called earlier in this conversation.") for name in dict.fromkeys(names)]


def blank(text: str) -> bool:
    """Whether a text says nothing: these dialects refuse such texts, and answers hold some."""
    return not text or text.isspace()


def own(part: Reasoning, *formats: str) -> bool:
    """Whether thoughts go back in one of these formats; those of others stay behind."""
    return part.sealed and part.format in formats


def arguments_of(call: ToolCall) -> dict[str, Any]:
    """The arguments of a tool call as an object.

    Raises:
        InvalidRequestError: They are no JSON object.
    """
    try:
        arguments = loads(call.arguments or "{}")
        if isinstance(arguments, str):  # some models write the JSON text of a JSON text
            arguments = loads(arguments)
    except ValueError:
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
