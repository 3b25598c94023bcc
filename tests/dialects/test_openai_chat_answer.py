"""Answers of the OpenAI dialect, whole and in pieces, mean what they say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.dialects.errors import stated_error
from pointsman.dialects.openai_chat import ChatEvents, finish_reason, read_answer
from pointsman.errors import ProviderError, QuotaError, ResponseError, Scope
from pointsman.types import (
    ChatChunk,
    ChatResponse,
    FinishReason,
    Reasoning,
    ReasoningDelta,
    Text,
    ToolCall,
    Usage,
)

WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["choices", "delta", "message", "content", "tool_calls", "function", "usage", "type"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def answer(message: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """A whole answer with one choice."""
    return {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}], **fields}


def event(delta: Mapping[str, Any], reason: str | None = None, **fields: Any) -> dict[str, Any]:
    """A streamed event with one choice."""
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": reason}], **fields}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (None, None),
        ("", None),
        ("stop", FinishReason.STOP),
        ("length", FinishReason.LENGTH),
        ("model_length", FinishReason.LENGTH),
        ("tool_calls", FinishReason.TOOL_CALLS),
        ("content_filter", FinishReason.CONTENT_FILTER),
        ("something new", FinishReason.OTHER),
        (7, FinishReason.OTHER),
    ],
)
def test_finish_reasons(word: object, expected: FinishReason | None) -> None:
    """Known words are known, new ones are another reason, none is none."""
    assert expected == finish_reason(word)


def test_an_answer_that_ended_in_an_error_is_one() -> None:
    """It never passes for a success."""
    with pytest.raises(ResponseError, match="error"):
        finish_reason("error")


@pytest.mark.parametrize(
    ("obj", "expected"),
    [
        (
            answer({"content": "hi"}, model="b", id="x", usage={"prompt_tokens": 1, "completion_tokens": 2}),
            ChatResponse("hi", "b", FinishReason.STOP, Usage(1, 2), id="x"),
        ),
        (answer({"content": "hi"}), ChatResponse("hi", "asked", FinishReason.STOP, Usage())),
        (
            answer({"content": None, "refusal": "I cannot"}),
            ChatResponse("I cannot", "asked", FinishReason.STOP, Usage()),
        ),
        (
            answer({"content": "hi", "reasoning": "hm", "reasoning_details": [{"text": "hm"}]}),
            ChatResponse([Reasoning("hm"), Text("hi")], "asked", FinishReason.STOP, Usage()),
        ),
        (
            answer({"content": "hi", "reasoning_content": "hm"}),
            ChatResponse([Reasoning("hm"), Text("hi")], "asked", FinishReason.STOP, Usage()),
        ),
        (
            answer(
                {
                    "content": [
                        {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
                        {"type": "text", "text": "hi"},
                    ]
                }
            ),
            ChatResponse([Reasoning("hm"), Text("hi")], "asked", FinishReason.STOP, Usage()),
        ),
        (
            answer(
                {"content": None, "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": '{"a'}}]}
            ),
            ChatResponse(ToolCall("c", "f", '{"a'), "asked", FinishReason.TOOL_CALLS, Usage()),
        ),
        (
            {"choices": [{"message": {"content": ""}, "finish_reason": None}]},
            ChatResponse("", "asked", FinishReason.OTHER, Usage()),
        ),
    ],
)
def test_whole_answers(obj: dict[str, Any], expected: ChatResponse) -> None:
    """Every known shape is read; broken arguments of a tool call pass untouched."""
    assert expected == read_answer(obj, "asked")


@pytest.mark.parametrize(
    "obj", [{}, {"choices": []}, {"choices": None}, {"choices": [{}]}, {"choices": ["x"]}]
)
def test_no_message_is_no_answer(obj: dict[str, Any]) -> None:
    """A 200 without a message is an error that may have been charged for."""
    with pytest.raises(ResponseError) as caught:
        read_answer(obj, "asked")

    assert caught.value.maybe_billed is True


def test_a_stream_tells_every_fact_once() -> None:
    """Model and id come first only, the finish reason once, padding and empty pieces not at all."""
    reader = ChatEvents()
    head = {"model": "b", "id": "x"}
    events = [
        event({"role": "assistant", "content": ""}, **head),
        event({"content": "hi"}, **head, obfuscation="…"),
        event({}, **head),
        event({"reasoning": "hm"}, **head),
        event({}, "length", **head),
        event({"content": ""}, "length", **head, usage={"prompt_tokens": 1, "completion_tokens": 2}),
        {**head, "choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 3}},
        {**head, "choices": [], "x_groq": {"usage": {"prompt_tokens": 1, "completion_tokens": 4}}},
    ]

    assert [
        ChatChunk(model="b", id="x"),
        ChatChunk("hi"),
        ChatChunk(ReasoningDelta("hm")),
        ChatChunk(finish_reason=FinishReason.LENGTH),
        ChatChunk(usage=Usage(1, 2)),
        ChatChunk(usage=Usage(1, 3)),
        ChatChunk(usage=Usage(1, 4)),
    ] == [piece for each in events if (piece := reader.read(each))]
    assert reader.finished is True


@pytest.mark.parametrize(
    "obj",
    [
        {"error": {"code": 402, "message": "Insufficient balance"}},
        {"choices": [{"delta": {}, "error": {"code": 402, "message": "Insufficient balance"}}]},
        {"choices": [{"delta": {"error": {"code": 402, "message": "Insufficient balance"}}}]},
    ],
)
def test_errors_inside_a_success(obj: dict[str, Any]) -> None:
    """They are classified as if they had come with their own status, and may have cost something."""
    error = stated_error(obj)

    assert isinstance(error, QuotaError)
    assert (error.scope, error.maybe_billed) == (Scope.KEY, True)


@pytest.mark.parametrize("obj", [{}, {"error": None}, {"choices": []}, {"choices": [{"error": None}]}])
def test_no_error_is_no_error(obj: dict[str, Any]) -> None:
    """An empty error field means nothing."""
    assert stated_error(obj) is None


@given(st.dictionaries(st.sampled_from(["choices", "usage", "model", "id", "error", "x_groq"]), WILD))
def test_wild_answers_fail_in_order(obj: dict[str, Any]) -> None:
    """Whatever is sent is an answer, nothing, or an error of our own."""
    try:
        outcome: object = read_answer(obj, "asked")
    except ProviderError as error:
        outcome = error
    piece = ChatEvents().read(obj)

    assert isinstance(outcome, ChatResponse | ProviderError)
    assert isinstance(piece, ChatChunk | None)
