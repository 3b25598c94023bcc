"""Requests of clients that talk Anthropic's dialect, as they write them."""

from __future__ import annotations

from typing import Any

import pytest
from pointsman.dialects.anthropic_messages import read_request, write_request
from pointsman.errors import RequestError
from pointsman.types import (
    CachePoint,
    Document,
    Image,
    JsonSchema,
    Message,
    Reasoning,
    Role,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)

HI = [{"role": "user", "content": "hi"}]


def turns(*messages: dict[str, Any]) -> tuple[Message, ...]:
    """The conversation as it is read."""
    return read_request({"messages": list(messages)}).chat.messages


def user(*blocks: object) -> dict[str, Any]:
    """What the user says, in blocks."""
    return {"role": "user", "content": list(blocks)}


def test_the_least_request() -> None:
    """Texts may be plain, everything else may be missing."""
    received = read_request({"messages": HI, "system": "be brief"})

    assert received.chat.messages == (Message(Role.SYSTEM, "be brief"), Message(Role.USER, "hi"))
    assert (received.model, received.stream, received.usage, received.rest) == ("", False, True, {})


def test_a_whole_conversation() -> None:
    """Results are turns of their own, with the tool's name; marks stand behind what they mark."""
    ephemeral = {"type": "ephemeral"}
    received = read_request(
        {
            "model": "m",
            "system": [
                {"type": "text", "text": "be brief", "cache_control": {"type": "ephemeral", "ttl": "1h"}}
            ],
            "messages": [
                *HI,
                {
                    "role": "assistant",
                    "content": [
                        {"type": "thinking", "thinking": "hm", "signature": "S="},
                        {"type": "redacted_thinking", "data": "E="},
                        {"type": "text", "text": "Well."},
                        {"type": "tool_use", "id": "a", "name": "tide", "input": {"at": 6}},
                    ],
                },
                user(
                    {"type": "tool_result", "tool_use_id": "a", "content": "low", "cache_control": ephemeral},
                    {"type": "text", "text": "So?"},
                ),
            ],
        }
    )

    assert received.chat.messages == (
        Message(Role.SYSTEM, [Text("be brief"), CachePoint("1h")]),
        Message(Role.USER, "hi"),
        Message(
            Role.ASSISTANT,
            [
                Reasoning("hm", "S=", format="anthropic-messages"),
                Reasoning(redacted="E=", format="anthropic-messages"),
                Text("Well."),
                ToolCall("a", "tide", '{"at":6}'),
            ],
        ),
        Message(Role.TOOL, [ToolResult("a", "low", "tide"), CachePoint()]),
        Message(Role.USER, "So?"),
    )


def test_files() -> None:
    """Pictures and documents in all their forms, in results as well."""
    picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "QQ=="}}
    pdf = {"type": "base64", "media_type": "application/pdf", "data": "QQ=="}
    (message,) = turns(
        user(
            picture,
            {"type": "image", "source": {"type": "url", "url": "https://a.example/b.png"}},
            {"type": "document", "title": "tides", "source": pdf, "citations": {"enabled": False}},
            {"type": "document", "source": {"type": "url", "url": "https://a.example/b.pdf"}},
            {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "low"}},
            {"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "low"}]}},
            {"type": "document", "source": {"type": "content", "content": "low"}},
        )
    )
    (result,) = turns(
        user({"type": "tool_result", "tool_use_id": "a", "content": [picture], "is_error": True})
    )
    note = Document(data="bG93", media_type="text/plain")

    assert message.content == (
        Image(data="QQ==", media_type="image/png"),
        Image(url="https://a.example/b.png"),
        Document(data="QQ==", media_type="application/pdf", name="tides"),
        Document(url="https://a.example/b.pdf"),
        note,
        note,
        note,
    )
    assert result == Message(
        Role.TOOL, ToolResult("a", Image(data="QQ==", media_type="image/png"), failed=True)
    )


def test_parameters() -> None:
    """Under the canonical names."""
    chat = read_request(
        {
            "messages": HI,
            "max_tokens": 9,
            "temperature": 1,
            "top_p": 0.5,
            "stop_sequences": ["END"],
            "metadata": {"user_id": "u1"},
            "output_config": {
                "effort": "low",
                "format": {"type": "json_schema", "schema": {"type": "object"}},
            },
            "tools": [
                {"name": "f", "input_schema": {"type": "object"}, "cache_control": {"type": "ephemeral"}}
            ],
            "tool_choice": {"type": "any"},
            "stream": True,
        }
    ).chat

    assert (chat.max_output_tokens, chat.temperature, chat.top_p, chat.stop) == (9, 1, 0.5, ("END",))
    assert (chat.user, chat.reasoning_effort, chat.tool_choice) == ("u1", "low", "required")
    assert chat.response_format == JsonSchema({"type": "object"})
    assert chat.tools == (Tool("f", "", {"type": "object"}, cache=CachePoint()),)


