"""What is sent to Ollama, to the letter, and where."""

from __future__ import annotations

from typing import Any

import pytest
from pointsman import (
    Advice,
    Audio,
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
from pointsman_ollama.address import own_machine, server
from pointsman_ollama.request import body

SCHEMA = {"type": "object", "properties": {"at": {"type": "integer"}}}
USER = Message(Role.USER, (Text("hi"),))


def written(**fields: Any) -> dict[str, Any]:
    """What is sent for a plain question with these fields."""
    return body("m", ChatRequest([USER], **fields), stream=False)


def test_a_whole_conversation() -> None:
    """System prompt, two turns, a picture, thoughts, a tool call and its result, a schema."""
    request = ChatRequest(
        [
            Message(Role.SYSTEM, (Text("Be brief."),)),
            Message(Role.USER, (Text("What?"), Image(data="QQ==", media_type="image/png"))),
            Message(Role.ASSISTANT, (Reasoning("hm"), Text("Well."), ToolCall("c1", "look", '{"at": 1}'))),
            Message(Role.TOOL, ToolResult("c1", "a cat")),
            Message(Role.USER, (Text("So?"),)),
        ],
        tools=(Tool("look", "Looks.", SCHEMA),),
        tool_choice="auto",
        response_format=JsonSchema({"type": "object"}),
        max_output_tokens=50,
        temperature=0.0,
        top_p=0.9,
        seed=7,
        stop=("END",),
        reasoning_effort="low",
        user="u1",
    )
    look = {"name": "look", "description": "Looks.", "parameters": SCHEMA}

    assert {
        "model": "m",
        "stream": True,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "What?", "images": ["QQ=="]},
            {
                "role": "assistant",
                "content": "Well.",
                "thinking": "hm",
                "tool_calls": [{"id": "c1", "function": {"name": "look", "arguments": {"at": 1}}}],
            },
            {"role": "tool", "content": "a cat", "tool_name": "look", "tool_call_id": "c1"},
            {"role": "user", "content": "So?"},
        ],
        "tools": [{"type": "function", "function": look}],
        "format": {"type": "object"},
        "think": "low",
        "options": {"num_predict": 50, "temperature": 0.0, "top_p": 0.9, "seed": 7, "stop": ["END"]},
    } == body("m", request, stream=True)


def test_the_least_request() -> None:
    """What is left open is left out; streaming is said, because the server streams unasked."""
    assert written() == {"model": "m", "stream": False, "messages": [{"role": "user", "content": "hi"}]}


def test_words_that_differ() -> None:
    """A bare JSON mode, thoughts turned off, tools held back."""
    assert written(response_format="json")["format"] == "json"
    assert written(reasoning_effort="none")["think"] is False
    assert "tools" not in written(tools=[Tool("f")], tool_choice="none")


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"tools": [Tool("f")], "tool_choice": "required"}, "tool_choice"),
        ({"tools": [Tool("f")], "tool_choice": "f"}, "tool_choice"),
        ({"reasoning_effort": "max"}, "reasoning_effort"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_name(fields: dict[str, Any], name: str) -> None:
    """Nothing is dropped silently; the next candidate may take it."""
    with pytest.raises(InvalidRequestError, match=name) as caught:
        written(**fields)

    assert caught.value.advice is Advice.NEXT_CANDIDATE


@pytest.mark.parametrize(
    "message",
    [
        Message(Role.USER, (Image(url="https://a.example/b.png"),)),
        Message(Role.USER, (Text("hi"),), name="ada"),
        Message(Role.ASSISTANT, ToolCall("c", "f", '{"cut')),
        Message(Role.USER, Document(data="QQ==", media_type="application/pdf")),
        Message(Role.USER, Audio(data="QQ==", media_type="audio/wav")),
    ],
)
def test_messages_that_cannot_be_sent(message: Message) -> None:
    """They are refused instead of being changed."""
    with pytest.raises(InvalidRequestError, match="messages"):
        body("m", ChatRequest([message]), stream=False)


def test_extra_wins_but_never_over_the_call_itself() -> None:
    """The caller's own fields are added as they are; options join those of the request."""
    extra = {
        "keep_alive": 0,
        "options": {"num_ctx": 8192, "seed": 2},
        "think": "max",
        "model": "x",
        "stream": True,
    }
    sent = written(seed=1, temperature=0.5, reasoning_effort="max", extra=extra)

    assert sent == {
        "model": "m",
        "stream": False,
        "messages": [{"role": "user", "content": "hi"}],
        "keep_alive": 0,
        "think": "max",
        "options": {"num_ctx": 8192, "seed": 2, "temperature": 0.5},
    }


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("http://localhost:11434", "http://localhost:11434"),
        ("http://localhost:11434/", "http://localhost:11434"),
        ("localhost", "http://localhost:11434"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://127.0.0.1:11434"),  # noqa: S104  what users write to listen everywhere
        (":8080", "http://127.0.0.1:8080"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("https://ollama.com", "https://ollama.com"),
        ("https://a.example/ollama/", "https://a.example/ollama"),
    ],
)
def test_addresses(written: str, expected: str) -> None:
    """Every form that ``OLLAMA_HOST`` takes leads to the server."""
    assert expected == server(written)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:11434", True),
        ("http://127.0.0.1:11434", True),
        ("http://[::1]:11434", True),
        ("http://192.168.1.5:11434", True),
        ("http://gpu-box:11434", True),
        ("https://ollama.com", False),
        ("http://8.8.8.8", False),
    ],
)
def test_whose_machine(url: str, expected: bool) -> None:
    """One's own network costs nothing; somebody's service may."""
    assert expected is own_machine(url)
