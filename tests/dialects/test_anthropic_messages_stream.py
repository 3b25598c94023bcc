"""Streams of Anthropic's dialect, read and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import pytest
from pointsman.dialects.anthropic_messages import NAME, stream_reader, stream_writer
from pointsman.dialects.gathered import Gathered
from pointsman.errors import OverloadedError, RateLimitError
from pointsman.types import (
    ChatChunk,
    ChatResponse,
    FinishReason,
    Reasoning,
    ReasoningDelta,
    Text,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    Usage,
)
from pointsman.wire.streams import Event

COUNTED = {"input_tokens": 700, "cache_read_input_tokens": 90, "output_tokens": 1}


def read(*events: Mapping[str, Any]) -> ChatResponse:
    """The answer these events add up to."""
    reader, answer = stream_reader(), Gathered()
    for event in events:
        chunk = reader.read(event)
        if chunk is not None:
            answer.add(chunk)
    return answer.response("m")


def begin(at: int | None, kind: str, **fields: object) -> dict[str, Any]:
    """A block begins."""
    return {"type": "content_block_start", "index": at, "content_block": {"type": kind, **fields}}


def delta(at: int | None, **fields: object) -> dict[str, Any]:
    """A piece of a block."""
    return {"type": "content_block_delta", "index": at, "delta": fields}


def stop(at: int | None) -> dict[str, Any]:
    """A block ends."""
    return {"type": "content_block_stop", "index": at}


def test_interleaved_thoughts() -> None:
    """Several signed ones, a hidden one and texts between them stay apart and in order."""
    answer = read(
        begin(0, "thinking", thinking="", signature=""),
        delta(0, thinking="Low "),
        delta(0, thinking="water."),
        delta(0, signature="c2Vh"),
        delta(0, signature="bA=="),
        stop(0),
        begin(1, "redacted_thinking", data="aGlkZGVu"),
        stop(1),
        begin(2, "text", text=""),
        delta(2, text="At six."),
        stop(2),
        begin(3, "thinking", thinking="Then", signature=""),
        delta(3, signature="c2VhbDI="),
        stop(3),
        begin(4, "text", text="And "),
        delta(4, text="at noon."),
        stop(4),
    )

    assert answer.content == (
        Reasoning("Low water.", "c2VhbA==", format=NAME),
        Reasoning(redacted="aGlkZGVu", format=NAME),
        Text("At six."),
        Reasoning("Then", "c2VhbDI=", format=NAME),
        Text("And at noon."),
    )


def test_parallel_calls_by_turns() -> None:
    """Pieces go to the block they name; without any, arguments are those of the start, or an empty object."""
    answer = read(
        begin(0, "tool_use", id="a", name="tide", input={}),
        begin(1, "tool_use", id="b", name="wind", input={}),
        delta(0, partial_json='{"port"'),
        delta(1, partial_json="{}"),
        delta(0, partial_json=': "Emden"}'),
        stop(0),
        stop(1),
        begin(2, "tool_use", id="c", name="moon", input={}),
        delta(2, partial_json=""),
        stop(2),
        begin(3, "tool_use", id="d", name="sun", input={"at": 1}),
        stop(3),
    )

    assert answer.tool_calls == (
        ToolCall("a", "tide", '{"port": "Emden"}'),
        ToolCall("b", "wind", "{}"),
        ToolCall("c", "moon", "{}"),
        ToolCall("d", "sun", '{"at":1}'),
    )


def test_a_number_used_again_is_a_new_block() -> None:
    """Some servers number every block 0, or none."""
    for at in (0, None):
        answer = read(
            begin(at, "tool_use", id="a", name="tide", input={}),
            delta(at, partial_json='{"x":1}'),
            stop(at),
            begin(at, "tool_use", id="b", name="tide", input={}),
            delta(at, partial_json='{"x":2}'),
            stop(at),
            begin(at, "text", text=""),
            delta(at, text="so"),
        )

        assert answer.content == (
            ToolCall("a", "tide", '{"x":1}'),
            ToolCall("b", "tide", '{"x":2}'),
            Text("so"),
        )


def test_pieces_that_nobody_announced() -> None:
    """Text and thoughts begin with their first piece; arguments of no call are skipped."""
    answer = read(delta(0, thinking="hm"), delta(1, text="so"), delta(2, partial_json='{"x": 1}'))

    assert answer.content == (Reasoning("hm"), Text("so"))


def test_calls_without_ids_get_one_each() -> None:
    """With their first piece, and no other afterwards."""
    reader = stream_reader()
    first = reader.read(begin(0, "tool_use", name="tide"))
    more = reader.read(delta(0, partial_json="{}"))
    second = reader.read(begin(1, "tool_use", name="tide"))
    assert first
    assert more
    assert second
    ids = [call.id for chunk in (first, more, second) for call in chunk.tool_calls]

    assert (bool(ids[0]), ids[1], ids[2] not in {"", ids[0]}) == (True, "", True)


def test_events_that_leave_their_kind_to_their_name() -> None:
    """What they hold says what they are."""
    events = (
        {"type": "message_start", "message": {"model": "n", "usage": {"input_tokens": 7}}},
        begin(0, "tool_use", id="a", name="tide", input={}),
        stop(0),
        begin(1, "text", text=""),
        delta(1, text="so"),
        {"type": "message_delta", "delta": {"stop_reason": "max_tokens"}, "usage": {"output_tokens": 2}},
    )
    nameless = [{name: value for name, value in event.items() if name != "type"} for event in events]

    assert read(*nameless) == read(*events)


def test_blocks_of_the_providers_own_tools_are_skipped() -> None:
    """With every piece of theirs."""
    answer = read(
        begin(0, "server_tool_use", id="s", name="web_search", input={}),
        delta(0, partial_json='{"query": "tide"}'),
        stop(0),
        begin(1, "web_search_tool_result", content=[]),
        stop(1),
        delta(2, type="citations_delta", citation={}),
    )

    assert answer.content == ()


@pytest.mark.parametrize(
    ("counts", "used"),
    [
        ([COUNTED, {"output_tokens": 8}], (790, 8, 90)),
        ([COUNTED, {"input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 8}], (790, 8, 90)),
        ([{"input_tokens": 0, "output_tokens": 0}, {"input_tokens": 700, "output_tokens": 8}], (700, 8, 0)),
        ([{}, {"output_tokens": 8}], (None, 8, 0)),
    ],
)
def test_counts_are_cumulative(counts: Sequence[dict[str, int]], used: tuple[int | None, int, int]) -> None:
    """What a later event repeats as 0 was said before; what none says is unknown."""
    first, last = counts
    usage = read(
        {"type": "message_start", "message": {"id": "x", "model": "n", "usage": first}},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": last},
    ).usage

    assert (usage.input_tokens, usage.output_tokens, usage.cache_read_input_tokens) == used


@pytest.mark.parametrize(
    "event",
    [
        {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
        {"error": {"type": "overloaded_error", "message": "Overloaded"}},
    ],
)
def test_errors(event: dict[str, Any]) -> None:
    """They keep their class."""
    with pytest.raises(OverloadedError, match="Overloaded"):
        stream_reader().read(event)


def test_ends() -> None:
    """The stop reason finishes an answer, the last event stops it; pings and news say nothing."""
    reader = stream_reader()
    states = []
    for event in (
        {"type": "ping"},
        {"type": "something_new"},
        {"type": "message_delta", "delta": {"stop_reason": "max_tokens"}},
        {"type": "message_stop"},
    ):
        reader.read(event)
        states.append((reader.finished, reader.stopped))

    assert states == [(False, False), (False, False), (True, False), (True, True)]


def written(*chunks: ChatChunk, end: bool = True) -> list[dict[str, Any]]:
    """The events of these pieces."""
    writer = stream_writer("m")
    events: list[Event] = [event for chunk in chunks for event in writer.write(chunk)]
    events += writer.end() if end else []
    parsed = [orjson.loads(event.data) for event in events]

    assert [event.name for event in events] == [each["type"] for each in parsed]
    return parsed


def test_a_written_stream() -> None:
    """Every event, to the letter."""
    events = written(
        ChatChunk(model="m-1", id="msg_1", usage=Usage(12, 1)),
        ChatChunk("Hi"),
        ChatChunk([TextDelta("."), ToolCallDelta(0, "a", "tide", '{"x"')]),
        ChatChunk(ToolCallDelta(0, arguments=":1}")),
        ChatChunk(finish_reason=FinishReason.TOOL_CALLS),
        ChatChunk(usage=Usage(12, 7)),
    )
    start: dict[str, Any] = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m-1",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
    }
    used = {"input_tokens": 12, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}

    assert events == [
        {"type": "message_start", "message": {**start, "usage": {**used, "output_tokens": 1}}},
        begin(0, "text", text=""),
        delta(0, type="text_delta", text="Hi"),
        delta(0, type="text_delta", text="."),
        stop(0),
        begin(1, "tool_use", id="a", name="tide", input={}),
        delta(1, type="input_json_delta", partial_json='{"x"'),
        delta(1, type="input_json_delta", partial_json=":1}"),
        stop(1),
        {
            "type": "message_delta",
            "delta": {"stop_reason": "tool_use", "stop_sequence": None},
            "usage": {**used, "output_tokens": 7},
        },
        {"type": "message_stop"},
    ]


def test_nothing_is_a_whole_answer_too() -> None:
    """A client waits for its beginning and its end."""
    assert [event["type"] for event in written()] == ["message_start", "message_delta", "message_stop"]


def test_calls_whose_pieces_come_by_turns_are_written_one_by_one() -> None:
    """The second waits until the arguments of the first are whole; nothing of either is lost."""
    events = written(
        ChatChunk([ToolCallDelta(0, "a", "tide"), ToolCallDelta(1, "b", "wind")]),
        ChatChunk([ToolCallDelta(0, arguments='{"x"'), ToolCallDelta(1, arguments='{"y":2')]),
        ChatChunk([ToolCallDelta(0, arguments=":1}"), ToolCallDelta(1, arguments="}")]),
        ChatChunk(ToolCallDelta(2, "c", "moon")),
    )
    blocks = [event["index"] for event in events if "index" in event]

    assert blocks == sorted(blocks)
    assert read(*events).tool_calls == (
        ToolCall("a", "tide", '{"x":1}'),
        ToolCall("b", "wind", '{"y":2}'),
        ToolCall("c", "moon", "{}"),
    )


def test_a_call_named_late() -> None:
    """Its start waits for the name."""
    events = written(
        ChatChunk(ToolCallDelta(0, "a")), ChatChunk(ToolCallDelta(0, name="tide", arguments='{"x":1}'))
    )

    assert begin(0, "tool_use", id="a", name="tide", input={}) in events
    assert read(*events).tool_calls == (ToolCall("a", "tide", '{"x":1}'),)


def test_seals_are_written_whole() -> None:
    """Also those that came in pieces, and those of other dialects, which only their reader understands."""
    events = written(
        ChatChunk(ReasoningDelta("hm", "S", format=NAME)),
        ChatChunk(ReasoningDelta(signature="=")),
        ChatChunk(ReasoningDelta(redacted="hid", format=NAME, index=1)),
        ChatChunk(ReasoningDelta(redacted="den", index=1)),
        ChatChunk(ReasoningDelta("so", format="openai-responses", details={"id": "rs_1"}, index=2)),
    )

    assert delta(0, type="signature_delta", signature="S=") in events
    assert begin(1, "redacted_thinking", data="hidden") in events
    assert read(*events).content == (
        Reasoning("hm", "S=", format=NAME),
        Reasoning(redacted="hidden", format=NAME),
        Reasoning("so", format="openai-responses", details={"id": "rs_1"}),
    )


def test_text_that_comes_late_is_a_block_of_its_own() -> None:
    """Nothing can be added to a block that has ended."""
    events = written(ChatChunk("a"), ChatChunk(ReasoningDelta("hm")), ChatChunk("b"))

    assert read(*events).content == (Text("a"), Reasoning("hm"), Text("b"))


def test_a_broken_answer() -> None:
    """The client is shown the error, and no end."""
    writer = stream_writer("m")
    writer.write(ChatChunk("Hi"))
    (event,) = writer.fail(RateLimitError("slowly"))

    assert (event.name, orjson.loads(event.data)) == (
        "error",
        {"type": "error", "error": {"type": "rate_limit_error", "message": "slowly"}},
    )
