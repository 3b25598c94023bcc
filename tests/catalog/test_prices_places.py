"""What rows say of hours, of regions and of searches reaches the price."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve
from pointsman.catalog.prices import Priced
from pointsman.types import Discount, Model, Price, Quote, Region

from tests.catalog.values import ACME, pricing, quote

US = Region("us", Decimal("1.1"))


def priced(*rows: Quote | Discount) -> Priced:
    """What the rows make of ``alpaca-5`` at acme."""
    return pricing(rows).price(ACME, Model("alpaca-5"), None)


def price(*rows: Quote | Discount) -> Price:
    """The same, known."""
    found = priced(*rows).price
    assert found is not None
    return found


def test_one_row_that_knows_of_cheaper_hours_is_enough() -> None:
    """Whichever row wins; but a contract is believed on its own."""
    plain, hourly = quote("alpaca-5", 2, 8, "first"), quote("alpaca-5", 2, 8, "other", hourly=True)
    contract = quote("alpaca-5", 2, 8, "contract", binding=True)

    assert [price(plain).hourly, price(plain, hourly).hourly, price(contract, hourly).hourly] == [
        False,
        True,
        False,
    ]


def test_regions_and_searches_are_borrowed_from_who_asks_the_same() -> None:
    """As services are; a discount leaves a factor as it is, and takes its share off a fee."""
    other = quote("alpaca-5", 2, 8, "other", regions=(US,))
    other = evolve(other, rates=evolve(other.rates, search=Decimal("0.01")))
    half = Discount("acme", Decimal("0.5"))
    same, dearer = quote("alpaca-5", 2, 8, "acme"), quote("alpaca-5", 2, 9, "acme")
    found = [price(same, other), price(dearer, other), price(same, other, half)]

    assert [(each.regions, each.rates.search) for each in found] == [
        ((US,), Decimal("0.01")),
        ((), None),
        ((US,), Decimal("0.005")),
    ]


@pytest.mark.parametrize("factor", ["-1", "0", "NaN", "11"])
def test_a_factor_nobody_asks_is_held_back(factor: str) -> None:
    """With the row it stands in."""
    row = quote("alpaca-5", 2, 8, regions=(Region("us", Decimal(factor)),))

    assert (priced(row).price, priced(quote("alpaca-5", 2, 8)).price is None) == (None, False)
