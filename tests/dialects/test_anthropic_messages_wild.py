"""Anything may come over the wire: it is read, or it is an error of ours."""

from __future__ import annotations

from typing import Any

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from pointsman.dialects import anthropic_messages as dialect
from pointsman.errors import ProviderError, RequestError

WORDS = st.sampled_from(
    [
        "text",
        "thinking",
        "redacted_thinking",
        "tool_use",
        "tool_result",
        "image",
        "document",
        "base64",
        "url",
        "content",
        "user",
        "assistant",
        "system",
        "auto",
        "tool",
        "enabled",
        "json_schema",
        "custom",
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "pointsman.",
        "pointsman.bnVsbA==",
        "pointsman.W10=",
        "text/plain",
        "image/png",
        "QQ==",
        "error",
    ]
)
NAMES = st.sampled_from(
    [
        "type",
        "role",
        "content",
        "text",
        "thinking",
        "signature",
        "data",
        "source",
        "media_type",
        "url",
        "id",
        "name",
        "input",
        "tool_use_id",
        "is_error",
        "cache_control",
        "ttl",
        "title",
        "citations",
        "index",
        "delta",
        "content_block",
        "message",
        "usage",
        "stop_reason",
        "error",
        "input_tokens",
        "output_tokens",
        "partial_json",
        "input_schema",
        "strict",
        "effort",
        "format",
        "schema",
        "budget_tokens",
        "enabled",
    ]
)
VALUES = st.recursive(
    st.none() | st.just("") | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=6)
FIELDS = st.sampled_from(
    [
        "model",
        "messages",
        "system",
        "max_tokens",
        "temperature",
        "top_p",
        "stop_sequences",
        "stream",
        "tools",
        "tool_choice",
        "metadata",
        "thinking",
        "output_config",
        "output_format",
        "top_k",
    ]
)
BODIES = st.dictionaries(FIELDS, VALUES, max_size=5)
TURNS = st.lists(
    st.fixed_dictionaries({"content": VALUES | st.lists(OBJECTS, max_size=3)}), min_size=1, max_size=3
)


@given(BODIES, TURNS | VALUES)
def test_requests(body: dict[str, Any], turns: Any) -> None:
    """What is read can be written again, or is refused."""
    try:
        received = dialect.read_request({**body, "messages": turns})
    except RequestError:
        return
    try:
        dialect.write_request("m", evolve(received.chat, extra=received.rest), stream=received.stream)
    except ProviderError:
        return


@given(OBJECTS, st.lists(OBJECTS, max_size=3) | VALUES)
def test_answers(obj: dict[str, Any], content: Any) -> None:
    """What is read can be written again, or is refused."""
    try:
        dialect.write_answer(dialect.read_answer({**obj, "content": content}, "m"))
    except ProviderError:
        return


@given(st.lists(OBJECTS, max_size=5))
def test_streams(events: list[dict[str, Any]]) -> None:
    """Every event adds something, or nothing, or is an error; what it adds can be written again."""
    reader, writer = dialect.stream_reader(), dialect.stream_writer("m")
    for event in events:
        try:
            chunk = reader.read(event)
            if chunk is not None:
                writer.write(chunk)
        except ProviderError:
            continue
    try:
        assert writer.end()
    except ProviderError:
        return
