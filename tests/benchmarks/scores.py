"""How well the merged scores tell a model's place in a benchmark they have not seen.

    python tests/benchmarks/scores.py DIR [--json]

DIR holds saved leaderboards, a folder each (see `boards.py`). One benchmark at a time is left out, the rest
is merged, and every model of the one left out that is known from another is placed by its ability in that
benchmark's category (``merged``: what the catalog shows), and by that with the leaning that the other
benchmarks of the same source have for it. Printed is Spearman's rank correlation with the real places, beside

- the mean of the model's percentiles in the other benchmarks, and
- the best single other benchmark, chosen in hindsight; a model it did not measure stands in its middle.

All see the same models and the same joins.
"""

from __future__ import annotations

import argparse
import json
import time
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import StatisticsError, correlation, fmean
from typing import Any

from attrs import frozen
from pointsman.catalog.scores import ScoreBook
from pointsman.catalog.scores.book import taken_of
from pointsman.catalog.scores.columns import Column
from pointsman.types import Model, Score

from tests.benchmarks.boards import read

FEWEST = 10  # models in common, below which a correlation says nothing


@frozen
class Case:
    """One model of the benchmark left out.

    Attributes:
        real: Its score there.
        merged: Its ability in that category by everything else, as the catalog tells it.
        placed: The same and the leaning of the benchmark's source.
        places: Its percentile in each other benchmark that measured it.
    """

    real: float
    merged: float
    placed: float
    places: Mapping[Column, float]


def spearman(one: Sequence[float], two: Sequence[float]) -> float:
    """Rank correlation; equal values share a rank; 0 where all values are equal."""
    try:
        return correlation(_ranks(one), _ranks(two))
    except StatisticsError:
        return 0.0


def _ranks(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    return [(bisect_left(ordered, value) + bisect_right(ordered, value)) / 2 for value in values]


def cases(held: Sequence[Score], rest: Sequence[Score]) -> list[Case]:
    """Every model of `held` that the rest knows, with what the rest says of it."""
    book = ScoreBook(rest)
    columns: dict[Column, list[float]] = defaultdict(list)
    for score in rest:
        columns[score.source, score.benchmark, score.category].append(score.value)
    ordered = {column: sorted(values) for column, values in columns.items()}
    values = {(score.source, score.benchmark, score.category, score.model): score.value for score in rest}
    found = []
    for score in held:
        rows = book.rows(Model(score.model))
        places = {
            point.column: _place(ordered[point.column], values[*point.column, row.entry.name])
            for (category, _), row in taken_of(rows).items()
            for point in row.entry.points
            if point.category == category
        }
        if places:
            believed = book.believe(rows)
            belief = believed.categories.get(score.category, believed.general)
            placed = book.place(rows, score.source, score.category)
            found.append(Case(score.value, belief.mean, placed, places))
    return found


def _place(ordered: Sequence[float], value: float) -> float:
    """Share of the column below the value, half of its equals counted."""
    return (bisect_left(ordered, value) + bisect_right(ordered, value)) / 2 / len(ordered)


def judge(found: Sequence[Case]) -> dict[str, Any]:
    """The correlations over the same models."""
    real = [case.real for case in found]
    singles = sorted({column for case in found for column in case.places})
    return {
        "models": len(found),
        "merged": round(spearman(real, [case.merged for case in found]), 4),
        "merged, with leaning": round(spearman(real, [case.placed for case in found]), 4),
        "mean of percentiles": round(spearman(real, [fmean(case.places.values()) for case in found]), 4),
        "best single": round(
            max(spearman(real, [case.places.get(column, 0.5) for case in found]) for column in singles), 4
        ),
    }


def report(scores: Sequence[Score]) -> dict[str, Any]:
    """Every benchmark left out once, and the means."""
    columns: dict[tuple[str, str], list[Score]] = defaultdict(list)
    for score in scores:
        columns[score.source, score.benchmark].append(score)
    judged = {}
    for place, held in sorted(columns.items()):
        found = cases(held, [score for score in scores if (score.source, score.benchmark) != place])
        if len(found) >= FEWEST:
            judged["/".join(place)] = judge(found)
    means = {
        method: round(fmean(each[method] for each in judged.values()), 4)
        for method in ("merged", "merged, with leaning", "mean of percentiles", "best single")
    }
    before = time.process_time()
    ScoreBook(scores)
    return {"benchmarks": judged, "means": means, "fit_seconds": round(time.process_time() - before, 2)}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = report(read(options.folder))
    if options.json:
        print(json.dumps(found))
        return
    for name, row in {**found["benchmarks"], "mean": found["means"]}.items():
        print(f"{name:60}", *(f"{row.get(each, ''):>8}" for each in ("models", *found["means"])))
    print(f"one merge of everything: {found['fit_seconds']} s of CPU")


if __name__ == "__main__":
    main()