@pytest.mark.parametrize(
    "field",
    [
        {"top_k": 5},
        {"service_tier": "auto"},
        {"cache_control": {"type": "ephemeral"}},
        {"metadata": {"user_id": "u", "team": "x"}},
        {"tools": [{"type": "web_search_20250305", "name": "web_search"}]},
        {"tools": [{"name": "f", "input_schema": {}, "defer_loading": True}]},
        {"tool_choice": {"type": "auto", "disable_parallel_tool_use": True}},
    ],
)
def test_what_others_do_not_know_stays_in_its_own_words(field: dict[str, Any]) -> None:
    """A provider of the same dialect is sent it as it came."""
    received = read_request({"messages": HI, **field})
    sent = write_request("m", evolved(received), stream=False)

    assert received.rest == field
    assert {name: sent[name] for name in field} == field


def evolved(received: Any) -> Any:
    """The request with what is left of the body as its extra fields."""
    from attrs import evolve

    return evolve(received.chat, extra=received.rest)


@pytest.mark.parametrize(
    ("field", "effort"),
    [
        ({"thinking": {"type": "disabled"}}, "none"),
        ({"thinking": {"type": "enabled", "budget_tokens": 1024}}, "low"),
        ({"thinking": {"type": "enabled", "budget_tokens": 8000}}, "medium"),
        ({"thinking": {"type": "enabled", "budget_tokens": 32000}}, "high"),
        ({"thinking": {"type": "adaptive"}}, None),
        ({"thinking": {"type": "adaptive"}, "output_config": {"effort": "max"}}, "max"),
        ({"thinking": {"type": "disabled"}, "output_config": {"effort": "low"}}, "none"),
        ({"output_config": {"effort": "low"}}, "low"),
        ({"output_config": {"effort": "low", "task_budget": 9}}, "low"),
    ],
)
def test_thinking(field: dict[str, Any], effort: str | None) -> None:
    """Others get an effort that comes near it; the same dialect gets what was said, and nothing else."""
    received = read_request({"messages": HI, **field})
    sent = write_request("m", evolved(received), stream=False)

    assert received.chat.reasoning_effort == effort
    assert {name: sent[name] for name in ("thinking", "output_config") if name in sent} == field


def test_missing_ids_are_made() -> None:
    """A call without one, and its result."""
    call, result = turns(
        {"role": "assistant", "content": [{"type": "tool_use", "name": "tide", "input": {}}]},
        user({"type": "tool_result", "content": "low"}),
    )

    assert call.tool_calls[0].id
    assert result.tool_results == (ToolResult(call.tool_calls[0].id, "low", "tide"),)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": "hi"}, "messages"),
        ({"messages": ["hi"]}, "messages.0"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0"),
        ({"messages": [user({"type": "video"})]}, "messages.0.content.0"),
        ({"messages": [user({"type": "image", "source": {"type": "file"}})]}, "messages.0.content.0"),
        ({"messages": [{"role": "user", "content": 7}]}, "messages.0.content"),
        (
            {"messages": [user({"type": "tool_result", "tool_use_id": "a", "content": [{"type": "video"}]})]},
            "messages.0.content.0.content.0",
        ),
        ({"messages": [{"role": "assistant", "content": [{"type": "tool_result"}]}]}, "messages.0"),
        (
            {"messages": [user({"type": "document", "source": {}, "citations": {"enabled": True}})]},
            "messages.0.content.0",
        ),
        ({"messages": HI, "max_tokens": "9"}, "max_tokens"),
        ({"messages": HI, "max_tokens": 9.5}, "max_tokens"),
        ({"messages": HI, "temperature": True}, "temperature"),
        ({"messages": HI, "stop_sequences": [1]}, "stop_sequences"),
        ({"messages": HI, "tools": [{"input_schema": {}}]}, "tools.0"),
        ({"messages": HI, "tool_choice": {"type": "tool"}}, "tool_choice"),
        ({"messages": HI, "tool_choice": {"type": "any_of"}}, "tool_choice"),
        ({"messages": HI, "output_config": {"format": {"type": "json"}}}, "output_config"),
    ],
)
def test_what_cannot_be_read_is_an_error_that_says_where(body: dict[str, Any], where: str) -> None:
    """It is not guessed, nor dropped."""
    with pytest.raises(RequestError, match=rf"^{where}"):
        read_request(body)
