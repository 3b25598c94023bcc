"""Whole answers of Anthropic's dialect, read and written."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from pointsman.dialects.anthropic_messages import NAME, read_answer, write_answer
from pointsman.dialects.usage import anthropic_usage
from pointsman.errors import InvalidRequestError, RateLimitError, ResponseError
from pointsman.types import Audio, ChatResponse, FinishReason, Reasoning, Text, ToolCall, Usage


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
        (
            Reasoning("hm", "S=", format=NAME),
            Reasoning(redacted="E=", format=NAME),
            Text("Well, "),
            Text("look."),
            ToolCall("c1", "look", '{"at":1}'),
            ToolCall("c2", "rest", "{}"),
        ),
        "m-2025",
        FinishReason.TOOL_CALLS,
        Usage(1, 2),
        "msg_1",
    ) == read_answer(
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
    assert expected == read_answer({"content": [], "stop_reason": word}, "m").finish_reason


@pytest.mark.parametrize("obj", [{}, {"content": None}, {"content": "text"}])
def test_no_content_is_no_answer(obj: dict[str, Any]) -> None:
    """A 200 without content is an error."""
    with pytest.raises(ResponseError):
        read_answer(obj, "m")


def test_calls_without_ids_get_one_each() -> None:
    """Else their results could not be given back."""
    content = [{"type": "tool_use", "name": "tide", "input": {}}] * 2
    first, second = read_answer({"content": content}, "m").tool_calls

    assert first.id
    assert second.id not in {"", first.id}


def test_a_call_whose_input_came_as_text() -> None:
    """Some servers of the dialect write it so; it is not lost."""
    content = [{"type": "tool_use", "id": "a", "name": "tide", "input": '{"port": "Emden"}'}]

    assert read_answer({"content": content}, "m").tool_calls == (ToolCall("a", "tide", '{"port": "Emden"}'),)


def test_an_error_instead_of_an_answer() -> None:
    """It keeps its class."""
    with pytest.raises(RateLimitError, match="slowly"):
        read_answer({"type": "error", "error": {"type": "rate_limit_error", "message": "slowly"}}, "m")


@pytest.mark.parametrize(
    ("reason", "content", "word"),
    [
        (FinishReason.STOP, "hi", "end_turn"),
        (FinishReason.OTHER, "hi", "end_turn"),
        (FinishReason.LENGTH, "hi", "max_tokens"),
        (FinishReason.CONTENT_FILTER, "hi", "refusal"),
        (FinishReason.TOOL_CALLS, ToolCall("a", "f", "{}"), "tool_use"),
        (FinishReason.STOP, ToolCall("a", "f", "{}"), "tool_use"),
        (FinishReason.LENGTH, ToolCall("a", "f", '{"cut'), "max_tokens"),
    ],
)
def test_stop_reasons_for_clients(reason: FinishReason, content: Any, word: str) -> None:
    """Clients run tools only where it says so, whatever the provider's word was."""
    assert write_answer(ChatResponse(content, "m", reason, Usage()))["stop_reason"] == word


def test_arguments_cut_short_stay_as_they_are() -> None:
    """The answer was paid for; the client sees what there is of it."""
    answer = ChatResponse([ToolCall("a", "f", '{"cut')], "m", FinishReason.LENGTH, Usage(1, 1), "x")

    assert read_answer(write_answer(answer), "m") == answer


def test_usage_for_clients() -> None:
    """Input is split as the dialect counts it; read back, it is the same."""
    used = Usage(
        100, 20, 30, 40, 15, reasoning_output_tokens=5, service_tier="batch", region="us", searches=2
    )
    written = write_answer(ChatResponse("hi", "m", FinishReason.STOP, used))["usage"]

    assert (written["input_tokens"], written["cache_creation_input_tokens"]) == (30, 40)
    assert anthropic_usage(written) == used


def test_recordings_in_answers() -> None:
    """The dialect has none: the words said in one arrive, one without words is an error."""
    heard = Audio(data="QQ==", media_type="audio/wav", transcript="hi")
    said = ChatResponse(heard, "m", FinishReason.STOP, Usage())
    silent = ChatResponse(evolve(heard, transcript=""), "m", FinishReason.STOP, Usage())

    assert write_answer(said)["content"] == [{"type": "text", "text": "hi"}]
    with pytest.raises(InvalidRequestError, match="audio"):
        write_answer(silent)
