"""Usage, model, end and error of an answer whose bytes are somebody else's."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.errors import ContextWindowError, OverloadedError, ProviderError, RateLimitError, ServerError
from pointsman.providers import AnthropicCounts, ForwardedUsage
from pointsman.types import Usage

DIALECTS = ("openai-chat", "openai-responses", "anthropic-messages")
CUTS = st.lists(st.integers(0, 10_000), max_size=6)


def read(dialect: str, body: bytes, cuts: Sequence[int] = ()) -> ForwardedUsage:
    """What is read of a body cut at these places."""
    forwarded = ForwardedUsage(dialect)
    places = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]
    for start, end in pairwise(places):
        forwarded.feed(body[start:end])
    forwarded.end()
    return forwarded


def stream(*events: object, done: bytes = b"") -> bytes:
    """Server-sent events."""
    return b"".join(b"event: x\r\ndata: " + orjson.dumps(event) + b"\r\n\r\n" for event in events) + done


def facts(forwarded: ForwardedUsage) -> tuple[str, Usage | None, str, bool]:
    """All but the error."""
    return forwarded.model, forwarded.usage, forwarded.text, forwarded.finished


CHAT = {"prompt_tokens": 7, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 5}}
CHAT_WHOLE = {
    "model": "m-1",
    "choices": [
        {
            "finish_reason": "tool_calls",
            "message": {
                "content": "So? ",
                "reasoning_content": "Hm. ",
                "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}],
            },
        }
    ],
    "usage": CHAT,
}
CHAT_STREAM = stream(
    {"model": "m-1", "choices": [{"delta": {"role": "assistant", "reasoning_content": "Hm. "}}]},
    {"model": "m-1", "choices": [{"delta": {"content": "So? "}}]},
    {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": {"arguments": "{}"}}]}}]},
    {"choices": [{"delta": {}, "finish_reason": "tool_calls"}]},
    {"choices": [], "usage": CHAT},
    done=b"data: [DONE]\n\n",
)
RESPONSE = {
    "model": "m-1",
    "status": "completed",
    "service_tier": "flex",
    "output": [{"type": "message", "content": [{"type": "output_text", "text": "Hm. So? {}"}]}],
    "usage": {"input_tokens": 7, "output_tokens": 3, "input_tokens_details": {"cached_tokens": 5}},
}
CALL = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": ""}
RESPONSES_STREAM = stream(
    {"type": "response.created", "response": {"model": "m-1", "status": "in_progress", "usage": None}},
    {"type": "response.output_text.delta", "delta": "Hm. "},
    {"type": "response.reasoning_summary_text.delta", "delta": "So? "},
    {"type": "response.output_item.added", "output_index": 2, "item": CALL},
    {"type": "response.function_call_arguments.delta", "output_index": 2, "delta": "{}"},
    {"type": "response.completed", "response": RESPONSE},
)
MESSAGE = {
    "type": "message",
    "model": "m-1",
    "content": [
        {"type": "text", "text": "Hm. "},
        {"type": "thinking", "thinking": "So? ", "signature": "zzz"},
        {"type": "tool_use", "name": "f", "input": {}},
    ],
    "stop_reason": "tool_use",
    "usage": {"input_tokens": 2, "cache_read_input_tokens": 5, "output_tokens": 3},
}
TOOL_USE = {"type": "tool_use", "id": "c", "name": "f", "input": {}}
MESSAGE_STREAM = stream(
    {
        "type": "message_start",
        "message": {"model": "m-1", "usage": {"input_tokens": 2, "cache_read_input_tokens": 5}},
    },
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hm. "}},
    {"type": "content_block_stop", "index": 0},
    {"type": "ping"},
    {"type": "content_block_start", "index": 1, "content_block": {"type": "thinking", "thinking": ""}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "thinking_delta", "thinking": "So? "}},
    {"type": "content_block_stop", "index": 1},
    {
        "type": "content_block_start",
        "index": 2,
        "content_block": {"type": "tool_use", "id": "c", "name": "f"},
    },
    {"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": "{}"}},
    {"type": "content_block_stop", "index": 2},
    {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 3}},
    {"type": "message_stop"},
)
KNOWN = Usage(7, 3, cache_read_input_tokens=5)
FLEX = Usage(7, 3, cache_read_input_tokens=5, service_tier="flex")
ANSWERS = [
    ("openai-chat", orjson.dumps(CHAT_WHOLE, option=orjson.OPT_INDENT_2), KNOWN),
    ("openai-chat", CHAT_STREAM, KNOWN),
    ("openai-responses", b"\n " + orjson.dumps(RESPONSE), FLEX),
    ("openai-responses", RESPONSES_STREAM, FLEX),
    ("anthropic-messages", orjson.dumps(MESSAGE), KNOWN),
    ("anthropic-messages", MESSAGE_STREAM, KNOWN),
]


@pytest.mark.parametrize(("dialect", "body", "usage"), ANSWERS)
@given(cuts=CUTS)
def test_whole_and_streamed(dialect: str, body: bytes, usage: Usage, cuts: list[int]) -> None:
    """The same is read of both, wherever the network cuts them."""
    forwarded = read(dialect, body, cuts)

    assert facts(forwarded) == ("m-1", usage, "Hm. So? {}", True)
    assert forwarded.error is None


@pytest.mark.parametrize(("dialect", "body"), [(dialect, body) for dialect, body, _ in ANSWERS])
def test_half_an_answer_is_not_finished(dialect: str, body: bytes) -> None:
    """What passed before the connection broke is known, and that it is not all."""
    forwarded = read(dialect, body[: len(body) // 2])

    assert (forwarded.finished, forwarded.error) == (False, None)


def test_what_was_said_before_the_end_can_be_counted() -> None:
    """A stream that broke, or states no usage, leaves its text to estimate by."""
    forwarded = read("openai-chat", stream({"choices": [{"delta": {"content": "Hm. "}}]}))

    assert facts(forwarded) == ("", None, "Hm. ", False)


@pytest.mark.parametrize(
    ("dialect", "body", "expected"),
    [
        ("openai-chat", orjson.dumps({"error": {"code": 429, "message": "Slow"}}), RateLimitError),
        ("openai-chat", stream({"error": {"message": "x", "type": "server_error"}}), ServerError),
        (
            "openai-chat",
            stream(
                {
                    "choices": [{"delta": {}, "finish_reason": "error"}],
                    "error": {"code": 400, "message": "maximum context length is 9"},
                }
            ),
            ContextWindowError,
        ),
        (
            "anthropic-messages",
            stream({"type": "error", "error": {"type": "overloaded_error"}}),
            OverloadedError,
        ),
        (
            "openai-responses",
            stream({"type": "response.failed", "response": {"error": {"code": "server_error"}}}),
            ServerError,
        ),
        ("openai-responses", stream({"type": "error", "code": "rate_limit_exceeded"}), RateLimitError),
        ("openai-responses", orjson.dumps({"status": "failed", "error": None}), ServerError),
    ],
)
def test_an_error_in_an_answer_of_status_200(
    dialect: str, body: bytes, expected: type[ProviderError]
) -> None:
    """It is kept beside all else that was stated."""
    assert type(read(dialect, body).error) is expected


@pytest.mark.parametrize("dialect", [*DIALECTS, "telegraph"])
@given(body=st.binary() | st.text().map(lambda text: b"data: " + text.encode() + b"\n\n"), cuts=CUTS)
def test_whatever_passes(dialect: str, body: bytes, cuts: list[int]) -> None:
    """Nothing raises: the bytes are not ours to judge."""
    assert read(dialect, body, cuts).usage is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**63) | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(
                ["choices", "usage", "delta", "message", "error", "response", "type", "model", "content"]
            ),
            inner,
        )
    ),
)


@pytest.mark.parametrize("dialect", DIALECTS)
@given(value=json_values, streamed=st.booleans())
def test_whatever_json_passes(dialect: str, value: object, streamed: bool) -> None:
    """Fields of the wrong type are read as absent."""
    forwarded = read(dialect, stream(value) if streamed else orjson.dumps(value))

    assert isinstance(forwarded.text, str)
    assert isinstance(forwarded.model, str)


def test_another_way_to_count() -> None:
    """A provider of the OpenAI dialect may read its own usage."""
    forwarded = ForwardedUsage("openai-chat", usage=lambda obj: Usage(obj["mine"]))
    forwarded.feed(b'{"choices": [{"message": {"content": "Hm."}}], "usage": {"mine": 4}}')
    forwarded.end()

    assert forwarded.usage == Usage(4)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([{"input_tokens": 9, "output_tokens": 1}, {"output_tokens": 4}], Usage(9, 4)),
        ([{"input_tokens": 9, "output_tokens": 1}, {"input_tokens": 0, "output_tokens": 4}], Usage(9, 4)),
        ([{"input_tokens": 0, "output_tokens": 0}, {"input_tokens": 9, "output_tokens": 4}], Usage(9, 4)),
        (
            [{"input_tokens": 9, "service_tier": "batch"}, {"service_tier": None}],
            Usage(9, service_tier="batch"),
        ),
        ([{}, {"input_tokens": 0, "output_tokens": 0}], Usage(0, 0)),
    ],
)
def test_counts_of_a_stream_only_grow(events: list[dict[str, Any]], expected: Usage) -> None:
    """A later event that leaves a count out, or repeats it as 0, takes nothing back."""
    counts = AnthropicCounts()

    assert [counts.add(event) for event in events][-1] == expected
