"""Choosing among many candidates, beside the plainest loop over as many.

    uv run python tests/benchmarks/choosing.py --json

Prints, in microseconds of CPU, the median of several rounds: the plain loop (attrs objects, six criteria), a
decision when nothing is remembered (a new catalog), a decision for a new size of call, a decision like the
one before, and one while somebody fails.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from statistics import median
from typing import Any

from attrs import frozen
from pointsman import Candidate, Criteria, Outcome
from pointsman.catalog import Catalog
from pointsman.routing.choices import Question
from pointsman.routing.selector import Selector
from pointsman.state.cooldowns import Cooldowns
from pointsman_strategies import Weighted

if __package__ in {None, ""}:  # run as a file: its own folder is searched, not the checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.builders import FakeState, candidate, request

ROUNDS = 15


@frozen
class Plain:
    """What the plainest router would keep of a model: six numbers."""

    quality: float
    price: float
    speed: float
    latency: float
    context: float
    availability: float


def candidates(count: int) -> tuple[Candidate, ...]:
    """Candidates with random prices, qualities and speeds; the same ones every time."""
    rng = random.Random(7)  # noqa: S311 (a benchmark, not a secret)
    return tuple(
        candidate(
            f"p{number % 20}/m{number:05}",
            rate=f"{rng.uniform(0.05, 20):.3f}",
            out=f"{rng.uniform(0.1, 80):.3f}",
            general=rng.uniform(5, 95),
            tokens_per_second=rng.uniform(10, 400),
            first_token=rng.uniform(0.1, 5),
            context=rng.choice([8_000, 128_000, 1_000_000]),
        )
        for number in range(count)
    )


def plain_loop(models: list[Plain]) -> Plain:
    """The best of them by a weighted sum, in one loop."""
    best, best_score = models[0], float("-inf")
    for model in models:
        score = (
            0.4 * model.quality
            - 0.2 * model.price
            + 0.1 * model.speed
            - 0.1 * model.latency
            + 0.1 * model.context
            + 0.1 * model.availability
        )
        if score > best_score:
            best, best_score = model, score
    return best


def cpu(work: Callable[[], Any]) -> float:
    """Median CPU microseconds of one round."""
    spent = []
    for _ in range(ROUNDS):
        before = time.process_time_ns()
        work()
        spent.append((time.process_time_ns() - before) / 1000)
    return median(spent)


def measure(count: int = 5000) -> dict[str, float]:
    """Every figure, in microseconds."""
    crowd = candidates(count)
    rng = random.Random(8)  # noqa: S311 (a benchmark, not a secret)
    models = [Plain(*(rng.random() for _ in range(6))) for _ in range(count)]
    strategy = Weighted()
    selector = Selector({"weighted": strategy}, "weighted", {}, Cooldowns(FakeState()))
    catalog = Catalog(crowd)
    catalog.hash  # noqa: B018 (computed once per catalog, when it is built)
    loop = asyncio.new_event_loop()
    sizes = iter(range(40, 10**9, 4000))

    def run(work: Coroutine[Any, Any, Any]) -> None:
        loop.run_until_complete(work)

    def decide(text: str = "hello") -> None:
        run(selector.decide(Question(catalog, request(text), Criteria())))

    def anew() -> None:
        fresh = Catalog(crowd)
        fresh.__dict__["hash"] = catalog.hash
        strategy._views.clear()
        run(selector.decide(Question(fresh, request(), Criteria())))

    figures = {"plain loop": cpu(lambda: plain_loop(models)), "new catalog": cpu(anew)}
    run(selector.decide(Question(catalog, request(), Criteria())))
    figures["new size"] = cpu(lambda: decide("x" * next(sizes)))
    figures["same again"] = cpu(decide)
    strategy.observe(
        Outcome(
            crowd[0],
            ok=False,
            error="PM-SERVER",
            latency=None,
            duration=1.0,
            output_tokens=None,
            usd=None,
            category="general",
            task="",
        )
    )
    figures["while one fails"] = cpu(decide)
    loop.close()
    return figures


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = measure(options.count)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:>16}  {value:10.1f} µs")


if __name__ == "__main__":
    main()
