"""The provider for every endpoint of the OpenAI dialect does what its port promises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest
from attrs import evolve, frozen
from pointsman.errors import InvalidRequestError, OverloadedError, ProviderError, ResponseError
from pointsman.http import Client
from pointsman.providers import OpenAICompatible, drained
from pointsman.testing import FakeHttp, FakeModel, OpenAIUpstream, Pieces, ProviderTests, Reply, Upstream
from pointsman.types import ChatChunk, ChatRequest, FinishReason, Message, Model, Role, Secret, Text, Usage

pytestmark = pytest.mark.anyio

REQUEST = ChatRequest([Message(Role.USER, (Text("hi"),))])
CHAT = "https://acme.example/v1/chat/completions"
ANSWER = {"model": "m", "choices": [{"message": {"content": "ho"}, "finish_reason": "stop"}]}
ENDED = b'data: {"model":"m","choices":[{"delta":{"content":"ho"},"finish_reason":"stop"}]}\n\n'


@frozen
class Endpoint:
    """The least a provider is made from."""

    base_url: str = "https://acme.example/v1/"
    key: Secret | None = None


class Picky(OpenAICompatible):
    """A provider that differs in every small way."""

    max_tokens_field = "max_completion_tokens"
    usage_on_request = False
    refused = ("seed",)


async def chunks(http: FakeHttp, provider: OpenAICompatible | None = None) -> list[ChatChunk]:
    """A whole stream."""
    return [each async for each in (provider or OpenAICompatible(Endpoint())).stream("m", REQUEST, http)]


class TestOpenAICompatible(ProviderTests):
    """The bare provider passes the kit."""

    supports_documents = supports_audio = True

    @pytest.fixture
    async def upstream(self) -> AsyncIterator[Upstream]:
        async with OpenAIUpstream(key=self.key) as upstream:
            yield upstream

    @pytest.fixture
    def provider(self, upstream: OpenAIUpstream) -> OpenAICompatible:
        return OpenAICompatible(Endpoint(upstream.base_url, Secret(str(self.key))))


async def test_what_is_sent() -> None:
    """The least request is the least body; without a key there is no header for one."""
    http = FakeHttp(ANSWER)
    await OpenAICompatible(Endpoint()).chat("m", REQUEST, http)

    assert (http.sent[0].method, http.sent[0].url, http.sent[0].headers) == ("POST", CHAT, {})
    assert http.sent[0].json == {
        "model": "m",
        "messages": [{"role": "user", "content": "hi"}],
        "stream": False,
    }


async def test_streams_ask_for_usage() -> None:
    """Most of the dialect reports usage only when asked; a provider can say that its own need not be."""
    asked, unasked = FakeHttp(Pieces((ENDED,))), FakeHttp(Pieces((ENDED,)))
    await chunks(asked)
    await chunks(unasked, Picky(Endpoint()))

    bodies: list[Any] = [asked.sent[0].json, unasked.sent[0].json]
    assert [body.get("stream_options") for body in bodies] == [{"include_usage": True}, None]


async def test_small_differences() -> None:
    """A subclass says what is different, and only that changes."""
    http = FakeHttp(ANSWER)
    request = ChatRequest(REQUEST.messages, max_output_tokens=5)
    await Picky(Endpoint(key=Secret("k-123456"))).chat("m", request, http)

    body: Any = http.sent[0].json
    assert (http.sent[0].headers["authorization"], body["max_completion_tokens"]) == ("Bearer k-123456", 5)
    with pytest.raises(InvalidRequestError, match="seed"):
        await Picky(Endpoint()).chat("m", ChatRequest(REQUEST.messages, seed=1), FakeHttp())


async def test_extra_wins_but_never_over_the_call_itself() -> None:
    """The caller's own fields are added as they are; which model is asked, and how, stays decided."""
    http = FakeHttp(ANSWER)
    extra = {"temperature": 0.1, "top_k": 4, "model": "other", "messages": [], "stream": True}
    await OpenAICompatible(Endpoint()).chat(
        "m", ChatRequest(REQUEST.messages, temperature=1.0, extra=extra), http
    )

    assert http.sent[0].json == {
        "temperature": 0.1,
        "top_k": 4,
        "model": "m",
        "messages": [{"role": "user", "content": "hi"}],
        "stream": False,
    }


async def test_lists_page_after_page() -> None:
    """Where a provider knows how the list goes on, all of it is read."""

    class Paged(OpenAICompatible):
        def next_page(self, document: Any) -> str | None:
            return f"{self.base_url}/models?page={document['next']}" if document.get("next") else None

    http = FakeHttp({"data": [{"id": "a"}], "next": 2}, {"data": [{"id": "b"}]})

    assert (Model("a"), Model("b")) == tuple(await Paged(Endpoint()).models(http))
    assert http.sent[1].url == "https://acme.example/v1/models?page=2"


async def test_an_endless_list_ends() -> None:
    """A provider whose list always goes on is read a hundred pages far."""

    class Endless(OpenAICompatible):
        def next_page(self, document: Any) -> str | None:
            del document
            return f"{self.base_url}/models"

    http = FakeHttp(*[{"data": [{"id": f"m{page}"}]} for page in range(101)])

    assert len(list(await Endless(Endpoint()).models(http))) == 100


@pytest.mark.parametrize("end", [b"", b": keep-alive\n\n", b"data: [DO"])
async def test_a_stream_without_a_finish_reason_is_no_success(end: bytes) -> None:
    """It was cut, for it does not say that it is done."""
    half = b'data: {"model":"m","choices":[{"delta":{"content":"ho"},"finish_reason":null}]}\n\n'

    with pytest.raises(ResponseError, match="finish reason") as caught:
        await chunks(FakeHttp(Pieces((half, end))))

    assert caught.value.maybe_billed is True


