"""The provider for Bedrock's Converse API, talking to a server of that dialect."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from zlib import crc32

import orjson
import pytest
from botocore import auth
from hypothesis import given
from hypothesis import strategies as st
from pointsman import (
    AuthenticationError,
    CachePoint,
    ChatRequest,
    HttpRequest,
    Image,
    InvalidRequestError,
    Message,
    ProviderError,
    RateLimitError,
    Reasoning,
    ResponseError,
    Role,
    Secret,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    Usage,
)
from pointsman.http import Client
from pointsman.testing import FakeHttp, Pieces, ProviderTests, Received, Reply, Upstream
from pointsman_bedrock import Bedrock, Config, pointsman_providers
from pointsman_bedrock.answer import usage
from pointsman_bedrock.eventstream import Decoder
from pointsman_bedrock.signing import Signer

ROW = {
    "modelId": "acme.small-v1:0",
    "inputModalities": ["TEXT", "IMAGE"],
    "outputModalities": ["TEXT"],
    "inferenceTypesSupported": ["ON_DEMAND"],
    "converse": {"maxTokensMaximum": 4096},
    "modelLifecycle": {"status": "ACTIVE"},
}
API_KEY = Secret("k-0123456789")
PROVIDER = Bedrock(Config(API_KEY, "us-east-1", bearer=API_KEY))
REQUEST = ChatRequest([Message(Role.USER, (Text("hi"),))])


def frame(headers: Mapping[str, str], payload: bytes) -> bytes:
    """One binary message."""
    head = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + len(value.encode()).to_bytes(2, "big") + value.encode()
        for name, value in headers.items()
    )
    prelude = (16 + len(head) + len(payload)).to_bytes(4, "big") + len(head).to_bytes(4, "big")
    raw = prelude + crc32(prelude).to_bytes(4, "big") + head + payload
    return raw + crc32(raw).to_bytes(4, "big")


def event(kind: str, **payload: object) -> bytes:
    """One event."""
    return frame({":message-type": "event", ":event-type": kind}, orjson.dumps(payload))


class BedrockUpstream(Upstream):
    """Lists one model; answers with a text, or asks for the first tool it was offered."""

    def missing(self, request: Received) -> Reply:
        if request.path == "/foundation-models":
            return Reply.json({"modelSummaries": [ROW]})
        if request.path == "/inference-profiles":
            return Reply.json({"inferenceProfileSummaries": []})
        body = request.json()
        asked = body.get("toolConfig") and "toolResult" not in body["messages"][-1]["content"][-1]
        use = {"toolUseId": "t1", "name": body["toolConfig"]["tools"][0]["toolSpec"]["name"]} if asked else {}
        usage, reason = {"inputTokens": 12, "outputTokens": 7}, "tool_use" if asked else "end_turn"
        if not request.path.endswith("-stream"):
            block: dict[str, Any] = {"toolUse": {**use, "input": {"a": 1}}} if asked else {"text": "heard it"}
            message = {"role": "assistant", "content": [block]}
            return Reply.json({"output": {"message": message}, "stopReason": reason, "usage": usage})
        deltas = [{"toolUse": {"input": '{"a": 1}'}}] if asked else [{"text": "heard"}, {"text": " it"}]
        frames = [
            event("messageStart", role="assistant"),
            event("contentBlockStart", start={"toolUse": use} if asked else {}),
            *(event("contentBlockDelta", delta=delta) for delta in deltas),
            event("contentBlockStop"),
            event("messageStop", stopReason=reason),
            event("metadata", usage=usage),
        ]
        return Reply(200, {"content-type": "application/vnd.amazon.eventstream"}, tuple(frames))


class TestBedrock(ProviderTests):
    """The provider passes the kit."""

    supports_json_schema = False
    supports_documents = True
    thoughts = (
        Reasoning("The tide first.", "c2VhbC1vbmU=", format="bedrock-converse"),
        Reasoning(redacted="aGlkZGVu", format="bedrock-converse"),
        Reasoning("Now the wind.", "c2VhbC10d28=", format="bedrock-converse"),
    )

    def thinking(self) -> tuple[Reply, Reply]:
        blocks: list[dict[str, Any]] = [
            {"redactedContent": thought.redacted}
            if thought.redacted
            else {"reasoningText": {"text": thought.text, "signature": thought.signature}}
            for thought in self.thoughts
        ]
        content = [{"reasoningContent": block} for block in blocks]
        answer = {"output": {"message": {"content": content}}, "stopReason": "end_turn"}
        frames = []
        for at, block in enumerate(blocks):
            pieces = block.get("reasoningText", block)
            for name, value in pieces.items():
                delta = {"reasoningContent": {name: value}}
                frames.append(event("contentBlockDelta", delta=delta, contentBlockIndex=at))
            frames.append(event("contentBlockStop", contentBlockIndex=at))
        frames.append(event("messageStop", stopReason="end_turn"))
        kind = {"content-type": "application/vnd.amazon.eventstream"}
        return Reply.json(answer), Reply(200, kind, tuple(frames))

    @pytest.fixture
    async def upstream(self) -> AsyncIterator[Upstream]:
        async with BedrockUpstream() as upstream:
            yield upstream

    @pytest.fixture
    def provider(self, upstream: Upstream) -> Bedrock:
        key = Secret(str(self.key))
        return Bedrock(Config(key, "us-east-1", bearer=key, base_url=upstream.url))


def test_is_registered() -> None:
    """The plugin contributes one provider, under its name."""
    assert [("bedrock", Bedrock, Config)] == [
        (each.name, each.create, each.config) for each in pointsman_providers()
    ]


def stop_the_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Have the AWS library, whichever of its versions, sign as of this moment."""
    if hasattr(auth, "get_current_datetime"):
        monkeypatch.setattr(auth, "get_current_datetime", lambda: moment)
        return

    stopped = SimpleNamespace(utcnow=lambda: moment)
    monkeypatch.setattr(auth, "datetime", SimpleNamespace(datetime=stopped))


