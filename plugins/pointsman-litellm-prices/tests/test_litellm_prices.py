"""LiteLLM's map as prices."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman import Capability, ContextTier, Facts, FeedError, Kind, Quote, Rates, Region, Variant
from pointsman.http import Answer
from pointsman.sources import PriceFeed
from pointsman.testing import PricingSourceTests
from pointsman.testing.fakes import Script
from pointsman_litellm_prices import Config, read, source

NOW = datetime(2026, 8, 23, tzinfo=UTC)
ALPACA = {
    "litellm_provider": "acme",
    "mode": "chat",
    "source": "https://acme.example/prices",
    "max_input_tokens": 1_000_000,
    "max_output_tokens": 64_000,
    "input_cost_per_token": 2e-06,
    "output_cost_per_token": 1.25e-05,
    "cache_read_input_token_cost": 2e-07,
    "cache_creation_input_token_cost": 2.5e-06,
    "cache_creation_input_token_cost_above_1hr": 4e-06,
    "cache_creation_input_token_cost_above_12hr": 9e-06,
    "input_cost_per_token_above_200k_tokens": 4e-06,
    "output_cost_per_token_above_200k_tokens": 1.8e-05,
    "input_cost_per_token_batches": 1e-06,
    "output_cost_per_token_batches": 6.25e-06,
    "input_cost_per_token_above_200k_tokens_batches": 2e-06,
    "input_cost_per_token_priority": 4e-06,
    "input_cost_per_token_cache_hit": 7e-06,
    "input_cost_per_audio_token": 1e-05,
    "output_cost_per_image": 0.04,
    "input_cost_per_request": 0.005,
    "supports_function_calling": True,
    "supports_vision": True,
    "supports_reasoning": False,
}
FEED = {
    "sample_spec": {"litellm_provider": "one of many", "input_cost_per_token": 0.0},
    "acme/alpaca-5": ALPACA,
    "acme_chat/badger-2": {
        "litellm_provider": "acme_chat",
        "mode": "completion",
        "input_cost_per_token": 1e-06,
    },
    "shop-camel_models/camel-1": {"litellm_provider": "shop-camel_models", "output_cost_per_token": 3e-06},
    "steps/dingo": {
        "litellm_provider": "steps",
        "tiered_pricing": [
            {"input_cost_per_token": 5e-08, "output_cost_per_token": 4e-07, "range": [0, 256000.0]},
            {"input_cost_per_token": 2.5e-07, "output_cost_per_token": 2e-06, "range": [256000.0, 1000000.0]},
        ],
    },
    "copilot/alpaca-5": {
        "litellm_provider": "copilot",
        "input_cost_per_token": 0,
        "output_cost_per_token": 0,
    },
    "sketch-1": {"litellm_provider": "acme", "mode": "image_generation", "output_cost_per_image": 0.04},
}


def rates(*amounts: str, **more: Any) -> Rates:
    """Exact rates: input, output, cached and written input, in that order."""
    names = ("input", "output", "cache_read", "cache_write", "cache_write_1h")
    named: dict[str, Any] = dict(zip(names, map(Decimal, amounts), strict=False))
    return Rates(**named, **more)


def tier(above: int, *amounts: str) -> ContextTier:
    """Exact rates for long prompts."""
    named: dict[str, Any] = dict(zip(("input", "output"), map(Decimal, amounts), strict=False))
    return ContextTier(above, **named)


def quotes(document: object = FEED) -> dict[tuple[str | None, str], Quote]:
    """What the map says, by provider and model."""
    exact = Answer(200, {}, json.dumps(document).encode()).json(exact=True)
    return {(each.provider, each.model): each for each in read(exact, NOW)}


class TestKit(PricingSourceTests):
    """The kit every price source passes."""

    @pytest.fixture
    def source(self) -> PriceFeed:
        return source(Config())

    @pytest.fixture
    def feed(self) -> tuple[Script, ...]:
        return (FEED,)


def test_an_offer_is_read_whole() -> None:
    """Rates per million, exactly; long prompts; other services; what it says of the model."""
    alpaca = quotes()["acme", "alpaca-5"]

    assert alpaca == Quote(
        model="alpaca-5",
        rates=rates(
            "2",
            "12.5",
            "0.2",
            "2.5",
            "4",
            input_audio=Decimal(10),
            request=Decimal("0.005"),
            tiers=(tier(200_000, "4", "18"),),
        ),
        as_of=NOW,
        provider="acme",
        url="https://acme.example/prices",
        variants=(
            Variant("batch", rates("1", "6.25", tiers=(ContextTier(200_000, Decimal(2)),))),
            Variant("priority", Rates(Decimal(4))),
        ),
        facts=Facts(
            context_window=1_000_000,
            max_output_tokens=64_000,
            kind=Kind.CHAT,
            can={Capability.TOOLS, Capability.VISION},
        ),
    )


def test_steps_by_length_hold_for_the_whole_request() -> None:
    """The first step is the plain rate, the next a tier above it."""
    assert quotes()["steps", "dingo"].rates == rates("0.05", "0.4", tiers=(tier(256_000, "0.25", "2"),))


def test_a_provider_is_called_by_its_own_name() -> None:
    """Without the dialect it is called in, or the makers it serves."""
    assert {("acme", "badger-2"), ("shop", "camel-1")} <= set(quotes())


def test_zero_and_what_has_no_token_price_are_unknown() -> None:
    """What the row says of the model stays."""
    found = quotes()

    assert found["copilot", "alpaca-5"].rates == Rates()
    assert (found["acme", "sketch-1"].rates, found["acme", "sketch-1"].facts.kind) == (Rates(), Kind.IMAGE)


def test_the_example_is_no_offer() -> None:
    """``sample_spec`` explains the format."""
    assert [key for key in quotes() if key[1] == "sample_spec"] == []


WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8) | st.sampled_from([*ALPACA, "tiered_pricing", "range"]), inner)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.text(max_size=8), WILD) | WILD)
def test_no_document_brings_it_down(document: Any) -> None:
    """Whatever JSON comes, there are quotes or there is a `FeedError`."""
    try:
        found = read(document, NOW)
    except FeedError:
        return

    assert all(isinstance(each, Quote) for each in found)


def test_what_a_place_and_a_search_cost_more() -> None:
    """Factors by region, the dearest search, and whether the plain rates are those of the dearest hours."""
    plain = {"litellm_provider": "acme", "input_cost_per_token": 2e-06, "output_cost_per_token": 8e-06}
    sizes = {"search_context_size_low": 0.005, "search_context_size_high": 0.012}
    found = quotes(
        {
            "a": {**plain, "provider_specific_entry": {"us": 1.1, "fast": 2.0, "eu": "2"}},
            "b": {
                **plain,
                "regional_processing_uplift_multiplier_eu": 1.1,
                "search_context_cost_per_query": sizes,
            },
            "c": {**plain, "off_peak_pricing": {"input_cost_per_token": 1e-06}},
            "d": {**plain, "provider_specific_entry": {"us": 0}, "search_context_cost_per_query": {"x": -1}},
        }
    )
    said = {model: (each.regions, each.rates.search, each.hourly) for (_, model), each in found.items()}

    assert said == {
        "a": ((Region("us", Decimal("1.1")),), None, False),
        "b": ((Region("eu", Decimal("1.1")),), Decimal("0.012"), False),
        "c": ((), None, True),
        "d": ((), None, False),
    }


@pytest.mark.shared
def test_the_recorded_map_is_read(shared_data: Path) -> None:
    """Every key, and one offer as the file has it."""
    file = shared_data / "pricing/litellm/model_prices_and_context_window.json"
    found = quotes(json.loads(file.read_text()))
    sonnet = found["anthropic", "claude-sonnet-4-5"]
    known = [each for each in found.values() if each.rates.known]

    assert (len(found) > 4_400, len(known) > 3_200) == (True, True)
    assert sonnet.rates == rates("3", "15", "0.3", "3.75", "6", search=Decimal("0.01"))
    assert [(each.service_tier, each.rates.output) for each in sonnet.variants] == [("batch", Decimal("7.5"))]
