"""Perplexity's list, its prices, and the cost in its answers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pointsman import ChatRequest, Kind, Message, Rates, Role, Secret, Text
from pointsman.testing import FakeHttp, PricingSourceTests
from pointsman.testing.fakes import Script
from pointsman_perplexity import Config, Perplexity, PerplexityPrices, pointsman_pricing_sources

CONFIG = Config(Secret("key-0123456789"))
UNIT = "usd_per_1m_tokens"
ROWS = [
    {
        "id": "acme/big",
        "owned_by": "acme",
        "pricing": {"input": 10, "output": 50, "cache_write": 12.5, "cache_read": 0.1, "unit": UNIT},
    },
    {
        "id": "perplexity/own",
        "owned_by": "perplexity",
        "pricing": {"input": 0.25, "output": 2.5, "unit": UNIT},
    },
    {"id": "acme/other-unit", "pricing": {"input": 1, "output": 1, "unit": "usd_per_token"}},
]


class TestPrices(PricingSourceTests):
    """The source passes the kit."""

    @pytest.fixture
    def source(self) -> PerplexityPrices:
        return PerplexityPrices(CONFIG)

    @pytest.fixture
    def feed(self) -> tuple[Script, ...]:
        return ({"data": ROWS},)


def test_is_registered() -> None:
    """The plugin contributes a price source under the provider's name."""
    assert [("perplexity", PerplexityPrices, Config)] == [
        (each.name, each.create, each.config) for each in pointsman_pricing_sources()
    ]


@pytest.mark.anyio
async def test_only_its_own_models_chat() -> None:
    """Chat completions know them by their bare name, and nobody else's."""
    http = FakeHttp({"data": ROWS})
    models = [(model.id, model.kind) for model in await Perplexity(CONFIG).models(http)]

    assert models == [("acme/big", Kind.OTHER), ("own", Kind.CHAT), ("acme/other-unit", Kind.OTHER)]
    assert http.sent[0].url == "https://api.perplexity.ai/v1/models"


@pytest.mark.anyio
async def test_the_user_may_know_what_answers() -> None:
    """What the configuration names is offered, listed or not, and nothing else."""
    provider = Perplexity(Config(Secret("key-0123456789"), models=("own-pro", "own")))
    more = [*ROWS, {"id": "perplexity/guest", "owned_by": "perplexity"}]
    models = {model.id: model.kind for model in await provider.models(FakeHttp({"data": more}))}

    assert models == {
        "own-pro": Kind.CHAT,
        "own": Kind.CHAT,
        "acme/big": Kind.OTHER,
        "acme/other-unit": Kind.OTHER,
        "guest": Kind.OTHER,
    }


@pytest.mark.anyio
async def test_prices_are_exact() -> None:
    """In the unit that is known; a price in another unit is no price."""
    quotes = await PerplexityPrices(CONFIG).quotes(FakeHttp({"data": ROWS}))

    assert [
        ("acme/big", Rates(Decimal(10), Decimal(50), Decimal("0.1"), Decimal("12.5"))),
        ("own", Rates(Decimal("0.25"), Decimal("2.5"))),
    ] == [(quote.model, quote.rates) for quote in quotes]


@pytest.mark.anyio
async def test_sources_stay_out_of_the_text_and_the_cost_is_read() -> None:
    """An answer is what was said; what the search cost is in the usage."""
    body = {
        "choices": [{"message": {"content": "Four.[1]"}, "finish_reason": "stop"}],
        "citations": ["https://a.example"],
        "search_results": [{"title": "A", "url": "https://a.example"}],
        "usage": {
            "prompt_tokens": 9,
            "completion_tokens": 12,
            "cost": {"request_cost": 0.005, "total_cost": 0.00502},
        },
    }
    request = ChatRequest([Message(Role.USER, (Text("2 + 2?"),))])
    answer = await Perplexity(CONFIG).chat("own", request, FakeHttp(body))

    assert (answer.text, answer.usage.cost) == ("Four.[1]", Decimal("0.00502"))
