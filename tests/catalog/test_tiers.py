"""Tiers are quantiles of today's prices."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from pointsman.catalog.tiers import Cuts, cut, tier
from pointsman.types import Price, Rates, Tier

from tests.catalog.values import AT, rates


def flat(usd: int | str) -> Price:
    """A price that is the same for input and output."""
    return Price(rates(usd, usd), "list", AT)


def test_prices_are_cut_into_thirds() -> None:
    """The same number of models is budget, standard and premium; zero is free and cuts nothing."""
    prices = [flat(usd) for usd in (0, 0, 0, 1, 2, 3, 4, 5, 6)]
    cuts = cut(prices)

    assert [tier(price, cuts) for price in prices] == [Tier.FREE] * 3 + [Tier.BUDGET] * 2 + [
        Tier.STANDARD
    ] * 2 + [Tier.PREMIUM] * 2


def test_an_unknown_price_has_no_tier() -> None:
    """Unknown is neither free nor dear."""
    half = Price(Rates(input=Decimal(1)), "list", AT)

    assert (tier(None, Cuts()), tier(half, Cuts(Decimal(1), Decimal(2)))) == (None, None)


def test_two_prices_are_too_few_to_cut() -> None:
    """Without quantiles everything that costs is standard."""
    assert tier(flat(7), cut([flat(7), flat(1), None])) == Tier.STANDARD


@given(st.lists(st.decimals(min_value=0, max_value=1000, places=4), min_size=3, max_size=30))
def test_a_dearer_model_is_never_in_a_lower_tier(figures: list[Decimal]) -> None:
    """Tiers rise with the price."""
    prices = [flat(str(figure)) for figure in sorted(figures)]
    order = list(Tier)
    places = [order.index(found) for price in prices if (found := tier(price, cut(prices)))]

    assert sorted(places) == places
