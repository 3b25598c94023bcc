"""What merging all benchmarks costs, beside one look at each of their scores.

    python -m tests.benchmarks.merging [--json]

A dense board, every model measured by every benchmark, is the most there can be to do. Printed, in seconds of
CPU: the merge, and for scale the mean and the standard deviation of each benchmark by the standard library.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from statistics import fmean, pstdev

from pointsman.catalog.identity.name import Mode
from pointsman.catalog.scores.columns import Point
from pointsman.catalog.scores.family import Name
from pointsman.catalog.scores.learning import learn

AT = datetime(2026, 8, 23, tzinfo=UTC)
CATEGORIES = ("general", "coding", "math", "reasoning", "agentic", "vision")


def board(models: int, columns: int) -> Mapping[Name, Sequence[Point]]:
    """Everybody measured by everything; families of twelve, each model in two modes."""
    chance = random.Random(0)  # noqa: S311 (no secret)
    kinds = [
        (f"source{column % 7}", f"board{column}", CATEGORIES[column % len(CATEGORIES)])
        for column in range(columns)
    ]
    measured: dict[Name, list[Point]] = {}
    for model in range(models):
        family, size, high = model // 12, model % 12 // 2, model % 2
        ability = chance.gauss(0.0, 1.0)
        name = (f"family{family}",), ("1",), frozenset({f"{size}b"}), "", Mode(effort="high" * high)
        measured[name] = [Point(*kind, ability + chance.gauss(0.0, 0.6), AT) for kind in kinds]
    return measured


def measure(models: int = 5000, columns: int = 60) -> dict[str, float]:
    """Seconds of CPU."""
    measured = board(models, columns)
    scores = [[point.z for point in points] for points in measured.values()]

    def look() -> None:
        for column in zip(*scores, strict=True):
            fmean(column), pstdev(column)

    return {"merge": _timed(lambda: learn(measured)), "one look": _timed(look)}


def _timed(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure()
    if options.json:
        print(json.dumps(found))
        return
    for name, seconds in found.items():
        print(f"{name:12} {seconds:8.3f}")


if __name__ == "__main__":
    main()
