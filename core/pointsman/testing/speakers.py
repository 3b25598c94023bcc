"""The part of the kit of OpenAI's dialect that answers as its speakers are known to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
import pytest

from pointsman.errors import RateLimitError
from pointsman.protocols import Http, Provider
from pointsman.testing.exchange import Reply
from pointsman.testing.questions import WAIT, ask, drain, gathered
from pointsman.testing.standard import StandardTests
from pointsman.testing.upstream import Upstream
from pointsman.types import ChatResponse, FinishReason

_NORTH, _SOUTH = '{"at":"north"}', '{"at":"south"}'
_COUNTS = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13}


def _whole(**message: Any) -> dict[str, Any]:
    reason = "tool_calls" if "tool_calls" in message else "stop"
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": reason}
    return {"id": "a", "model": "m", "choices": [choice], "usage": _COUNTS}


def _call(arguments: Any, **fields: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": "look", "arguments": arguments}, **fields}


def _event(**delta: Any) -> dict[str, Any]:
    return {"id": "a", "model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}


_END = {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}], "usage": _COUNTS}
_CALLS: Mapping[str, Reply] = {
    "no ids": Reply.json(_whole(tool_calls=[_call(_NORTH), _call(_SOUTH, id=None)])),
    "arguments as objects": Reply.json(
        _whole(tool_calls=[_call({"at": "north"}, id="a1"), _call({"at": "south"}, id="a2")])
    ),
}
_STREAMED_CALLS: Mapping[str, Sequence[dict[str, Any]]] = {
    "one index": [_call(_NORTH, id="a1", index=0), _call(_SOUTH, id="a2", index=0)],
    "no index": [_call(_NORTH, id="a1"), _call(_SOUTH, id="a2")],
    "index is null": [_call(_NORTH, id="a1", index=None), _call(_SOUTH, id="a2", index=None)],
    "no ids": [_call(_NORTH, index=0), _call(_SOUTH, index=1)],
    "arguments as objects": [
        _call({"at": "north"}, id="a1", index=0),
        _call({"at": "south"}, id="a2", index=1),
    ],
    "arguments in pieces": [
        _call('{"at":', id="a1", index=0),
        {"index": 0, "function": {"arguments": '"north"}'}},
        _call('{"at":"sou', id="a2", index=1),
        {"index": 1, "function": {"arguments": 'th"}'}},
    ],
}


def _text(event: object) -> bytes:
    return b"data: " + orjson.dumps(event) + b"\n\n"


_HELLO = _text(_event(content="Hello "))
_THERE = {**_event(content="there \U0001f682"), "usage": _COUNTS}
_STOP = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": _COUNTS}
_STREAMS: Mapping[str, tuple[str, bytes]] = {
    "json for a stream": ("application/json", orjson.dumps(_whole(content="Hello there \U0001f682"))),
    "an end mark without a reason": ("text/event-stream", _HELLO + _text(_THERE) + b"data: [DONE]\n\n"),
    "a last line without its end": (
        "text/event-stream",
        _HELLO + _text(_event(content="there \U0001f682")) + _text(_STOP).rstrip(),
    ),
    "a letter in two halves": (
        "text/event-stream",
        _HELLO
        + b'data: {"choices":[{"index":0,"delta":{"content":"there \\ud83d"},"finish_reason":null}]}\n\n'
        + b'data: {"choices":[{"index":0,"delta":{"content":"\\ude82"},"finish_reason":null}]}\n\n'
        + _text(_STOP),
    ),
    "figures that are none": (
        "text/event-stream",
        _HELLO
        + _text(_event(content="there \U0001f682")).replace(b'"id":"a"', b'"id":"a","logprob":NaN')
        + _text(_STOP),
    ),
}
_ERROR = {"error": {"code": 429, "message": f"Slow down, try again in {WAIT} seconds."}}


def _names(table: Mapping[str, object]) -> Iterator[str]:
    return (name.replace(" ", "-") for name in table)


class SpeakerTests(StandardTests):
    """What was paid for arrives, however a speaker of the dialect writes it."""

    @pytest.mark.parametrize("reply", _CALLS.values(), ids=_names(_CALLS))
    async def test_calls_as_speakers_write_them(
        self, provider: Provider, model: str, upstream: Upstream, http: Http, reply: Reply
    ) -> None:
        """Two calls are two calls with ids of their own, and their arguments are JSON."""
        upstream.once(reply)
        _assert_calls(await provider.chat(model, ask(), http))

    @pytest.mark.parametrize("calls", _STREAMED_CALLS.values(), ids=_names(_STREAMED_CALLS))
    async def test_streamed_calls_as_speakers_write_them(
        self, provider: Provider, model: str, upstream: Upstream, http: Http, calls: Sequence[dict[str, Any]]
    ) -> None:
        """A new id begins a new call, whatever the index says."""
        upstream.once(Reply.sse([*(_event(tool_calls=[each]) for each in calls), _END]))
        _assert_calls(gathered(await drain(provider, model, ask(), http)))

    @pytest.mark.parametrize(("kind", "body"), _STREAMS.values(), ids=_names(_STREAMS))
    async def test_streams_as_speakers_write_them(  # noqa: PLR0917 - four fixtures and two parameters
        self, provider: Provider, model: str, upstream: Upstream, http: Http, kind: str, body: bytes
    ) -> None:
        """The whole text arrives, and the usage."""
        upstream.once(Reply(200, {"content-type": kind}, (body,)))
        answer = gathered(await drain(provider, model, ask(), http))

        assert (answer.text, answer.usage.output_tokens) == ("Hello there \U0001f682", 4)

    async def test_an_error_inside_of_a_stream(
        self, provider: Provider, model: str, upstream: Upstream, http: Http
    ) -> None:
        """Keeps its class and its wait."""
        upstream.once(Reply.sse([_event(content=""), _ERROR]))

        with pytest.raises(RateLimitError) as caught:
            await drain(provider, model, ask(), http)

        assert caught.value.retry_after == WAIT


def _assert_calls(answer: ChatResponse) -> None:
    calls = answer.tool_calls

    assert [orjson.loads(call.arguments) for call in calls] == [{"at": "north"}, {"at": "south"}]
    assert [call.name for call in calls] == ["look", "look"]
    assert len({call.id for call in calls if call.id}) == len(calls)
    assert answer.finish_reason is FinishReason.TOOL_CALLS
