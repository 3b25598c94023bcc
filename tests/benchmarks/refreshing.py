"""Calls while the catalog is refreshed, beside the same calls while nothing else goes on.

    uv run python tests/benchmarks/refreshing.py [--offers] [--rounds N] [--json]

One event loop makes a call every twentieth of a second to a loopback provider that answers after as long, and
measures how long a timer of 5 ms takes. Quiet times and refreshes of all recorded feeds take turns. Printed,
in milliseconds: the median duration of a call, the mean and the longest tick of the timer, and the ratios.
With ``--offers`` the catalog is that of some 5,300 offers.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Mapping
from pathlib import Path
from statistics import fmean, median
from typing import Any

from attrs import define, field
from pointsman import Router

if __package__ in {None, ""}:  # run as a file: its own folder is searched, not the checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks import offers, world
from tests.benchmarks.calls import upstream
from tests.benchmarks.measuring import arguments, show

ROUNDS = 2
_QUIET = 6.0  # seconds
_LATENCY = _EVERY = 0.05
_TICK = 0.005
_PROVIDER = "steady"


@define
class Times:
    """What was measured, in milliseconds."""

    calls: list[float] = field(factory=list)
    ticks: list[float] = field(factory=list)


async def during(router: Router, work: Awaitable[object], times: Times) -> None:
    """Call and tick until the work is done."""
    task = asyncio.ensure_future(work)
    calling = asyncio.create_task(_calls(router, task, times.calls))
    while not task.done():
        before = time.perf_counter()
        await asyncio.sleep(_TICK)
        times.ticks.append(1000 * (time.perf_counter() - before))
    await calling
    await task


async def _calls(router: Router, task: asyncio.Future[object], times: list[float]) -> None:
    """A call at every beat, whatever became of those before."""

    async def one() -> None:
        before = time.perf_counter()
        await router.chat("hello", only_providers=(_PROVIDER,))
        times.append(1000 * (time.perf_counter() - before))

    async with asyncio.TaskGroup() as group:
        while not task.done():
            group.create_task(one())
            await asyncio.sleep(_EVERY)


async def measure(rounds: int = ROUNDS, *, many: bool = False) -> Mapping[str, float]:
    """All figures; over a catalog of some 5,300 offers where `many`."""
    quiet, refreshing = Times(), Times()
    with upstream(latency=_LATENCY) as base_url, tempfile.TemporaryDirectory() as home:
        steady = {_PROVIDER: {"uses": "openai-compatible", "base_url": base_url}}
        with offers.served() if many else world.served() as feeds:
            given: dict[str, Any] = dict(feeds.config()) if isinstance(feeds, offers.Offers) else {}
            config = {"providers": {**given.get("providers", {}), **steady}}
            async with Router.open(config, env=feeds.environment(Path(home))) as router:
                await router.refresh()
                await during(router, asyncio.sleep(1), Times())  # warm
                for _ in range(rounds):
                    await during(router, asyncio.sleep(_QUIET), quiet)
                    await during(router, router.refresh(), refreshing)
    return _figures(quiet, refreshing)


def _figures(quiet: Times, refreshing: Times) -> dict[str, float]:
    figures = {
        "call quiet": median(quiet.calls),
        "call refreshing": median(refreshing.calls),
        "tick quiet": fmean(quiet.ticks),
        "tick refreshing": fmean(refreshing.ticks),
        "longest tick quiet": max(quiet.ticks),
        "longest tick refreshing": max(refreshing.ticks),
    }
    return figures | {
        "call ratio": figures["call refreshing"] / figures["call quiet"],
        "tick ratio": figures["tick refreshing"] / figures["tick quiet"],
    }


def main() -> None:
    """Print the figures."""
    parser = arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--offers", action="store_true", help="a catalog of some 5,300 offers")
    given = parser.parse_args()
    show(asyncio.run(measure(given.rounds, many=given.offers)), as_json=given.json)


if __name__ == "__main__":
    main()
