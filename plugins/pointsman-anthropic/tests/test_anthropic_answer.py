"""What is read of Anthropic's lists and answers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pointsman import (
    Capability,
    ChatResponse,
    FinishReason,
    Kind,
    Model,
    Reasoning,
    ResponseError,
    ToolCall,
    Usage,
)
from pointsman.providers import anthropic_usage
from pointsman_anthropic.answer import response
from pointsman_anthropic.listing import Limits, limits, listing

YES, NO = {"supported": True}, {"supported": False}


def test_rows() -> None:
    """Capabilities are granted, denied, or not said; old rows tell little."""
    row = {
        "id": "opus",
        "display_name": "Opus",
        "created_at": "2026-07-24T00:00:00Z",
        "max_input_tokens": 1_000_000,
        "max_tokens": 128_000,
        "capabilities": {
            "image_input": YES,
            "pdf_input": NO,
            "structured_outputs": YES,
            "effort": {**YES, "low": YES, "high": YES, "xhigh": NO},
        },
    }

    assert listing({"id": "old"}) == Model("old", kind=Kind.CHAT)
    assert limits({"id": "old"}) == Limits()
    assert limits(row) == Limits(128_000, structured=True, efforts=frozenset({"low", "high"}))
    assert listing(row) == Model(
        "opus",
        "Opus",
        Kind.CHAT,
        context_window=1_000_000,
        max_output_tokens=128_000,
        can={Capability.VISION, Capability.JSON_SCHEMA},
        cannot={Capability.DOCUMENT_INPUT},
        created=date(2026, 7, 24),
    )


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({}, Usage()),
        ({"input_tokens": 17, "output_tokens": 15}, Usage(17, 15)),
        ({"input_tokens": 1, "output_tokens": 2, "service_tier": "standard"}, Usage(1, 2)),
        (
            {"input_tokens": 1, "output_tokens": 2, "service_tier": "batch"},
            Usage(1, 2, service_tier="batch"),
        ),
        (
            {"input_tokens": 1, "output_tokens": 2, "service_tier": "standard", "speed": "fast"},
            Usage(1, 2, service_tier="fast"),
        ),
        (
            {
                "input_tokens": 2,
                "cache_read_input_tokens": 1650,
                "cache_creation_input_tokens": 44,
                "cache_creation": {"ephemeral_5m_input_tokens": 4, "ephemeral_1h_input_tokens": 40},
                "output_tokens": 7,
                "output_tokens_details": {"thinking_tokens": 5},
            },
            Usage(1696, 7, 1650, 44, 40, 5),
        ),
        ({"input_tokens": "2", "cache_read_input_tokens": 9, "output_tokens": -1}, Usage(11, None, 9)),
    ],
)
def test_usage(stated: dict[str, Any], expected: Usage) -> None:
    """Input is the sum of what was read afresh, from a cache, and into it."""
    assert expected == anthropic_usage(stated)


def test_a_whole_answer() -> None:
    """Thoughts, texts and tool calls; blocks yet unknown are skipped."""
    content = [
        {"type": "thinking", "thinking": "hm", "signature": "S="},
        {"type": "redacted_thinking", "data": "E="},
        {"type": "text", "text": "Well, "},
        {"type": "web_search_tool_result", "content": []},
        {"type": "text", "text": "look."},
        {"type": "tool_use", "id": "c1", "name": "look", "input": {"at": 1}},
        {"type": "tool_use", "id": "c2", "name": "rest", "input": {}},
    ]

    assert ChatResponse(
        "Well, look.",
        "m-2025",
        FinishReason.TOOL_CALLS,
        Usage(1, 2),
        (ToolCall("c1", "look", '{"at":1}'), ToolCall("c2", "rest", "{}")),
        (Reasoning("hm", "S="), Reasoning("", "redacted_thinking:E=")),
        "msg_1",
    ) == response(
        {
            "id": "msg_1",
            "model": "m-2025",
            "content": content,
            "stop_reason": "tool_use",
            "usage": {"input_tokens": 1, "output_tokens": 2},
        },
        "m",
    )


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("end_turn", FinishReason.STOP),
        ("stop_sequence", FinishReason.STOP),
        ("max_tokens", FinishReason.LENGTH),
        ("model_context_window_exceeded", FinishReason.LENGTH),
        ("refusal", FinishReason.CONTENT_FILTER),
        ("pause_turn", FinishReason.OTHER),
        (None, FinishReason.OTHER),
    ],
)
def test_stop_reasons(word: str | None, expected: FinishReason) -> None:
    """Known words are known, new ones are another reason."""
    assert expected == response({"content": [], "stop_reason": word}, "m").finish_reason


@pytest.mark.parametrize("obj", [{}, {"content": None}, {"content": "text"}])
def test_no_content_is_no_answer(obj: dict[str, Any]) -> None:
    """A 200 without content is an error."""
    with pytest.raises(ResponseError):
        response(obj, "m")
