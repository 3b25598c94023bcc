"""The catalog over everything recorded: put together, looked up. `loading.py` reads it back from disk.

    uv run python tests/benchmarks/catalog.py [DATA] [--json]

`DATA` is the folder of recorded feeds (``shared/data`` beside the checkout where it is not given). Every
provider of the largest price list counts as a provider that lists its models, every recorded price list as a
pricing source, every leaderboard as a benchmark source. Printed, in seconds of CPU unless said otherwise:

- ``rebuild``: identity, prices, scores, estimates and tiers of all offers, once
- ``look_up``: `Catalog.get` of one offer and its price, in microseconds; ``dict`` is a dictionary of as many
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from attrs import frozen
from pointsman.catalog import Catalog, Listing, Source
from pointsman.catalog.build import build
from pointsman.types import Discount, Quote, Score, Speed

if __package__ in {None, ""}:  # run as a file: its own folder is searched, not the checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks import feeds
from tests.shared import shared

AT = datetime(2026, 8, 23, tzinfo=UTC)
ROUNDS = 5


@frozen
class World:
    """Everything there is to join."""

    listings: Sequence[Listing]
    quotes: Sequence[Quote | Discount]
    scores: Sequence[Score | Speed]

    @classmethod
    def recorded(cls, data: Path) -> World:
        """What the feeds in `data` say."""
        return cls(
            [Listing(Source(name, name, object), models) for name, models in feeds.listings(data).items()],
            feeds.quotes(data),
            feeds.scores(data),
        )

    def catalog(self) -> Catalog:
        """The joined catalog."""
        return build(self.listings, self.quotes, self.scores, at=AT)


def measure(world: World) -> Mapping[str, Any]:
    """All figures."""
    rebuild, catalog = _timed(world.catalog)
    keys = [each.key for each in catalog.candidates]
    plain = {each.key: each.price for each in catalog.candidates}
    priced = [each for each in catalog.candidates if each.price]
    return {
        "listed": sum(len(each.models) for each in world.listings),
        "quotes": len(world.quotes),
        "scores": len(world.scores),
        "candidates": len(keys),
        "priced": sum(not each.price.estimated for each in priced if each.price),
        "estimated": sum(each.price.estimated for each in priced if each.price),
        "scored": sum(bool(each.quality) for each in catalog.candidates),
        "quarantined": len(catalog.quarantined),
        "rebuild": round(rebuild, 2),
        "look_up": _each(lambda: [_price(catalog, key) for key in keys], len(keys)),
        "dict": _each(lambda: [plain[key] for key in keys], len(keys)),
    }


def _price(catalog: Catalog, key: str) -> object:
    found = catalog.get(key)
    return found.price if found else None


def _each(work: Callable[[], object], count: int) -> float:
    """Microseconds per item, the best of several rounds."""
    return round(min(_timed(work)[0] for _ in range(ROUNDS)) / max(count, 1) * 1e6, 3)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.process_time()
    made = work()
    return time.process_time() - begun, made


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("data", nargs="?", type=Path, default=None)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    found = measure(World.recorded(given.data or shared("data")))
    lines = [json.dumps(found)] if given.json else [f"{name:12} {value}" for name, value in found.items()]
    sys.stdout.write("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
