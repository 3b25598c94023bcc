"""Moonshot's list, and its count of tokens."""

from __future__ import annotations

import pytest
from pointsman import Capability, ChatRequest, Message, ResponseError, Role, Secret, Text, Tool
from pointsman.protocols import TokenCounter
from pointsman.testing import FakeHttp
from pointsman_moonshot import Config, Moonshot

PROVIDER = Moonshot(Config(Secret("key-0123456789")))
REQUEST = ChatRequest([Message(Role.USER, (Text("hi"),))], tools=(Tool("look"),), temperature=1.0)


@pytest.mark.anyio
async def test_what_models_can() -> None:
    """Flags grant and deny, where there are any."""
    rows = [
        {"id": "a", "context_length": 262144, "supports_image_in": True, "supports_reasoning": False},
        {"id": "b"},
    ]
    stated, unsaid = await PROVIDER.models(FakeHttp({"data": rows}))

    assert stated.can == {Capability.VISION}
    assert stated.cannot == {Capability.REASONING}
    assert (stated.context_window, unsaid.context_window) == (262144, None)
    assert (unsaid.can, unsaid.cannot) == (frozenset(), frozenset())


@pytest.mark.anyio
async def test_tokens_are_counted_without_an_answer() -> None:
    """What counts goes out: the conversation and the tools."""
    http = FakeHttp({"data": {"total_tokens": 80}})

    assert isinstance(PROVIDER, TokenCounter)
    assert await PROVIDER.count_tokens("m", REQUEST, http) == 80
    assert http.sent[0].url == "https://api.moonshot.ai/v1/tokenizers/estimate-token-count"
    assert http.sent[0].json == {
        "model": "m",
        "messages": [{"role": "user", "content": "hi"}],
        "tools": [
            {
                "type": "function",
                "function": {"name": "look", "parameters": {"type": "object", "properties": {}}},
            }
        ],
    }


@pytest.mark.anyio
@pytest.mark.parametrize("body", [{}, {"data": {"total_tokens": -1}}, {"data": 3}, []])
async def test_no_count_is_an_error(body: object) -> None:
    """It is never taken for 0."""
    with pytest.raises(ResponseError):
        await PROVIDER.count_tokens("m", REQUEST, FakeHttp(body))  # type: ignore[arg-type]
