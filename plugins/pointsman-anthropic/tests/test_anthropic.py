"""The provider for Anthropic's messages API, talking to a server of that dialect."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import pytest
from pointsman import (
    ChatChunk,
    ChatRequest,
    FinishReason,
    JsonSchema,
    Message,
    OverloadedError,
    Reasoning,
    ReasoningDelta,
    ResponseError,
    Role,
    Secret,
    Text,
    ToolCallDelta,
    Usage,
)
from pointsman.http import Client
from pointsman.testing import FakeHttp, Pieces, ProviderTests, Received, Reply, Upstream
from pointsman_anthropic import Anthropic, Config, pointsman_providers

YES, NO = {"supported": True}, {"supported": False}
ROW = {
    "type": "model",
    "id": "sonnet",
    "max_input_tokens": 200_000,
    "max_tokens": 64_000,
    "capabilities": {"structured_outputs": YES, "effort": {**YES, "low": YES, "max": NO}},
}
PROVIDER = Anthropic(Config(Secret("sk-ant-0123456789")))
REQUEST = ChatRequest([Message(Role.USER, (Text("hi"),))], max_output_tokens=9)


class AnthropicUpstream(Upstream):
    """Lists one model; answers with the last text it was sent, or asks for the first tool it was offered."""

    def missing(self, request: Received) -> Reply:
        if request.path == "/v1/models":
            return Reply.json({"data": [ROW], "has_more": False, "last_id": "sonnet"})
        body = request.json()
        answer = self._answer(body)
        if not body["stream"]:
            return Reply.json(answer)
        events = [f"event: {each['type']}\ndata: ".encode() + dumped(each) for each in _events(answer)]
        return Reply.sse(events, done=None)

    @staticmethod
    def _answer(body: Mapping[str, Any]) -> dict[str, Any]:
        last = body["messages"][-1]["content"][-1]
        block: dict[str, Any] = {"type": "text", "text": f"heard: {last.get('text', 'a result')}"}
        if body.get("tools") and last["type"] != "tool_result":
            block = {"type": "tool_use", "id": "toolu_1", "name": body["tools"][0]["name"], "input": {"a": 1}}
        return {
            "type": "message",
            "id": "msg_1",
            "model": f"{body['model']}-20250929",
            "role": "assistant",
            "content": [block],
            "stop_reason": "tool_use" if block["type"] == "tool_use" else "end_turn",
            "usage": {"input_tokens": 12, "output_tokens": 7},
        }


def _events(answer: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The same answer as the API streams it, with what it uses to fill pauses."""
    (block,) = answer["content"]
    start = {**answer, "content": [], "stop_reason": None, "usage": {"input_tokens": 12, "output_tokens": 1}}
    yield {"type": "message_start", "message": start}
    yield {"type": "content_block_start", "index": 0, "content_block": {**block, "text": "", "input": {}}}
    yield {"type": "ping"}
    if block["type"] == "text":
        for letter in block["text"]:
            yield delta(type="text_delta", text=letter)
    else:
        for piece in ("", '{"a"', ": 1}"):
            yield delta(type="input_json_delta", partial_json=piece)
    yield {"type": "content_block_stop", "index": 0}
    stop = {"stop_reason": answer["stop_reason"], "stop_sequence": None}
    yield {"type": "message_delta", "delta": stop, "usage": {"output_tokens": 7}}
    yield {"type": "message_stop"}


def delta(**fields: object) -> dict[str, Any]:
    """One piece of a block."""
    return {"type": "content_block_delta", "index": 0, "delta": fields}


def dumped(event: Mapping[str, Any]) -> bytes:
    """JSON with the trailing spaces the API pads its events with."""
    from orjson import dumps

    return dumps(event)[:-1] + b"   }  \n\n"


async def streamed(*events: Mapping[str, Any]) -> list[ChatChunk]:
    """The pieces of a stream."""
    body = b"".join(b"data: " + dumped(event) for event in events)
    return [each async for each in PROVIDER.stream("sonnet", REQUEST, FakeHttp(Pieces((body,))))]


