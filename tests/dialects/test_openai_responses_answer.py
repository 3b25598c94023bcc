"""Answers of the responses dialect, whole and as events: what servers write, and what clients get."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson
import pytest
from pointsman.dialects.gathered import Gathered
from pointsman.dialects.openai_responses import (
    NAME,
    read_answer,
    read_error,
    stream_reader,
    stream_writer,
    write_answer,
)
from pointsman.dialects.openai_responses.thoughts import phase_of
from pointsman.errors import (
    ContextWindowError,
    ProviderError,
    QuotaError,
    RateLimitError,
    ResponseError,
    ServerError,
)
from pointsman.types import (
    Audio,
    ChatChunk,
    ChatResponse,
    FinishReason,
    Image,
    Part,
    Reasoning,
    ReasoningDelta,
    Text,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    Usage,
)

Obj = Mapping[str, Any]

USAGE = {"input_tokens": 12, "output_tokens": 7}


def message(*parts: Obj, **fields: Any) -> Obj:
    """A message of the output."""
    return {"id": "msg_1", "type": "message", "role": "assistant", "content": [*parts], **fields}


def says(text: str) -> Obj:
    """A part of it."""
    return {"type": "output_text", "text": text, "annotations": []}


def thought(identity: str, *summary: str, **fields: Any) -> dict[str, Any]:
    """A thought of the output."""
    parts = [{"type": "summary_text", "text": text} for text in summary]
    return {"type": "reasoning", "id": identity, "summary": parts, **fields}


def call(identity: str, name: str, arguments: Any, **fields: Any) -> Obj:
    """A tool call of the output."""
    return {"type": "function_call", "id": f"fc_{identity}", "name": name, "arguments": arguments, **fields}


def sealed(item: Obj, text: str = "") -> Reasoning:
    """How an item is kept that goes back."""
    return Reasoning(text, format=NAME, details=item)


def whole(*items: Obj, **fields: Any) -> ChatResponse:
    """What an answer of these items says."""
    return read_answer({"model": "m", "status": "completed", "output": [*items], **fields}, "asked")


def gathered(*events: Obj) -> ChatResponse:
    """What these events add up to."""
    reader, answer = stream_reader(), Gathered()
    for event in events:
        if (chunk := reader.read(event)) is not None:
            answer.add(chunk)
    return answer.response("asked")


def as_documented(items: Sequence[Obj]) -> list[Obj]:
    """Every event of an answer of these items."""
    events: list[Obj] = [{"type": "response.created", "response": {"model": "m", "output": []}}]
    for place, item in enumerate(items):
        where = {"output_index": place, "item_id": item.get("id")}
        empty: Obj = {name: [] for name in ("content", "summary") if name in item}
        begun = {**item, **empty, **({"arguments": ""} if "arguments" in item else {})}
        begun.pop("encrypted_content", None)
        events += [{"type": "response.output_item.added", "output_index": place, "item": begun}]
        events += [{"type": f"response.{name}", **where, **fields} for name, fields in _pieces(item)]
        events += [{"type": "response.output_item.done", "output_index": place, "item": item}]
    return events


def _pieces(item: Obj) -> Iterable[tuple[str, dict[str, Any]]]:
    for place, part in enumerate(item.get("summary", ())):
        yield from _halves("reasoning_summary_text", part["text"], "text", summary_index=place)
    for place, part in enumerate(item.get("content", ())):
        name = "text" if "text" in part else "refusal"
        yield from _halves(part["type"], part[name], name, content_index=place)
        yield "content_part.done", {"content_index": place, "part": part}
    if isinstance(item.get("arguments"), str):
        yield from _halves("function_call_arguments", item["arguments"], "arguments")


def _halves(kind: str, text: str, name: str, **where: int) -> Iterable[tuple[str, dict[str, Any]]]:
    for half in (text[: len(text) // 2], text[len(text) // 2 :]):
        yield f"{kind}.delta", {**where, "delta": half}
    yield f"{kind}.done", {**where, name: text}


def without(*kinds: str) -> Callable[[Sequence[Obj]], list[Obj]]:
    """Events of servers that leave these out."""
    return lambda items: [event for event in as_documented(items) if not event["type"].endswith(kinds)]


def without_places(items: Sequence[Obj]) -> list[Obj]:
    """Events of servers that number nothing."""
    names = {"output_index", "item_id", "summary_index", "content_index"}
    return [
        {name: value for name, value in event.items() if name not in names} for event in as_documented(items)
    ]


def all_at_zero(items: Sequence[Obj]) -> list[Obj]:
    """Events of servers that number every item 0."""
    return [
        {**event, "output_index": 0} if "output_index" in event else event for event in as_documented(items)
    ]


THOUGHTS = (
    thought("rs_1", "The wind first.", "Then the ebb.", encrypted_content="b25l"),
    thought("rs_2", encrypted_content="dHdv"),
)
OUTPUTS: Mapping[str, tuple[Sequence[Obj], Sequence[Part], FinishReason]] = {
    "text": ([message(says("Moin."))], [Text("Moin.")], FinishReason.STOP),
    "texts and a phase": (
        [
            message(says("I look."), phase="commentary"),
            message(says("So."), id="msg_2", phase="final_answer"),
        ],
        [
            sealed({"phase": "commentary"}),
            Text("I look."),
            sealed({"phase": "final_answer"}),
            Text("So."),
        ],
        FinishReason.STOP,
    ),
    "a refusal": (
        [message({"type": "refusal", "refusal": "I cannot."})],
        [Text("I cannot.")],
        FinishReason.CONTENT_FILTER,
    ),
    "several thoughts": (
        [*THOUGHTS, message(says("9 Bft."))],
        [
            sealed(THOUGHTS[0], "The wind first.\n\nThen the ebb."),
            sealed(THOUGHTS[1]),
            Text("9 Bft."),
        ],
        FinishReason.STOP,
    ),
    "thoughts between calls": (
        [
            THOUGHTS[0],
            call("a", "ebb", "{}", call_id="c1"),
            THOUGHTS[1],
            call("b", "wind", '{"at": 1}', call_id="c2"),
        ],
        [
            sealed(THOUGHTS[0], "The wind first.\n\nThen the ebb."),
            ToolCall("c1", "ebb", "{}"),
            sealed(THOUGHTS[1]),
            ToolCall("c2", "wind", '{"at": 1}'),
        ],
        FinishReason.TOOL_CALLS,
    ),
    "thoughts as content": (
        [thought("rs_3", content=[{"type": "reasoning_text", "text": "Hm."}]), message(says("So."))],
        [
            sealed(thought("rs_3", content=[{"type": "reasoning_text", "text": "Hm."}]), "Hm."),
            Text("So."),
        ],
        FinishReason.STOP,
    ),
    "a summary alone": ([thought("rs_4", "Hm.")], [Reasoning("Hm.")], FinishReason.STOP),
    "calls without call ids": (
        [call("a", "ebb", ""), call("b", "ebb", {"at": "sea"})],
        [ToolCall("fc_a", "ebb", "{}"), ToolCall("fc_b", "ebb", '{"at":"sea"}')],
        FinishReason.TOOL_CALLS,
    ),
    "a search and a picture": (
        [
            {"type": "web_search_call", "id": "ws_1"},
            {"type": "image_generation_call", "id": "ig_1", "result": "QQ==", "output_format": "webp"},
        ],
        [
            sealed({"type": "web_search_call", "id": "ws_1"}),
            Image(data="QQ==", media_type="image/webp"),
        ],
        FinishReason.STOP,
    ),
}
SERVERS = {
    "as documented": as_documented,
    "no pieces": without(".delta"),
    "no ends of parts": without("text.done", "refusal.done", "arguments.done", "part.done"),
    "no begins": without(".added"),
    "nothing but ends of items": without(".added", ".delta", "text.done", "refusal.done", "part.done"),
    "no numbers": without_places,
    "every item 0": all_at_zero,
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_whole_answers(name: str) -> None:
    """Every part, in order."""
    items, content, reason = OUTPUTS[name]
    answer = whole(*items, id="r1", usage=USAGE)

    assert (answer.content, answer.finish_reason) == (tuple(content), reason)
    assert (answer.model, answer.id, answer.usage.input_tokens) == ("m", "r1", 12)


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("name", OUTPUTS)
def test_streamed_answers(name: str, server: str) -> None:
    """The same, whichever events a server leaves out, and however it numbers them."""
    items, content, reason = OUTPUTS[name]
    end = {"type": "response.completed", "response": {"model": "m", "status": "completed", "usage": USAGE}}
    answer = gathered(*SERVERS[server](items), end)
    if server == "no begins":  # the phase of a message comes too late, behind its text
        content = [part for part in content if not isinstance(part, Reasoning) or phase_of(part) == ""]

    assert (answer.content, answer.finish_reason) == (tuple(content), reason)
    assert (answer.model, answer.usage.output_tokens) == ("m", 7)


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_stream_of_its_end_alone(name: str) -> None:
    """The answer was paid: it is read where it stands."""
    items, content, reason = OUTPUTS[name]
    response = {"model": "m", "status": "completed", "output": [*items], "usage": USAGE}
    answer = gathered({"type": "response.completed", "response": response})

    assert (answer.content, answer.finish_reason, answer.model) == (tuple(content), reason, "m")


def test_calls_without_any_id() -> None:
    """Each has one, with its first piece, whole and streamed."""
    items = [{"type": "function_call", "name": name, "arguments": "{}"} for name in ("ebb", "wind")]
    ids = [each.id for read in (whole(*items), gathered(*as_documented(items))) for each in read.tool_calls]
    reader = stream_reader()
    chunks = [chunk for event in as_documented(items) if (chunk := reader.read(event))]
    first = [delta.id for chunk in chunks for delta in chunk.tool_calls if delta.name]

    assert (len(ids), len({*ids, *first}), all(first)) == (4, 6, True)


def test_pieces_of_two_calls_may_be_mixed() -> None:
    """Each belongs to the item it names."""
    begun = [
        {
            "type": "response.output_item.added",
            "output_index": place,
            "item": call(name, name, "", call_id=name),
        }
        for place, name in enumerate("ab")
    ]
    pieces = [
        {"type": "response.function_call_arguments.delta", "output_index": place, "delta": piece}
        for place, piece in ((1, '{"b"'), (0, '{"a"'), (0, ":1}"), (1, ":2}"))
    ]
    answer = gathered(*begun, *pieces, {"type": "response.completed", "response": {}})

    assert [each.arguments for each in answer.tool_calls] == ['{"a":1}', '{"b":2}']


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (
            {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}},
            FinishReason.LENGTH,
        ),
        (
            {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}},
            FinishReason.CONTENT_FILTER,
        ),
        ({"status": "incomplete", "incomplete_details": None}, FinishReason.OTHER),
        ({"status": "cancelled"}, FinishReason.OTHER),
        ({}, FinishReason.STOP),
    ],
)
def test_why_it_ended(end: Obj, reason: FinishReason) -> None:
    """As the answer says."""
    last = {"type": "response.incomplete" if "incomplete_details" in end else "response.completed"}

    assert whole(message(says("So")), **end).finish_reason is reason
    assert gathered({**last, "response": end}).finish_reason is reason


def test_usage_whose_total_exceeds_its_parts() -> None:
    """What nobody named is counted; parts that stand beside their whole are added to it."""
    stated = {
        "input_tokens": 10,
        "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 5},
        "output_tokens": 20,
        "output_tokens_details": {"reasoning_tokens": 30},
        "total_tokens": 60,
    }

    assert whole(usage=stated).usage == Usage(10, 50, 4, 5, reasoning_output_tokens=30)
    assert whole(usage={}).usage == whole().usage == Usage()


FAILURES: Sequence[tuple[Obj, type[ProviderError]]] = [
    ({"code": "rate_limit_exceeded", "message": "Slow down. Try again in 3s."}, RateLimitError),
    ({"code": "insufficient_quota", "message": "No credit."}, QuotaError),
    ({"code": "context_length_exceeded", "message": "Too long."}, ContextWindowError),
    ({"code": "server_error", "message": "Oops."}, ServerError),
]


@pytest.mark.parametrize(("error", "kind"), FAILURES)
def test_errors_keep_class_and_message(error: Obj, kind: type[ProviderError]) -> None:
    """Wherever they stand: in an answer, in its last event, in an event of their own, bare or wrapped."""
    failed = {"status": "failed", "error": error, "output": []}
    with pytest.raises(kind, match=error["message"]):
        read_answer(failed, "m")
    for event in (
        {"type": "response.failed", "response": failed},
        {"type": "error", **error, "sequence_number": 3},
        {"type": "error", "error": error},
        {"error": error},
    ):
        with pytest.raises(kind, match=error["message"]):
            stream_reader().read(event)
        assert type(read_error(event)) is kind


@pytest.mark.parametrize("event", [{"type": "response.failed"}, {"type": "response.failed", "response": {}}])
def test_a_failure_without_a_reason(event: Obj) -> None:
    """It is one all the same."""
    with pytest.raises(ServerError):
        stream_reader().read(event)
    with pytest.raises(ServerError):
        whole(status="failed")


@pytest.mark.parametrize(
    "obj", [{}, {"output": None}, {"output": {}}, {"status": "completed"}, {"status": "queued", "output": []}]
)
def test_what_is_no_answer(obj: Obj) -> None:
    """It may have been paid."""
    with pytest.raises(ResponseError) as caught:
        read_answer(obj, "m")

    assert caught.value.maybe_billed


@pytest.mark.parametrize(
    "event",
    [
        {"type": "response.unheard_of"},
        {"type": ["x"]},
        {"type": 3},
        {},
        {"type": "response.output_text.delta", "delta": None, "output_index": {}, "item_id": []},
        {"type": "response.output_text.done", "text": 3},
        {"type": "response.reasoning_summary_text.delta", "delta": ""},
        {"type": "response.function_call_arguments.delta", "delta": "{", "output_index": 9},
        {"type": "response.function_call_arguments.done", "arguments": "{}"},
        {"type": "response.output_item.added", "item": None},
        {"type": "response.output_item.done", "item": 3},
        {"type": "response.created", "response": "x"},
    ],
)
def test_events_that_say_nothing(event: Obj) -> None:
    """Unknown ones, and ones whose fields are something else than documented."""
    assert stream_reader().read(event) is None


def test_parts_a_client_has_no_item_for() -> None:
    """They are said in words."""
    files: list[Part] = [Image("https://x/y.png"), Audio(data="QQ==", transcript="Moin.")]
    output = write_answer(ChatResponse(files, "m", FinishReason.STOP, Usage()))["output"]

    assert [part["text"] for item in output for part in item["content"]] == ["https://x/y.png", "Moin."]


def test_calls_whose_name_comes_late() -> None:
    """They are announced when it is known."""
    writer = stream_writer("m")
    pieces = (
        ToolCallDelta(0, "c1", "", "{"),
        ToolCallDelta(0, "", "ebb", ""),
        ToolCallDelta(0, arguments="}"),
    )
    events = [event for piece in pieces for event in writer.write(ChatChunk(piece))] + [*writer.end()]
    parsed = [orjson.loads(event.data) for event in events]

    assert [each["type"].removeprefix("response.") for each in parsed] == [
        "created",
        "in_progress",
        "output_item.added",
        "function_call_arguments.delta",
        "function_call_arguments.delta",
        "function_call_arguments.done",
        "output_item.done",
        "completed",
    ]
    assert parsed[-1]["response"]["output"][0]["arguments"] == "{}"


def test_a_seal_that_comes_after_the_text() -> None:
    """It still arrives, as thoughts of its own."""
    writer = stream_writer("m")
    seal = ReasoningDelta(format="openai-chat", details={"a": 1})
    for delta in (ReasoningDelta("Hm."), "So.", seal):
        writer.write(ChatChunk(delta))
    response = orjson.loads(writer.end()[-1].data)["response"]

    assert [item["type"] for item in response["output"]] == ["reasoning", "message", "reasoning"]


def test_the_last_item_of_a_cut_answer_is_not_complete() -> None:
    """Whole and streamed."""
    whole_one = write_answer(ChatResponse([Text("a"), Text("b")], "m", FinishReason.LENGTH, Usage()))
    writer = stream_writer("m")
    for delta in (TextDelta("a"), TextDelta("b", 1)):
        writer.write(ChatChunk(delta))
    writer.write(ChatChunk((), FinishReason.LENGTH))
    *_, done, last = (orjson.loads(event.data) for event in writer.end())

    assert [item["status"] for item in whole_one["output"]] == ["completed", "incomplete"]
    assert [item["status"] for item in last["response"]["output"]] == ["completed", "incomplete"]
    assert done["item"] == last["response"]["output"][1]


@pytest.mark.parametrize(
    ("reason", "status", "kind"),
    [
        (FinishReason.STOP, "completed", "response.completed"),
        (FinishReason.LENGTH, "incomplete", "response.incomplete"),
        (FinishReason.CONTENT_FILTER, "incomplete", "response.incomplete"),
        (None, "completed", "response.completed"),
    ],
)
def test_how_streams_end(reason: FinishReason | None, status: str, kind: str) -> None:
    """The status is that of the whole answer."""
    writer = stream_writer("m", usage=False)
    writer.write(ChatChunk("So", reason, Usage(1, 1)))
    *_, last = writer.end()
    response = orjson.loads(last.data)["response"]

    assert (last.name, response["status"], response["usage"]) == (kind, status, None)


def test_a_stream_that_breaks_off() -> None:
    """The response failed; also one that has not begun."""
    writer = stream_writer("m")
    events = writer.fail(RateLimitError("Slow down."))
    last = orjson.loads(events[-1].data)

    assert [event.name for event in events] == [
        "response.created",
        "response.in_progress",
        "response.failed",
    ]
    assert (last["response"]["status"], last["response"]["error"]["code"]) == (
        "failed",
        "rate_limit_exceeded",
    )
    with pytest.raises(RateLimitError):
        stream_reader().read(last)
