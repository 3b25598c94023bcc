"""Tiers, services and modalities: which rate each token is charged at."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from pointsman.money.cost import FloatPrice, cost, expected_cost
from pointsman.types import ContextTier, Cost, Price, Rates, Usage, Variant

NOW = datetime(2026, 1, 1, tzinfo=UTC)
M = 1_000_000

rate = st.decimals(min_value=0, max_value=1000, places=6)
tokens = st.integers(min_value=0, max_value=10**7)


def priced(*variants: Variant, **rates: Any) -> Price:
    """A price of these rates, in whole dollars or as text."""
    stated: dict[str, Any] = {
        name: value if isinstance(value, tuple) else Decimal(str(value)) for name, value in rates.items()
    }
    return Price(Rates(**stated), "list", NOW, variants=variants)


def variant(name: str, **rates: Any) -> Variant:
    """The same offer in another service."""
    return Variant(name, priced(**rates).rates)


def usd(usage: Usage, price: Price) -> Fraction:
    """What `usage` costs; it must be known."""
    found = cost(usage, price).usd
    assert found is not None
    return Fraction(found)


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    """Consistent counts of every kind."""
    read, read_audio, short, hourly, audio, image, plain = (draw(tokens) for _ in range(7))
    reasoning, output_audio, output_image, output_text = (draw(tokens) for _ in range(4))
    return Usage(
        input_tokens=read + read_audio + short + hourly + audio + image + plain,
        output_tokens=reasoning + output_audio + output_image + output_text,
        cache_read_input_tokens=read + read_audio,
        cache_creation_input_tokens=short + hourly,
        cache_creation_1h_input_tokens=hourly,
        reasoning_output_tokens=reasoning,
        input_audio_tokens=audio + read_audio,
        output_audio_tokens=output_audio,
        cache_read_audio_tokens=read_audio,
        input_image_tokens=image,
        output_image_tokens=output_image,
    )


full = st.builds(
    Rates,
    input=rate,
    output=rate,
    cache_read=rate,
    cache_write=rate,
    cache_write_1h=rate,
    reasoning=rate,
    input_audio=rate,
    output_audio=rate,
    cache_read_audio=rate,
    input_image=rate,
    output_image=rate,
    request=rate,
)


@settings(deadline=None)  # other work on the machine is no failure
@given(usage=usages(), rates=full)
def test_every_kind_of_token_is_charged_once(usage: Usage, rates: Rates) -> None:
    """The sum equals the formula of the module's docstring in fractions, whatever the digits."""
    read_audio, hourly = usage.cache_read_audio_tokens, usage.cache_creation_1h_input_tokens
    read, written = usage.cache_read_input_tokens - read_audio, usage.cache_creation_input_tokens - hourly
    audio = usage.input_audio_tokens - read_audio
    output_audio, output_image = usage.output_audio_tokens, usage.output_image_tokens
    reasoning, image = usage.reasoning_output_tokens, usage.input_image_tokens
    counts = (
        (read, rates.cache_read),
        (read_audio, rates.cache_read_audio),
        (written, rates.cache_write),
        (hourly, rates.cache_write_1h),
        (audio, rates.input_audio),
        (image, rates.input_image),
        (
            (usage.input_tokens or 0) - read - read_audio - written - hourly - audio - image,
            rates.input,
        ),
        (reasoning, rates.reasoning),
        (output_audio, rates.output_audio),
        (output_image, rates.output_image),
        ((usage.output_tokens or 0) - reasoning - output_audio - output_image, rates.output),
    )
    expected = sum((count * Fraction(each or 0) for count, each in counts), Fraction(0)) / M
    price = Price(rates, "list", NOW)

    assert (expected + Fraction(rates.request or 0), False) == (
        usd(usage, price),
        cost(usage, price).estimated,
    )


@pytest.mark.parametrize(
    ("usage", "expected", "estimated"),
    [
        (Usage(M, 0, input_audio_tokens=M), 2, True),
        (Usage(M, 0, input_image_tokens=M), 2, False),
        (Usage(0, M, output_audio_tokens=M), 8, True),
        (Usage(0, M, output_image_tokens=M), 8, True),
        (Usage(M, 0, M, input_audio_tokens=M, cache_read_audio_tokens=M), 1, True),
    ],
)
def test_what_is_not_priced_apart_is_charged_as_what_it_is_nearest_to(
    usage: Usage, expected: int, estimated: bool
) -> None:
    """And marked, unless that is how price lists mean it: images of the prompt are input otherwise."""
    price = priced(input=2, output=8, cache_read=1)

    assert Cost(Decimal(expected), "list", estimated) == cost(usage, price)


def test_audio_has_rates_of_its_own() -> None:
    """Spoken, heard and cached audio are each charged at their rate, text beside them at its own."""
    price = priced(input=2, output=8, cache_read=1, input_audio=40, cache_read_audio=3, output_audio=80)
    usage = Usage(
        4 * M, 2 * M, 2 * M, input_audio_tokens=2 * M, cache_read_audio_tokens=M, output_audio_tokens=M
    )

    assert usd(usage, price) == 2 + 1 + 40 + 3 + 8 + 80


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (Usage(200_000, 0), "0.4"),
        (Usage(200_001, 0), "0.400004"),
        (Usage(300_000, 0), "0.8"),
        (Usage(600_000, 0), "2.5"),
        (Usage(300_000, 300_000), "3.6"),
    ],
)
def test_a_marginal_tier_charges_only_what_lies_beyond(usage: Usage, expected: str) -> None:
    """As income tax does: 2, 4 beyond 200,000, 9 beyond 500,000; the answer by its own count."""
    tiers = (
        ContextTier(200_000, Decimal(4), Decimal(12), marginal=True),
        ContextTier(500_000, Decimal(9), marginal=True),
    )

    assert Fraction(expected) == usd(usage, priced(input=2, output=8, tiers=tiers))


