"""The router's list: who would answer, for how much, how fast."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pointsman import Capability, ChatRequest, Kind, Message, Rates, Role, Secret, Text
from pointsman.testing import BenchmarkSourceTests, FakeHttp, PricingSourceTests
from pointsman.testing.fakes import Script
from pointsman_huggingface import (
    Config,
    HuggingFace,
    HuggingFacePrices,
    HuggingFaceSpeeds,
    pointsman_benchmark_sources,
    pointsman_pricing_sources,
)

KEY = Secret("key-0123456789")
FASTEST, CHEAPEST = Config(KEY), Config(KEY, policy="cheapest")
ROW = {
    "id": "acme/big",
    "owned_by": "acme",
    "architecture": {"input_modalities": ["text"], "output_modalities": ["text"]},
    "providers": [
        {
            "provider": "quick",
            "status": "live",
            "context_length": 1000,
            "pricing": {"input": 2.1, "output": 4.4},
            "supports_tools": True,
            "supports_structured_output": False,
            "first_token_latency_ms": 611,
            "throughput": 40.5,
        },
        {
            "provider": "frugal",
            "status": "live",
            "context_length": 500,
            "pricing": {"input": 1.69, "output": 3.38},
            "first_token_latency_ms": 1490,
            "throughput": 24.25,
        },
        {"provider": "silent", "status": "live"},
        {"provider": "gone", "status": "error", "throughput": 900, "pricing": {"input": 0.1, "output": 0.1}},
    ],
}
DEAD = {"id": "acme/dead", "providers": [{"provider": "gone", "status": "error"}]}
LIST = {"object": "list", "data": [ROW, DEAD]}


class TestPrices(PricingSourceTests):
    """The price source passes the kit."""

    @pytest.fixture
    def source(self) -> HuggingFacePrices:
        return HuggingFacePrices(FASTEST)

    @pytest.fixture
    def feed(self) -> tuple[Script, ...]:
        return (LIST,)


class TestSpeeds(BenchmarkSourceTests):
    """The speed source passes the kit."""

    @pytest.fixture
    def source(self) -> HuggingFaceSpeeds:
        return HuggingFaceSpeeds(FASTEST)

    @pytest.fixture
    def feed(self) -> tuple[Script, ...]:
        return (LIST,)


def test_is_registered() -> None:
    """Prices and speeds are contributed under the provider's name."""
    assert [("huggingface", HuggingFacePrices, Config)] == [
        (each.name, each.create, each.config) for each in pointsman_pricing_sources()
    ]
    assert [("huggingface", HuggingFaceSpeeds, Config)] == [
        (each.name, each.create, each.config) for each in pointsman_benchmark_sources()
    ]


def test_a_policy_must_be_known() -> None:
    """A word the router does not know is refused when the configuration is read."""
    with pytest.raises(ValueError, match="policy"):
        Config(KEY, policy="nicest")


@pytest.mark.anyio
async def test_a_model_is_what_its_host_makes_of_it() -> None:
    """Window and capabilities are those of the host that will answer; without one it is not served."""
    fast, dead = await HuggingFace(FASTEST).models(FakeHttp(LIST))
    cheap, _ = await HuggingFace(CHEAPEST).models(FakeHttp(LIST))

    assert (fast.kind, fast.context_window, cheap.context_window) == (Kind.CHAT, 1000, 500)
    assert (frozenset({Capability.TOOLS}), frozenset()) == (fast.can, cheap.can)
    assert Capability.JSON_SCHEMA in fast.cannot - cheap.cannot
    assert [fast.active, dead.active] == [True, False]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("config", "rates"),
    [
        (FASTEST, Rates(Decimal("2.1"), Decimal("4.4"))),
        (CHEAPEST, Rates(Decimal("1.69"), Decimal("3.38"))),
    ],
)
async def test_the_price_is_that_of_the_host_that_will_answer(config: Config, rates: Rates) -> None:
    """Exact, and never that of a host that is down."""
    quotes = await HuggingFacePrices(config).quotes(FakeHttp(LIST))

    assert [("acme/big", "huggingface", rates)] == [
        (quote.model, quote.provider, quote.rates) for quote in quotes
    ]


@pytest.mark.anyio
async def test_the_fastest_host_may_tell_no_price() -> None:
    """Then the price is unknown, not that of somebody else."""
    hosts = [{"provider": "a", "status": "live", "throughput": 99}, *ROW["providers"]]
    quotes = await HuggingFacePrices(FASTEST).quotes(FakeHttp({"data": [{**ROW, "providers": hosts}]}))

    assert list(quotes) == []


@pytest.mark.anyio
async def test_speeds() -> None:
    """Each host's under its own name, the chosen one's under the router's; unmeasured ones are left out."""
    speeds = await HuggingFaceSpeeds(CHEAPEST).scores(FakeHttp(LIST))

    assert [
        (speed.provider, speed.output_tokens_per_second, speed.time_to_first_token) for speed in speeds
    ] == [("quick", 40.5, 0.611), ("frugal", 24.25, 1.49), ("huggingface", 24.25, 1.49)]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("config", "asked", "sent"),
    [
        (FASTEST, "acme/big", "acme/big"),
        (CHEAPEST, "acme/big", "acme/big:cheapest"),
        (CHEAPEST, "acme/big:quick", "acme/big:quick"),
    ],
)
async def test_the_policy_goes_out_with_the_model(config: Config, asked: str, sent: str) -> None:
    """The router's own needs no saying; a host that is named wins."""
    http = FakeHttp({"choices": [{"message": {"content": "ho"}, "finish_reason": "stop"}]})
    await HuggingFace(config).chat(asked, ChatRequest([Message(Role.USER, (Text("hi"),))]), http)
    body = http.sent[0].json

    assert isinstance(body, dict)
    assert body["model"] == sent
