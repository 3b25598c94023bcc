"""Streams that are not quite what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from pointsman import (
    ChatRequest,
    ChatResponse,
    FinishReason,
    Message,
    OverloadedError,
    RateLimitError,
    ResponseError,
    Role,
    Secret,
    Text,
    ToolCall,
)
from pointsman.dialects.gathered import Gathered
from pointsman.testing import FakeHttp, Pieces
from pointsman_gemini import Config, Gemini

PROVIDER = Gemini(Config(Secret("AIza9876543210"), "https://a.example"))
REQUEST = ChatRequest([Message(Role.USER, "hi")])
SLOW_DOWN = {
    "error": {
        "code": 429,
        "message": "Slow down.",
        "status": "RESOURCE_EXHAUSTED",
        "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.4s"}],
    }
}


def piece(text: str, **candidate: object) -> dict[str, Any]:
    """One event."""
    return {"candidates": [{"content": {"parts": [{"text": text}]}, **candidate}]}


def event(obj: Mapping[str, Any]) -> bytes:
    """The same as it is sent."""
    return b"data: " + orjson.dumps(obj) + b"\n\n"


async def streamed(data: bytes, size: int = 7) -> ChatResponse:
    """The answer a stream of these bytes adds up to."""
    answer = Gathered()
    parts = tuple(data[place : place + size] for place in range(0, len(data), size))
    async for chunk in PROVIDER.stream("pro", REQUEST, FakeHttp(Pieces(parts))):
        answer.add(chunk)
    return answer.response("")


@pytest.mark.anyio
async def test_one_json_text_is_the_answer() -> None:
    """All its parts arrive."""
    parts = [{"text": "ho"}, {"functionCall": {"id": "c", "name": "f", "args": {"x": 1}}}]
    whole = {"candidates": [{"content": {"parts": parts}, "finishReason": "STOP"}]}
    answer = await streamed(b"\n\n " + orjson.dumps(whole, option=orjson.OPT_INDENT_2))

    assert answer.content == (Text("ho"), ToolCall("c", "f", '{"x":1}'))
    assert answer.finish_reason is FinishReason.TOOL_CALLS


@pytest.mark.anyio
@pytest.mark.parametrize(
    "data",
    [
        orjson.dumps(SLOW_DOWN),
        orjson.dumps([SLOW_DOWN]),
        event(piece("ho")) + event(SLOW_DOWN),
        event(piece("ho")) + b"event: error\n" + event(SLOW_DOWN),
        event(piece("ho")) + b"event: error\n" + event(SLOW_DOWN["error"]),
    ],
)
async def test_errors_keep_their_class_and_their_wait(data: bytes) -> None:
    """Wherever they stand."""
    with pytest.raises(RateLimitError, match="Slow down") as caught:
        await streamed(data)

    assert caught.value.retry_after == pytest.approx(34.4)


@pytest.mark.anyio
async def test_an_error_in_words() -> None:
    """It is one all the same."""
    with pytest.raises(OverloadedError):
        await streamed(event({"error": {"code": 503, "message": "The model is overloaded."}}))


@pytest.mark.anyio
async def test_an_end_mark_ends_a_paid_answer() -> None:
    """What stands between may write one, and leave the reason out."""
    answer = await streamed(event(piece("ho")) + b"data: [DONE]\n\n")

    assert (answer.text, answer.finish_reason) == ("ho", FinishReason.OTHER)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "data",
    [b"", b"\n \n", event(piece("ho")), b"[" + orjson.dumps(piece("ho")) + b",\r\n", b"data: [DONE]\n\n"],
)
async def test_a_stream_that_was_cut_is_no_answer(data: bytes) -> None:
    """Nor is one of nothing."""
    with pytest.raises(ResponseError, match="finish reason"):
        await streamed(data)


@pytest.mark.anyio
@pytest.mark.parametrize("array", [False, True])
async def test_a_character_cut_in_two(*, array: bool) -> None:
    """Its halves come in two pieces; a last line needs no end, and numbers that are none spoil nothing."""
    last = orjson.dumps(piece("@", finishReason="STOP", avgLogprobs=0.5)).replace(b"0.5", b"NaN")
    first, last = orjson.dumps(piece("@")).replace(b"@", b"a\\ud83d"), last.replace(b"@", b"\\udea2!\\ud83d")
    data = (
        b"\xef\xbb\xbf[" + first + b",\n" + last + b"]" if array else b"data: " + first + b"\n\ndata: " + last
    )

    assert (await streamed(data)).text == "a🚢!"