def test_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS's own published example (get-vanilla) gets the signature it publishes."""
    stop_the_clock(monkeypatch, datetime(2015, 8, 30, 12, 36, tzinfo=UTC))
    secret = Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    signer = Signer("AKIDEXAMPLE", secret, "", "us-east-1", "service")
    signed = signer.sign(HttpRequest("GET", "https://example.amazonaws.com/"))

    assert signed.headers == {
        "x-amz-date": "20150830T123600Z",
        "authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=host;x-amz-date, "
        "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    }


@pytest.mark.anyio
async def test_what_is_sent_is_what_was_signed() -> None:
    """Path, query, body and session reach the server as they were signed; the secret half never does."""
    secret = Secret("sk-aws-canary-0123456789abcdef")
    async with BedrockUpstream() as upstream, Client("bedrock") as http:
        config = Config(
            secret, "us-east-1", "AKIDEXAMPLE", session_token=Secret("session-1"), base_url=upstream.url
        )
        provider = Bedrock(config)
        await provider.models(http)
        await provider.chat("acme.small-v1:0", REQUEST, http)
    checked = [each.headers["authorization"] == signed_again(each, secret) for each in upstream.requests]

    assert (checked, [each.headers["x-amz-security-token"] for each in upstream.requests]) == (
        [True] * 3,
        ["session-1"] * 3,
    )


def signed_again(request: Received, secret: Secret) -> str:
    """The authorization AWS would compute from what arrived."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    url = f"http://{request.headers['host']}{request.target}"
    names = ("host", "x-amz-date", "x-amz-security-token")
    sent = {name: request.headers[name] for name in names}
    again = AWSRequest(request.method, url, sent, request.body)
    again.context["timestamp"] = request.headers["x-amz-date"]
    signer = SigV4Auth(Credentials("AKIDEXAMPLE", secret.reveal(), "session-1"), "bedrock", "us-east-1")
    text = signer.string_to_sign(again, signer.canonical_request(again))
    given = request.headers["authorization"]
    return f"{given.rpartition('=')[0]}={signer.signature(text, again)}"


UNCACHED = AuthenticationError(
    "You invoked an unsupported model or your request did not allow prompt caching.", status=403
)
MARKED = ChatRequest([Message(Role.USER, [Text("hi"), CachePoint()])], tools=[Tool("f", cache=CachePoint())])


def marks(sent: HttpRequest) -> int:
    """How many cache marks went out."""
    return (sent.body or b"").count(b"cachePoint")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "refusal",
    [UNCACHED, InvalidRequestError("#/toolConfig/tools/1: extraneous key [cachePoint] is not permitted")],
)
async def test_a_model_without_a_cache_is_asked_without_marks(refusal: Exception) -> None:
    """A hint does not fail a call, whole or streamed, nor the key; the next call knows."""
    provider = Bedrock(Config(API_KEY, "us-east-1", bearer=API_KEY))
    whole = {"output": {"message": {"content": [{"text": "ho"}]}}, "stopReason": "end_turn"}
    stream = Pieces((event("contentBlockDelta", delta={"text": "ho"}), event("messageStop", stopReason="x")))
    http = FakeHttp(refusal, whole, stream, whole)
    await provider.chat("small", MARKED, http)
    pieces = [piece async for piece in provider.stream("small", MARKED, http)]
    await provider.chat("large", MARKED, http)

    assert pieces[0].text == "ho"
    assert [marks(sent) for sent in http.sent] == [2, 0, 0, 2]


@pytest.mark.anyio
async def test_a_stream_of_a_model_without_a_cache() -> None:
    """It begins anew, before anything was answered."""
    provider = Bedrock(Config(API_KEY, "us-east-1", bearer=API_KEY))
    stream = Pieces((event("contentBlockDelta", delta={"text": "ho"}), event("messageStop", stopReason="x")))
    http = FakeHttp(UNCACHED, stream)
    pieces = [piece async for piece in provider.stream("small", MARKED, http)]

    assert "".join(piece.text for piece in pieces) == "ho"
    assert [marks(sent) for sent in http.sent] == [2, 0]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("request_", "refusal"), [(MARKED, RateLimitError("Too many requests.")), (REQUEST, UNCACHED)]
)
async def test_other_refusals_are_what_they_are(request_: ChatRequest, refusal: ProviderError) -> None:
    """Nothing is asked twice for them."""
    http = FakeHttp(refusal)
    provider = Bedrock(Config(API_KEY, "us-east-1", bearer=API_KEY))
    with pytest.raises(type(refusal)):
        await provider.chat("small", request_, http)

    assert len(http.sent) == 1


@pytest.mark.anyio
async def test_copied_settings_are_trimmed() -> None:
    """A line end at the end of a region or of an access key's public half is no part of it."""
    http = FakeHttp({"inputTokens": 9})
    provider = Bedrock(Config(Secret("half-of-a-key"), "eu-west-9\n", "AKIDEXAMPLE\r\n"))
    await provider.count_tokens("m", REQUEST, http)

    assert http.sent[0].url.startswith("https://bedrock-runtime.eu-west-9.amazonaws.com/")
    assert "Credential=AKIDEXAMPLE/" in http.sent[0].headers["authorization"]


@pytest.mark.anyio
async def test_half_an_access_key_is_never_sent() -> None:
    """Without the other half there is a clear error, and nothing goes out."""
    http = FakeHttp()
    with pytest.raises(AuthenticationError, match="AWS_ACCESS_KEY_ID"):
        await Bedrock(Config(Secret("half-of-a-key"), "us-east-1")).models(http)

    assert http.sent == []


@pytest.mark.anyio
async def test_a_profile_stands_for_its_model() -> None:
    """What cannot be called on demand is listed under its profiles' ids; what is provisioned, not at all."""
    through = {**ROW, "modelId": "acme.big", "inferenceTypesSupported": ["INFERENCE_PROFILE"]}
    provisioned = {**ROW, "modelId": "acme.own:48k", "inferenceTypesSupported": ["PROVISIONED"]}
    profile = {
        "inferenceProfileId": "us.acme.big",
        "models": [{"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/acme.big"}],
    }
    http = FakeHttp({"modelSummaries": [ROW, through, provisioned]}, {"inferenceProfileSummaries": [profile]})

    assert [model.id for model in await PROVIDER.models(http)] == ["acme.small-v1:0", "us.acme.big"]


@pytest.mark.anyio
async def test_what_is_sent() -> None:
    """A whole conversation arrives in the dialect, to the letter."""
    conversation = ChatRequest(
        [
            Message(Role.SYSTEM, (Text("Be brief."),)),
            Message(Role.USER, (Text("What?"), Image(data="QQ==", media_type="image/png"))),
            Message(Role.ASSISTANT, [Text("Hm."), ToolCall("c1", "look", '{"at": 1}')]),
            Message(Role.TOOL, ToolResult("c1", "a cat")),
        ],
        tools=(Tool("look", "Looks.", {"type": "object"}),),
        tool_choice="auto",
        max_output_tokens=50,
    )
    http = FakeHttp({"output": {"message": {"content": []}}, "stopReason": "end_turn"})
    await PROVIDER.chat("a/b:0", conversation, http)
    sent = http.sent[0]

    assert sent.url == "https://bedrock-runtime.us-east-1.amazonaws.com/model/a%2Fb%3A0/converse"
    assert sent.headers["authorization"] == "Bearer k-0123456789"
    assert orjson.loads(sent.body or b"") == {
        "system": [{"text": "Be brief."}],
        "inferenceConfig": {"maxTokens": 50},
        "toolConfig": {
            "tools": [
                {
                    "toolSpec": {
                        "name": "look",
                        "inputSchema": {"json": {"type": "object", "properties": {}}},
                        "description": "Looks.",
                    }
                }
            ],
            "toolChoice": {"auto": {}},
        },
        "messages": [
            {
                "role": "user",
                "content": [{"text": "What?"}, {"image": {"format": "png", "source": {"bytes": "QQ=="}}}],
            },
            {
                "role": "assistant",
                "content": [
                    {"text": "Hm."},
                    {"toolUse": {"toolUseId": "c1", "name": "look", "input": {"at": 1}}},
                ],
            },
            {
                "role": "user",
                "content": [{"toolResult": {"toolUseId": "c1", "content": [{"text": "a cat"}]}}],
            },
        ],
    }


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["seed", "reasoning_effort", "user"])
async def test_what_is_not_taken(name: str) -> None:
    """It is refused by name."""
    request = ChatRequest(REQUEST.messages, **{name: 7})  # type: ignore[arg-type]  # only whether it is set matters

    with pytest.raises(InvalidRequestError) as caught:
        await PROVIDER.chat("m", request, FakeHttp())

    assert name == caught.value.parameter


