"""Tool calls of a streamed answer are kept apart, however a server numbers them."""

from __future__ import annotations

from typing import Any

import pytest
from pointsman.dialects.gathered import Gathered
from pointsman.dialects.openai_chat import ChatEvents, read_answer
from pointsman.types import ChatChunk, FinishReason, ToolCall


def piece(identity: object = None, name: str = "", arguments: object = "", **fields: Any) -> dict[str, Any]:
    """A piece of a tool call."""
    function = {**({"name": name} if name else {}), **({"arguments": arguments} if arguments != "" else {})}
    return {**({} if identity is None else {"id": identity}), "function": function, **fields}


def gathered(*pieces: dict[str, Any]) -> tuple[ToolCall, ...]:
    """The calls that a stream of these pieces holds."""
    reader, answer = ChatEvents(), Gathered()
    events: list[dict[str, Any]] = [{"choices": [{"delta": {"tool_calls": [each]}}]} for each in pieces]
    events.append({"choices": [{"delta": {}, "finish_reason": "tool_calls"}]})
    for event in events:
        if (chunk := reader.read(event)) is not None:
            answer.add(chunk)
    return answer.response("m").tool_calls


WHOLE, REST = '{"floor":3}', 'oor":3}'
FIRST, SECOND = piece("k1", "lift", '{"fl', index=0), piece("k2", "bell", "{}", index=1)
TWO = (ToolCall("k1", "lift", '{"floor":3}'), ToolCall("k2", "bell", "{}"))


@pytest.mark.parametrize(
    "pieces",
    [
        [piece("k1", "lift", '{"floor":3}', index=0), piece("k2", "bell", "{}", index=1)],
        [piece("k1", "lift", '{"floor":3}', index=0), piece("k2", "bell", "{}", index=0)],
        [piece("k1", "lift", '{"floor":3}'), piece("k2", "bell", "{}")],
        [piece("k1", "lift"), piece(arguments=WHOLE, index=None), piece("k2", "bell", index=None)],
        [FIRST, piece("k1", arguments=REST, index=0), SECOND],
        [FIRST, piece("k2", "bell", index=1), piece(arguments=REST, index=0)],
        [piece("k1", "lift", {"floor": 3}, index=0), piece("k2", "bell", {}, index=1)],
        [FIRST, piece("", "", REST, index=0), piece("k2", "bell", None, index=1)],
        [piece("k1", "lift", '{"fl'), piece("k2", "bell"), piece("k1", "", REST), piece("k2", "", "{}")],
        [{"id": "k1", "name": "lift", "arguments": WHOLE}, {"id": "k2", "name": "bell", "arguments": {}}],
    ],
    ids=[
        "documented", "all 0", "no index", "null", "id repeated", "in turn", "objects", "empty id",
        "in turn by id", "no function",
    ],
)  # fmt: skip
def test_a_new_id_begins_a_new_call(pieces: list[dict[str, Any]]) -> None:
    """Whatever the index says; pieces without an id go on with the call of their index, or the last one."""
    assert gathered(*pieces) == TWO


@pytest.mark.parametrize(
    "pieces",
    [
        [piece(None, "lift", '{"floor":3}', index=0), piece(None, "bell", "{}", index=1)],
        [piece(None, "lift", '{"floor":3}', index=0), piece(None, "bell", "{}", index=0)],
        [piece(None, "lift", '{"floor":3}'), piece(None, "bell", "{}")],
        [piece(None, "lift", '{"fl'), piece(None, "lift", 'oor":3}'), piece(None, "bell", "{}")],
    ],
    ids=["index", "all 0", "nothing", "name repeated"],
)
def test_calls_without_ids_get_one_each(pieces: list[dict[str, Any]]) -> None:
    """They are kept apart by index, or by a name after whole arguments; the ids differ."""
    calls = gathered(*pieces)

    assert [(call.name, call.arguments) for call in calls] == [(call.name, call.arguments) for call in TWO]
    assert len({call.id for call in calls} - {""}) == len(calls)


@pytest.mark.parametrize("fields", [({"index": 0}, {"index": 1}), ({}, {})], ids=["index", "nothing"])
def test_no_two_calls_of_an_answer_have_one_id(fields: tuple[dict[str, int], dict[str, int]]) -> None:
    """Results would go with the wrong one; streamed and whole."""
    pieces = [piece("k1", "lift", WHOLE, **fields[0]), piece("k1", "bell", "{}", **fields[1])]
    choice = {"message": {"content": None, "tool_calls": pieces}, "finish_reason": "tool_calls"}
    found = [gathered(*pieces), read_answer({"choices": [choice]}, "m").tool_calls]

    assert [[(each.name, each.arguments) for each in calls] for calls in found] == [
        [("lift", WHOLE), ("bell", "{}")]
    ] * 2
    assert [len({each.id for each in calls}) for calls in found] == [2, 2]


def test_another_name_begins_a_call_where_none_has_arguments() -> None:
    """Servers without ids leave out empty arguments."""
    calls = gathered(piece(None, "lift", index=0), piece(None, "bell", index=0))

    assert [(call.name, call.arguments) for call in calls] == [("lift", "{}"), ("bell", "{}")]


def test_one_answer_of_several_is_read() -> None:
    """The one that came first: their texts are not mixed."""
    reader, answer = ChatEvents(), Gathered()
    for index, text in ((0, "The lift "), (1, "A bell "), (0, "is slow."), (1, "rings.")):
        answer.add(reader.read({"choices": [{"index": index, "delta": {"content": text}}]}) or ChatChunk())

    assert answer.response("m").text == "The lift is slow."


def test_whole_answers_get_ids_too_and_keep_arguments_that_are_objects() -> None:
    """As streams do; also the form before there were several calls."""
    calls = [piece(None, "lift", {"floor": 3}), piece(None, "bell", None)]
    message = {"content": None, "tool_calls": calls}
    answer = read_answer({"choices": [{"message": message, "finish_reason": "tool_calls"}]}, "m")
    old = {"content": None, "function_call": {"name": "bell", "arguments": "{}"}}
    single = read_answer({"choices": [{"message": old, "finish_reason": "function_call"}]}, "m")

    assert [(call.name, call.arguments) for call in answer.tool_calls] == [
        ("lift", '{"floor":3}'),
        ("bell", "{}"),
    ]
    assert len({call.id for call in answer.tool_calls} - {""}) == len(answer.tool_calls)
    assert [(call.name, call.arguments) for call in single.tool_calls] == [("bell", "{}")]
    assert single.finish_reason is FinishReason.TOOL_CALLS


def test_an_answer_with_calls_has_stopped_for_them() -> None:
    """Also where the server says no more than that it stopped."""
    whole = {"message": {"content": None, "tool_calls": [piece("k2", "bell", "{}")]}, "finish_reason": "stop"}
    streamed = {"delta": {"tool_calls": [piece("k2", "bell", "{}")]}, "finish_reason": "stop"}
    chunk = ChatEvents().read({"choices": [streamed]})

    assert read_answer({"choices": [whole]}, "m").finish_reason is FinishReason.TOOL_CALLS
    assert chunk is not None
    assert chunk.finish_reason is FinishReason.TOOL_CALLS
