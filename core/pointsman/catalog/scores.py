"""Merges what benchmarks measured into one quality per category, and one speed.

The method, per category:

1. Each benchmark's values are put on one direction (`Scale`) and standardised over everything it measured:
   z = (value - mean) / standard deviation. So hard and easy benchmarks count alike.
2. A model's z is the mean over the benchmarks that measured it, shrunk towards the middle by n / (n +
   `SHRINK`): one lucky score is not a ranking.
3. The shrunk z is mapped linearly so that the worst model known is 0 and the best is 100.

The uncertainty is the standard error of step 2 on that scale, from the spread of the model's own z values
and a prior spread `PRIOR`, so that one score alone is never certain. A category no benchmark measured is
absent; readers take ``general`` in its place.

A model measured in several modes has several rows. The row taken is the one whose mode the listed name
states, else the first of: no mode stated, medium effort, no reasoning, low, minimal, reasoning without an
effort, then the higher efforts: nearest to what a call without any setting gets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from math import sqrt
from statistics import fmean, pstdev

from attrs import frozen

from pointsman.catalog.identity import Identity, Mode, names_of, parse
from pointsman.catalog.index import Found, Index
from pointsman.catalog.match import NO_MAKERS, Verdict
from pointsman.catalog.sources import Source
from pointsman.types import Model, Quality, Score, Speed

SHRINK = 0.5
PRIOR = 0.5
_LAST = 9
_CLEARLY = 0.15  # a join this much less sure is not taken for the sake of a better mode
_MODE_ORDER = {
    (None, ""): 0,
    (None, "medium"): 1,
    (True, "medium"): 1,
    (False, ""): 2,
    (None, "low"): 3,
    (True, "low"): 3,
    (None, "minimal"): 4,
    (True, "minimal"): 4,
    (True, ""): 5,
}


@frozen
class Point:
    """One standardised score.

    Attributes:
        source, benchmark, category: Of the score.
        z: Standard deviations above the mean of all models the benchmark measured.
        as_of: Of the score.
    """

    source: str
    benchmark: str
    category: str
    z: float
    as_of: datetime


@frozen
class Row:
    """Everything one source measured under one name.

    Attributes:
        name: As the source writes it.
        points: Standardised scores.
        speeds: Measured speeds.
    """

    name: str
    points: tuple[Point, ...]
    speeds: tuple[Speed, ...]


class ScoreBook:
    """Every measured row of every benchmark source, filed for joining."""

    def __init__(self, scores: Iterable[Score | Speed], makers: frozenset[str] = NO_MAKERS) -> None:
        """File the rows; their `source` must be filled in. Values off their scale are dropped."""
        rows = list(scores)
        points = _standardise([row for row in rows if isinstance(row, Score) and _on_scale(row)])
        self._indexes = {source: Index(entries, makers) for source, entries in _file(points, rows).items()}
        self._benchmarks: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for point in chain.from_iterable(points.values()):
            self._benchmarks[point.category].add((point.source, point.benchmark))
        self._range = _ranges(points.values())

    def rows(self, model: Model, born: date | None = None, lent: Identity | None = None) -> list[Found[Row]]:
        """The rows that may be taken for `model`, those of each source in order of preference.

        Args:
            model: As listed.
            born: See `pointsman.catalog.index.Index.find`.
            lent: Another list's name for it; see `pointsman.catalog.bridge`.
        """
        names = [*names_of(model), *([lent] if lent else [])]
        taken: list[Found[Row]] = []
        for index in self._indexes.values():
            for name in names:
                found = index.find(name, born)
                if found:
                    taken += _by_mode(found, names[0])
                    break
        return taken

    def quality(self, rows: Sequence[Found[Row]]) -> Mapping[str, Quality]:
        """Quality per category: of each source the first of these rows that was measured in it."""
        taken: dict[tuple[str, str], Found[Row]] = {}
        for found in rows:
            for point in found.entry.points:
                taken.setdefault((point.category, point.source), found)
        return {
            category: self._quality(
                category, [taken[place] for place in sorted(taken) if place[0] == category]
            )
            for category in sorted({category for category, _ in taken})
        }

    def _quality(self, category: str, rows: Sequence[Found[Row]]) -> Quality:
        points = [point for found in rows for point in found.entry.points if point.category == category]
        low, high = self._range[category]
        slope = 100 / (high - low) if high > low else 0.0
        middle, error = _shrunk([point.z for point in points])
        value = (middle - low) * slope if slope else 50.0
        return Quality(
            value=round(min(max(value, 0.0), 100.0), 2),
            uncertainty=round(error * slope if slope else 50.0, 2),
            coverage=round(
                len({(point.source, point.benchmark) for point in points}) / len(self._benchmarks[category]),
                4,
            ),
            sources=tuple(sorted({point.source for point in points})),
            as_of=max(point.as_of for point in points),
            evidence="; ".join(f"{found.entry.name} ({found.match.evidence})" for found in rows),
        )


def speed(rows: Sequence[Found[Row]], source: Source) -> Speed | None:
    """The speed of the provider's own offer where it was measured, else of any offer; newest first."""
    speeds = sorted(
        (
            each
            for found in rows
            for each in found.entry.speeds
            if each.provider is None or source.is_called(each.provider)
        ),
        key=lambda each: (each.provider is None, -each.as_of.timestamp()),
    )
    rate = next((each for each in speeds if each.output_tokens_per_second), None)
    first = next((each for each in speeds if each.time_to_first_token), None)
    told = rate or first
    if told is None:
        return None
    return Speed(
        model=told.model,
        as_of=told.as_of,
        output_tokens_per_second=rate.output_tokens_per_second if rate else None,
        time_to_first_token=first.time_to_first_token if first else None,
        provider=told.provider,
        creator=told.creator,
        source=told.source,
    )


