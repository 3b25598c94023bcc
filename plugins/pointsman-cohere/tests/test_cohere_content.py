"""Parts of answers, in order, ids and arguments, and streams that are not quite what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from pointsman import (
    CachePoint,
    ChatRequest,
    ChatResponse,
    FinishReason,
    Image,
    Message,
    OverloadedError,
    Reasoning,
    ResponseError,
    Role,
    Secret,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from pointsman.dialects.gathered import Gathered
from pointsman.testing import FakeHttp, Pieces
from pointsman_cohere import Cohere, Config
from pointsman_cohere.answer import response
from pointsman_cohere.request import body

PROVIDER = Cohere(Config(Secret("co-9876543210"), "https://a.example"))
REQUEST = ChatRequest([Message(Role.USER, "hi")])
END = {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": {}}}


def sent(*messages: Message, **fields: Any) -> dict[str, Any]:
    """What is sent."""
    return body("m", ChatRequest(messages, **fields), stream=False)


def event(kind: str, index: int = 0, **message: object) -> dict[str, Any]:
    """One event that adds to the message."""
    return {"type": kind, "index": index, "delta": {"message": message}}


def call(kind: str, index: int, identity: object, name: str, arguments: object) -> dict[str, Any]:
    """An event of a tool call."""
    found = {"id": identity, "type": "function", "function": {"name": name, "arguments": arguments}}
    return event(f"tool-call-{kind}", index, tool_calls=found)


def more(index: int, arguments: str) -> dict[str, Any]:
    """An event of more arguments."""
    return event("tool-call-delta", index, tool_calls={"function": {"arguments": arguments}})


def written(*events: Mapping[str, Any]) -> bytes:
    """Events as they are sent."""
    return b"".join(b"data: " + orjson.dumps(each) + b"\n\n" for each in events)


async def read(data: bytes) -> ChatResponse:
    """The answer a stream of these bytes adds up to."""
    answer = Gathered()
    parts = tuple(data[place : place + 9] for place in range(0, len(data), 9))
    async for chunk in PROVIDER.stream("command", REQUEST, FakeHttp(Pieces(parts))):
        answer.add(chunk)
    return answer.response("")


@pytest.mark.anyio
async def test_parts_stand_in_the_order_in_which_they_came() -> None:
    """Whole and streamed; each block of content is a part of its own."""
    blocks = [
        {"type": "thinking", "thinking": "Hm."},
        {"type": "text", "text": "Well."},
        {"type": "text", "text": "So."},
        {"type": "thinking", "thinking": "Or not."},
    ]
    tool = {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    message = {"content": blocks, "tool_plan": "I look.", "tool_calls": [tool]}
    whole = response({"message": message, "finish_reason": "TOOL_CALL"}, "command")
    streamed = await read(
        written(
            *(event("content-start", place, content=block) for place, block in enumerate(blocks)),
            event("content-end"),
            event("tool-plan-delta", tool_plan="I look."),
            call("start", 0, "a", "f", ""),
            END,
        )
    )
    expected = (Reasoning("Hm."), Text("Well."), Text("So."), Reasoning("Or not."))

    assert whole.content[:4] == expected == streamed.content[:4]
    assert whole.content[4:] == (Reasoning("I look."), ToolCall("a", "f", "{}"))
    assert streamed.content[-1] == ToolCall("a", "f", "{}")
    assert streamed.finish_reason is FinishReason.TOOL_CALLS


@pytest.mark.anyio
async def test_calls_keep_their_ids_and_arguments_apart() -> None:
    """A new id begins a call whatever the event says, pieces go where their index says, objects are kept."""
    answer = await read(
        written(
            call("start", 0, "a", "tide", ""),
            call("start", 1, "b", "wind", ""),
            more(0, '{"port"'),
            more(1, '{"at"'),
            more(0, ':"Husum"}'),
            more(1, ":3}"),
            call("delta", 1, "c", "ferry", {"line": 7}),
            call("start", 2, None, "moon", None),
            END,
        )
    )
    made = answer.tool_calls[3].id

    assert answer.tool_calls == (
        ToolCall("a", "tide", '{"port":"Husum"}'),
        ToolCall("b", "wind", '{"at":3}'),
        ToolCall("c", "ferry", '{"line":7}'),
        ToolCall(made, "moon", "{}"),
    )
    assert made


def test_whole_calls() -> None:
    """An id each, and the arguments, in whichever form they come."""
    functions: list[dict[str, Any]] = [{"name": "f", "arguments": {"x": 1}}, {"name": "f"}]
    message = {"tool_calls": [{"function": each} for each in functions]}
    one, two = response({"message": message, "finish_reason": "COMPLETE"}, "m").tool_calls

    assert [one.arguments, two.arguments] == ['{"x":1}', "{}"]
    assert len({one.id, two.id, ""}) == 3


def test_results_have_the_ids_of_their_calls() -> None:
    """Those that are missing are made, and one that comes twice is not."""
    turns = sent(
        Message(Role.USER, "hi"),
        Message(Role.ASSISTANT, [ToolCall("", "f", ""), ToolCall("c", "f", "{}")]),
        Message(Role.TOOL, [ToolResult("", "one"), ToolResult("c", [Text("two"), CachePoint()])]),
        Message(Role.ASSISTANT, ToolCall("c", "g", "{}")),
        Message(Role.TOOL, ToolResult("c", "three")),
    )["messages"]
    calls = [each["id"] for turn in turns for each in turn.get("tool_calls", ())]
    results = [(turn["tool_call_id"], turn["content"]) for turn in turns if turn["role"] == "tool"]

    assert results == list(zip(calls, ["one", "two", "three"], strict=True))
    assert len(set(calls)) == 3
    assert turns[1]["tool_calls"][0]["function"]["arguments"] == "{}"


def test_a_system_prompt_alone_is_said_by_the_user() -> None:
    """Somebody has to say something."""
    assert sent(Message(Role.SYSTEM, "Say hi."))["messages"] == [{"role": "user", "content": "Say hi."}]


def test_tools_without_properties() -> None:
    """They say that they have none."""
    tools = [Tool("wind", "", {"type": "object"}), Tool("tide")]
    declared = sent(Message(Role.USER, "hi"), tools=tools)["tools"]

    assert [each["function"]["parameters"] for each in declared] == [
        {"type": "object", "properties": {}},
        {"type": "object", "properties": {}},
    ]


def test_whose_thoughts_are_plans() -> None:
    """Those that only their maker can read stay behind; a picture says how closely to look at it."""
    user, assistant = sent(
        Message(Role.USER, [Text("Look."), Image(url="https://b.example/c.png", detail="low"), CachePoint()]),
        Message(
            Role.ASSISTANT,
            [Reasoning("sealed", "EpcC", format="another"), Reasoning("I look."), ToolCall("c", "f", "{}")],
        ),
    )["messages"]

    assert user["content"][1]["image_url"] == {"url": "https://b.example/c.png", "detail": "low"}
    assert (assistant["tool_plan"], "content" in assistant) == ("I look.", False)


@pytest.mark.anyio
async def test_one_json_text_is_the_answer() -> None:
    """Where events were asked for; its error is one, too."""
    message = {"content": [{"type": "text", "text": "ho"}]}
    answer = await read(orjson.dumps({"message": message, "finish_reason": "COMPLETE"}))

    assert (answer.text, answer.finish_reason) == ("ho", FinishReason.STOP)
    with pytest.raises(OverloadedError):
        await read(orjson.dumps({"error": {"code": 503, "message": "overloaded"}}))


@pytest.mark.anyio
async def test_an_end_mark_ends_a_paid_answer() -> None:
    """Without a word on why it ended; without the mark, it was cut."""
    begun = written(event("content-delta", content={"text": "ho"}))

    assert (await read(begun + b"data: [DONE]\n\n")).finish_reason is FinishReason.OTHER
    with pytest.raises(ResponseError):
        await read(begun)


@pytest.mark.anyio
async def test_a_character_cut_in_two() -> None:
    """Its halves come in two events."""
    first, second = (
        written(event("content-delta", content={"text": "@"})).replace(b"@", half)
        for half in (b"a\\ud83d", b"\\udea2!")
    )

    assert (await read(first + second + written(END))).text == "a🚢!"
