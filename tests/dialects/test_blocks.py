"""What dialects of blocks and two roles share."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.dialects.blocks import (
    ToolCallStream,
    arguments_of,
    arguments_text,
    own_thoughts,
    system_parts,
    turns,
)
from pointsman.errors import InvalidRequestError
from pointsman.types import ChatChunk, Image, Message, Part, Reasoning, Role, Text, ToolCall, ToolCallDelta

CONVERSATIONS = st.lists(st.tuples(st.sampled_from(Role), st.lists(st.integers(), max_size=3)), max_size=8)


@given(CONVERSATIONS)
def test_two_roles_take_turns(conversation: list[tuple[Role, list[int]]]) -> None:
    """Nothing is lost or moved, no turn is empty, and no role speaks twice in a row."""
    messages = [Message(role, (Text(str(place)),)) for place, (role, _) in enumerate(conversation)]
    found = list(turns(messages, lambda message: conversation[int(message.text)][1]))

    assert [block for _, blocks in found for block in blocks] == [
        block for role, blocks in conversation if role is not Role.SYSTEM for block in blocks
    ]
    assert all(blocks for _, blocks in found)
    assert all(one is not following for (one, _), (following, _) in pairwise(found))
    assert {role for role, _ in found} <= {Role.USER, Role.ASSISTANT}


def test_a_tools_result_is_the_users() -> None:
    """It stands in the turn that answers the call."""
    messages = [
        Message(Role.USER, (Text("a"),)),
        Message(Role.ASSISTANT, (Text("b"),)),
        Message(Role.TOOL, (Text("c"),), tool_call_id="1"),
        Message(Role.USER, (Text("d"),)),
    ]

    assert list(turns(messages, lambda message: [message.text])) == [
        (Role.USER, ["a"]),
        (Role.ASSISTANT, ["b"]),
        (Role.USER, ["c", "d"]),
    ]


def test_system_prompts_hold_no_picture() -> None:
    """Their parts come in order; a picture is refused by name: another provider may take it."""
    texts = [Message(Role.SYSTEM, (Text("a"), Text("b"))), Message(Role.USER, (Text("c"),))]
    with pytest.raises(InvalidRequestError, match="Acme takes no picture") as caught:
        system_parts([Message(Role.SYSTEM, (Image(url="https://x"),))], "Acme")

    assert system_parts(texts, "Acme") == [Text("a"), Text("b")]
    assert caught.value.parameter == "messages"


def test_thoughts_of_others_stay_behind() -> None:
    """A signature without a colon came over this wire; one with a colon says whose it is."""
    parts: list[Part] = [
        Text("x"),
        Reasoning("unsigned"),
        Reasoning("plain", "QUJD=="),
        Reasoning("", "mine:QUJD"),
        Reasoning("", "other:QUJD"),
    ]

    assert list(own_thoughts(parts, "mine:")) == [parts[2], parts[3]]


@pytest.mark.parametrize(("written", "read"), [("", {}), ("{}", {}), ('{"a": [1]}', {"a": [1]})])
def test_arguments_are_an_object(written: str, read: dict[str, object]) -> None:
    """None is the empty one."""
    assert arguments_of(ToolCall("1", "f", written)) == read


@pytest.mark.parametrize("written", ["[]", "null", "{", "text"])
def test_other_arguments_are_refused(written: str) -> None:
    """By the call's id."""
    with pytest.raises(InvalidRequestError, match="tool call '1' are no JSON object"):
        arguments_of(ToolCall("1", "f", written))


@pytest.mark.parametrize(("value", "text"), [({"a": 1}, '{"a":1}'), (None, "{}"), ([1], "{}")])
def test_an_object_of_arguments_is_written_as_json(value: object, text: str) -> None:
    """What is no object is the empty one."""
    assert arguments_text(value) == text


def test_calls_one_after_the_other() -> None:
    """They are counted, pieces belong to the open one, and one without pieces gets its empty object."""
    calls = ToolCallStream()
    steps = [
        calls.argue("lost"),
        calls.end(),
        calls.begin("a", "f"),
        calls.argue('{"x"'),
        calls.argue(": 1}"),
        calls.end(),
        calls.begin("b", "g"),
        calls.end(),
        calls.end(),
    ]

    assert steps == [
        None,
        None,
        ChatChunk(tool_calls=(ToolCallDelta(0, "a", "f"),)),
        ChatChunk(tool_calls=(ToolCallDelta(0, arguments='{"x"'),)),
        ChatChunk(tool_calls=(ToolCallDelta(0, arguments=": 1}"),)),
        None,
        ChatChunk(tool_calls=(ToolCallDelta(1, "b", "g"),)),
        ChatChunk(tool_calls=(ToolCallDelta(1, arguments="{}"),)),
        None,
    ]
