"""Texts into vectors and counts of tokens, by Gemini's API."""

from __future__ import annotations

from typing import Any

import pytest
from pointsman import (
    ChatRequest,
    EmbedRequest,
    EmbedResponse,
    Message,
    ResponseError,
    Role,
    Secret,
    Text,
    Usage,
)
from pointsman.testing import FakeHttp
from pointsman_gemini import Config, Gemini

REQUEST = ChatRequest([Message(Role.USER, (Text("hi"),))], reasoning_effort="low")


def gemini() -> Gemini:
    """One that has not listed anything yet."""
    return Gemini(Config(Secret("AIza0123456789"), "https://a.example"))


@pytest.mark.anyio
async def test_tokens_are_counted() -> None:
    """The whole request is counted, under the full name of the model; an effort changes no count."""
    http = FakeHttp({"totalTokens": 31, "promptTokensDetails": []})

    assert await gemini().count_tokens("pro", REQUEST, http) == 31
    assert [sent.url for sent in http.sent] == ["https://a.example/v1beta/models/pro:countTokens"]
    assert http.sent[0].json == {
        "generateContentRequest": {
            "model": "models/pro",
            "contents": [{"role": "user", "parts": [{"text": "hi"}]}],
        }
    }


@pytest.mark.anyio
@pytest.mark.parametrize("answer", [{}, {"totalTokens": "31"}, {"totalTokens": -1}])
async def test_what_is_no_count_is_an_error(answer: dict[str, object]) -> None:
    """No count is ever made up."""
    with pytest.raises(ResponseError, match="count"):
        await gemini().count_tokens("pro", REQUEST, FakeHttp(answer))


@pytest.mark.anyio
async def test_embeddings() -> None:
    """Each text goes out with the length and the purpose that are wanted, and comes back as a vector."""
    http = FakeHttp({"embeddings": [{"values": [1, 0.5]}, {"values": [0, 1.0]}]})
    request = EmbedRequest(["one", "two"], dimensions=2, extra={"taskType": "RETRIEVAL_QUERY"})
    answer = await gemini().embed("embedder", request, http)

    def asked(text: str) -> dict[str, object]:
        return {
            "model": "models/embedder",
            "content": {"parts": [{"text": text}]},
            "outputDimensionality": 2,
            "taskType": "RETRIEVAL_QUERY",
        }

    assert http.sent[0].url == "https://a.example/v1beta/models/embedder:batchEmbedContents"
    assert http.sent[0].json == {"requests": [asked("one"), asked("two")]}
    assert EmbedResponse(((1.0, 0.5), (0.0, 1.0)), "embedder", Usage(None, 0)) == answer


@pytest.mark.anyio
async def test_many_texts_go_out_in_batches() -> None:
    """A hundred at once, as many as the API takes; their tokens add up."""

    def echo(sent: Any) -> dict[str, object]:
        texts = [each["content"]["parts"][0]["text"] for each in sent.json["requests"]]
        stated = {"usageMetadata": {"promptTokenCount": len(texts)}}
        return {"embeddings": [{"values": [float(text)]} for text in texts], **stated}

    http = FakeHttp(echo, echo, echo)
    answer = await gemini().embed("embedder", EmbedRequest([str(number) for number in range(250)]), http)

    assert answer.vectors == tuple((float(number),) for number in range(250))
    assert (answer.usage, len(http.sent)) == (Usage(250, 0), 3)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "found", [[], [{"values": []}], [{"values": [True]}], [{"values": [1]}, {"values": [2]}], ["x"]]
)
async def test_what_are_no_vectors_is_an_error(found: list[object]) -> None:
    """One text needs one vector of numbers."""
    with pytest.raises(ResponseError, match="vector"):
        await gemini().embed("embedder", EmbedRequest(["one"]), FakeHttp({"embeddings": found}))
