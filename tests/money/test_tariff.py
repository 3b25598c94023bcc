"""Rates prepared for charging: once for a price, and no longer than it lives."""

from __future__ import annotations

import gc
from datetime import UTC, datetime
from decimal import Decimal
from weakref import ref

from pointsman.money.cost import cost
from pointsman.money.tariff import tariff_of
from pointsman.types import Price, Rates, Usage, Variant


def price(usd: int) -> Price:
    """A price of its own identity."""
    flex = Variant("flex", Rates(input=Decimal(usd) / 2))
    return Price(
        Rates(Decimal(usd), Decimal(usd)), "list", datetime(2026, 1, 1, tzinfo=UTC), variants=(flex,)
    )


def test_a_price_is_prepared_once_per_service() -> None:
    """The same tariff every time, another one for another service."""
    one = price(2)

    assert tariff_of(one, "") is tariff_of(one, "")
    assert tariff_of(one, "flex") is tariff_of(one, "flex")
    assert tariff_of(one, "flex") is not tariff_of(one, "")


def test_what_is_prepared_is_forgotten_with_its_price() -> None:
    """A catalog that is replaced leaves nothing behind."""
    one = price(2)
    prepared = ref(tariff_of(one, ""))
    del one
    gc.collect()

    assert prepared() is None


def test_a_new_price_in_an_old_place_is_another_price() -> None:
    """Prices that come and go, often at the same address, are each charged at their own rates."""
    found = [cost(Usage(1_000_000, 0), price(usd)).usd for usd in range(500)]

    assert found == [Decimal(usd) for usd in range(500)]
