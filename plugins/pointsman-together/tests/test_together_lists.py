"""Together's list: kinds, prices and embeddings."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pointsman import EmbedRequest, InvalidRequestError, Kind, Rates, Secret, Usage
from pointsman.testing import FakeHttp, PricingSourceTests
from pointsman.testing.fakes import Script
from pointsman_together import Config, Together, TogetherPrices, pointsman_pricing_sources

CONFIG = Config(Secret("key-0123456789"))
ROWS = [
    {
        "id": "a/chat",
        "type": "chat",
        "pricing": {"hourly": 0, "input": 0.1, "output": 0.3},
    },
    {"id": "a/rented", "type": "chat", "pricing": {"hourly": 2, "input": 0, "output": 0}},
    {"id": "a/Chat-Free", "type": "chat", "pricing": {"hourly": 0, "input": 0, "output": 0}},
    {"id": "a/embed", "type": "embedding", "pricing": {"input": 0.008, "output": 0}},
    {"id": "a/paint", "type": "image"},
]


class TestPrices(PricingSourceTests):
    """The source passes the kit."""

    @pytest.fixture
    def source(self) -> TogetherPrices:
        return TogetherPrices(CONFIG)

    @pytest.fixture
    def feed(self) -> tuple[Script, ...]:
        return (ROWS,)


def test_is_registered() -> None:
    """The plugin contributes a price source under the provider's name."""
    assert [("together", TogetherPrices, Config)] == [
        (each.name, each.create, each.config) for each in pointsman_pricing_sources()
    ]


@pytest.mark.anyio
async def test_what_models_are_for() -> None:
    """The list says it, in a bare array."""
    kinds = [model.kind for model in await Together(CONFIG).models(FakeHttp(ROWS))]

    assert kinds == [Kind.CHAT, Kind.CHAT, Kind.CHAT, Kind.EMBEDDING, Kind.IMAGE]


@pytest.mark.anyio
async def test_prices_are_exact() -> None:
    """A model rented by the hour has no price per token; only an offer called free costs nothing."""
    quotes = await TogetherPrices(CONFIG).quotes(FakeHttp(ROWS))

    assert [
        ("a/chat", Rates(Decimal("0.1"), Decimal("0.3"))),
        ("a/Chat-Free", Rates(Decimal(0), Decimal(0))),
        ("a/embed", Rates(Decimal("0.008"), Decimal(0))),
    ] == [(quote.model, quote.rates) for quote in quotes]
    assert {"together"} == {quote.provider for quote in quotes}


@pytest.mark.anyio
async def test_embeddings_have_the_length_they_have() -> None:
    """Vectors come back; another length cannot be asked for."""
    http = FakeHttp({"data": [{"index": 0, "embedding": [0.5]}], "usage": {"prompt_tokens": 2}})
    answer = await Together(CONFIG).embed("a/embed", EmbedRequest(["hi"]), http)

    assert (((0.5,),), Usage(2, 0)) == (answer.vectors, answer.usage)
    assert http.sent[0].url == "https://api.together.ai/v1/embeddings"
    with pytest.raises(InvalidRequestError, match="dimensions"):
        await Together(CONFIG).embed("a/embed", EmbedRequest(["hi"], 3), http)
