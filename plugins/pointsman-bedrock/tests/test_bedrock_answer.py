"""Answers of Converse, whole and in pieces."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from pointsman import ChatResponse, FinishReason, Part, RateLimitError, Reasoning, Text, ToolCall, Usage
from pointsman.dialects.gathered import Gathered
from pointsman_bedrock.answer import Chunks, response
from pointsman_bedrock.eventstream import Message

OWN = "bedrock-converse"


def whole(*blocks: dict[str, Any], **fields: Any) -> ChatResponse:
    """A whole answer of these blocks."""
    return response({"output": {"message": {"content": list(blocks)}}, **fields}, "m")


def streamed(*events: tuple[str, dict[str, Any]]) -> ChatResponse:
    """What these events add up to."""
    reader, answer = Chunks("m"), Gathered()
    for kind, payload in events:
        headers = {":message-type": "event", ":event-type": kind}
        chunk = reader.read(Message(headers, orjson.dumps(payload)))
        if chunk is not None:
            answer.add(chunk)
    return answer.response("m")


def piece(at: int, **delta: Any) -> tuple[str, dict[str, Any]]:
    """A piece of a block."""
    return "contentBlockDelta", {"delta": delta, "contentBlockIndex": at}


def begin(at: int, **use: Any) -> tuple[str, dict[str, Any]]:
    """A tool call begins."""
    return "contentBlockStart", {"start": {"toolUse": use}, "contentBlockIndex": at}


def stop(at: int) -> tuple[str, dict[str, Any]]:
    """A block ends."""
    return "contentBlockStop", {"contentBlockIndex": at}


PARTS: tuple[Part, ...] = (
    Reasoning("Low water.", "S=", format=OWN),
    Reasoning(redacted="E=", format=OWN),
    Text("At six."),
    Reasoning("Then", "T=", format=OWN),
    ToolCall("a", "tide", '{"x":1}'),
    ToolCall("b", "wind", "{}"),
)


def test_parts_of_a_whole_answer() -> None:
    """Thoughts, texts and calls, in order; blocks yet unknown are skipped."""
    answer = whole(
        {"reasoningContent": {"reasoningText": {"text": "Low water.", "signature": "S="}}},
        {"reasoningContent": {"redactedContent": "E="}},
        {"text": "At six."},
        {"guardContent": {}},
        {"reasoningContent": {"reasoningText": {"text": "Then", "signature": "T="}}},
        {"toolUse": {"toolUseId": "a", "name": "tide", "input": {"x": 1}}},
        {"toolUse": {"toolUseId": "b", "name": "wind", "input": {}}},
    )

    assert answer.content == PARTS


def test_parts_of_a_streamed_answer() -> None:
    """The same; several signed thoughts stay several."""
    answer = streamed(
        piece(0, reasoningContent={"text": "Low "}),
        piece(0, reasoningContent={"text": "water."}),
        piece(0, reasoningContent={"signature": "S="}),
        stop(0),
        piece(1, reasoningContent={"redactedContent": "E="}),
        stop(1),
        piece(2, text="At "),
        piece(2, text="six."),
        stop(2),
        piece(3, reasoningContent={"text": "Then"}),
        piece(3, reasoningContent={"signature": "T="}),
        stop(3),
        begin(4, toolUseId="a", name="tide"),
        piece(4, toolUse={"input": '{"x"'}),
        piece(4, toolUse={"input": ":1}"}),
        stop(4),
        begin(5, toolUseId="b", name="wind"),
        piece(5, toolUse={"input": ""}),
        stop(5),
    )

    assert answer.content == PARTS


def test_calls_without_ids_get_one_each() -> None:
    """Whole and streamed."""
    block = {"toolUse": {"name": "tide", "input": {}}}
    calls = (
        *whole(block, block).tool_calls,
        *streamed(begin(0, name="tide"), stop(0), begin(1, name="tide"), stop(1)).tool_calls,
    )

    assert len({call.id for call in calls if call.id}) == 4


def test_texts_with_citations() -> None:
    """What is said is said, whoever is cited."""
    assert (
        whole({"citationsContent": {"content": [{"text": "Low "}, {"text": "water."}]}}).text == "Low water."
    )


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("end_turn", FinishReason.STOP),
        ("model_context_window_exceeded", FinishReason.LENGTH),
        ("tool_use", FinishReason.TOOL_CALLS),
        ("guardrail_intervened", FinishReason.CONTENT_FILTER),
        ("malformed_model_output", FinishReason.OTHER),
    ],
)
def test_stop_reasons(word: str, reason: FinishReason) -> None:
    """Whole and streamed."""
    found = whole(stopReason=word), streamed(("messageStop", {"stopReason": word}))

    assert [answer.finish_reason for answer in found] == [reason, reason]


def test_nothing_said_of_usage_is_unknown() -> None:
    """It is not nought."""
    assert whole().usage == Usage()


@pytest.mark.parametrize("name", ["ThrottlingException", "com.amazon.coral#ThrottlingException"])
@pytest.mark.parametrize("field", ["message", "Message"])
def test_an_exception_may_come_as_an_answer(name: str, field: str) -> None:
    """Its name says which, as in streams."""
    with pytest.raises(RateLimitError):
        response({"__type": name, field: "Too many."}, "m")


def test_counts_that_are_repeated_as_zero_stay() -> None:
    """By a later message of a gateway."""
    counts = {"inputTokens": 7, "outputTokens": 3, "cacheReadInputTokens": 5}
    answer = streamed(
        ("metadata", {"usage": counts}),
        ("messageStop", {"stopReason": "end_turn"}),
        ("metadata", {"usage": dict.fromkeys(counts, 0)}),
    )

    assert answer.usage == Usage(12, 3, cache_read_input_tokens=5)
