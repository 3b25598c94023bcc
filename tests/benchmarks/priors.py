"""What public scores alone are worth for choosing, on models whose real outcomes are known.

    uv run --with pyarrow python tests/benchmarks/priors.py DIR [--json]

DIR holds ``public_priors/*_public_scores.json`` (leaderboard columns per model, and which columns a naive
reader would take for which category) and the suite it is named after: ``queries.parquet`` (qid, category),
``outcomes.parquet`` (qid, model, score, cost_usd) and ``models.json`` (list prices).

For every query the model with the greatest quality - lambda x cost is taken, lambda swept; quality is shown
from public scores only, the cost is the list price x the mean tokens of the query's category. The figure is
RouterBench's AIQ (arXiv 2403.12031), the area under the upper hull of (mean cost, mean score), as a share of
the way from blind mixing of the single models (0) to hindsight (1).
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from statistics import fmean, pstdev
from typing import Any

from attrs import frozen
from pointsman.catalog.scores import ScoreBook
from pointsman.types import Model, Scale, Score

AT = datetime(2024, 9, 1, tzinfo=UTC)
MEASURES = {
    "math": ("math", "mgsm", "wildbench_math"),
    "coding": ("humaneval", "aider_edit", "wildbench_coding"),
    "reasoning": ("gpqa", "zebra"),
    "general": ("mmlu", "mmlu_redux", "wildbench_creative", "wildbench_planning", "wildbench_info"),
}
"""The category a source plugin would declare for each column."""
NEEDS = {"math_grade_school": "math", "math_competition": "math", "code_reasoning": "coding"}
"""Which of them a query asks for; calling tools is what no column measures."""
LAMBDAS = [0.0, *(10 ** (power / 10 - 2) for power in range(81))]
STEPS = 2000

Point = tuple[float, float]
"""Mean USD per query, mean score."""
Quality = Callable[[str, str], float]
"""Of a model in a query category."""


@frozen
class Suite:
    """Outcomes by query.

    Attributes:
        outcomes: Per query: its category, and (cost, score) by model.
        costs: Expected USD per query, by category and model.
    """

    outcomes: Sequence[tuple[str, Mapping[str, Point]]]
    costs: Mapping[str, Mapping[str, float]]

    @property
    def models(self) -> list[str]:
        """Everybody who can be chosen."""
        return sorted(next(iter(self.costs.values())))

    def play(self, choose: Callable[[str, Mapping[str, Point]], str]) -> Point:
        """Mean cost and score of the choices."""
        taken = [row[choose(category, row)] for category, row in self.outcomes]
        return fmean(cost for cost, _ in taken), fmean(score for _, score in taken)

    def figure(self, quality: Quality) -> float:
        """The share of the gap that choosing by this quality closes."""
        singles = [self.play(lambda _, __, each=model: each) for model in self.models]  # type: ignore[misc]
        oracle = [self.play(_hindsight(weight)) for weight in LAMBDAS]
        points = [self.play(self._by(quality, weight)) for weight in LAMBDAS]
        low, high = min(singles), max(cost for cost, _ in singles)
        blind = area(hull(singles), low, high)
        best = area(hull([*oracle, *singles]), low, high)
        return (area(hull([*points, low]), low, high) - blind) / (best - blind)

    def _by(self, quality: Quality, weight: float) -> Callable[[str, Mapping[str, Point]], str]:
        chosen = {
            category: max(self.models, key=lambda each: quality(each, category) - weight * costs[each])
            for category, costs in self.costs.items()
        }
        return lambda category, _: chosen[category]


def _hindsight(weight: float) -> Callable[[str, Mapping[str, Point]], str]:
    return lambda _, row: max(sorted(row), key=lambda each: row[each][1] - (weight + 1e-9) * row[each][0])


def hull(points: Iterable[Point]) -> list[Point]:
    """Non-decreasing upper hull."""
    found: list[Point] = []
    for cost, score in sorted(points, key=lambda each: (each[0], -each[1])):
        if found and score <= max(each for _, each in found):
            continue
        while len(found) > 1 and _slope(found[-2], found[-1]) <= _slope(found[-2], (cost, score)):
            found.pop()
        found.append((cost, score))
    return found


def _slope(one: Point, two: Point) -> float:
    return (two[1] - one[1]) / (two[0] - one[0]) if two[0] > one[0] else float("inf")


def area(line: Sequence[Point], low: Point, high: float) -> float:
    """Mean height from the cheapest model's cost to the dearest's."""
    grid = [low[0] + (high - low[0]) * step / STEPS for step in range(STEPS + 1)]
    return fmean(_height(line, cost, low[1]) for cost in grid)


def _height(line: Sequence[Point], cost: float, floor: float) -> float:
    if cost < line[0][0]:
        return floor
    for one, two in pairwise(line):
        if cost <= two[0]:
            return one[1] + (cost - one[0]) * _slope(one, two)
    return line[-1][1]


def averaged(columns: Mapping[str, Mapping[str, float]], names: Iterable[str]) -> Mapping[str, float]:
    """Mean standardised score over these columns, by model."""
    found: dict[str, list[float]] = defaultdict(list)
    for name in names:
        values = columns[name]
        mean, spread = fmean(values.values()), pstdev(values.values())
        for model, value in values.items():
            found[model].append((value - mean) / spread)
    return {model: fmean(values) for model, values in found.items()}


def merged(columns: Mapping[str, Mapping[str, float]]) -> tuple[Quality, Quality]:
    """Quality by the catalog's own merge of the same columns: as shown, and as the success it lets expect."""
    book = ScoreBook(
        Score(model, name, category, value, AT, Scale(0.0, 100.0), source="public")
        for category, names in MEASURES.items()
        for name in names
        for model, value in columns[name].items()
    )
    rows = {model: book.rows(Model(model)) for name in columns for model in columns[name]}
    shown = {model: book.quality(each, Model(model)) for model, each in rows.items()}

    def quality(model: str, category: str) -> float:
        each = shown[model]
        return each.get(NEEDS.get(category, ""), each["general"]).value

    @cache
    def success(model: str, category: str) -> float:
        each = shown[model].get(NEEDS.get(category, ""))
        return book.share(rows[model], "agentic", Model(model)) if each is None else each.success or 0.0

    return quality, success


