"""Requests written in Anthropic's dialect, to the letter."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pointsman.dialects.anthropic_messages import NAME, write_request
from pointsman.errors import Advice, InvalidRequestError
from pointsman.types import (
    Audio,
    CachePoint,
    ChatRequest,
    Document,
    Image,
    JsonSchema,
    Message,
    Part,
    Reasoning,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)

OPEN = {"type": "object", "additionalProperties": {"type": "string"}}
USER = Message(Role.USER, (Text("hi"),))


def written(**fields: Any) -> dict[str, Any]:
    """What is sent for a plain question with these fields."""
    return write_request("m", ChatRequest([USER], **fields), stream=False)


def turns(*messages: Message) -> list[dict[str, Any]]:
    """The conversation as it is sent."""
    sent: list[dict[str, Any]] = write_request("m", ChatRequest(messages), stream=False)["messages"]
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
                    Reasoning("hm", "S=", format=NAME),
                    Reasoning("somebody else's"),
                    Text("Well."),
                    Reasoning(redacted="E=", format=NAME),
                    ToolCall("c1", "look", '{"at": 1}'),
                    ToolCall("c2", "look", ""),
                ),
            ),
            Message(Role.TOOL, ToolResult("c1", "a cat")),
            Message(Role.TOOL, ToolResult("c2", Image(data="QQ==", media_type="image/png"))),
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
    shape = {"type": "object", "additionalProperties": False}
    empty = {**shape, "properties": {}}
    picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "QQ=="}}

    assert {
        "model": "m",
        "stream": True,
        "max_tokens": 4_096,
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
                    {"type": "text", "text": "Well."},
                    {"type": "redacted_thinking", "data": "E="},
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
            {"name": "look", "description": "Looks.", "input_schema": empty, "strict": True},
            {"name": "rest", "input_schema": {"type": "object", "properties": {}}},
        ],
        "tool_choice": {"type": "any"},
        "output_config": {"format": {"type": "json_schema", "schema": shape}, "effort": "low"},
        "temperature": 0.5,
        "top_p": 0.9,
        "stop_sequences": ["END"],
        "metadata": {"user_id": "u1"},
    } == write_request("m", request, stream=True)


def test_the_least_request() -> None:
    """What is left open is left out, but the bound the API insists on."""
    assert written() == {
        "model": "m",
        "stream": False,
        "max_tokens": 4_096,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}],
    }


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


@pytest.mark.parametrize(
    "message",
    [
        Message(Role.USER, (Text("hi"),), name="ada"),
        Message(Role.USER, (Image(),)),
        Message(Role.ASSISTANT, ToolCall("c", "f", '{"cut')),
        Message(Role.ASSISTANT, ToolCall("c", "f", "[]")),
        Message(Role.ASSISTANT, Image(url="https://a.example/b.png")),
    ],
)
def test_messages_that_cannot_be_sent(message: Message) -> None:
    """They are refused instead of being changed."""
    with pytest.raises(InvalidRequestError, match="messages"):
        turns(message)


def test_a_picture_in_a_system_prompt() -> None:
    """It is refused instead of being moved."""
    with pytest.raises(InvalidRequestError, match="system prompt"):
        turns(Message(Role.SYSTEM, Image(url="https://a.example/b.png")), USER)


def test_extra_wins_but_never_over_the_call_itself() -> None:
    """The caller's own fields are added as they are, and may say what would be refused otherwise."""
    extra = {"output_config": {"effort": "max"}, "seed": 1, "max_tokens": 7, "model": "x", "stream": True}
    sent = written(seed=1, reasoning_effort="max", extra=extra)

    assert (sent["output_config"], sent["seed"], sent["max_tokens"]) == ({"effort": "max"}, 1, 7)
    assert (sent["model"], sent["stream"]) == ("m", False)


