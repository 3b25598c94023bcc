"""What a call costs, to the last digit."""

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
from pointsman.types import ContextTier, Cost, Price, Rates, Usage

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RATES = Rates(
    input=Decimal(3),
    output=Decimal(15),
    cache_read=Decimal("0.3"),
    cache_write=Decimal("3.75"),
    cache_write_1h=Decimal(6),
)

rate = st.decimals(min_value=0, max_value=1000, places=20)
tokens = st.integers(min_value=0, max_value=10**9)


def priced(source: str = "list", *, estimated: bool = False, **rates: Any) -> Price:
    """A price of these rates."""
    return Price(Rates(**rates), source, NOW, estimated=estimated)


def usd(usage: Usage, **rates: Any) -> Decimal | None:
    """What `usage` costs at these rates."""
    return cost(usage, priced(**rates)).usd


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    """Consistent counts: no part is larger than its whole."""
    plain, read, short, hourly, output_text, reasoning = (draw(tokens) for _ in range(6))
    return Usage(
        plain + read + short + hourly, output_text + reasoning, read, short + hourly, hourly, reasoning
    )


@settings(deadline=None)  # other work on the machine is no failure
@given(usage=usages(), rates=st.builds(Rates, *[rate] * 6, request=rate))
def test_is_exact(usage: Usage, rates: Rates) -> None:
    """The sum equals the same sum in fractions, whatever the digits."""
    read, written = usage.cache_read_input_tokens, usage.cache_creation_input_tokens
    hourly, reasoning = usage.cache_creation_1h_input_tokens, usage.reasoning_output_tokens
    counts = (
        ((usage.input_tokens or 0) - read - written, rates.input),
        (read, rates.cache_read),
        (written - hourly, rates.cache_write),
        (hourly, rates.cache_write_1h),
        ((usage.output_tokens or 0) - reasoning, rates.output),
        (reasoning, rates.reasoning),
    )
    expected = sum((count * Fraction(each or 0) for count, each in counts), Fraction(0)) / 10**6
    found = cost(usage, Price(rates, "list", NOW))

    assert found.usd is not None
    assert (expected + Fraction(rates.request or 0), False) == (Fraction(found.usd), found.estimated)


@settings(deadline=None)  # other work on the machine is no failure
@given(first=usages(), second=usages(), rates=st.builds(Rates, *[rate] * 6))
def test_two_calls_cost_what_they_cost_together(first: Usage, second: Usage, rates: Rates) -> None:
    """Without tiers and fees the cost is additive."""
    both = Usage(
        (first.input_tokens or 0) + (second.input_tokens or 0),
        (first.output_tokens or 0) + (second.output_tokens or 0),
        first.cache_read_input_tokens + second.cache_read_input_tokens,
        first.cache_creation_input_tokens + second.cache_creation_input_tokens,
        first.cache_creation_1h_input_tokens + second.cache_creation_1h_input_tokens,
        first.reasoning_output_tokens + second.reasoning_output_tokens,
    )
    price = Price(rates, "list", NOW)
    parts = [Fraction(found) for each in (first, second) if (found := cost(each, price).usd) is not None]
    together = cost(both, price).usd

    assert together is not None
    assert sum(parts) == Fraction(together)


@settings(deadline=None)  # other work on the machine is no failure
@given(usage=usages(), more=tokens, rates=st.builds(Rates, *[rate] * 6))
def test_more_tokens_never_cost_less(usage: Usage, more: int, rates: Rates) -> None:
    """The cost grows with plain input and with output."""
    price = Price(rates, "list", NOW)
    larger = evolve(
        usage, input_tokens=(usage.input_tokens or 0) + more, output_tokens=(usage.output_tokens or 0) + more
    )
    before, after = cost(usage, price).usd, cost(larger, price).usd

    assert before is not None
    assert after is not None
    assert before <= after


@pytest.mark.parametrize(
    ("input_tokens", "expected"),
    [(200_000, "0.4"), (200_001, "0.800004"), (500_000, "2"), (500_001, "4.500009")],
)
def test_a_tier_holds_above_its_threshold(input_tokens: int, expected: str) -> None:
    """At the threshold the base rates hold; one token above, the tier's hold for the whole request."""
    tiers = (ContextTier(500_000, Decimal(9)), ContextTier(200_000, Decimal(4)))

    assert Decimal(expected) == usd(Usage(input_tokens, 0), input=Decimal(2), output=Decimal(1), tiers=tiers)


