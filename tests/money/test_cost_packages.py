"""Our arithmetic against that of the price packages people use."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from pointsman.money.cost import cost
from pointsman.types import ContextTier, Cost, Price, Rates, Usage, Variant

NOW = datetime(2026, 1, 1, tzinfo=UTC)
M = 1_000_000

LONG = ContextTier(
    200_000,
    input=Decimal(6),
    output=Decimal("22.5"),
    cache_read=Decimal("0.6"),
    cache_write=Decimal("7.5"),
    cache_write_1h=Decimal(12),
)
RATES = Rates(
    input=Decimal(3),
    output=Decimal(15),
    cache_read=Decimal("0.3"),
    cache_write=Decimal("3.75"),
    cache_write_1h=Decimal(6),
    reasoning=Decimal(20),
    input_audio=Decimal(40),
    output_audio=Decimal(80),
    cache_read_audio=Decimal("2.5"),
    input_image=Decimal(5),
    output_image=Decimal(30),
    tiers=(LONG,),
)
SERVICES = (
    Variant("flex", Rates(input=Decimal("1.5"), output=Decimal("7.5"), cache_read=Decimal("0.15"))),
    Variant("priority", Rates(input=Decimal(6), output=Decimal(30), cache_read=Decimal("0.6"))),
)


def bill(usage: Usage, **without: Any) -> Cost:
    """The cost at the rates above, some of them unknown."""
    return cost(usage, Price(evolve(RATES, **without), "list", NOW, variants=SERVICES))


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (Usage(1_000, 500), "0.0105"),
        (Usage(10_000, 100, 8_000), "0.0099"),
        (Usage(10_000, 100, 0, 5_000, 2_000), "0.03975"),
        (Usage(200_000, 1_000, 50_000), "0.48"),
        (Usage(200_001, 1_000, 50_000, 15_000, 5_000), "0.997506"),
        (Usage(100, 2_000, reasoning_output_tokens=1_500), "0.0378"),
        (Usage(5_000, 900, input_audio_tokens=2_000, output_audio_tokens=600), "0.1415"),
        (Usage(5_000, 10, 2_500, input_audio_tokens=2_000, cache_read_audio_tokens=1_500), "0.0302"),
        (Usage(5_000, 1_500, input_image_tokens=1_200, output_image_tokens=1_290), "0.05925"),
        (Usage(10_000, 1_000, 4_000, service_tier="flex"), "0.0171"),
        (Usage(10_000, 1_000, 4_000, service_tier="priority"), "0.0684"),
    ],
)
def test_litellm_says_the_same(usage: Usage, expected: str) -> None:
    """What ``generic_cost_per_token`` of litellm 1.109.1 returns for these rates and tokens."""
    assert bill(usage) == Cost(Decimal(expected), "list")


@pytest.mark.parametrize(
    ("usage", "without", "expected"),
    [
        (Usage(10_000, 100, 8_000), "cache_read", "0.0315"),
        (Usage(10_000, 100, 0, 2_000, 2_000), "cache_write_1h", "0.033"),
        (Usage(5_000, 100, input_audio_tokens=2_000), "input_audio", "0.0165"),
        (Usage(7, 1, 163), "request", "0.0000639"),
    ],
)
def test_litellm_fills_the_same_gaps(usage: Usage, without: str, expected: str) -> None:
    """Unknown rates and counts that do not fit are charged alike; here the cost says that it is a guess."""
    assert bill(usage, **{without: None}) == Cost(Decimal(expected), "list", estimated=True)


@pytest.mark.parametrize(
    ("model", "provider", "context", "day", "expected"),
    [
        ("o3", "openai", {"service_tier": "flex"}, datetime(2026, 10, 12, tzinfo=UTC), 5),
        ("o3", "openai", {"processing": "batch"}, datetime(2026, 10, 14, tzinfo=UTC), 5),
        ("claude-fable-5-2", "anthropic", {"speed": "fast"}, datetime(2026, 11, 10, tzinfo=UTC), 96),
    ],
)
def test_the_services_in_the_readme_of_genai_prices_cost_what_it_says(
    model: str, provider: str, context: Mapping[str, str], day: datetime, expected: int
) -> None:
    """A million tokens in and out; its prices for the service are our variant of that name."""
    package = pytest.importorskip("genai_prices")
    usage = package.Usage(input_tokens=M, output_tokens=M)
    found = package.calc_price(usage, model, provider_id=provider, genai_request_timestamp=day)
    (service,) = context.values()
    rates = [rates_of(vars(found.model.get_prices(day, asked))) for asked in (None, context)]
    price = Price(rates[0], "list", NOW, variants=[Variant(service, rates[1])])

    assert cost(Usage(M, M, service_tier=service), price) == Cost(Decimal(expected), "list")
    assert cost(Usage(M, M), price).usd == found.total_price


def test_the_cached_call_in_the_readme_of_genai_prices_costs_what_it_calculates() -> None:
    """4,740 tokens in, of which 4,735 are written to a cache, and 255 out."""
    package = pytest.importorskip("genai_prices")
    usage = package.Usage(
        input_tokens=4_740, cache_read_tokens=0, cache_write_tokens=4_735, output_tokens=255
    )
    found = package.calc_price(usage, "claude-sonnet-4-20250514", provider_id="anthropic")
    price = Price(rates_of(vars(found.model_price)), "list", NOW)

    assert cost(Usage(4_740, 255, 0, 4_735), price) == Cost(found.total_price, "list")


# The units of genai-prices, and where each stands in `Rates`.
UNITS = {
    "input_mtok": "input",
    "output_mtok": "output",
    "cache_read_mtok": "cache_read",
    "cache_write_mtok": "cache_write",
    "cache_write_1h_mtok": "cache_write_1h",
    "output_reasoning_mtok": "reasoning",
    "input_audio_mtok": "input_audio",
    "output_audio_mtok": "output_audio",
    "cache_audio_read_mtok": "cache_read_audio",
    "input_image_mtok": "input_image",
    "output_image_mtok": "output_image",
}
# Not tokens, and not charged by token counts.
BESIDE = {"requests_kcount", "web_searches_kcount"}


def rates_of(prices: Mapping[str, Any]) -> Rates:
    """The package's prices of one model as ours."""
    plain: dict[str, Any] = {}
    tiers: dict[int, dict[str, Any]] = {}
    for unit, name in UNITS.items():
        stated = prices.get(unit)
        plain[name] = getattr(stated, "base", stated)
        for tier in getattr(stated, "tiers", ()):
            tiers.setdefault(tier.start, {})[name] = tier.price
    fee = prices.get("requests_kcount")
    plain["request"] = fee if fee is None else fee / 1_000
    return Rates(**plain, tiers=[ContextTier(above, **tiers[above]) for above in sorted(tiers)])


