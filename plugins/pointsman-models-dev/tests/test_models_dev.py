"""The list of models.dev as prices."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman import Capability, ContextTier, Facts, FeedError, Kind, Quote, Rates, Variant
from pointsman.http import Answer
from pointsman.sources import PriceFeed
from pointsman.testing import PricingSourceTests
from pointsman.testing.fakes import Script
from pointsman_models_dev import Config, read, source

NOW = datetime(2026, 8, 23, tzinfo=UTC)
ALPACA = {
    "id": "alpaca-5",
    "name": "Alpaca 5",
    "attachment": True,
    "reasoning": True,
    "tool_call": True,
    "structured_output": False,
    "open_weights": False,
    "release_date": "2026-03-04",
    "modalities": {"input": ["text", "image", "pdf", "video"], "output": ["text"]},
    "limit": {"context": 1_000_000, "output": 64_000},
    "cost": {
        "input": 2,
        "output": 12.5,
        "cache_read": 0.2,
        "tiers": [{"input": 4, "output": 18, "tier": {"type": "context", "size": 272_000}}],
        "context_over_200k": {"input": 3, "output": 15},
    },
    "experimental": {
        "modes": {
            "fast": {"cost": {"input": 12, "output": 75}, "provider": {"body": {"speed": "fast"}}},
            "quick": {"cost": {"input": 4, "output": 25}, "provider": {"body": {"service_tier": "priority"}}},
            "pro": {"provider": {}},
        }
    },
}
FEED = {
    "acme": {
        "id": "acme",
        "api": "https://api.acme.example/v1",
        "doc": "https://acme.example/prices",
        "models": {
            "alpaca-5": ALPACA,
            "sketch-1": {
                "modalities": {"input": ["text"], "output": ["image"]},
                "cost": {"input": 1, "output": 9},
            },
        },
    },
    "flat": {
        "id": "flat",
        "api": "https://${TENANT}.flat.example/v1",
        "models": {
            "alpaca-5": {"release_date": "2026-03", "cost": {"input": 0, "output": 0}},
            "badger:free": {"cost": {"input": 0, "output": 0}},
        },
    },
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
    """What the list says, by provider and model."""
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
    """Rates, tiers by length, faster service, and what it says of the model."""
    tiers = tier(200_000, "3", "15"), tier(272_000, "4", "18")

    assert quotes()["acme", "alpaca-5"] == Quote(
        model="alpaca-5",
        rates=rates("2", "12.5", "0.2", tiers=tiers),
        as_of=NOW,
        provider="acme",
        name="Alpaca 5",
        url="https://acme.example/prices",
        host="api.acme.example",
        variants=(Variant("fast", rates("12", "75")), Variant("priority", rates("4", "25"))),
        facts=Facts(
            released=date(2026, 3, 4),
            context_window=1_000_000,
            max_output_tokens=64_000,
            can={
                Capability.TOOLS,
                Capability.REASONING,
                Capability.VISION,
                Capability.DOCUMENT_INPUT,
            },
            open_weights=False,
        ),
    )


def test_the_zero_of_a_subscription_is_no_price() -> None:
    """The facts of the row stay; an offer that says it is free keeps its zero."""
    found = quotes()
    flat, free = found["flat", "alpaca-5"], found["flat", "badger:free"]

    assert (flat.rates, flat.facts.released, flat.host) == (Rates(), date(2026, 3, 15), None)
    assert free.rates == rates("0", "0")


def test_what_gives_no_text_says_what_it_gives() -> None:
    """Text may be a conversation or not; pictures are none."""
    found = quotes()

    assert (found["acme", "sketch-1"].facts.kind, found["acme", "alpaca-5"].facts.kind) == (Kind.IMAGE, None)


def test_an_address_that_cannot_be_shown_is_left_out() -> None:
    """The offer stays."""
    odd = {"api": "https://a\x1b.example/v1", "doc": "https://x\x1b[2J", "models": {"ok": ALPACA}}

    assert [(each.url, each.host) for each in quotes({"acme": odd}).values()] == [(None, None)]


def test_a_bad_row_costs_only_itself() -> None:
    """A name with an escape sequence, a figure that is none, a row that is no table."""
    cost = {"input": "1", "output": -3, "cache_read": None}
    models = {"ok": ALPACA, "bad\x1b[31m": ALPACA, "odd": {"cost": cost}, "none": 7}
    found = quotes({"acme": {"models": models}, "x" * 300: {"models": {"ok": ALPACA}}})

    assert {model: each.rates.known for (_, model), each in found.items()} == {"ok": True, "odd": False}


WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8) | st.sampled_from(sorted(ALPACA)), inner)
    ),
    max_leaves=20,
)


@given(
    st.dictionaries(st.text(max_size=8), st.fixed_dictionaries({"models": st.dictionaries(st.text(), WILD)}))
    | WILD
)
def test_no_document_brings_it_down(document: Any) -> None:
    """Whatever JSON comes, there are quotes or there is a `FeedError`."""
    try:
        found = read(document, NOW)
    except FeedError:
        return

    assert all(isinstance(each, Quote) for each in found)


@pytest.mark.shared
def test_the_recorded_list_is_read(shared_data: Path) -> None:
    """Every offer, and the prices the file shows for one of them."""
    found = quotes(json.loads((shared_data / "pricing/models_dev/api_2026-07-30.json").read_text()))
    known = [each for each in found.values() if each.rates.known]
    command = found["openrouter", "cohere/command-a"]

    assert (len(found), len(known) > 4_900) == (5_898, True)
    assert (command.rates, command.facts.context_window) == (rates("2.5", "10"), 256_000)
    services = [variant.service_tier for each in found.values() for variant in each.variants]
    assert (services.count("fast"), services.count("priority"), len(services)) == (15, 20, 35)
    assert sum(bool(each.rates.tiers) for each in found.values()) > 230