@pytest.mark.anyio
async def test_counts_tokens() -> None:
    """The request goes out as it would be asked, without its bounds."""
    http = FakeHttp({"inputTokens": 9})

    assert await PROVIDER.count_tokens("m", REQUEST, http) == 9
    assert orjson.loads(http.sent[0].body or b"") == {
        "input": {"converse": {"messages": [{"role": "user", "content": [{"text": "hi"}]}]}}
    }


@pytest.mark.anyio
async def test_an_exception_inside_a_stream() -> None:
    """It is classified as if it had come instead of the answer."""
    headers = {":message-type": "exception", ":exception-type": "throttlingException"}
    http = FakeHttp(Pieces((frame(headers, b'{"message": "Too many requests"}'),)))

    with pytest.raises(RateLimitError):
        [piece async for piece in PROVIDER.stream("m", REQUEST, http)]


@given(st.lists(st.tuples(st.text(max_size=20), st.binary(max_size=60)), max_size=4), st.integers(1, 50))
def test_messages_are_read_wherever_they_are_cut(said: list[tuple[str, bytes]], size: int) -> None:
    """Headers and payloads come back as they went in."""
    raw = b"".join(frame({"h": text}, payload) for text, payload in said)
    decoder = Decoder()
    found = [each for at in range(0, len(raw), size) for each in decoder.feed(raw[at : at + size])]

    assert said == [(each.headers["h"], each.payload) for each in found]