def _on_scale(score: Score) -> bool:
    low, high = sorted((score.scale.worst, score.scale.best))
    return low <= score.value <= high


def _standardise(scores: Sequence[Score]) -> Mapping[tuple[str, str, str | None], list[Point]]:
    """Points by (source, name, creator)."""
    columns: dict[tuple[str, str, str], list[tuple[Score, float]]] = defaultdict(list)
    for score in scores:
        width = score.scale.best - score.scale.worst
        if width:
            share = (score.value - score.scale.worst) / width
            columns[score.source, score.benchmark, score.category].append((score, share))
    points: dict[tuple[str, str, str | None], list[Point]] = defaultdict(list)
    for (source, benchmark, category), column in columns.items():
        shares = [share for _, share in column]
        mean, spread = fmean(shares), pstdev(shares)
        for score, share in column:
            z = (share - mean) / spread if spread else 0.0
            points[source, score.model, score.creator].append(
                Point(source, benchmark, category, z, score.as_of)
            )
    return points


def _file(
    points: Mapping[tuple[str, str, str | None], list[Point]],
    rows: Sequence[Score | Speed],
) -> Mapping[str, list[tuple[Identity, Row]]]:
    """Rows by source, with the identity they are found under."""
    speeds: dict[tuple[str, str, str | None], list[Speed]] = defaultdict(list)
    for row in rows:
        if isinstance(row, Speed):
            speeds[row.source, row.model, row.creator].append(row)
    filed: dict[str, list[tuple[Identity, Row]]] = defaultdict(list)
    for place in dict.fromkeys([*points, *speeds]):
        source, name, creator = place
        entry = Row(name, tuple(points.get(place, ())), tuple(speeds.get(place, ())))
        filed[source].append((parse(name, creator), entry))
    return filed


def _ranges(measured: Iterable[Sequence[Point]]) -> Mapping[str, tuple[float, float]]:
    """Lowest and highest shrunk z per category."""
    middles: dict[str, list[float]] = defaultdict(list)
    for points in measured:
        by_category: dict[str, list[float]] = defaultdict(list)
        for point in points:
            by_category[point.category].append(point.z)
        for category, zs in by_category.items():
            middles[category].append(_shrunk(zs)[0])
    return {category: (min(values), max(values)) for category, values in middles.items()}


def _shrunk(zs: Sequence[float]) -> tuple[float, float]:
    """Shrunk mean and its standard error."""
    count, mean = len(zs), fmean(zs)
    spread = sqrt((sum((z - mean) ** 2 for z in zs) + PRIOR**2) / count)
    return mean * count / (count + SHRINK), spread / sqrt(count)


def _by_mode(found: Sequence[Found[Row]], identity: Identity) -> list[Found[Row]]:
    """The rows a call to this model may be taken to get, nearest mode first."""
    wanted = identity.mode
    fitting = [each for each in found if each.match.verdict is Verdict.SAME]
    best = max((each.match.confidence for each in fitting), default=0.0)
    return sorted(
        fitting,
        key=lambda each: (
            each.match.confidence < best - _CLEARLY,
            each.identity.mode != wanted,
            _mode_rank(each.identity.mode),
            -each.match.confidence,
        ),
    )


def _mode_rank(mode: Mode) -> int:
    if mode.reasoning is False:
        return _MODE_ORDER[False, ""]
    return _MODE_ORDER.get((mode.reasoning, mode.effort), _LAST)
