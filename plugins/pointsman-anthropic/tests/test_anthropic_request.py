"""What is sent to Anthropic, to the letter."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman import (
    Advice,
    ChatRequest,
    Image,
    InvalidRequestError,
    JsonSchema,
    Message,
    Reasoning,
    Role,
    Text,
    Tool,
    ToolCall,
)
from pointsman_anthropic.listing import Limits
from pointsman_anthropic.request import body

USER = Message(Role.USER, (Text("hi"),))
KNOWN = Limits(64_000, structured=True, efforts=frozenset({"low", "high"}))


def written(**fields: Any) -> dict[str, Any]:
    """What is sent for a plain question with these fields."""
    return body("m", ChatRequest([USER], **fields), KNOWN, stream=False)


def turns(*messages: Message) -> list[dict[str, Any]]:
    """The conversation as it is sent."""
    sent: list[dict[str, Any]] = body("m", ChatRequest(messages), KNOWN, stream=False)["messages"]
    return sent


def test_a_whole_conversation() -> None:
    """System prompt, two turns, a picture, thoughts, a tool call and its result, a schema."""
    request = ChatRequest(
        [
            Message(Role.SYSTEM, (Text("Be brief."),)),
            Message(
                Role.USER,
                (
                    Text("What?"),
                    Image(data="QQ==", media_type="image/png"),
                    Image(url="https://a.example/b.png"),
                ),
            ),
            Message(
                Role.ASSISTANT,
                (
                    Reasoning("hm", "S="),
                    Reasoning("", "redacted_thinking:E="),
                    Reasoning("somebody else's"),
                    Text("Well."),
                ),
                (ToolCall("c1", "look", '{"at": 1}'), ToolCall("c2", "look", "")),
            ),
            Message(Role.TOOL, (Text("a cat"),), tool_call_id="c1"),
            Message(Role.TOOL, (Image(data="QQ==", media_type="image/png"),), tool_call_id="c2"),
            Message(Role.USER, (Text("So?"),)),
        ],
        tools=(Tool("look", "Looks.", {"type": "object"}, strict=True), Tool("rest")),
        tool_choice="required",
        response_format=JsonSchema({"type": "object"}),
        temperature=0.5,
        top_p=0.9,
        stop=("END",),
        reasoning_effort="low",
        user="u1",
    )
    picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "QQ=="}}

    assert {
        "model": "m",
        "stream": True,
        "max_tokens": 20_000,
        "system": [{"type": "text", "text": "Be brief."}],
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What?"},
                    picture,
                    {"type": "image", "source": {"type": "url", "url": "https://a.example/b.png"}},
                ],
            },
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "hm", "signature": "S="},
                    {"type": "redacted_thinking", "data": "E="},
                    {"type": "text", "text": "Well."},
                    {"type": "tool_use", "id": "c1", "name": "look", "input": {"at": 1}},
                    {"type": "tool_use", "id": "c2", "name": "look", "input": {}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": "c1",
                        "content": [{"type": "text", "text": "a cat"}],
                    },
                    {"type": "tool_result", "tool_use_id": "c2", "content": [picture]},
                    {"type": "text", "text": "So?"},
                ],
            },
        ],
        "tools": [
            {"name": "look", "description": "Looks.", "input_schema": {"type": "object"}, "strict": True},
            {"name": "rest", "input_schema": {"type": "object", "properties": {}}},
        ],
        "tool_choice": {"type": "any"},
        "output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}, "effort": "low"},
        "temperature": 0.5,
        "top_p": 0.9,
        "stop_sequences": ["END"],
        "metadata": {"user_id": "u1"},
    } == body("m", request, KNOWN, stream=True)


def test_the_least_request() -> None:
    """What is left open is left out, but the bound the API insists on."""
    assert written() == {
        "model": "m",
        "stream": False,
        "max_tokens": 20_000,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}],
    }


@pytest.mark.parametrize(
    ("asked", "listed", "sent"),
    [
        (5, 64_000, 5),
        (None, 64_000, 20_000),
        (None, 8_192, 8_192),
        (None, None, 4_096),
        (100_000, None, 100_000),
    ],
)
def test_the_bound(asked: int | None, listed: int | None, sent: int) -> None:
    """The caller's, else what the model is listed with, within reason, else what every model takes."""
    request = ChatRequest([USER], max_output_tokens=asked)

    assert sent == body("m", request, Limits(listed), stream=False)["max_tokens"]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("auto", {"type": "auto"}), ("none", {"type": "none"}), ("look", {"type": "tool", "name": "look"})],
)
def test_tool_choices(choice: str, expected: dict[str, str]) -> None:
    """Words of choice and names of tools."""
    assert expected == written(tools=[Tool("look")], tool_choice=choice)["tool_choice"]


def test_no_effort_is_no_thinking() -> None:
    """It turns thoughts off instead of asking for an effort."""
    sent = written(reasoning_effort="none")

    assert (sent["thinking"], sent.get("output_config")) == ({"type": "disabled"}, None)


