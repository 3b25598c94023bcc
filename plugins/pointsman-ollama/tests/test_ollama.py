"""The provider for Ollama's native API, talking to a server of that dialect."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import pytest
from pointsman import (
    Capability,
    ChatChunk,
    ChatRequest,
    FinishReason,
    Kind,
    Message,
    Model,
    ModelNotFoundError,
    ProviderError,
    ReasoningDelta,
    ResponseError,
    Role,
    Secret,
    Text,
    ToolCallDelta,
    TransportError,
    Usage,
)
from pointsman.http import Client
from pointsman.testing import FakeHttp, Pieces, ProviderTests, Received, Reply, Upstream
from pointsman_ollama import Config, Ollama, pointsman_providers

PROVIDER = Ollama(Config())
REQUEST = ChatRequest([Message(Role.USER, (Text("hi"),))])
SHOWN = {
    "capabilities": ["completion", "tools"],
    "model_info": {"general.architecture": "qwen3", "qwen3.context_length": 40960},
}


class OllamaUpstream(Upstream):
    """Holds one model; answers with the last text it was sent, or asks for the first tool it was offered."""

    def missing(self, request: Received) -> Reply:
        if request.path == "/api/tags":
            return Reply.json({"models": [{"name": "qwen3:8b", "model": "qwen3:8b"}]})
        if request.path == "/api/show":
            return Reply.json(SHOWN)
        body = request.json()
        answer = self._answer(body)
        return Reply.ndjson(_lines(answer)) if body["stream"] else Reply.json(answer)

    @staticmethod
    def _answer(body: Mapping[str, Any]) -> dict[str, Any]:
        last = body["messages"][-1]
        message: dict[str, Any] = {"role": "assistant", "content": f"heard: {last['content']}"}
        if body.get("tools") and last["role"] != "tool":
            function = {"name": body["tools"][0]["function"]["name"], "arguments": {"a": 1}}
            message = {"role": "assistant", "content": "", "tool_calls": [{"function": function}]}
        counts = {"prompt_eval_count": 12, "eval_count": 7, "eval_duration": 2127200000}
        return {"model": body["model"], "message": message, "done": True, "done_reason": "stop", **counts}


def _lines(answer: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The same answer as the server streams it."""
    message = answer["message"]
    for piece in message["content"]:
        yield {"model": answer["model"], "message": {"role": "assistant", "content": piece}, "done": False}
    if message.get("tool_calls"):
        yield {"model": answer["model"], "message": message, "done": False}
    yield {**answer, "message": {"role": "assistant", "content": ""}}


class TestOllama(ProviderTests):
    """The provider passes the kit."""

    key = None

    @pytest.fixture
    async def upstream(self) -> AsyncIterator[Upstream]:
        async with OllamaUpstream() as upstream:
            yield upstream

    @pytest.fixture
    def provider(self, upstream: Upstream) -> Ollama:
        return Ollama(Config(upstream.url))


async def streamed(*parts: bytes) -> list[ChatChunk]:
    """The pieces of a stream."""
    return [each async for each in PROVIDER.stream("qwen3", REQUEST, FakeHttp(Pieces(parts)))]


def test_is_registered() -> None:
    """The plugin contributes one provider, under its name."""
    assert [("ollama", Ollama, Config)] == [
        (each.name, each.create, each.config) for each in pointsman_providers()
    ]


@pytest.mark.anyio
async def test_no_server_is_no_connection() -> None:
    """Nothing listens there: an ordinary failure, of one class."""
    async with Upstream() as gone:
        url = gone.url
    async with Client("test") as http:
        with pytest.raises(TransportError):
            await Ollama(Config(url)).models(http)