def test_what_a_cache_served_fills_the_prompt_first() -> None:
    """A cache holds the beginning of a prompt: the marginal tokens are those that were not in it."""
    tiers = (ContextTier(M, Decimal(4), cache_read=Decimal(3), marginal=True),)
    price = priced(input=2, output=1, cache_read=1, tiers=tiers)

    assert usd(Usage(2 * M, 0, M), price) == 1 + 4
    assert 1 + 3 * Fraction(1, 2) + 4 * Fraction(1, 2) == usd(Usage(2 * M, 0, 3 * M // 2), price)


@settings(deadline=None)  # other work on the machine is no failure
@given(
    usage=usages(),
    rates=full,
    above=tokens,
    rises=st.tuples(*[st.decimals(min_value=0, max_value=100, places=4)] * 4),
)
def test_a_marginal_tier_never_costs_more_than_a_whole_one(
    usage: Usage, rates: Rates, above: int, rises: tuple[Decimal, ...]
) -> None:
    """For rates that rise, on the input's side: base ≤ marginal ≤ whole, equal at the threshold."""
    given_ = evolve(usage, output_tokens=0, reasoning_output_tokens=0, output_audio_tokens=0)
    given_ = evolve(given_, output_image_tokens=0)
    names = ("input", "cache_read", "cache_write", "cache_write_1h")
    dearer = {name: getattr(rates, name) + rise for name, rise in zip(names, rises, strict=True)}
    base, marginal, whole = (
        usd(given_, Price(evolve(rates, tiers=tiers), "list", NOW))
        for tiers in (
            (),
            (ContextTier(above, **dearer, marginal=True),),
            (ContextTier(above, **dearer),),
        )
    )

    assert base <= marginal <= whole
    if (given_.input_tokens or 0) <= above:
        assert base == marginal == whole


@settings(deadline=None)  # other work on the machine is no failure
@given(
    rates=full,
    sizes=st.tuples(tokens, tokens),
    tiers=st.lists(
        st.builds(
            ContextTier,
            above=tokens,
            input=st.none() | rate,
            output=st.none() | rate,
            marginal=st.booleans(),
        ),
        max_size=4,
        unique_by=lambda tier: tier.above,
    ),
)
def test_the_float_price_knows_every_tier(
    rates: Rates, sizes: tuple[int, int], tiers: list[ContextTier]
) -> None:
    """Floats for choosing tell the same as decimals for billing, whatever the tiers."""
    price = Price(evolve(rates, tiers=tiers), "list", NOW)
    floats, exact = FloatPrice.of(price), expected_cost(price, *sizes)

    assert floats is not None
    assert exact is not None
    assert pytest.approx(float(exact), rel=1e-9, abs=1e-9) == floats.cost(*sizes)


def test_thoughts_rise_with_the_output_they_are_priced_as() -> None:
    """A tier that names the output only: reasoning priced alike follow it, others never fall behind it."""
    tier = (ContextTier(0, output=Decimal(12)),)
    usage = Usage(1, M, reasoning_output_tokens=M)
    alike = priced(input=0, output=8, reasoning=8, tiers=tier)
    apart = priced(input=0, output=8, reasoning=5, tiers=tier)

    assert Cost(Decimal(12), "list") == cost(usage, alike)
    assert Cost(Decimal(12), "list", estimated=True) == cost(usage, apart)


@pytest.mark.parametrize(
    ("service", "expected", "estimated"),
    [("", 10, False), ("batch", 5, False), ("BATCH", 5, False), ("priority", 20, False), ("odd", 10, True)],
)
def test_the_service_that_answered_sets_the_rates(service: str, expected: int, estimated: bool) -> None:
    """A service nobody priced costs as the standard one, and the cost says that it is a guess."""
    price = priced(
        variant("batch", input=1, output=4), variant("priority", input=4, output=16), input=2, output=8
    )

    assert Cost(Decimal(expected), "list", estimated) == cost(Usage(M, M, service_tier=service), price)


def test_a_service_borrows_what_its_price_list_leaves_out() -> None:
    """From the standard rates, marked; a cached token never costs more than a plain one of the service."""
    price = priced(
        variant("batch", input=1, output=4), input=4, output=8, cache_read=2, cache_write=5, request=7
    )

    assert Cost(Decimal(8), "list", estimated=True) == cost(Usage(M, 0, M, service_tier="batch"), price)
    assert Cost(Decimal(12), "list", estimated=True) == cost(Usage(M, 0, 0, M, service_tier="batch"), price)
    assert Cost(Decimal(8), "list") == cost(Usage(M, 0, service_tier="batch"), price)


def test_a_long_prompt_in_a_service_without_tiers_is_a_guess() -> None:
    """The list prices long prompts in the standard service only."""
    tiers = (ContextTier(1_000, Decimal(4)),)
    price = priced(variant("flex", input=1, output=4), input=2, output=8, tiers=tiers)
    found = [cost(Usage(size, 0, service_tier="flex"), price).estimated for size in (1_000, 1_001)]

    assert found == [False, True]


@settings(deadline=None)  # other work on the machine is no failure
@given(usage=usages(), rates=full, service=st.sampled_from(["", "flex", "odd"]), partial=full)
def test_no_cost_is_negative(usage: Usage, rates: Rates, service: str, partial: Rates) -> None:
    """Nor unknown where both plain rates are known."""
    price = Price(rates, "list", NOW, variants=(Variant("flex", partial),))

    assert usd(evolve(usage, service_tier=service), price) >= 0