def test_an_effort_nobody_knows_of_is_sent() -> None:
    """When the list does not tell efforts, the API decides."""
    request = ChatRequest([USER], reasoning_effort="max")

    assert body("m", request, Limits(), stream=False)["output_config"] == {"effort": "max"}


@pytest.mark.parametrize(
    ("fields", "known", "name"),
    [
        ({"seed": 1}, KNOWN, "seed"),
        ({"response_format": "json"}, KNOWN, "response_format"),
        ({"response_format": JsonSchema({})}, Limits(), "response_format"),
        ({"response_format": JsonSchema({})}, Limits(structured=False), "response_format"),
        ({"reasoning_effort": "max"}, KNOWN, "reasoning_effort"),
        ({"reasoning_effort": "low"}, Limits(efforts=frozenset()), "reasoning_effort"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_name(fields: dict[str, Any], known: Limits, name: str) -> None:
    """Nothing is dropped silently; the next candidate may take it."""
    with pytest.raises(InvalidRequestError, match=name) as caught:
        body("m", ChatRequest([USER], **fields), known, stream=False)

    assert caught.value.advice is Advice.NEXT_CANDIDATE


@pytest.mark.parametrize(
    "message",
    [
        Message(Role.SYSTEM, (Image(url="https://a.example/b.png"),)),
        Message(Role.USER, (Text("hi"),), name="ada"),
        Message(Role.USER, (Image(),)),
        Message(Role.ASSISTANT, tool_calls=(ToolCall("c", "f", '{"cut'),)),
        Message(Role.ASSISTANT, tool_calls=(ToolCall("c", "f", "[]"),)),
    ],
)
def test_messages_that_cannot_be_sent(message: Message) -> None:
    """They are refused instead of being changed."""
    with pytest.raises(InvalidRequestError, match="messages"):
        turns(message)


def test_extra_wins_but_never_over_the_call_itself() -> None:
    """The caller's own fields are added as they are, and may say what would be refused otherwise."""
    extra = {"output_config": {"effort": "max"}, "seed": 1, "max_tokens": 7, "model": "x", "stream": True}
    sent = written(seed=1, reasoning_effort="max", extra=extra)

    assert (sent["output_config"], sent["seed"], sent["max_tokens"]) == ({"effort": "max"}, 1, 7)
    assert (sent["model"], sent["stream"]) == ("m", False)


def test_empty_turns_are_left_out() -> None:
    """The API refuses empty texts and empty turns."""
    assert turns(Message(Role.USER, (Text(""),)), Message(Role.ASSISTANT), USER) == [
        {"role": "user", "content": [{"type": "text", "text": "hi"}]}
    ]


TEXTS = st.builds(Text, st.text(max_size=9))
IMAGES = st.builds(Image, url=st.text(max_size=9).map("https://a.example/".__add__))
THOUGHTS = st.builds(Reasoning, st.text(max_size=9), st.text(max_size=3))
CALLS = st.builds(ToolCall, st.text(max_size=5), st.text(max_size=5), st.just('{"a": 1}'))
MESSAGES = st.builds(
    Message,
    st.sampled_from([Role.USER, Role.ASSISTANT, Role.TOOL]),
    st.lists(TEXTS | IMAGES | THOUGHTS, max_size=4),
    st.lists(CALLS, max_size=2),
    st.text(max_size=5),
)


@given(st.lists(MESSAGES, max_size=5))
def test_no_part_is_lost(messages: list[Message]) -> None:
    """Any conversation: every text, picture and tool call is there, in order, and the roles alternate."""
    sent = turns(*messages)
    blocks = [block for turn in sent for block in turn["content"]]
    inner = [each for block in blocks for each in block.get("content", [block])]
    parts = [part for message in messages for part in message.content]

    assert [part.text for part in parts if isinstance(part, Text) and part.text] == [
        block["text"] for block in inner if block["type"] == "text"
    ]
    assert [part.url for part in parts if isinstance(part, Image)] == [
        block["source"]["url"] for block in inner if block["type"] == "image"
    ]
    roles = [turn["role"] for turn in sent]
    assert [False] * (len(roles) - 1) == [one == other for one, other in pairwise(roles)]
    assert [call.name for message in messages for call in calls_of(message)] == [
        block["name"] for block in blocks if block["type"] == "tool_use"
    ]


def calls_of(message: Message) -> tuple[ToolCall, ...]:
    """A tool's result asks for nothing."""
    return () if message.role is Role.TOOL else message.tool_calls


@pytest.mark.parametrize("signature", ["responses:rs_1:abc", "call:xyz", "redactedContent:E="])
def test_thoughts_of_other_dialects_stay_behind(signature: str) -> None:
    """A conversation that began elsewhere goes on here: another's signature would be refused."""
    turns = [
        Message(Role.USER, (Text("hi"),)),
        Message(Role.ASSISTANT, (Reasoning("hm", signature), Text("hello"))),
        Message(Role.USER, (Text("and?"),)),
    ]
    sent = body("small", ChatRequest(turns), Limits(), stream=False)

    assert sent["messages"][1]["content"] == [{"type": "text", "text": "hello"}]
