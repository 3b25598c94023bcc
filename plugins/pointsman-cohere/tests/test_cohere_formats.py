"""What is sent to Cohere, to the letter, and what is read of its lists and answers."""

from __future__ import annotations

from typing import Any

import pytest
from pointsman import (
    Advice,
    Audio,
    Capability,
    ChatRequest,
    ChatResponse,
    Document,
    FinishReason,
    Image,
    InvalidRequestError,
    JsonSchema,
    Kind,
    Message,
    Model,
    Reasoning,
    ResponseError,
    Role,
    ServerError,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    Usage,
)
from pointsman_cohere.answer import response, usage
from pointsman_cohere.listing import listing
from pointsman_cohere.request import body

USER = Message(Role.USER, (Text("hi"),))
SCHEMA = {"type": "object", "properties": {"at": {"type": "integer"}}}
PICTURE = Image(data="QQ==", media_type="image/png")


def written(**fields: Any) -> dict[str, Any]:
    """What is sent for a plain question with these fields."""
    return body("m", ChatRequest([USER], **fields), stream=False)


def test_a_whole_conversation() -> None:
    """System prompt, turns, pictures, a plan, tool calls and their results, a schema, every parameter."""
    request = ChatRequest(
        [
            Message(Role.SYSTEM, (Text("Be brief."),)),
            Message(Role.USER, (Text("What?"), PICTURE, Image(url="https://b.example/c.png"))),
            Message(Role.ASSISTANT, (Reasoning("I will look."), ToolCall("c1", "look", '{"at": 1}'))),
            Message(Role.TOOL, ToolResult("c1", "a cat", "look")),
            Message(Role.ASSISTANT, (Reasoning("left behind"), Text("A cat."))),
            Message(Role.USER, (Text("So?"),)),
        ],
        tools=(Tool("look", "Looks.", SCHEMA, strict=True),),
        tool_choice="required",
        response_format=JsonSchema({"type": "object"}),
        max_output_tokens=50,
        temperature=0.5,
        top_p=0.9,
        seed=7,
        stop=("END",),
        reasoning_effort="high",
        user="u1",
    )
    function = {"name": "look", "description": "Looks.", "parameters": SCHEMA}
    call = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"at": 1}'}}

    assert {
        "model": "m",
        "stream": True,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What?"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,QQ=="}},
                    {"type": "image_url", "image_url": {"url": "https://b.example/c.png"}},
                ],
            },
            {"role": "assistant", "tool_plan": "I will look.", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c1", "content": "a cat"},
            {"role": "assistant", "content": "A cat."},
            {"role": "user", "content": "So?"},
        ],
        "tools": [{"type": "function", "function": function}],
        "strict_tools": True,
        "tool_choice": "REQUIRED",
        "response_format": {"type": "json_object", "json_schema": {"type": "object"}},
        "max_tokens": 50,
        "temperature": 0.5,
        "p": 0.9,
        "seed": 7,
        "stop_sequences": ["END"],
        "thinking": {"type": "enabled"},
    } == body("m", request, stream=True)