def test_empty_turns_are_left_out() -> None:
    """The API refuses empty texts and empty turns."""
    assert turns(Message(Role.USER, (Text(""),)), Message(Role.ASSISTANT, " \n"), USER) == [
        {"role": "user", "content": [{"type": "text", "text": "hi"}]}
    ]


def test_the_bound_is_the_callers() -> None:
    """The dialect adds one only where there is none."""
    assert written(max_output_tokens=7)["max_tokens"] == 7


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"seed": 1}, "seed"),
        ({"response_format": "json"}, "response_format"),
        ({"response_format": JsonSchema(OPEN)}, "response_format"),
        ({"tools": [Tool("f", "", OPEN, strict=True)]}, "tools"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_name(fields: dict[str, Any], name: str) -> None:
    """Nothing is dropped silently; the next candidate may take it."""
    with pytest.raises(InvalidRequestError, match=name) as caught:
        written(**fields)

    assert caught.value.advice is Advice.NEXT_CANDIDATE


@pytest.mark.parametrize(
    "part",
    [
        Audio(data="QQ==", media_type="audio/wav"),
        Image(data="QQ==", media_type="image/tiff"),
        Document(data="QQ==", media_type="application/zip"),
        Document(data="/w==", media_type="text/plain"),
        ToolResult("a", Audio(data="QQ==", media_type="audio/wav")),
    ],
)
def test_files_that_cannot_be_taken_are_refused_by_name(part: Part) -> None:
    """In a turn as in a tool's result."""
    role = Role.TOOL if isinstance(part, ToolResult) else Role.USER
    with pytest.raises(
        InvalidRequestError, match=r"messages: (audio|an image|a document|the text)"
    ) as caught:
        turns(Message(role, part))

    assert caught.value.advice is Advice.NEXT_CANDIDATE


def test_documents() -> None:
    """A PDF as data or by its address, a text as the text it is."""
    assert turns(
        Message(
            Role.USER,
            [
                Document(data="QQ==", media_type="application/pdf", name="tides.pdf"),
                Document(url="https://a.example/b.pdf"),
                Document(url="data:text/markdown;base64,IyBUaWRlcw==", name="tides.md"),
                Image(data="QQ==", media_type="image/jpg"),
            ],
        )
    )[0]["content"] == [
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": "QQ=="},
            "title": "tides.pdf",
        },
        {"type": "document", "source": {"type": "url", "url": "https://a.example/b.pdf"}},
        {
            "type": "document",
            "source": {"type": "text", "media_type": "text/plain", "data": "# Tides"},
            "title": "tides.md",
        },
        {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": "QQ=="}},
    ]


def test_ids_are_written_as_the_api_takes_them() -> None:
    """Pairs stay pairs; an id that is fine stays what it is."""
    (_, asked, answered) = turns(
        USER,
        Message(Role.ASSISTANT, [ToolCall("tide.at:0", "tide", "{}"), ToolCall("call_b", "wind", "{}")]),
        Message(Role.TOOL, [ToolResult("tide.at:0", "at 6"), ToolResult("call_b", "calm")]),
    )
    ids = [block["id"] for block in asked["content"]]

    assert re.fullmatch("[a-zA-Z0-9_-]{1,64}", ids[0])
    assert ids[1] == "call_b"
    assert ids == [block["tool_use_id"] for block in answered["content"]]


def test_tools_called_before_are_declared() -> None:
    """The API wants tools wherever there are calls; nobody offers them, so none may be called."""
    request = ChatRequest(
        [
            USER,
            Message(Role.ASSISTANT, ToolCall("a", "tide", "{}")),
            Message(Role.TOOL, ToolResult("a", "at 6")),
        ]
    )
    sent = write_request("m", request, stream=False)

    assert [tool["name"] for tool in sent["tools"]] == ["tide"]
    assert sent["tool_choice"] == {"type": "none"}


@pytest.mark.parametrize("choice", ["auto", "none"])
def test_a_choice_without_tools_is_left_out(choice: str) -> None:
    """The API refuses it, and it says nothing."""
    assert "tool_choice" not in written(tool_choice=choice)


def test_results_stand_behind_their_calls() -> None:
    """Whatever was said in between, and in whichever order they came; failed ones say so."""
    sent = turns(
        USER,
        Message(Role.ASSISTANT, ToolCall("a", "tide", "{}")),
        Message(Role.USER, "wait"),
        Message(Role.ASSISTANT, [Text("yes?"), ToolCall("b", "wind", "{}")]),
        Message(Role.TOOL, ToolResult("b", "calm")),
        Message(Role.TOOL, [ToolResult("a", "broken", failed=True)]),
    )

    assert [[block["type"] for block in turn["content"]] for turn in sent] == [
        ["text"],
        ["tool_use"],
        ["tool_result", "text"],
        ["text", "tool_use"],
        ["tool_result"],
    ]
    assert sent[2]["content"][0] == {
        "type": "tool_result",
        "tool_use_id": "a",
        "content": [{"type": "text", "text": "broken"}],
        "is_error": True,
    }


def test_a_system_prompt_alone_is_what_the_user_says() -> None:
    """The API wants a turn of the user."""
    sent = write_request("m", ChatRequest([Message(Role.SYSTEM, "Write a limerick.")]), stream=False)

    assert "system" not in sent
    assert sent["messages"] == [{"role": "user", "content": [{"type": "text", "text": "Write a limerick."}]}]


def test_cache_marks() -> None:
    """Each goes to the part before it, past thoughts; only the last four are sent."""
    marked = {"type": "ephemeral", "ttl": "1h"}
    point = CachePoint("1h")
    request = ChatRequest(
        [
            Message(Role.SYSTEM, [Text("a"), CachePoint()]),
            Message(Role.USER, [point, Text("b"), point]),
            Message(Role.ASSISTANT, [Text("c"), Reasoning("hm", "S=", format=NAME), point]),
            Message(Role.USER, [Text("d"), point]),
        ],
        tools=[Tool("f", cache=CachePoint())],
    )
    sent = write_request("m", request, stream=False)
    blocks = [block for turn in sent["messages"] for block in turn["content"]]

    assert "cache_control" not in sent["tools"][0]
    assert [sent["system"][0].get("cache_control"), *(block.get("cache_control") for block in blocks)] == [
        marked,
        marked,
        marked,
        None,
        marked,
    ]


def test_schemas_are_closed() -> None:
    """At every depth, in answers and in strict tools."""
    inner = {"type": "object", "properties": {"hour": {"type": "integer"}}}
    schema = {"type": "object", "properties": {"tide": inner}, "required": ["tide"]}
    closed = {
        **schema,
        "properties": {"tide": {**inner, "additionalProperties": False}},
        "additionalProperties": False,
    }
    sent = written(
        response_format=JsonSchema(schema),
        tools=[Tool("f", "", schema, strict=True), Tool("g", "", schema), Tool("h", "", {"type": "object"})],
    )

    assert sent["output_config"]["format"]["schema"] == closed
    assert [tool["input_schema"] for tool in sent["tools"]] == [
        closed,
        schema,
        {"type": "object", "properties": {}},
    ]


def test_half_a_character_in_arguments() -> None:
    """The call is sent all the same, with the mark of a character that is none."""
    (_, asked) = turns(USER, Message(Role.ASSISTANT, ToolCall("a", "f", '{"port": "\\ud83d"}')))

    assert asked["content"][0]["input"] == {"port": "\ufffd"}


@pytest.mark.parametrize("maker", ["openai-responses", "gemini", "bedrock-converse", ""])
def test_thoughts_of_other_dialects_stay_behind(maker: str) -> None:
    """A conversation that began elsewhere goes on here: another's signature would be refused."""
    sent = turns(USER, Message(Role.ASSISTANT, [Reasoning("hm", "S=", format=maker), Text("hello")]), USER)

    assert sent[1]["content"] == [{"type": "text", "text": "hello"}]