def usages(chance: random.Random, units: set[str]) -> Iterator[Usage]:
    """Counts of every kind these units price; what is not priced apart is counted as text."""

    def some(most: int, *needed: str) -> int:
        return chance.choice([0, chance.randrange(most)]) if units.issuperset(needed) else 0

    for _ in range(4):
        read, short, hourly = some(150_000), some(50_000), some(50_000)
        read_audio = some(20_000, "cache_audio_read_mtok", "input_audio_mtok")
        audio, image = some(20_000, "input_audio_mtok"), some(10_000, "input_image_mtok")
        reasoning, output_audio = some(50_000), some(9_000, "output_audio_mtok")
        yield Usage(
            read + read_audio + short + hourly + audio + image + chance.randrange(300_000),
            reasoning + output_audio + chance.randrange(100_000),
            read + read_audio,
            short + hourly,
            hourly,
            reasoning,
            input_audio_tokens=audio + read_audio,
            cache_read_audio_tokens=read_audio,
            input_image_tokens=image,
            output_audio_tokens=output_audio,
        )


def test_genai_prices_says_the_same_for_every_model_it_knows() -> None:
    """All models it prices by plain tokens, several random calls each: equal to the last digit."""
    package = pytest.importorskip("genai_prices")
    data = pytest.importorskip("genai_prices.data")
    chance, compared, wrong = random.Random(7), 0, []  # noqa: S311 (the same calls every time)
    for provider in data.providers:
        for model in provider.models:
            prices = {
                name: stated for name, stated in vars(model.get_prices(NOW)).items() if stated is not None
            }
            if not {"input_mtok", "output_mtok"} <= prices.keys() <= UNITS.keys() | BESIDE:
                continue
            for usage in usages(chance, set(prices)):
                theirs = model.get_prices(NOW).calc_price(_theirs(package, usage))["total_price"]
                ours = cost(usage, Price(rates_of(prices), "list", NOW)).usd
                compared += 1
                if ours != theirs:
                    wrong.append((provider.id, model.id, usage, ours, theirs))

    assert wrong == []
    assert compared > 5_000


def _theirs(package: Any, usage: Usage) -> Any:
    hourly = usage.cache_creation_1h_input_tokens
    return package.Usage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cache_read_input_tokens,
        cache_write_tokens=usage.cache_creation_input_tokens,
        cache_write_5m_tokens=usage.cache_creation_input_tokens - hourly,
        cache_write_1h_tokens=hourly,
        output_reasoning_tokens=usage.reasoning_output_tokens,
        input_audio_tokens=usage.input_audio_tokens,
        cache_audio_read_tokens=usage.cache_read_audio_tokens,
        input_image_tokens=usage.input_image_tokens,
        output_audio_tokens=usage.output_audio_tokens,
    )