def test_the_least_request() -> None:
    """What is left open is left out, and so are words for what the API does anyway."""
    least = {"model": "m", "stream": False, "messages": [{"role": "user", "content": "hi"}]}

    assert written() == least
    assert written(tool_choice="auto") == least
    assert written(tool_choice="none") == least


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"tool_choice": "none", "tools": [Tool("a")]}, {"tool_choice": "NONE"}),
        ({"reasoning_effort": "none"}, {"thinking": {"type": "disabled"}}),
        ({"response_format": "json"}, {"response_format": {"type": "json_object"}}),
    ],
)
def test_words(fields: dict[str, Any], expected: dict[str, object]) -> None:
    """Each is written as the API knows it."""
    sent = written(**fields)

    assert expected == {name: sent[name] for name in expected}


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"tool_choice": "look"}, "tool_choice"),
        ({"reasoning_effort": "low"}, "reasoning_effort"),
        ({"tools": [Tool("a", strict=True), Tool("b")]}, "tools"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_name(fields: dict[str, Any], name: str) -> None:
    """Nothing is dropped silently; the next candidate may take it."""
    with pytest.raises(InvalidRequestError, match=name) as caught:
        written(**fields)

    assert (caught.value.parameter, caught.value.advice) == (name, Advice.NEXT_CANDIDATE)


@pytest.mark.parametrize(
    "message",
    [
        Message(Role.USER, (Text("hi"),), name="ada"),
        Message(Role.USER, (Image(),)),
        Message(Role.ASSISTANT, (PICTURE,)),
        Message(Role.TOOL, ToolResult("c", PICTURE)),
        Message(Role.USER, Document(data="QQ==", media_type="application/pdf")),
        Message(Role.USER, Audio(data="QQ==", media_type="audio/wav")),
        Message(Role.TOOL, ToolResult("c", Document(data="QQ==", media_type="application/pdf"))),
    ],
)
def test_messages_that_cannot_be_sent(message: Message) -> None:
    """They are refused instead of being changed."""
    with pytest.raises(InvalidRequestError, match="messages"):
        body("m", ChatRequest([message]), stream=False)


def test_extra_wins_but_never_over_the_call_itself() -> None:
    """Documents and their like are the caller's, who may also say what would be refused otherwise."""
    extra = {
        "documents": [{"data": {"text": "x"}}],
        "thinking": {"type": "enabled", "token_budget": 9},
        "tool_choice": "REQUIRED",
        "strict_tools": False,
        "model": "x",
        "stream": True,
    }
    tools = [Tool("a", strict=True), Tool("b")]
    sent = written(reasoning_effort="low", tool_choice="look", tools=tools, extra=extra)
    names = ("documents", "thinking", "tool_choice", "strict_tools", "model", "stream")

    assert [sent[name] for name in names] == [
        [{"data": {"text": "x"}}],
        {"type": "enabled", "token_budget": 9},
        "REQUIRED",
        False,
        "m",
        False,
    ]


def test_a_row() -> None:
    """What is listed is granted; what is not listed is unknown, but for pictures, which have a flag."""
    row = {"id": "c", "endpoints": ["generate", "chat"], "context_length": 9.0, "features": ["tools"]}

    assert listing({**row, "supports_vision": True}) == Model(
        "c", kind=Kind.CHAT, context_window=9, can={Capability.TOOLS, Capability.VISION}
    )
    assert listing({"id": "old", "features": None, "supports_vision": False}) == Model(
        "old", cannot={Capability.VISION}
    )


@pytest.mark.parametrize(
    ("endpoints", "expected"),
    [
        (["chat", "embed"], Kind.CHAT),
        (["embed", "classify"], Kind.EMBEDDING),
        (["embed_image"], Kind.EMBEDDING),
        (["rerank"], Kind.RERANK),
        (["generate", "summarize"], Kind.COMPLETION),
        (["something_new"], Kind.OTHER),
        ([], None),
        (None, None),
    ],
)
def test_kinds(endpoints: list[str] | None, expected: Kind | None) -> None:
    """A model is for what its endpoints are for; only those that chat are offered for chat."""
    assert listing({"id": "c", "endpoints": endpoints}).kind is expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({}, Usage()),
        (
            {
                "billed_units": {"input_tokens": 8.0, "output_tokens": 8},
                "tokens": {"input_tokens": 503, "output_tokens": 11},
                "cached_tokens": 448,
            },
            Usage(8, 8),
        ),
        ({"tokens": {"input_tokens": 503, "output_tokens": 11}, "cached_tokens": 448}, Usage(503, 11, 448)),
        (
            {"tokens": {"input_tokens": 5, "output_tokens": 1}, "cached_tokens": 448},
            Usage(5, 1, 5, estimated=True),
        ),
        (
            {"billed_units": {"search_units": 1}, "tokens": {"input_tokens": -1}},
            Usage(extras=("search_units",)),
        ),
        ({"billed_units": {"input_tokens": "8", "output_tokens": 8.0, "images": 0}}, Usage(8, 8)),
    ],
)
def test_usage(stated: dict[str, object], expected: Usage) -> None:
    """The tokens that are paid for; without a bill all tokens, of which the cache served a part."""
    assert expected == usage(stated)


def test_a_whole_answer() -> None:
    """Thoughts, plans, texts and calls are distinguished."""
    message = {
        "content": [{"type": "thinking", "thinking": "Hm. "}, {"type": "text", "text": "Well."}],
        "tool_plan": "I will look.",
        "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
    }

    assert response({"id": "c1", "message": message, "finish_reason": "TOOL_CALL"}, "m") == ChatResponse(
        [Reasoning("Hm. "), Text("Well."), Reasoning("I will look."), ToolCall("a", "f", "{}")],
        "m",
        FinishReason.TOOL_CALLS,
        Usage(),
        "c1",
    )


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("COMPLETE", FinishReason.STOP),
        ("STOP_SEQUENCE", FinishReason.STOP),
        ("MAX_TOKENS", FinishReason.LENGTH),
        ("SOMETHING_NEW", FinishReason.OTHER),
        (None, FinishReason.OTHER),
    ],
)
def test_finish_reasons(word: str | None, expected: FinishReason) -> None:
    """The API's words, and those it may add."""
    assert response({"message": {}, "finish_reason": word}, "m").finish_reason is expected


@pytest.mark.parametrize("answer", [{"message": {}, "finish_reason": "TIMEOUT"}, {}, {"message": "ho"}])
def test_what_is_no_answer(answer: dict[str, object]) -> None:
    """It is never passed on as one; a text in the place of the message is an error of the server."""
    with pytest.raises(ServerError if answer.get("message") == "ho" else ResponseError):
        response(answer, "m")