@given(st.data())
def test_a_flipped_bit_is_noticed(data: st.DataObject) -> None:
    """Wherever it is, it is never read as an answer."""
    raw = bytearray(frame({"h": "x"}, b"payload"))
    at = data.draw(st.integers(0, 8 * len(raw) - 1))
    raw[at // 8] ^= 1 << at % 8

    with pytest.raises(ResponseError):
        Decoder().feed(bytes(raw))


def test_a_quicker_service_is_named() -> None:
    """As the answer states it beside the usage."""
    stated = {"inputTokens": 8, "outputTokens": 2}

    assert usage(stated, None, {"latency": "optimized"}) == Usage(8, 2, service_tier="optimized")
    assert usage(stated, None, {"latency": "standard"}) == Usage(8, 2)


@pytest.mark.parametrize(
    ("stated", "service", "expected"),
    [
        ({"inputTokens": 8, "outputTokens": 2}, None, Usage(8, 2)),
        ({"inputTokens": 8, "outputTokens": 2}, {"type": "default"}, Usage(8, 2)),
        ({"inputTokens": 8, "outputTokens": 2, "totalTokens": 30}, None, Usage(8, 22, estimated=True)),
        ({"inputTokens": 8, "totalTokens": 10}, None, Usage(8, 2)),
        (
            {"inputTokens": 8, "outputTokens": 2, "serverToolUsage": {"webSearchRequests": 1, "other": 0}},
            None,
            Usage(8, 2, extras=("webSearchRequests",)),
        ),
        ({"inputTokens": 8, "outputTokens": 2}, {"type": "flex"}, Usage(8, 2, service_tier="flex")),
        (
            {
                "inputTokens": 8,
                "outputTokens": 2,
                "cacheReadInputTokens": 100,
                "cacheWriteInputTokens": 50,
                "cacheDetails": [{"ttl": "1h", "inputTokens": 30}, {"ttl": "5m", "inputTokens": 20}, None],
            },
            "flex",
            Usage(158, 2, 100, 50, 30),
        ),
    ],
)
def test_usage_tells_lifetimes_and_the_service(
    stated: dict[str, object], service: object, expected: Usage
) -> None:
    """What is kept for an hour is a part of what was stored; the service stands beside the usage."""
    assert usage(stated, service) == expected