def report(folder: Path) -> Mapping[str, float]:
    """The figure of each way to read the same public columns."""
    path = next((folder / "public_priors").glob("*_public_scores.json"))
    stored = json.loads(path.read_text())
    suite = read(folder / path.name.removesuffix("_public_scores.json"))
    columns: dict[str, dict[str, float]] = defaultdict(dict)
    for model, row in stored["scores"].items():
        for name, value in row.items():
            columns[name][model] = value
    one = averaged(columns, columns)
    naive = {need: averaged(columns, names) for need, names in stored["category_map"].items()}

    def by_map(model: str, category: str) -> float:
        return naive.get(category, naive["tools_*"]).get(model, 0.0)

    quality, success = merged(columns)
    ways: Mapping[str, Quality] = {
        "one averaged score": lambda model, _: one[model],
        "naive category scores": by_map,
        "merged, as shown": quality,
        "merged, as expected success": success,
    }
    return {name: round(suite.figure(quality), 4) for name, quality in ways.items()}


def read(folder: Path) -> Suite:
    """A suite from its files."""
    table: Any = import_module("pyarrow.parquet").read_table
    categories = {row["qid"]: row["category"] for row in table(folder / "queries.parquet").to_pylist()}
    rows: dict[str, dict[str, Point]] = defaultdict(dict)
    tokens: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in table(folder / "outcomes.parquet").to_pylist():
        rows[row["qid"]][row["model"]] = row["cost_usd"], row["score"]
        tokens[categories[row["qid"]]].append((row["in_tok"], row["out_tok"]))
    prices = json.loads((folder / "models.json").read_text())
    costs = {
        category: {
            model: (
                price["usd_per_mtok_in"] * fmean(given for given, _ in pairs)
                + price["usd_per_mtok_out"] * fmean(made for _, made in pairs)
            )
            / 1e6
            for model, price in prices.items()
        }
        for category, pairs in tokens.items()
    }
    return Suite([(categories[qid], row) for qid, row in rows.items()], costs)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = report(options.folder)
    if options.json:
        print(json.dumps(found))
        return
    for name, figure in found.items():
        print(f"{name:>24}  {figure:7.3f}")


if __name__ == "__main__":
    main()
