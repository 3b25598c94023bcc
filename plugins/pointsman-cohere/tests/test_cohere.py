"""The provider for Cohere's own API, talking to a server of that dialect."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import orjson
import pytest
from pointsman import (
    AuthenticationError,
    ChatChunk,
    ChatRequest,
    Embedder,
    EmbedRequest,
    EmbedResponse,
    FinishReason,
    Message,
    OverloadedError,
    ReasoningDelta,
    ResponseError,
    Role,
    Secret,
    ServerError,
    Text,
    TokenCounter,
    ToolCallDelta,
    Usage,
)
from pointsman.http import Client
from pointsman.http.answers import Answer
from pointsman.testing import FakeHttp, Pieces, ProviderTests, Received, Reply, Upstream
from pointsman_cohere import Cohere, Config, pointsman_providers

ROW = {"name": "command", "endpoints": ["chat"], "context_length": 1_000, "features": ["tools"]}
PROVIDER = Cohere(Config(Secret("co-0123456789"), "https://a.example"))
REQUEST = ChatRequest([Message(Role.USER, (Text("hi"),))])


class CohereUpstream(Upstream):
    """Lists one model; answers with the last text it was sent, or asks for the first tool it was offered."""

    def missing(self, request: Received) -> Reply:
        if request.path == "/v1/models":
            return Reply.json({"models": [ROW]})
        body = request.json()
        answer = self._answer(body)
        if not body["stream"]:
            return Reply.json(answer)
        events = [f"event: {each['type']}\ndata: ".encode() + orjson.dumps(each) for each in _events(answer)]
        return Reply.sse([event + b"\n\n" for event in events])

    @staticmethod
    def _answer(body: Mapping[str, Any]) -> dict[str, Any]:
        last = body["messages"][-1]
        text = f"heard: {last['content'] if isinstance(last['content'], str) else 'parts'}"
        message: dict[str, Any] = {"role": "assistant", "content": [{"type": "text", "text": text}]}
        if body.get("tools") and last["role"] != "tool":
            function = {"name": body["tools"][0]["function"]["name"], "arguments": '{"a": 1}'}
            call = {"id": "look_1", "type": "function", "function": function}
            message = {"role": "assistant", "tool_plan": "I will look.", "tool_calls": [call]}
        return {
            "id": "c1",
            "message": message,
            "finish_reason": "TOOL_CALL" if "tool_calls" in message else "COMPLETE",
            "usage": {"billed_units": {"input_tokens": 12.0, "output_tokens": 7.0}},
        }


def _events(answer: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The same answer as the API streams it."""
    message = answer["message"]
    yield {"type": "message-start", "id": answer["id"], "delta": {"message": {"role": "assistant"}}}
    if "tool_calls" in message:
        (call,) = message["tool_calls"]
        yield event("tool-plan-delta", tool_plan=message["tool_plan"])
        begun = {**call, "function": {**call["function"], "arguments": ""}}
        yield event("tool-call-start", tool_calls=begun)
        for piece in ('{"a"', ": 1}"):
            yield event("tool-call-delta", tool_calls={"function": {"arguments": piece}})
        yield {"type": "tool-call-end", "index": 0}
    else:
        yield event("content-start", content={"type": "text", "text": ""})
        for letter in message["content"][0]["text"]:
            yield event("content-delta", content={"text": letter})
        yield {"type": "content-end", "index": 0}
    end = {"finish_reason": answer["finish_reason"], "usage": answer["usage"]}
    yield {"type": "message-end", "delta": end}


def event(kind: str, **message: object) -> dict[str, Any]:
    """One event that adds to the message."""
    return {"type": kind, "index": 0, "delta": {"message": message}}


async def streamed(*events: Mapping[str, Any]) -> list[ChatChunk]:
    """The pieces of a stream."""
    body = b"".join(b"data: " + orjson.dumps(each) + b"\n\n" for each in events) + b"data: [DONE]\n\n"
    return [chunk async for chunk in PROVIDER.stream("command", REQUEST, FakeHttp(Pieces((body,))))]


class TestCohere(ProviderTests):
    """The provider passes the kit."""

    supports_images_in_results = False

    @pytest.fixture
    async def upstream(self) -> AsyncIterator[Upstream]:
        async with CohereUpstream() as upstream:
            yield upstream

    @pytest.fixture
    def provider(self, upstream: Upstream) -> Cohere:
        return Cohere(Config(Secret(str(self.key)), upstream.url))


def test_is_registered() -> None:
    """The plugin contributes one provider, under its name, which embeds too but counts no tokens."""
    assert [("cohere", Cohere, Config)] == [
        (each.name, each.create, each.config) for each in pointsman_providers()
    ]
    assert isinstance(PROVIDER, Embedder)
    assert not isinstance(PROVIDER, TokenCounter)


@pytest.mark.parametrize("written", ["https://a.example/", "https://a.example/v1", "https://a.example/v2/"])
def test_the_address_may_name_a_version_or_not(written: str) -> None:
    """Cohere's own clients take it either way, and the API has two of them."""
    assert Cohere(Config(Secret("k"), written)).base_url == "https://a.example"


@pytest.mark.anyio
async def test_lists_page_after_page() -> None:
    """The list goes on with the token of each page, until there is none or it turns in circles."""
    http = FakeHttp(
        {"models": [{"name": "a"}], "next_page_token": "t"},
        {"models": [{"name": "b"}, {"name": 3}], "next_page_token": "t"},
    )
    models = await PROVIDER.models(http)

    assert [model.id for model in models] == ["a", "b"]
    assert [(sent.url, sent.params) for sent in http.sent] == [
        ("https://a.example/v1/models", {"page_size": "1000"}),
        ("https://a.example/v1/models", {"page_size": "1000", "page_token": "t"}),
    ]
    assert http.sent[0].headers == {"authorization": "Bearer co-0123456789"}


