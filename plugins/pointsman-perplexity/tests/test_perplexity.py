"""Perplexity's models."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pointsman import (
    ChatRequest,
    Image,
    InvalidRequestError,
    JsonSchema,
    Message,
    Reasoning,
    Role,
    Secret,
    Text,
    Tool,
)
from pointsman.testing import FakeHttp, OpenAIUpstream, ProviderTests, Received, Reply, Upstream
from pointsman_perplexity import Config, Perplexity, pointsman_providers

ENGINE = Perplexity(Config(Secret("key-0123456789")))
HI = [Message(Role.USER, (Text("hi"),))]
CONVERSATION = ChatRequest(
    [
        Message(Role.SYSTEM, (Text("Be brief."),)),
        Message(Role.USER, (Text("What is this?"), Image(data="QQ==", media_type="image/png"))),
        Message(Role.ASSISTANT, (Reasoning("hm"), Text("Let me see."))),
        Message(Role.USER, (Text("So?"),)),
    ],
    response_format=JsonSchema({"type": "object"}, "animal"),
    max_output_tokens=50,
    temperature=0.5,
    stop=("END",),
    reasoning_effort="low",
)


class ListingUpstream(OpenAIUpstream):
    """The dialect without a version in its address, but for the list, whose ids begin with a maker."""

    prefix = ""

    def missing(self, request: Received) -> Reply:
        if request.path == "/v1/models":
            row = {"id": "perplexity/sonar", "object": "model", "created": 0, "owned_by": "perplexity"}
            return Reply.json({"object": "list", "data": [row]})
        return super().missing(request)


class TestPerplexity(ProviderTests):
    """The engine passes the kit."""

    supports_tools = False

    @pytest.fixture
    async def upstream(self) -> AsyncIterator[Upstream]:
        async with ListingUpstream(["sonar"], key=self.key) as upstream:
            yield upstream

    @pytest.fixture
    def provider(self, upstream: OpenAIUpstream) -> Perplexity:
        return Perplexity(Config(Secret(str(self.key)), upstream.url))


def test_is_registered() -> None:
    """The plugin contributes one engine, under its name."""
    assert [("perplexity", Perplexity, Config)] == [
        (each.name, each.create, each.config) for each in pointsman_providers()
    ]


@pytest.mark.anyio
async def test_what_is_sent() -> None:
    """A whole conversation arrives in the dialect, to the letter."""
    http = FakeHttp({"choices": [{"message": {"content": "A cat."}, "finish_reason": "stop"}]})
    await ENGINE.chat("m", CONVERSATION, http)
    sent = http.sent[0]

    assert (sent.method, sent.url) == ("POST", "https://api.perplexity.ai/chat/completions")
    assert sent.headers == {"authorization": "Bearer key-0123456789"}
    assert sent.json == {
        "model": "m",
        "stream": False,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,QQ=="}},
                ],
            },
            {
                "role": "assistant",
                "content": "Let me see.",
            },
            {"role": "user", "content": "So?"},
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "animal", "schema": {"type": "object"}, "strict": True},
        },
        "max_tokens": 50,
        "temperature": 0.5,
        "stop": ["END"],
        "reasoning_effort": "low",
    }


@pytest.mark.parametrize(
    ("request_", "parameter"),
    [
        (ChatRequest(HI, seed=1), "seed"),
        (ChatRequest(HI, tools=(Tool("look"),)), "tools"),
        (ChatRequest(HI, response_format="json"), "response_format"),
    ],
)
@pytest.mark.anyio
async def test_what_is_not_taken_is_said(request_: ChatRequest, parameter: str) -> None:
    """It is refused by name before anything is sent."""
    http = FakeHttp()

    with pytest.raises(InvalidRequestError, match=parameter):
        await ENGINE.chat("m", request_, http)
    assert http.sent == []
