"""What an address says of its region is part of the bill."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pointsman.money.cost import cost
from pointsman.routing.attempts import Target
from pointsman.routing.open_attempt import OpenAttempt
from pointsman.types import Cost, Price, Rates, Region, Usage

from tests.builders import candidate

RATES = Rates(Decimal(5), Decimal(25))
UPLIFT = Price(RATES, "list", datetime(2026, 11, 1, tzinfo=UTC), regions=(Region("eu", Decimal("1.1")),))
PLAIN = Price(RATES, "list", datetime(2026, 11, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("region", "stated", "price", "expected"),
    [
        ("eu", "", UPLIFT, Cost(Decimal("5.5"), "list")),
        ("eu", "", PLAIN, Cost(Decimal(5), "list", estimated=True)),
        ("eu", "us", UPLIFT, Cost(Decimal(5), "list", estimated=True)),
        ("", "", UPLIFT, Cost(Decimal(5), "list")),
    ],
)
def test_a_region_is_charged_or_the_cost_is_marked(
    region: str, stated: str, price: Price, expected: Cost
) -> None:
    """By the factor a list states; where none does, the bill may be too low and says so."""
    attempt = OpenAttempt(Target(candidate()), 0)
    attempt.region = region

    assert cost(attempt.placed(Usage(1_000_000, 0, region=stated)), price) == expected
