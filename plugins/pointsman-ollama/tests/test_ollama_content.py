"""Parts of answers, in order, ids and arguments, pictures, and lines that are not quite JSON."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman import (
    CachePoint,
    ChatRequest,
    ChatResponse,
    FinishReason,
    Image,
    Message,
    RateLimitError,
    Reasoning,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from pointsman.dialects.gathered import Gathered
from pointsman.testing import FakeHttp, Pieces
from pointsman_ollama import Config, Ollama
from pointsman_ollama.answer import response
from pointsman_ollama.request import body

REQUEST = ChatRequest([Message(Role.USER, "hi")])
DONE = b'{"done":true,"done_reason":"stop"}'


def sent(*messages: Message, **fields: Any) -> dict[str, Any]:
    """What is sent."""
    return body("m", ChatRequest(messages, **fields), stream=False)


def picture(data: str) -> Image:
    """One of these bytes."""
    return Image(data=data, media_type="image/png")


async def read(data: bytes) -> ChatResponse:
    """The answer a stream of these bytes adds up to."""
    answer = Gathered()
    parts = tuple(data[place : place + 9] for place in range(0, len(data), 9))
    async for chunk in Ollama(Config()).stream("m", REQUEST, FakeHttp(Pieces(parts))):
        answer.add(chunk)
    return answer.response("m")


@pytest.mark.anyio
async def test_parts_stand_in_the_order_in_which_they_came() -> None:
    """A text behind a call is another text than the one before it."""
    answer = await read(
        b'{"message":{"thinking":"Hm."},"done":false}\n{"message":{"content":"I look."},"done":false}\n'
        b'{"message":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":{}}}]},"done":false}\n'
        b'{"message":{"content":"While "},"done":false}\n{"message":{"content":"that runs."},"done":false}\n'
        + DONE
    )

    assert answer.content == (
        Reasoning("Hm."),
        Text("I look."),
        ToolCall("a", "f", "{}"),
        Text("While that runs."),
    )
    assert answer.finish_reason is FinishReason.TOOL_CALLS


@pytest.mark.anyio
async def test_calls_get_an_id_each_and_keep_their_arguments() -> None:
    """Two answers of one conversation share no id; arguments may come as text."""
    functions = (
        b'{"name":"f","arguments":{"x":1}}},{"id":null,"function":{"name":"f","arguments":"{\\"x\\":2}"}}'
        b',{"function":{"name":"f"}'
    )
    message = b'{"message":{"tool_calls":[{"function":' + functions + b"}]},"
    one, two = await read(message + DONE[1:]), await read(message + DONE[1:] + b"\n")
    calls = (*one.tool_calls, *two.tool_calls)

    assert [each.arguments for each in one.tool_calls] == ['{"x":1}', '{"x":2}', "{}"]
    assert len({each.id for each in calls} - {""}) == 6


def test_a_whole_answer() -> None:
    """It holds the same parts."""
    function = {"name": "f", "arguments": {"x": 1}}
    message = {"thinking": "Hm.", "content": "I look.", "tool_calls": [{"function": function}]}
    answer = response({"message": message, "done": True, "done_reason": "stop"}, "m")

    assert answer.content[:2] == (Reasoning("Hm."), Text("I look."))
    assert [(each.name, each.arguments) for each in answer.tool_calls] == [("f", '{"x":1}')]
    assert answer.tool_calls[0].id


def test_no_result_goes_out_under_another_tools_name() -> None:
    """Not when two turns use one id, nor when a caller names it wrong; pictures in it stay in it."""
    turns = sent(
        Message(Role.USER, "hi"),
        Message(Role.ASSISTANT, [ToolCall("c", "tide", "{}"), ToolCall("", "tide", "")]),
        Message(Role.TOOL, [ToolResult("c", "one", "some tool"), ToolResult("", "two")]),
        Message(Role.ASSISTANT, ToolCall("c", "wind", "{}")),
        Message(Role.TOOL, ToolResult("c", [Text("three"), picture("QQ=="), CachePoint()])),
    )["messages"]
    calls = [(each["id"], each["function"]["name"]) for turn in turns for each in turn.get("tool_calls", ())]
    results = [turn for turn in turns if turn["role"] == "tool"]

    assert [(turn["tool_call_id"], turn["tool_name"]) for turn in results] == calls
    assert [name for _, name in calls] == ["tide", "tide", "wind"]
    assert [turn["content"] for turn in results] == ["one", "two", "three"]
    assert len({identity for identity, _ in calls}) == 3
    assert results[-1]["images"] == ["QQ=="]


def test_a_system_prompt_alone_is_said_by_the_user() -> None:
    """Somebody has to say something."""
    assert sent(Message(Role.SYSTEM, "Say hi."))["messages"] == [{"role": "user", "content": "Say hi."}]


def test_tools_without_properties() -> None:
    """They say that they have none."""
    (declared,) = sent(Message(Role.USER, "hi"), tools=[Tool("wind", "", {"type": "object"})])["tools"]

    assert declared["function"]["parameters"] == {"type": "object", "properties": {}}


def test_thoughts_only_their_maker_can_read_stay_behind() -> None:
    """The others go along."""
    (turn,) = sent(Message(Role.ASSISTANT, [Reasoning("a", "EpcC", format="x"), Reasoning("b"), Text("c")]))[
        "messages"
    ]

    assert turn == {"role": "assistant", "content": "c", "thinking": "b"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("t", [("t", "")]),
        ("tp", [("t", "p")]),
        ("pt", [("t", "p")]),
        ("ttpp", [("tt", "pp")]),
        ("tpt", [("t", "p"), ("t", "")]),
        ("ptpt", [("t", "p"), ("t", "p")]),
        ("", [("", "")]),
    ],
)
def test_what_is_said_of_a_picture_stands_where_it_was_said(
    said: str, expected: list[tuple[str, str]]
) -> None:
    """A message has pictures on one side of its text alone; what is said next is a message of its own."""
    content = [Text("t") if letter == "t" else picture("p") for letter in said]
    turns = sent(Message(Role.USER, content))["messages"]

    assert expected == [(turn["content"], "".join(turn.get("images", ()))) for turn in turns]


@given(st.lists(st.sampled_from("ab") | st.sampled_from("01"), max_size=9))
def test_no_text_and_no_picture_is_lost(said: list[str]) -> None:
    """Both are there, each in its order."""
    content = [Text(letter) if letter in "ab" else picture(letter) for letter in said]
    turns = sent(Message(Role.USER, content))["messages"]

    assert "".join(turn["content"] for turn in turns) == "".join(each for each in said if each in "ab")
    assert [each for turn in turns for each in turn.get("images", ())] == [
        each for each in said if each not in "ab"
    ]


@pytest.mark.anyio
async def test_lines_that_are_not_quite_json() -> None:
    """Halves of a character are joined, what is no number is none, and one object over lines is one."""
    halves = b'{"message":{"content":"a\\ud83d"},"x":NaN}\n{"message":{"content":"\\udea2!\\ud83d"}}\n'

    assert (await read(b"\xef\xbb\xbf" + halves + DONE)).text == "a🚢!"
    assert (await read(b'{\n"message": {"content": "ho"},\n' + DONE[1:])).text == "ho"


@pytest.mark.anyio
async def test_an_error_keeps_its_class() -> None:
    """On a line of the stream, after some of the answer."""
    with pytest.raises(RateLimitError):
        await read(b'{"message":{"content":"ho"}}\n{"error":{"code":429,"message":"Slow down."}}\n')
