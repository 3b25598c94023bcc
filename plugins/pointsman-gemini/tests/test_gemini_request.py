"""What is sent to Gemini, to the letter."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman import (
    Advice,
    ChatRequest,
    Document,
    Image,
    InvalidRequestError,
    JsonSchema,
    Message,
    Reasoning,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from pointsman_gemini.request import body
from pointsman_gemini.thinking import Thinker

FILES = "https://a.example/v1beta/files/"
USER = Message(Role.USER, (Text("hi"),))
SCHEMA = {"type": "object", "properties": {"at": {"type": "integer"}}}
PICTURE = Image(data="QQ==", media_type="image/png")


def written(thinker: Thinker = Thinker(thinks=True), **fields: Any) -> dict[str, Any]:  # noqa: B008 - frozen
    """What is sent for a plain question with these fields."""
    return body(ChatRequest([USER], **fields), FILES, thinker)


def turns(*messages: Message) -> list[dict[str, Any]]:
    """The conversation as it is sent."""
    sent: list[dict[str, Any]] = body(ChatRequest(messages), FILES, Thinker())["contents"]
    return sent


def test_a_whole_conversation() -> None:
    """System prompt, turns, pictures, thoughts, tool calls and their results, a schema, every parameter."""
    request = ChatRequest(
        [
            Message(Role.SYSTEM, (Text("Be brief."),)),
            Message(Role.USER, (Text("What?"), PICTURE, Image(url=FILES + "abc", media_type="image/jpeg"))),
            Message(
                Role.ASSISTANT,
                (
                    Reasoning("hm"),
                    Reasoning("", "T=", format="gemini"),
                    Text("Well."),
                    Reasoning("", "C=", format="gemini"),
                    ToolCall("c1", "look", '{"at": 1}'),
                    ToolCall("c2", "look", ""),
                ),
            ),
            Message(Role.TOOL, ToolResult("c1", "a cat")),
            Message(Role.TOOL, ToolResult("c2", "a dog")),
            Message(Role.USER, (Text("So?"),)),
        ],
        tools=(Tool("look", "Looks.", SCHEMA), Tool("rest")),
        tool_choice="required",
        response_format=JsonSchema({"type": "object"}),
        max_output_tokens=50,
        temperature=0.5,
        top_p=0.9,
        seed=7,
        stop=("END",),
        reasoning_effort="low",
        user="u1",
    )

    def result(identity: str, text: str) -> dict[str, object]:
        return {"functionResponse": {"id": identity, "name": "look", "response": {"output": text}}}

    assert {
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "contents": [
            {
                "role": "user",
                "parts": [
                    {"text": "What?"},
                    {"inlineData": {"mimeType": "image/png", "data": "QQ=="}},
                    {"fileData": {"mimeType": "image/jpeg", "fileUri": FILES + "abc"}},
                ],
            },
            {
                "role": "model",
                "parts": [
                    {"text": "Well.", "thoughtSignature": "T="},
                    {
                        "functionCall": {"id": "c1", "name": "look", "args": {"at": 1}},
                        "thoughtSignature": "C=",
                    },
                    {"functionCall": {"id": "c2", "name": "look", "args": {}}},
                ],
            },
            {"role": "user", "parts": [result("c1", "a cat"), result("c2", "a dog"), {"text": "So?"}]},
        ],
        "tools": [
            {
                "functionDeclarations": [
                    {"name": "look", "description": "Looks.", "parametersJsonSchema": SCHEMA},
                    {"name": "rest"},
                ]
            }
        ],
        "toolConfig": {"functionCallingConfig": {"mode": "ANY"}},
        "generationConfig": {
            "maxOutputTokens": 50,
            "temperature": 0.5,
            "topP": 0.9,
            "seed": 7,
            "stopSequences": ["END"],
            "responseMimeType": "application/json",
            "responseJsonSchema": {"type": "object"},
            "thinkingConfig": {"thinkingLevel": "low", "includeThoughts": True},
        },
    } == body(request, FILES, Thinker(thinks=True))


def test_the_least_request() -> None:
    """What is left open is left out."""
    assert written() == {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}


@pytest.mark.parametrize(
    ("choice", "strict", "expected"),
    [
        ("auto", None, {"mode": "AUTO"}),
        ("none", True, {"mode": "NONE"}),
        ("look", True, {"mode": "ANY", "allowedFunctionNames": ["look"]}),
        (None, True, {"mode": "VALIDATED"}),
        ("auto", True, {"mode": "VALIDATED"}),
    ],
)
def test_tool_choices(choice: str | None, strict: bool | None, expected: dict[str, object]) -> None:
    """Words of choice and names of tools; calls of strict tools are checked against their schemas."""
    sent = written(tools=[Tool("look", strict=strict)], tool_choice=choice)

    assert sent["toolConfig"] == {"functionCallingConfig": expected}


@pytest.mark.parametrize(
    ("effort", "thinker", "expected"),
    [
        ("high", Thinker(thinks=True), {"thinkingLevel": "high", "includeThoughts": True}),
        ("sublime", Thinker(), {"thinkingLevel": "sublime", "includeThoughts": True}),
        ("medium", Thinker(counted=True), {"thinkingBudget": 8_192, "includeThoughts": True}),
        ("none", Thinker(thinks=True, counted=True), {"thinkingBudget": 0}),
        ("none", Thinker(thinks=False), None),
    ],
)
def test_efforts(effort: str, thinker: Thinker, expected: dict[str, object] | None) -> None:
    """As a level or as a budget; none is asked of a model that does not think anyway."""
    sent = written(thinker, reasoning_effort=effort)

    assert expected == sent.get("generationConfig", {}).get("thinkingConfig")


@pytest.mark.parametrize(
    ("fields", "thinker", "name"),
    [
        ({"reasoning_effort": "low"}, Thinker(thinks=False), "reasoning_effort"),
        ({"reasoning_effort": "max"}, Thinker(counted=True), "reasoning_effort"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_name(fields: dict[str, Any], thinker: Thinker, name: str) -> None:
    """Nothing is dropped silently; the next candidate may take it."""
    with pytest.raises(InvalidRequestError, match=name) as caught:
        written(thinker, **fields)

    assert caught.value.advice is Advice.NEXT_CANDIDATE


@pytest.mark.parametrize(
    "message",
    [
        Message(Role.USER, (Text("hi"),), name="ada"),
        Message(Role.USER, (Image(),)),
        Message(Role.USER, (Document(url="https://b.example/page.pdf"),)),
        Message(Role.USER, (Image(url="https://b.example/cat.png"),)),
        Message(Role.TOOL, ToolResult("c", Image(url=FILES + "abc"), "f")),
        Message(Role.TOOL, ToolResult("c", Reasoning("hm"), "f")),
        Message(Role.TOOL, ToolResult("never asked for", "x")),
        Message(Role.ASSISTANT, ToolCall("c", "f", '{"cut')),
        Message(Role.ASSISTANT, ToolCall("c", "f", "[]")),
    ],
)
def test_messages_that_cannot_be_sent(message: Message) -> None:
    """They are refused instead of being changed."""
    with pytest.raises(InvalidRequestError, match="messages"):
        turns(message)


def test_extra_wins_but_never_over_the_conversation() -> None:
    """The caller's own fields are added as they are; options are merged one by one."""
    extra = {
        "contents": [],
        "cachedContent": "cachedContents/x",
        "generationConfig": {"temperature": 1, "thinkingConfig": {"thinkingBudget": -1}},
    }
    sent = written(temperature=0, seed=1, reasoning_effort="low", extra=extra)

    assert sent == {
        "contents": [{"role": "user", "parts": [{"text": "hi"}]}],
        "cachedContent": "cachedContents/x",
        "generationConfig": {"temperature": 1, "seed": 1, "thinkingConfig": {"thinkingBudget": -1}},
    }