@pytest.mark.anyio
async def test_models() -> None:
    """What the server tells of each model joins the list; a model it cannot tell of stays in it."""
    stated = {"remote_host": "https://ollama.com:443", "capabilities": ["completion", "vision", "thinking"]}
    rows = [
        {"model": "qwen3:8b"},
        {"name": "kimi:cloud"},
        {"model": "gone"},
        {"model": "a\nb"},
        {"model": "embed"},
    ]

    def show(sent: Any) -> Any:
        answers = {"qwen3:8b": SHOWN, "kimi:cloud": stated, "embed": {"capabilities": ["embedding"]}}
        model = sent.json["model"]
        if model not in answers:
            raise ModelNotFoundError("gone meanwhile")
        return answers[model]

    http = FakeHttp({"models": rows}, show, show, show, show)
    own, remote = {Capability.STREAMING, Capability.JSON_SCHEMA}, {Capability.VISION, Capability.REASONING}

    assert (
        Model(
            "qwen3:8b",
            None,
            Kind.CHAT,
            None,
            40960,
            None,
            {Capability.TOOLS, *own},
            cannot=remote,
            local=True,
        ),
        Model("kimi:cloud", kind=Kind.CHAT, can=remote, cannot={Capability.TOOLS}),
        Model("gone", local=True),
        Model("embed", kind=Kind.EMBEDDING, cannot={Capability.TOOLS, *remote}, local=True),
    ) == tuple(await PROVIDER.models(http))


@pytest.mark.anyio
async def test_somebody_elses_server_is_not_local() -> None:
    """What runs in a cloud may cost something; it may want a key."""
    http = FakeHttp({"models": [{"model": "a"}]}, {})
    provider = Ollama(Config("https://ollama.com", Secret("key-0123456789")))

    assert (Model("a"),) == tuple(await provider.models(http))
    assert http.sent[0].headers == {"authorization": "Bearer key-0123456789"}


@pytest.mark.anyio
async def test_a_stream() -> None:
    """Thoughts, text, whole tool calls, and the counts on the last line, wherever it is cut."""
    parts = (
        b'{"model":"qwen3","message":{"thinking":"hm"},"done":false}\n{"message":{"content":"h',
        b'i"},"done":false}\n\n{"message":{"content":""},"done":false}\n',
        b'{"message":{"tool_calls":[{"function":{"name":"f","arguments":{"a":1}}}]},"done":false}\n',
        b'{"message":{"tool_calls":[{"id":"x","function":{"name":"g"}}]},"done":false}\n',
        b'{"done":true,"done_reason":"stop","prompt_eval_count":17,"eval_count":50}',
    )

    chunks = await streamed(*parts)
    made = chunks[2].tool_calls[0].id

    assert [
        ChatChunk(ReasoningDelta("hm"), model="qwen3"),
        ChatChunk("hi"),
        ChatChunk(ToolCallDelta(0, made, "f", '{"a":1}')),
        ChatChunk(ToolCallDelta(1, "x", "g", "{}")),
        ChatChunk(finish_reason=FinishReason.TOOL_CALLS, usage=Usage(17, 50)),
    ] == chunks
    assert made


@pytest.mark.anyio
@pytest.mark.parametrize(
    "line", [b'{"message":{"content":"ho"},"done":false}\n', b"", b"<html>", b'{"done":tru', b"[]\n"]
)
async def test_a_stream_that_is_not_done_is_no_success(line: bytes) -> None:
    """Cut, empty or foreign."""
    with pytest.raises(ResponseError):
        await streamed(line)


@pytest.mark.anyio
async def test_an_error_in_a_stream() -> None:
    """A line may be an error in words."""
    with pytest.raises(ProviderError, match="out of memory"):
        await streamed(b'{"message":{"content":"ho"},"done":false}\n{"error":"out of memory"}\n')


@pytest.mark.anyio
async def test_an_error_in_a_whole_answer() -> None:
    """Nor is it an answer when it comes alone."""
    with pytest.raises(ModelNotFoundError):
        await PROVIDER.chat("gone", REQUEST, FakeHttp({"error": "model 'gone' not found"}))


@pytest.mark.anyio
async def test_a_prompt_wholly_in_the_cache_is_not_counted() -> None:
    """Then its size is unknown, not nothing."""
    answer = await PROVIDER.chat(
        "m", REQUEST, FakeHttp({"message": {"content": "ho"}, "done_reason": "length", "eval_count": 2})
    )

    assert (Usage(None, 2), FinishReason.LENGTH, "m") == (answer.usage, answer.finish_reason, answer.model)