class TestAnthropic(ProviderTests):
    """The provider passes the kit."""

    supports_documents = True
    thoughts = (
        Reasoning("The tide first.", "c2VhbC1vbmU=", format="anthropic-messages"),
        Reasoning(redacted="aGlkZGVu", format="anthropic-messages"),
        Reasoning("Now the wind.", "c2VhbC10d28=", format="anthropic-messages"),
    )

    def thinking(self) -> tuple[Reply, Reply]:
        blocks = [
            {"type": "redacted_thinking", "data": thought.redacted}
            if thought.redacted
            else {"type": "thinking", "thinking": thought.text, "signature": thought.signature}
            for thought in self.thoughts
        ]
        answer = {"type": "message", "content": blocks, "stop_reason": "end_turn"}
        events: list[dict[str, Any]] = []
        for at, block in enumerate(blocks):
            hidden = block["type"] == "redacted_thinking"
            begun = block if hidden else {"type": "thinking", "thinking": "", "signature": ""}
            events.append({"type": "content_block_start", "index": at, "content_block": begun})
            if not hidden:
                for name, kind in (("thinking", "thinking_delta"), ("signature", "signature_delta")):
                    piece = {"type": kind, name: block[name]}
                    events.append({"type": "content_block_delta", "index": at, "delta": piece})
            events.append({"type": "content_block_stop", "index": at})
        events += [
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}},
            {"type": "message_stop"},
        ]
        return Reply.json(answer), Reply.sse([b"data: " + dumped(each) for each in events], done=None)

    @pytest.fixture
    async def upstream(self) -> AsyncIterator[Upstream]:
        async with AnthropicUpstream() as upstream:
            yield upstream

    @pytest.fixture
    def provider(self, upstream: Upstream) -> Anthropic:
        return Anthropic(Config(Secret(str(self.key)), upstream.url))


def test_is_registered() -> None:
    """The plugin contributes one provider, under its name."""
    assert [("anthropic", Anthropic, Config)] == [
        (each.name, each.create, each.config) for each in pointsman_providers()
    ]


@pytest.mark.parametrize("written", ["https://a.example", "https://a.example/", "https://a.example/v1/"])
def test_the_address_may_name_the_version_or_not(written: str) -> None:
    """Anthropic's own clients take it without."""
    assert Anthropic(Config(Secret("k"), written)).base_url == "https://a.example/v1"


@pytest.mark.anyio
async def test_headers() -> None:
    """The key and the version of the format go along."""
    http = FakeHttp({"data": [ROW]})
    await PROVIDER.models(http)

    assert http.sent[0].headers == {"x-api-key": "sk-ant-0123456789", "anthropic-version": "2023-06-01"}


@pytest.mark.anyio
async def test_lists_page_after_page() -> None:
    """The list goes on after the last id of each page."""
    http = FakeHttp(
        {"data": [{"id": "a"}], "has_more": True, "last_id": "a"},
        {"data": [{"id": "b"}], "has_more": False, "last_id": "b"},
    )
    models = await PROVIDER.models(http)

    assert [model.id for model in models] == ["a", "b"]
    assert [sent.params for sent in http.sent] == [{"limit": "1000"}, {"limit": "1000", "after_id": "a"}]


@pytest.mark.anyio
async def test_a_list_nobody_asked_for_is_asked_for_when_it_matters() -> None:
    """A catalog from disk spares the listing; a schema and an unbounded answer still need it, once."""
    provider = Anthropic(Config(Secret("k")))
    answer = {"content": [{"type": "text", "text": "ho"}], "stop_reason": "end_turn"}
    http = FakeHttp(answer, {"data": [ROW]}, answer, answer)
    await provider.chat("sonnet", REQUEST, http)
    await provider.chat("sonnet", ChatRequest(REQUEST.messages, response_format=JsonSchema({})), http)
    await provider.chat("sonnet", ChatRequest(REQUEST.messages), http)

    bodies: list[Any] = [sent.json for sent in http.sent]
    assert [sent.method for sent in http.sent] == ["POST", "GET", "POST", "POST"]
    assert [body["max_tokens"] for body in bodies if body] == [9, 20_000, 20_000]