def test_any_json_object() -> None:
    """Without a schema only the type is asked for."""
    assert written(response_format="json")["generationConfig"] == {"responseMimeType": "application/json"}


def test_a_picture_in_a_system_prompt_is_refused() -> None:
    """There it has no form; and the next candidate may have one."""
    with pytest.raises(InvalidRequestError, match="image in a system prompt"):
        turns(Message(Role.SYSTEM, (PICTURE,)), USER)


TEXTS = st.builds(Text, st.text(max_size=9))
IMAGES = st.builds(Image, data=st.text(min_size=1, max_size=9), media_type=st.just("image/png"))
THOUGHTS = st.builds(
    Reasoning, st.text(max_size=9), st.sampled_from(["", "T=", "C="]), format=st.sampled_from(["", "gemini"])
)
CALLS = st.builds(ToolCall, st.text(max_size=5), st.text(min_size=1, max_size=5), st.just('{"a": 1}'))
TALK = st.builds(Message, st.just(Role.USER), st.lists(TEXTS | IMAGES, max_size=4)) | st.builds(
    Message, st.just(Role.ASSISTANT), st.lists(TEXTS | IMAGES | THOUGHTS | CALLS, max_size=6)
)
RESULTS = st.builds(
    Message,
    st.just(Role.TOOL),
    st.builds(ToolResult, st.text(max_size=5), st.lists(TEXTS, max_size=2), st.text(min_size=1, max_size=5)),
)


def shown(message: Message) -> list[object]:
    """What a reader sees of a message, in order."""
    seen = (part for part in message.content if not isinstance(part, Reasoning) and part != Text(""))
    return [
        part.name if isinstance(part, ToolCall) else part.data if isinstance(part, Image) else part.text
        for part in seen
        if isinstance(part, Text | Image | ToolCall | ToolResult)
    ]


def seen(part: dict[str, Any]) -> object:
    """The same of a part that is sent."""
    if "functionResponse" in part:
        return part["functionResponse"]["response"]["output"]
    if "functionCall" in part:
        return part["functionCall"]["name"]
    return part["inlineData"]["data"] if "inlineData" in part else part["text"]


@given(st.lists(TALK | RESULTS, max_size=5))
def test_no_part_is_lost(messages: list[Message]) -> None:
    """Any conversation: every text, picture, call and result is there, in order, and the roles alternate."""
    sent = turns(*messages)
    parts = [
        part for turn in sent for part in turn["parts"] if part.get("text") != "" and "thought" not in part
    ]
    signatures = [
        part["thoughtSignature"] for turn in sent for part in turn["parts"] if "thoughtSignature" in part
    ]

    assert [each for message in messages for each in shown(message)] == [seen(part) for part in parts]
    assert [
        thought.signature
        for message in messages
        for thought in message.reasoning
        if thought.signature and thought.format
    ] == [each for each in signatures if each != "skip_thought_signature_validator"]
    roles = [turn["role"] for turn in sent]
    assert [False] * (len(roles) - 1) == [one == other for one, other in pairwise(roles)]
