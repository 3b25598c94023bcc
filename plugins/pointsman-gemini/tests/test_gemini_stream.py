"""Streams of Gemini's API, piece by piece."""

from __future__ import annotations

import orjson
import pytest
from pointsman import (
    ChatChunk,
    ChatRequest,
    FinishReason,
    Message,
    OverloadedError,
    ReasoningDelta,
    ResponseError,
    Role,
    Secret,
    Text,
    ToolCallDelta,
    Usage,
)
from pointsman.testing import FakeHttp, Pieces
from pointsman_gemini import Config, Gemini
from pointsman_gemini.answer import Chunks, response

REQUEST = ChatRequest([Message(Role.USER, (Text("hi"),))])


def gemini() -> Gemini:
    """One that has not listed anything yet."""
    return Gemini(Config(Secret("AIza0123456789"), "https://a.example"))


@pytest.mark.anyio
async def test_a_stream() -> None:
    """Thoughts, text, calls; every fact is given once, and calls end the answer."""
    head = {"modelVersion": "models/pro-001", "responseId": "r1"}
    call = {"functionCall": {"name": "f", "args": {"x": 1}}}

    def piece(*parts: object, **candidate: object) -> dict[str, object]:
        return {"candidates": [{"content": {"parts": parts}, **candidate}], **head}

    events = (
        piece({"text": "hm", "thought": True}),
        piece({"text": "Well"}),
        piece({**call, "thoughtSignature": "S="}, {"functionCall": {"id": "own", "name": "g"}}),
        piece(call, finishReason="STOP"),
        {
            "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 2, "thoughtsTokenCount": 4},
            **head,
        },
        {"candidates": [], **head},
    )
    body = b"".join(b"data: " + orjson.dumps(event) + b"\r\n\r\n" for event in events)
    chunks = [chunk async for chunk in gemini().stream("pro", REQUEST, FakeHttp(Pieces((body,))))]

    first, last = (chunk.tool_calls[-1].id for chunk in (chunks[2], chunks[3]))
    made = chunks[2].tool_calls[0].id

    assert [
        ChatChunk(ReasoningDelta("hm"), model="pro-001", id="r1"),
        ChatChunk("Well"),
        ChatChunk(
            [
                ReasoningDelta(signature="S=", format="gemini", index=1),
                ToolCallDelta(0, made, "f", '{"x":1}'),
                ToolCallDelta(1, "own", "g", "{}"),
            ]
        ),
        ChatChunk(ToolCallDelta(2, last, "f", '{"x":1}'), finish_reason=FinishReason.TOOL_CALLS),
        ChatChunk(usage=Usage(3, 6, reasoning_output_tokens=4)),
    ] == chunks
    assert len({"", made, first, last}) == 4


@pytest.mark.anyio
async def test_a_stream_as_one_array() -> None:
    """Whatever stands between may have dropped the wish for events."""
    pieces = [
        {"candidates": [{"content": {"parts": [{"text": 'a "}{" \\'}]}}]},
        {"candidates": [{"content": {"parts": [{"text": "b"}]}, "finishReason": "MAX_TOKENS"}]},
    ]
    body = orjson.dumps(pieces, option=orjson.OPT_INDENT_2)
    parts = tuple(body[place : place + 3] for place in range(0, len(body), 3))
    http = FakeHttp(Pieces(parts, headers={"content-type": "application/json; charset=UTF-8"}))

    assert [
        ChatChunk('a "}{" \\'),
        ChatChunk("b", finish_reason=FinishReason.LENGTH),
    ] == [chunk async for chunk in gemini().stream("pro", REQUEST, http)]


@pytest.mark.anyio
@pytest.mark.parametrize(
    "event", [{}, {"candidates": []}, {"candidates": [{"content": {"parts": [{"text": "ho"}]}}]}]
)
async def test_a_stream_without_a_finish_reason_is_no_success(event: dict[str, object]) -> None:
    """Whatever its last piece says."""
    http = FakeHttp(Pieces((b"data: " + orjson.dumps(event) + b"\n\n",)))

    with pytest.raises(ResponseError, match="finish reason"):
        [chunk async for chunk in gemini().stream("pro", REQUEST, http)]


@pytest.mark.anyio
async def test_an_error_in_a_stream() -> None:
    """It is classified, not swallowed."""
    error = {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}
    http = FakeHttp(Pieces((b"data: " + orjson.dumps(error) + b"\n\n",)))

    with pytest.raises(OverloadedError):
        [chunk async for chunk in gemini().stream("pro", REQUEST, http)]


def test_counts_of_a_stream_add_up() -> None:
    """A later piece may leave some out, or repeat them as 0; what was searched for may come with any."""
    word = {"content": {"parts": [{"text": "Ahoy"}]}}
    found = {**word, "finishReason": "STOP", "groundingMetadata": {"webSearchQueries": ["tide", "moon"]}}
    full = {"promptTokenCount": 9, "candidatesTokenCount": 4, "thoughtsTokenCount": 2, "totalTokenCount": 15}
    expected = Usage(9, 6, reasoning_output_tokens=2, searches=2, extras=("grounding",))
    reader = Chunks()
    pieces = [
        {"candidates": [found], "usageMetadata": {"promptTokenCount": 9}},
        {"candidates": [word], "usageMetadata": full},
        {"candidates": [word], "usageMetadata": {"promptTokenCount": 0, "candidatesTokenCount": 0}},
    ]
    last = [chunk.usage for piece in pieces if (chunk := reader.read(piece)) and chunk.usage][-1]

    assert response({"candidates": [found], "usageMetadata": full}, "m").usage == last == expected
