"""Counting tokens, and passing requests through."""

from __future__ import annotations

import pytest
from pointsman import ChatRequest, Message, ResponseError, Role, Secret, Text
from pointsman.testing import FakeHttp, Pieces
from pointsman_anthropic import Anthropic, Config

PROVIDER = Anthropic(Config(Secret("sk-ant-0123456789")))
REQUEST = ChatRequest([Message(Role.USER, (Text("hi"),))], max_output_tokens=9, temperature=1.0)


@pytest.mark.anyio
async def test_counts_tokens() -> None:
    """What would be asked goes out, without what the counting endpoint refuses."""
    http = FakeHttp({"input_tokens": 8})

    assert await PROVIDER.count_tokens("m", REQUEST, http) == 8
    assert http.sent[0].url == "https://api.anthropic.com/v1/messages/count_tokens"
    assert http.sent[0].json == {
        "model": "m",
        "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}],
    }


@pytest.mark.anyio
async def test_no_count_is_an_error() -> None:
    """It is not taken for nought."""
    with pytest.raises(ResponseError, match="count"):
        await PROVIDER.count_tokens("m", REQUEST, FakeHttp({}))


@pytest.mark.anyio
async def test_forwards_what_it_does_not_know() -> None:
    """Only the model changes; the answer comes back byte by byte."""
    http = FakeHttp(Pieces((b"any", b"thing")))
    async with PROVIDER.forward("m", b'{"model": "x",  "big": 1e40}', http) as answer:
        heard = b"".join([chunk async for chunk in answer.chunks()])

    assert heard == b"anything"
    assert http.sent[0].body == b'{"model": "m",  "big": 1e40}'
    assert http.sent[0].headers["x-api-key"] == "sk-ant-0123456789"