@pytest.mark.anyio
async def test_a_stream() -> None:
    """Thoughts and plans are reasoning; calls are counted; the bill comes last; the rest is passed over."""
    call = {"id": "a", "type": "function", "function": {"name": "f", "arguments": ""}}
    chunks = await streamed(
        {"type": "message-start", "id": "c1", "delta": {"message": {"role": "assistant", "content": []}}},
        event("content-start", content={"type": "thinking", "thinking": ""}),
        event("content-delta", content={"thinking": "hm"}),
        event("content-delta", content={"text": "Well"}),
        event("citation-start", citations={"text": "Well"}),
        event("tool-plan-delta", tool_plan="I will look."),
        event("tool-call-start", tool_calls=call),
        event("tool-call-delta", tool_calls={"function": {"arguments": '{"cut'}}),
        {"type": "tool-call-end", "index": 0},
        event("tool-call-start", tool_calls={**call, "id": "b"}),
        {"type": "message-end", "delta": {"finish_reason": "TOOL_CALL", "usage": {}}},
    )

    assert [
        ChatChunk(model="command", id="c1"),
        ChatChunk(ReasoningDelta("hm")),
        ChatChunk("Well"),
        ChatChunk(ReasoningDelta("I will look.", index=1)),
        ChatChunk(ToolCallDelta(0, "a", "f")),
        ChatChunk(ToolCallDelta(0, arguments='{"cut')),
        ChatChunk(ToolCallDelta(1, "b", "f")),
        ChatChunk(finish_reason=FinishReason.TOOL_CALLS, usage=Usage()),
    ] == chunks


@pytest.mark.anyio
async def test_a_stream_that_was_broken_off() -> None:
    """It ends with the provider's words, not as an answer."""
    with pytest.raises(ResponseError, match="GPU fell over"):
        await streamed(
            {"type": "message-end", "delta": {"finish_reason": "ERROR", "error": "a GPU fell over"}}
        )


@pytest.mark.anyio
async def test_a_stream_without_a_word_is_no_success() -> None:
    """Even when it says that it is done."""
    with pytest.raises(ResponseError, match="finish reason"):
        await streamed(event("content-start"), {"type": "content-end"})


@pytest.mark.anyio
async def test_a_finished_stream_leaves_its_connection_usable() -> None:
    """The next call does not pay for a new one."""
    async with CohereUpstream() as upstream, Client("test") as http:
        provider = Cohere(Config(Secret("k"), upstream.url))
        for _ in range(3):
            assert [chunk async for chunk in provider.stream("command", REQUEST, http)]

        assert upstream.connections == 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("status", "message", "expected"),
    [
        (498, "invalid token", AuthenticationError),
        (499, "request cancelled", ServerError),
        (503, "overloaded", OverloadedError),
    ],
)
async def test_statuses_of_its_own(status: int, message: str, expected: type[Exception]) -> None:
    """Errors are ``{"id", "message"}``, under statuses that other providers do not use."""
    http = FakeHttp(Answer(status, {}, orjson.dumps({"id": "e1", "message": message})))

    with pytest.raises(expected, match=message):
        await PROVIDER.chat("command", REQUEST, http)


@pytest.mark.anyio
async def test_embeddings() -> None:
    """Texts go out with what their vectors are for, and come back as vectors with what is paid."""
    http = FakeHttp(
        {"embeddings": {"float": [[1, 0.5], [0, 1.0]]}, "meta": {"billed_units": {"input_tokens": 5}}}
    )
    answer = await PROVIDER.embed("embedder", EmbedRequest(["one", "two"], dimensions=2), http)

    assert http.sent[0].url == "https://a.example/v2/embed"
    assert http.sent[0].json == {
        "model": "embedder",
        "texts": ["one", "two"],
        "input_type": "search_document",
        "embedding_types": ["float"],
        "output_dimension": 2,
    }
    assert EmbedResponse(((1.0, 0.5), (0.0, 1.0)), "embedder", Usage(5, 0)) == answer


@pytest.mark.anyio
async def test_many_texts_go_out_in_batches() -> None:
    """96 at once, as many as the API takes; what is not billed everywhere is not known."""

    def echo(sent: Any) -> dict[str, object]:
        vectors = [[float(text)] for text in sent.json["texts"]]
        billed = {"input_tokens": 96} if len(vectors) == 96 else {}
        return {"embeddings": {"float": vectors}, "meta": {"billed_units": billed}}

    http = FakeHttp(echo, echo, echo)
    request = EmbedRequest([str(number) for number in range(200)], extra={"input_type": "clustering"})
    answer = await PROVIDER.embed("embedder", request, http)
    bodies: list[Any] = [sent.json for sent in http.sent]

    assert answer.vectors == tuple((float(number),) for number in range(200))
    assert answer.usage == Usage(None, 0)
    assert [(len(body["texts"]), body["input_type"]) for body in bodies] == [
        (96, "clustering"),
        (96, "clustering"),
        (8, "clustering"),
    ]


@pytest.mark.anyio
@pytest.mark.parametrize("found", [None, [], [[]], [[True]], [[1], [2]], ["x"]])
async def test_what_are_no_vectors_is_an_error(found: object) -> None:
    """One text needs one vector of numbers."""
    with pytest.raises(ResponseError, match="vector"):
        await PROVIDER.embed("embedder", EmbedRequest(["one"]), FakeHttp({"embeddings": {"float": found}}))
