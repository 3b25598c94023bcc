"""How well the merged scores tell a model's place in a benchmark they have not seen.

    python tests/benchmarks/scores.py DIR [--json] [--unseen]

DIR holds saved leaderboards, a folder each (see `boards.py`). One benchmark at a time is left out, the rest
is merged, and every model of the one left out that is known from another is placed by its ability in that
benchmark's category (``merged``: what the catalog shows), and by that with the leaning that the other
benchmarks of the same source have for it. Printed is Spearman's rank correlation with the real places, beside

- the mean of the model's percentiles in the other benchmarks,
- the best single other benchmark, chosen in hindsight by that very correlation, which nobody could choose by,
- the one single benchmark that agrees best with the mean of the others, which could be chosen.

A model that the single benchmark did not measure stands in its middle. All see the same models and the same
joins. Settings of the merge were chosen on the boards of `TUNED`; the means of the others stand apart.

With ``--unseen`` everything of the hidden benchmark's category and of its source is left out too, and
Pearson's correlation with the general ability is shown: how far it can be relied on where nothing like it was
measured.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import StatisticsError, correlation, fmean
from typing import Any

from attrs import frozen
from pointsman.catalog.scores import ScoreBook
from pointsman.catalog.scores.book import taken_of
from pointsman.catalog.scores.columns import Column
from pointsman.types import Model, Score

if __package__ in {None, ""}:  # run as a file: its own folder is searched, not the checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.boards import read

FEWEST = 10  # models in common, below which a correlation says nothing
METHODS = (
    "merged",
    "merged, with leaning",
    "mean of percentiles",
    "best single",
    "best single, chosen blindly",
)
TUNED = ("analysis", "arena", "calls", "epoch")
"""Sources whose benchmarks the settings were chosen on."""


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
        model = Model(score.model)
        rows = book.rows(model)
        places = {
            point.column: _place(ordered[point.column], values[*point.column, row.entry.name])
            for (category, _), row in taken_of(rows).items()
            for point in row.entry.points
            if point.category == category
        }
        if places:
            believed = book.believe(rows, model)
            belief = believed.categories.get(score.category, believed.general)
            placed = book.place(rows, score.source, score.category, model)
            found.append(Case(score.value, belief.mean, placed, places))
    return found


def _place(ordered: Sequence[float], value: float) -> float:
    """Share of the column below the value, half of its equals counted."""
    return (bisect_left(ordered, value) + bisect_right(ordered, value)) / 2 / len(ordered)


def judge(found: Sequence[Case]) -> dict[str, Any]:
    """The correlations over the same models."""
    real = [case.real for case in found]
    mean = [fmean(case.places.values()) for case in found]
    singles = {
        column: [case.places.get(column, 0.5) for case in found]
        for column in sorted({column for case in found for column in case.places})
    }
    chosen = max(singles.values(), key=lambda places: spearman(mean, places))
    means = {
        "merged": spearman(real, [case.merged for case in found]),
        "merged, with leaning": spearman(real, [case.placed for case in found]),
        "mean of percentiles": spearman(real, mean),
        "best single": max(spearman(real, places) for places in singles.values()),
        "best single, chosen blindly": spearman(real, chosen),
    }
    return {"models": len(found), **{method: round(means[method], 4) for method in METHODS}}


def report(scores: Sequence[Score]) -> dict[str, Any]:
    """Every benchmark left out once; means of all, of those settings were chosen on, and of the others."""
    judged = {}
    for place, held in hidden(scores):
        found = cases(held, [score for score in scores if (score.source, score.benchmark) != place])
        if len(found) >= FEWEST:
            judged[place] = judge(found)
    tuned = [each for place, each in judged.items() if place[0] in TUNED]
    others = [each for place, each in judged.items() if place[0] not in TUNED]
    before = time.process_time()
    ScoreBook(scores)
    return {
        "benchmarks": {"/".join(place): each for place, each in judged.items()},
        "means": _means(judged.values()),
        "means, tuned on": _means(tuned),
        "means, not tuned on": _means(others),
        "fit_seconds": round(time.process_time() - before, 2),
    }


def hidden(scores: Sequence[Score]) -> list[tuple[tuple[str, str], list[Score]]]:
    """The scores of each benchmark."""
    columns: dict[tuple[str, str], list[Score]] = defaultdict(list)
    for score in scores:
        columns[score.source, score.benchmark].append(score)
    return sorted(columns.items())


def _means(judged: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    rows = list(judged)
    return {method: round(fmean(each[method] for each in rows), 4) for method in METHODS} if rows else {}


def unseen(scores: Sequence[Score]) -> dict[str, Any]:
    """Correlation of each benchmark with the general ability by other sources and other categories."""
    found: dict[str, float] = {}
    categories: dict[str, list[float]] = defaultdict(list)
    for (source, benchmark), held in hidden(scores):
        category = held[0].category
        book = ScoreBook(each for each in scores if source != each.source and category != each.category)
        pairs = [
            (score.value, book.believe(rows, model).general.mean)
            for score in held
            if taken_of(rows := book.rows(model := Model(score.model)))
        ]
        if len(pairs) >= FEWEST:
            found[f"{source}/{benchmark}"] = round(correlation(*zip(*pairs, strict=True)), 4)
            categories[category].append(found[f"{source}/{benchmark}"])
    return {
        "benchmarks": found,
        "mean": round(fmean(found.values()), 4),
        "mean of categories": round(fmean(map(fmean, categories.values())), 4),
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--unseen", action="store_true")
    options = parser.parse_args()
    scores = read(options.folder)
    found = unseen(scores) if options.unseen else report(scores)
    if options.json or options.unseen:
        print(json.dumps(found, indent=None if options.json else 1))
        return
    means = {name: row for name, row in found.items() if name.startswith("means")}
    print(f"{'':60}", *(f"{each[:12]:>12}" for each in ("models", *METHODS)))
    for name, row in {**found["benchmarks"], **means}.items():
        print(f"{name:60}", *(f"{row.get(each, ''):>12}" for each in ("models", *METHODS)))
    print(f"one merge of everything: {found['fit_seconds']} s of CPU")


if __name__ == "__main__":
    main()
