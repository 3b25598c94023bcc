"""Looking a price up and computing a cost, beside the least either could be.

    uv run python tests/benchmarks/prices.py [--json]

Prints, in microseconds of CPU, the best of several rounds: ``get`` is `Catalog.get` among 5,000 offers and
``dict`` a dictionary of as many; ``cost`` is the exact cost of a plain call, ``cost cached`` of one with
cached input and reasoning, ``cost tiered`` of one in a tier, ``cost in floats`` the formula in floats that
choosing uses, ``floats`` and ``decimals`` the same sum of two products written out.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import timeit
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from pointsman.catalog import Catalog
from pointsman.money.cost import FloatPrice, cost
from pointsman.types import ContextTier, Price, Rates, Usage

if __package__ in {None, ""}:  # run as a file: its own folder is searched, not the checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.choosing import candidates

OFFERS = 5_000
CALLS, ROUNDS = 5_000, 5
AT = datetime(2026, 1, 1, tzinfo=UTC)


def measure() -> dict[str, float]:
    """Every figure, in microseconds of CPU."""
    catalog = Catalog(candidates(OFFERS))
    plain = {each.key: each for each in catalog.candidates}
    key = catalog.candidates[OFFERS // 2].key
    rates = Rates(input=Decimal("2.5"), output=Decimal(10), cache_read=Decimal("1.25"), reasoning=Decimal(12))
    price = Price(rates, "list", AT)
    tiers = (ContextTier(1_000, Decimal(5), Decimal(20)),)
    tiered = Price(Rates(input=Decimal("2.5"), output=Decimal(10), tiers=tiers), "list", AT)
    floats = FloatPrice.of(price)
    assert floats is not None
    short = Usage(900, 500)
    long = Usage(9_000, 500, 3_000, reasoning_output_tokens=200)
    per_token = Decimal("0.0000025"), Decimal("0.00001")
    catalog.get(key)
    return {
        "get": each(lambda: catalog.get(key)),
        "dict": each(lambda: plain.get(key)),
        "cost": each(lambda: cost(short, price)),
        "cost cached": each(lambda: cost(long, price)),
        "cost tiered": each(lambda: cost(Usage(9_000, 500), tiered)),
        "cost in floats": each(lambda: floats.cost(900, 500)),
        "floats": each(lambda: 900 * 2.5e-6 + 500 * 1e-5),
        "decimals": each(lambda: 900 * per_token[0] + 500 * per_token[1]),
    }


def each(work: Callable[[], object]) -> float:
    """Microseconds of one call."""
    return round(
        min(timeit.repeat(work, timer=time.process_time, number=CALLS, repeat=ROUNDS)) / CALLS * 1e6, 3
    )


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    found = measure()
    lines = [json.dumps(found)] if given.json else [f"{name:12} {value}" for name, value in found.items()]
    sys.stdout.write("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