@pytest.mark.parametrize(
    "line", [b"data: {half\n\n", b"data: []\n\n", b"data: null\n\n", b"data: <html>\n\n"]
)
async def test_a_malformed_event_is_an_error(line: bytes) -> None:
    """It is never skipped."""
    with pytest.raises(ResponseError):
        await chunks(FakeHttp(Pieces((ENDED, line))))


@pytest.mark.parametrize("choices", [b"[]", b'[{"delta":{"content":""},"finish_reason":"error"}]'])
async def test_an_error_in_a_stream_is_raised_after_its_usage(choices: bytes) -> None:
    """What was charged for is said before the failure is; a finish reason "error" does not hide its cause."""
    error = b'"error":{"code":529,"message":"Overloaded"}'
    error = b'data: {%b,"usage":{"prompt_tokens":4},"choices":%b}\n\n' % (error, choices)
    seen: list[ChatChunk] = []

    async def consume() -> None:
        async for each in OpenAICompatible(Endpoint()).stream("m", REQUEST, FakeHttp(Pieces((error,)))):
            seen.append(each)  # noqa: PERF401  what came before the error is kept

    with pytest.raises(OverloadedError):
        await consume()

    assert [ChatChunk(usage=Usage(4))] == seen


async def test_an_error_in_a_whole_answer_is_raised() -> None:
    """A 200 that holds an error is one."""
    with pytest.raises(OverloadedError):
        await OpenAICompatible(Endpoint()).chat(
            "m", REQUEST, FakeHttp({"error": {"code": 529, "message": "Overloaded"}})
        )


async def test_what_follows_the_end_is_not_read() -> None:
    """After the end marker nothing counts, not even nonsense."""
    expected = [ChatChunk("ho", finish_reason=FinishReason.STOP, model="m")]

    assert expected == await chunks(FakeHttp(Pieces((ENDED, b"data: [DONE]\n\n", b"data: {nonsense\n\n"))))


async def test_a_finished_stream_leaves_its_connection_usable() -> None:
    """The next call does not pay for a new one."""
    async with OpenAIUpstream() as upstream, Client("test") as http:
        provider = OpenAICompatible(Endpoint(upstream.base_url))
        for _ in range(3):
            assert [each async for each in provider.stream("small", REQUEST, http)]

        assert upstream.connections == 1


async def test_a_stream_that_is_left_lets_go_of_its_connection() -> None:
    """The provider stops working, and being paid, for an answer that nobody reads."""
    async with (
        OpenAIUpstream([FakeModel("small", answer="a b c d", pace=60.0)]) as upstream,
        Client("test") as http,
    ):
        stream = OpenAICompatible(Endpoint(upstream.base_url)).stream("small", REQUEST, http)
        first = await anext(stream)
        await stream.aclose()
        while not upstream.hangups:  # noqa: ASYNC110  the server counts, it tells nobody
            await anyio.sleep(0.01)

    assert first == ChatChunk("a ", model="small", id=first.id)


async def test_a_server_that_stays_on_the_line_is_hung_up_on() -> None:
    """The answer is complete, so it counts; the connection is given up instead of waited for."""
    async with Upstream() as upstream, Client("test") as http:
        whole = Reply(200, {"content-type": "text/event-stream"}, (ENDED, b"data: [DONE]\n\n", b": more\n\n"))
        upstream.add("POST", "/chat/completions", evolve(whole, stall=len(ENDED) + 14))
        provider = OpenAICompatible(Endpoint(upstream.url))
        seen = [each async for each in provider.stream("m", REQUEST, http)]

    assert seen == [ChatChunk("ho", finish_reason=FinishReason.STOP, model="m")]


async def test_a_body_that_never_ends_is_not_waited_for() -> None:
    """When the answer is complete, a silent server cannot hold it back."""

    async def silence() -> AsyncIterator[bytes]:
        yield b""
        await anyio.sleep_forever()

    assert await drained(silence(), patience=0.01) is None  # type: ignore[func-returns-value]


async def test_a_late_failure_is_nobodys_loss() -> None:
    """A connection that breaks after the end breaks nothing."""

    async def broken() -> AsyncIterator[bytes]:
        yield b""
        raise ResponseError("too late")

    assert await drained(broken()) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize("key", ["sk-canary-0123456789abcdef", "short-key"])
async def test_a_malformed_body_never_shows_the_key(key: str) -> None:
    """Not even when the provider echoes it."""
    http = FakeHttp(Pieces((f"data: {{{key}\n\n".encode(),)))

    with pytest.raises(ProviderError) as caught:
        await chunks(http, OpenAICompatible(Endpoint(key=Secret(key))))

    assert key not in str(caught.value)


async def test_a_model_list_that_was_cut_is_an_error() -> None:
    """Half a list is no list."""
    async with Upstream() as upstream, Client("test") as http:
        upstream.add("GET", "/models", Reply.json({"data": [{"id": "a"}, {"id": "b"}]}))
        upstream.cut_once(0.5, clean=True)

        with pytest.raises(ResponseError):
            await OpenAICompatible(Endpoint(upstream.url)).models(http)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://eu.api.acme.example/v1", "eu"),
        ("https://api.acme.example/v1", ""),
        ("https://emea.api.acme.example/v1", ""),
        ("https://eu.acme.example/v1", ""),
        ("http://127.0.0.1:8000/v1", ""),
        ("http://[", ""),
    ],
)
def test_an_address_may_say_where_it_stands(url: str, expected: str) -> None:
    """Some charge more there, and no answer tells."""
    assert OpenAICompatible(Endpoint(url)).region == expected
