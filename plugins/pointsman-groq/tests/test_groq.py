"""Models served by Groq."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest
from pointsman import ChatRequest, Message, Model, Role, Secret, Text, Usage
from pointsman.testing import (
    FakeHttp,
    FakeModel,
    OpenAIUpstream,
    Pieces,
    ProviderTests,
    SpeakerTests,
    Upstream,
)
from pointsman_groq import Config, Groq, pointsman_providers

PROVIDER = Groq(Config(Secret("gsk_0123456789abcdef")))
REQUEST = ChatRequest([Message(Role.USER, (Text("hi"),))], max_output_tokens=5)


class TestGroq(ProviderTests, SpeakerTests):
    """The provider passes the kit."""

    @pytest.fixture
    async def upstream(self) -> AsyncIterator[Upstream]:
        listing = {"active": True, "context_window": 131072, "max_completion_tokens": 32768}
        async with OpenAIUpstream([FakeModel("llama", listing=listing)], key=self.key) as upstream:
            yield upstream

    @pytest.fixture
    def provider(self, upstream: OpenAIUpstream) -> Groq:
        return Groq(Config(Secret(str(self.key)), upstream.base_url))


def test_is_registered() -> None:
    """The plugin contributes one provider, under its name."""
    assert [("groq", Groq, Config)] == [
        (each.name, each.create, each.config) for each in pointsman_providers()
    ]


@pytest.mark.anyio
async def test_lists_what_groq_tells() -> None:
    """Windows, makers, and whether a model is served now; the key goes along."""
    row = {
        "id": "llama",
        "object": "model",
        "created": 1733447754,
        "owned_by": "Meta",
        "active": False,
        "context_window": 131072,
        "public_apps": None,
        "max_completion_tokens": 32768,
    }
    http = FakeHttp({"object": "list", "data": [row]})
    expected = Model(
        "llama",
        creator="Meta",
        context_window=131072,
        max_output_tokens=32768,
        created=date(2024, 12, 6),
        active=False,
    )

    assert (expected,) == tuple(await PROVIDER.models(http))
    assert (http.sent[0].method, http.sent[0].url) == ("GET", "https://api.groq.com/openai/v1/models")
    assert http.sent[0].headers == {"authorization": "Bearer gsk_0123456789abcdef"}


@pytest.mark.anyio
async def test_usage_of_a_stream() -> None:
    """Groq puts it under a name of its own."""
    last = (
        b'data: {"model":"llama","choices":[{"delta":{},"finish_reason":"stop"}],'
        b'"x_groq":{"usage":{"prompt_tokens":18,"completion_tokens":73}}}\n\ndata: [DONE]\n\n'
    )
    http = FakeHttp(Pieces((last,)))

    assert [Usage(18, 73)] == [each.usage async for each in PROVIDER.stream("llama", REQUEST, http)]
    assert http.sent[0].json == {
        "model": "llama",
        "messages": [{"role": "user", "content": "hi"}],
        "max_tokens": 5,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
