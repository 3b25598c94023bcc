"""Whatever is sent in place of the responses dialect: it is read, or refused with an error that says so."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st
from pointsman.dialects.openai_responses import read_answer, read_request, stream_reader
from pointsman.dialects.openai_responses.reader import _READERS
from pointsman.errors import ProviderError, RequestError
from pointsman.testing.questions import gathered
from pointsman.types import ChatChunk, ChatResponse, Message, Part

FIELDS = (
    "arguments", "call_id", "code", "content", "content_index", "delta", "encrypted_content", "error", "id",
    "incomplete_details", "item", "item_id", "message", "model", "name", "output", "output_index", "part",
    "phase", "reason", "response", "result", "role", "status", "summary", "summary_index", "text", "type",
    "usage", "image_url", "file_data", "detail", "input_audio", "parameters", "refusal",
)  # fmt: skip
TYPES = (
    "message", "reasoning", "function_call", "function_call_output", "image_generation_call", "output_text",
    "web_search_call", "input_image", "input_file", "input_audio", "refusal", "input_text", "function",
    "allowed_tools", "json_schema",
)  # fmt: skip
LEAVES = st.sampled_from(
    [None, True, 0, 7, -1, 1.5, "", "x", "pointsman:!", "pointsman:e30=", "data:x", *TYPES]
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=7)
EVENTS = st.builds(lambda kind, obj: {**obj, "type": kind}, st.sampled_from([*_READERS, "x"]), OBJECTS)
BODIES = st.dictionaries(
    st.sampled_from(
        ["input", "instructions", "tools", "tool_choice", "text", "reasoning", "stream", "user", "model"]
    ),
    ANYTHING | st.lists(OBJECTS, max_size=4),
)


@given(st.lists(EVENTS, max_size=6))
def test_events(events: list[dict[str, Any]]) -> None:
    """Each is read, skipped, or the error of a provider."""
    reader = stream_reader()
    with suppress(ProviderError):
        assert {type(reader.read(event)) for event in events} <= {ChatChunk, type(None)}


@given(OBJECTS)
def test_answers(obj: dict[str, Any]) -> None:
    """It is one, or the error of a provider."""
    with suppress(ProviderError):
        assert type(read_answer(obj, "m")) is ChatResponse


@given(BODIES)
def test_requests(body: dict[str, Any]) -> None:
    """It is one, or what is wrong with it is said."""
    with suppress(RequestError):
        messages = read_request(body).chat.messages

        assert {type(message) for message in messages} == {Message}
        assert {type(part) for message in messages for part in message.content} <= set(get_args(Part))


def test_no_two_calls_have_one_id() -> None:
    """Whole and streamed: results would go with the wrong one."""
    items = [
        {"type": "function_call", "id": f"f_{name}", "call_id": "c", "name": name, "arguments": "{}"}
        for name in ("ring", "lift")
    ]
    response: dict[str, Any] = {"status": "completed", "output": items}
    chunk = stream_reader().read({"type": "response.completed", "response": response})
    found = [read_answer(response, "m"), gathered(filter(None, [chunk]))]

    assert [[call.name for call in answer.tool_calls] for answer in found] == [["ring", "lift"]] * 2
    assert [len({call.id for call in answer.tool_calls}) for answer in found] == [2, 2]