@pytest.mark.anyio
async def test_a_failing_list_does_not_fail_the_call() -> None:
    """Without the list the answer is bounded as shortly as any model allows."""
    provider = Anthropic(Config(Secret("k")))
    answer = {"content": [{"type": "text", "text": "ho"}], "stop_reason": "end_turn"}
    http = FakeHttp(OverloadedError("no list today"), answer)
    await provider.chat("sonnet", ChatRequest(REQUEST.messages), http)

    body: Any = http.sent[1].json
    assert body["max_tokens"] == 4_096


@pytest.mark.anyio
async def test_usage_in_a_stream_is_cumulative() -> None:
    """The last counts hold, together with what only the first event states."""
    first = {
        "input_tokens": 2,
        "cache_read_input_tokens": 10,
        "cache_creation_input_tokens": 5,
        "cache_creation": {"ephemeral_1h_input_tokens": 4},
        "output_tokens": 1,
    }
    chunks = await streamed(
        {"type": "message_start", "message": {"model": "m", "id": "x", "usage": first}},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "max_tokens"},
            "usage": {"input_tokens": None, "output_tokens": 9},
        },
        {"type": "message_stop"},
    )

    assert [
        ChatChunk(model="m", id="x", usage=Usage(17, 1, 10, 5, 4)),
        ChatChunk(finish_reason=FinishReason.LENGTH, usage=Usage(17, 9, 10, 5, 4)),
    ] == chunks


@pytest.mark.anyio
async def test_blocks_of_a_stream() -> None:
    """Thoughts keep their signature, encrypted ones too; tool calls are counted apart from other blocks."""

    def start(**block: object) -> dict[str, object]:
        return {"type": "content_block_start", "index": 0, "content_block": block}

    stop = {"type": "content_block_stop", "index": 0}
    chunks = await streamed(
        start(type="thinking", thinking="", signature=""),
        delta(type="thinking_delta", thinking="hm"),
        delta(type="signature_delta", signature="S="),
        stop,
        start(type="redacted_thinking", data="E="),
        stop,
        start(type="server_tool_use", id="s", name="web_search", input={}),
        delta(type="input_json_delta", partial_json='{"query": "x"}'),
        stop,
        start(type="tool_use", id="a", name="f", input={}),
        delta(type="input_json_delta", partial_json='{"cut'),
        stop,
        start(type="tool_use", id="b", name="g", input={}),
        delta(type="input_json_delta", partial_json=""),
        stop,
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {}},
    )

    assert [
        ChatChunk(ReasoningDelta("hm")),
        ChatChunk(ReasoningDelta(signature="S=", format="anthropic-messages")),
        ChatChunk(ReasoningDelta(redacted="E=", format="anthropic-messages", index=1)),
        ChatChunk(ToolCallDelta(0, "a", "f")),
        ChatChunk(ToolCallDelta(0, arguments='{"cut')),
        ChatChunk(ToolCallDelta(1, "b", "g")),
        ChatChunk(ToolCallDelta(1, arguments="{}")),
        ChatChunk(finish_reason=FinishReason.TOOL_CALLS, usage=Usage()),
    ] == chunks


@pytest.mark.anyio
@pytest.mark.parametrize("end", [{"type": "ping"}, {"type": "something_new"}])
async def test_a_stream_without_a_stop_reason_is_no_success(end: dict[str, object]) -> None:
    """It was cut, for it does not say that it is done."""
    with pytest.raises(ResponseError, match="finish reason"):
        await streamed(delta(type="text_delta", text="ho"), end)


@pytest.mark.anyio
async def test_an_error_in_a_stream() -> None:
    """It is classified, not swallowed."""
    with pytest.raises(OverloadedError):
        await streamed({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})


@pytest.mark.anyio
async def test_a_finished_stream_leaves_its_connection_usable() -> None:
    """The next call does not pay for a new one."""
    async with AnthropicUpstream() as upstream, Client("test") as http:
        provider = Anthropic(Config(Secret("k"), upstream.url))
        for _ in range(3):
            assert [each async for each in provider.stream("sonnet", REQUEST, http)]

        assert upstream.connections == 1
