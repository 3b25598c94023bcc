"""What dialects of blocks and two roles share."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.dialects.blocks import (
    arguments_of,
    arguments_text,
    beside,
    blank,
    conversation,
    history_tools,
    own,
    turns,
)
from pointsman.dialects.cache_marks import fewer_marks
from pointsman.dialects.schemas import closed, is_open, parameters
from pointsman.errors import InvalidRequestError
from pointsman.types import (
    CachePoint,
    ChatRequest,
    Image,
    Message,
    Reasoning,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)

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
        Message(Role.USER, "a"),
        Message(Role.ASSISTANT, "b"),
        Message(Role.TOOL, ToolResult("1", "c")),
        Message(Role.USER, "d"),
    ]
    found = turns(messages, lambda message: [message.text or message.tool_results[0].text])

    assert list(found) == [(Role.USER, ["a"]), (Role.ASSISTANT, ["b"]), (Role.USER, ["c", "d"])]


def test_system_prompts_stand_apart() -> None:
    """Their parts come in order; a picture is refused by name: another provider may take it."""
    said = Message(Role.USER, "c")
    prompts = [Message(Role.SYSTEM, [Text("a"), CachePoint()]), Message(Role.SYSTEM, "b")]
    with pytest.raises(InvalidRequestError, match="an image in a system prompt") as caught:
        conversation([Message(Role.SYSTEM, Image(url="https://x")), said], "Acme")

    assert conversation([prompts[0], said, prompts[1]], "Acme") == (
        [Text("a"), CachePoint(), Text("b")],
        [said],
    )
    assert caught.value.parameter == "messages"


def test_system_prompts_alone_are_the_users() -> None:
    """Somebody has to say something."""
    assert conversation([Message(Role.SYSTEM, "a")], "Acme") == ([], [Message(Role.USER, "a")])


def test_only_own_thoughts_go_back() -> None:
    """Sealed, and in one of the formats that are asked for."""
    thoughts = [Reasoning("x"), Reasoning("x", "S", format="a"), Reasoning("x", "S", format="b")]

    assert [own(thought, "a", "c") for thought in thoughts] == [False, True, False]


PIECES = st.lists(
    st.tuples(st.sampled_from(["call", "result", "user", "system"]), st.integers(0, 3)), max_size=9
)


def said(kind: str, number: int) -> Message:
    """One turn of a drawn conversation."""
    match kind:
        case "call":
            return Message(Role.ASSISTANT, [Text("so"), ToolCall(str(number), "f", "{}")])
        case "result":
            return Message(Role.TOOL, [ToolResult(str(number), kind), CachePoint()])
    return Message(kind, str(number))


@given(PIECES)
def test_results_are_placed_beside_their_calls(pieces: list[tuple[str, int]]) -> None:
    """Nothing is lost, everything else keeps its order, and what is in place stays as it is."""
    messages = [said(kind, number) for kind, number in pieces]
    placed = beside(messages)
    parts = [part for message in placed for part in message.content]

    assert sorted(map(repr, parts)) == sorted(repr(part) for turn in messages for part in turn.content)
    assert [turn for turn in placed if turn.role is not Role.TOOL] == [
        turn for turn in messages if turn.role is not Role.TOOL
    ]
    assert beside(placed) == placed


def test_a_late_result_goes_to_its_call() -> None:
    """Two turns of the assistant in a row are one turn; results that nobody asked for stay."""
    first, second = (
        Message(Role.ASSISTANT, ToolCall("a", "f", "")),
        Message(Role.ASSISTANT, ToolCall("b", "f", "")),
    )
    wait, stray = Message(Role.USER, "wait"), Message(Role.TOOL, ToolResult("z", "?"))
    late, later = ToolResult("a", "1"), ToolResult("b", "2")

    assert beside([first, second, wait, stray, Message(Role.TOOL, [later, late])]) == [
        first,
        second,
        Message(Role.TOOL, [later, late]),
        wait,
        stray,
    ]


def test_tools_of_the_history() -> None:
    """Each tool that was called, once; they take anything."""
    messages = [
        Message(Role.ASSISTANT, [ToolCall("1", "f", ""), ToolCall("2", "g", ""), ToolCall("3", "f", "")])
    ]

    assert [(tool.name, tool.parameters) for tool in history_tools(messages)] == [("f", {}), ("g", {})]


@pytest.mark.parametrize(("text", "says_nothing"), [("", True), (" \n", True), (" a ", False)])
def test_blank_texts(text: str, *, says_nothing: bool) -> None:
    """Spaces alone say nothing."""
    assert blank(text) is says_nothing


def test_the_last_cache_marks_are_kept() -> None:
    """In the order tools, system prompts, conversation, results included; few enough stay untouched."""
    point = CachePoint()
    result = Message(Role.TOOL, ToolResult("a", [Text("x"), point]))
    request = ChatRequest(
        [Message(Role.USER, [Text("b"), point]), result, Message(Role.SYSTEM, [Text("a"), point])],
        tools=[Tool("f", cache=point)],
    )

    assert fewer_marks(request, 4) is request
    assert fewer_marks(request, 2) == ChatRequest(
        [request.messages[0], result, Message(Role.SYSTEM, "a")], tools=[Tool("f")]
    )
    assert fewer_marks(request, 1).messages == (
        Message(Role.USER, "b"),
        result,
        Message(Role.SYSTEM, "a"),
    )


@pytest.mark.parametrize(
    ("schema", "opens"),
    [
        ({}, False),
        ({"type": "object", "additionalProperties": False}, False),
        ({"type": "object", "additionalProperties": True}, True),
        ({"anyOf": [{"type": "null"}, {"type": "object", "additionalProperties": {"type": "string"}}]}, True),
        ({"properties": {"a": {"items": {"patternProperties": {"x": {}}}}}}, True),
        ({"properties": {"additionalProperties": {"type": "string"}}}, False),
    ],
)
def test_schemas_that_cannot_be_closed(schema: dict[str, object], *, opens: bool) -> None:
    """Some object takes properties it does not name."""
    assert is_open(schema) is opens
    assert is_open(closed(schema)) is opens


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        ({}, {"type": "object", "properties": {}}),
        ({"type": "object", "properties": None}, {"type": "object", "properties": {}}),
        ({"type": ["object", "null"]}, {"type": "object", "properties": {}}),
        ({"type": None, "required": None}, {"type": "object", "properties": {}}),
        ({"properties": {"a": {}}}, {"type": "object", "properties": {"a": {}}}),
        ({"$ref": "#/$defs/a"}, {"type": "object", "$ref": "#/$defs/a"}),
    ],
)
def test_parameters_are_an_object_that_says_its_properties(
    schema: dict[str, object], written: dict[str, object]
) -> None:
    """However a generator says that there are none."""
    assert parameters(schema) == written


@pytest.mark.parametrize(
    ("written", "read"), [("", {}), ("{}", {}), ('{"a": [1]}', {"a": [1]}), ('"{\\"a\\": 1}"', {"a": 1})]
)
def test_arguments_are_an_object(written: str, read: dict[str, object]) -> None:
    """None is the empty one; the JSON text of a JSON text is read twice."""
    assert arguments_of(ToolCall("1", "f", written)) == read


@pytest.mark.parametrize("written", ["[]", "null", "{", "text", '"text"', '"[]"'])
def test_other_arguments_are_refused(written: str) -> None:
    """By the call's id."""
    with pytest.raises(InvalidRequestError, match="tool call '1' are no JSON object"):
        arguments_of(ToolCall("1", "f", written))


@pytest.mark.parametrize(("value", "text"), [({"a": 1}, '{"a":1}'), (None, "{}"), ([1], "{}")])
def test_an_object_of_arguments_is_written_as_json(value: object, text: str) -> None:
    """What is no object is the empty one."""
    assert arguments_text(value) == text
