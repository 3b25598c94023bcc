"""Texts into vectors, in the OpenAI dialect."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from attrs import frozen
from pointsman.errors import InvalidRequestError, RateLimitError, ResponseError
from pointsman.protocols import Embedder
from pointsman.providers import OpenAICompatible, OpenAIEmbedder
from pointsman.testing import FakeHttp
from pointsman.types import EmbedRequest, EmbedResponse, Secret, Usage

pytestmark = pytest.mark.anyio

REQUEST = EmbedRequest(["one", "two"])


@frozen
class Endpoint:
    """The least a provider is made from."""

    base_url: str = "https://acme.example/v1"
    key: Secret | None = None


class Fixed(OpenAIEmbedder):
    """Vectors have the length they have."""

    dimensions_field = ""


PROVIDER = OpenAIEmbedder(Endpoint())


def answer(*vectors: Any, **fields: Any) -> dict[str, Any]:
    """A body with these vectors, in this order."""
    return {"data": [{"index": place, "embedding": each} for place, each in enumerate(vectors)], **fields}


async def test_vectors_come_in_the_order_of_the_texts() -> None:
    """Even where the answer has them in another; usage is input only."""
    body = answer([1.0, 2], [3, 4.5], model="emb-2", usage={"prompt_tokens": 4, "total_tokens": 4})
    body["data"].reverse()
    http = FakeHttp(body)
    expected = EmbedResponse(((1.0, 2.0), (3.0, 4.5)), "emb-2", Usage(4, 0))

    assert expected == await PROVIDER.embed("emb", REQUEST, http)
    assert (http.sent[0].method, http.sent[0].url) == ("POST", "https://acme.example/v1/embeddings")
    assert http.sent[0].json == {"model": "emb", "input": ["one", "two"]}


async def test_what_is_not_stated_is_unknown() -> None:
    """Without model and usage: the model asked for, and tokens that nobody counted."""
    assert EmbedResponse(((1.0,), (2.0,)), "emb", Usage(None, 0)) == await PROVIDER.embed(
        "emb", REQUEST, FakeHttp({"data": [{"embedding": [1]}, {"embedding": [2]}]})
    )


async def test_a_stated_cost_is_kept() -> None:
    """As for chat, what the provider says it cost is what it cost."""
    body = answer([1], [2], usage={"total_tokens": 4, "cost": 0.00002})

    assert (
        Usage(4, 0, cost=Decimal("0.00002")) == (await PROVIDER.embed("emb", REQUEST, FakeHttp(body))).usage
    )


async def test_length_and_extra() -> None:
    """Both go out; what names the model and the texts cannot be overridden."""
    http = FakeHttp(answer([1], [2]))
    await PROVIDER.embed("emb", EmbedRequest(["a", "b"], 1, {"user": "u", "model": "other"}), http)

    assert http.sent[0].json == {"model": "emb", "input": ["a", "b"], "dimensions": 1, "user": "u"}


async def test_a_length_that_cannot_be_sent_is_refused() -> None:
    """By name, before anything is sent."""
    http = FakeHttp()

    with pytest.raises(InvalidRequestError, match="dimensions"):
        await Fixed(Endpoint()).embed("emb", EmbedRequest(["a"], 3), http)
    assert http.sent == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"data": []},
        answer([1]),
        answer([1], [2], [3]),
        answer([1], [2, 3]),
        answer([1], []),
        answer([1], "AAAA"),
        answer([1], [None]),
        answer([1], [True]),
        [],
    ],
)
async def test_what_is_no_vector_per_text_is_an_error(body: Any) -> None:
    """Vectors that are missing, extra, empty, uneven or no numbers are never passed on."""
    with pytest.raises(ResponseError):
        await PROVIDER.embed("emb", REQUEST, FakeHttp(body))


async def test_an_error_of_status_200() -> None:
    """It is the error it says it is."""
    with pytest.raises(RateLimitError):
        await PROVIDER.embed("emb", REQUEST, FakeHttp({"error": {"code": 429, "message": "Slow down."}}))


def test_only_who_offers_it_has_it() -> None:
    """A provider without embeddings is none for the port."""
    assert [isinstance(each, Embedder) for each in (PROVIDER, OpenAICompatible(Endpoint()))] == [True, False]