def test_a_tier_keeps_the_rates_it_does_not_name() -> None:
    """What a tier leaves out costs what it costs below."""
    tiers = (ContextTier(10, output=Decimal(20)),)
    found = usd(
        Usage(1_000_000, 1_000_000, 500_000),
        input=Decimal(2),
        output=Decimal(10),
        cache_read=Decimal(1),
        tiers=tiers,
    )

    assert Decimal("21.5") == found


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (Usage(1_000_000, 0), "3"),
        (Usage(0, 1_000_000), "15"),
        (Usage(1_000_000, 0, cache_read_input_tokens=1_000_000), "0.3"),
        (Usage(1_000_000, 0, cache_creation_input_tokens=1_000_000), "3.75"),
        (Usage(1_000_000, 0, 0, 1_000_000, cache_creation_1h_input_tokens=400_000), "4.65"),
        (Usage(0, 1_000_000, reasoning_output_tokens=900_000), "15"),
    ],
)
def test_every_kind_of_token_has_its_rate(usage: Usage, expected: str) -> None:
    """One case per line of the formula."""
    assert Cost(Decimal(expected), "list") == cost(usage, Price(RATES, "list", NOW))


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (Usage(1_000_000, 0, cache_read_input_tokens=1_000_000), "3"),
        (Usage(1_000_000, 0, cache_creation_input_tokens=1_000_000), "3"),
        (Usage(1_000_000, 0, 0, 1_000_000, cache_creation_1h_input_tokens=1_000_000), "3"),
    ],
)
def test_unknown_cache_rates_are_charged_as_input(usage: Usage, expected: str) -> None:
    """And the cost says that it is an estimate."""
    found = cost(usage, priced(input=Decimal(3), output=Decimal(15)))

    assert Cost(Decimal(expected), "list", estimated=True) == found


def test_an_hour_in_a_tier_is_never_cheaper_than_five_minutes() -> None:
    """A tier does not price the long lifetime: the dearer of what is known is taken and marked."""
    tier = ContextTier(0, cache_write=Decimal(7))
    usage = Usage(1_000_000, 0, 0, 1_000_000, 1_000_000)
    found = cost(usage, Price(evolve(RATES, tiers=(tier,)), "list", NOW))

    assert Cost(Decimal(7), "list", estimated=True) == found


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (Usage(7, 0, cache_read_input_tokens=161), "0.0000483"),
        (Usage(0, 10, reasoning_output_tokens=11), "0.000165"),
    ],
)
def test_parts_larger_than_the_whole_never_go_below_zero(usage: Usage, expected: str) -> None:
    """Inconsistent counts are charged as reported and marked."""
    assert Cost(Decimal(expected), "list", estimated=True) == cost(usage, Price(RATES, "list", NOW))


def test_what_the_provider_states_wins() -> None:
    """A stated cost needs no price and no estimate."""
    usage = Usage(5, 5, cost=Decimal("0.000123456789"), estimated=True)

    assert Cost(Decimal("0.000123456789"), "provider") == cost(usage, Price(RATES, "list", NOW))


@pytest.mark.parametrize(
    ("usage", "price"),
    [
        (Usage(5, 5), None),
        (Usage(None, 5), Price(RATES, "list", NOW)),
        (Usage(5, None), Price(RATES, "list", NOW)),
        (Usage(5, 5), priced(input=Decimal(1))),
        (Usage(5, 5), priced(output=Decimal(1))),
    ],
)
def test_unknown_stays_unknown(usage: Usage, price: Price | None) -> None:
    """Neither 0 nor a default stands in for what nobody said."""
    assert Cost(None, "unknown") == cost(usage, price)


def test_free_is_free_whatever_the_count() -> None:
    """Rates of zero need no counts, and no tokens need no rate."""
    free = priced(input=Decimal(0), output=Decimal(0))
    found = [cost(Usage(), free).usd, cost(Usage(0, 0), priced()).usd]

    assert [Decimal(0)] * 2 == found


def test_an_estimated_price_is_marked() -> None:
    """The source of a fitted price is the estimate; estimated tokens mark the cost as well."""
    price = priced("fit", estimated=True, input=Decimal(1), output=Decimal(1))
    by_price = cost(Usage(1_000_000, 0), price)
    by_tokens = cost(Usage(1_000_000, 0, estimated=True), priced(input=Decimal(1), output=Decimal(1)))

    assert [Cost(Decimal(1), "estimate", estimated=True), Cost(Decimal(1), "list", estimated=True)] == [
        by_price,
        by_tokens,
    ]


@settings(deadline=None)  # other work on the machine is no failure
@given(
    rates=st.tuples(rate, rate, rate, rate, rate),
    above=tokens,
    sizes=st.tuples(tokens, tokens),
)
def test_the_float_price_agrees(rates: tuple[Decimal, ...], above: int, sizes: tuple[int, int]) -> None:
    """Floats for choosing tell the same as decimals for billing, on both sides of a tier."""
    tiers = (ContextTier(above, rates[2], rates[3]),)
    price = priced(input=rates[0], output=rates[1], request=rates[4], tiers=tiers)
    floats, exact = FloatPrice.of(price), expected_cost(price, *sizes)

    assert floats is not None
    assert exact is not None
    assert pytest.approx(float(exact), rel=1e-12, abs=1e-18) == floats.cost(*sizes)


def test_the_float_price_of_the_unknown_is_none() -> None:
    """Without both plain rates there is nothing to choose by."""
    prices = (None, priced(), priced(input=Decimal(1)), priced(output=Decimal(1)))

    assert [FloatPrice.of(price) for price in prices] == [None] * 4
    assert [expected_cost(price, 1, 1) for price in prices] == [None] * 4
