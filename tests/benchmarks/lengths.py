"""A call with a prompt of a length not seen before, beside the same call again.

    uv run python tests/benchmarks/lengths.py [--prompts N] [--json]

Over some 5,300 offers of the recorded feeds, every provider on. Prompts have about 20 to 4,000 tokens, no two
of the same length; each is sent twice in a row, and the second time is the reference, so that reading and
sending the prompt itself weighs the same on both sides. Printed, with and without ``max_cost``: CPU
microseconds of this process per call, medians and means, and their ratios.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, median
from typing import Any

from pointsman import Router

if __package__ in {None, ""}:  # run as a file: its own folder is searched, not the checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks import offers
from tests.benchmarks.measuring import arguments, show

PROMPTS = 100
OPTIONS: Mapping[str, Mapping[str, Any]] = {"plain": {}, "max_cost": {"max_cost": "0.5"}}
_WARM_UP = 10
_CHARACTERS = range(80, 16_000, 4)  # about a token each step


def prompts(count: int, seed: int) -> Sequence[str]:
    """Prompts of different lengths, in no order."""
    chance = random.Random(seed)  # noqa: S311 (a benchmark, not a secret)
    return [("word " * (size // 5 + 1))[:size] for size in chance.sample(_CHARACTERS, count)]


async def measure(count: int = PROMPTS) -> Mapping[str, float]:
    """All figures."""
    with offers.served() as served, tempfile.TemporaryDirectory() as home:
        async with Router.open(served.config(), env=served.environment(Path(home))) as router:
            await router.refresh()
            for options in OPTIONS.values():  # warm: connections, lazy imports, columns of the catalog
                await _pairs(router, prompts(_WARM_UP, seed=1), options)
            figures: dict[str, float] = {}
            for name, options in OPTIONS.items():
                figures |= _figures(name, await _pairs(router, prompts(count, seed=2), options))
    return figures


async def _pairs(
    router: Router, texts: Sequence[str], options: Mapping[str, Any]
) -> Sequence[tuple[float, float]]:
    """CPU microseconds of the first and the second call with each prompt."""
    found = []
    for text in texts:
        spent = []
        for _ in range(2):
            before = time.process_time_ns()
            await router.chat(text, **options)
            spent.append((time.process_time_ns() - before) / 1000)
        found.append((spent[0], spent[1]))
    return found


def _figures(name: str, pairs: Sequence[tuple[float, float]]) -> dict[str, float]:
    new, again = zip(*pairs, strict=True)
    return {
        f"{name} new": median(new),
        f"{name} again": median(again),
        f"{name} ratio": median(new) / median(again),
        f"{name} ratio of means": fmean(new) / fmean(again),
    }


def main() -> None:
    """Print the figures."""
    parser = arguments(__doc__)
    parser.add_argument("--prompts", type=int, default=PROMPTS)
    given = parser.parse_args()
    show(asyncio.run(measure(given.prompts)), as_json=given.json)


if __name__ == "__main__":
    main()
