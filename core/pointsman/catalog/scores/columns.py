"""Every benchmark's values on one footing: one direction, mean 0, standard deviation 1."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from statistics import fmean, pstdev

from attrs import frozen

from pointsman.catalog.identity import Identity, parse
from pointsman.types import Score, Speed

Column = tuple[str, str, str]
"""Source, benchmark and category: what was measured alike."""

_Place = tuple[str, str, str | None]


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

    @property
    def column(self) -> Column:
        """The column it stands in."""
        return self.source, self.benchmark, self.category


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


def file(rows: Sequence[Score | Speed]) -> Mapping[str, list[tuple[Identity, Row]]]:
    """Rows by source, with the identity they are found under; values off their scale are dropped."""
    points = _standardised([row for row in rows if isinstance(row, Score) and _on_scale(row)])
    speeds: dict[_Place, list[Speed]] = defaultdict(list)
    for row in rows:
        if isinstance(row, Speed):
            speeds[row.source, row.model, row.creator].append(row)
    filed: dict[str, list[tuple[Identity, Row]]] = defaultdict(list)
    for place in dict.fromkeys([*points, *speeds]):
        source, name, creator = place
        entry = Row(name, tuple(points.get(place, ())), tuple(speeds.get(place, ())))
        filed[source].append((parse(name, creator), entry))
    return filed


def _on_scale(score: Score) -> bool:
    low, high = sorted((score.scale.worst, score.scale.best))
    return low <= score.value <= high


def _standardised(scores: Iterable[Score]) -> Mapping[_Place, list[Point]]:
    columns: dict[Column, list[tuple[Score, float]]] = defaultdict(list)
    for score in scores:
        width = score.scale.best - score.scale.worst
        if width:
            share = (score.value - score.scale.worst) / width
            columns[score.source, score.benchmark, score.category].append((score, share))
    points: dict[_Place, list[Point]] = defaultdict(list)
    for column, cells in columns.items():
        shares = [share for _, share in cells]
        mean, spread = fmean(shares), pstdev(shares)
        for score, share in cells:
            z = (share - mean) / spread if spread else 0.0
            points[score.source, score.model, score.creator].append(Point(*column, z, score.as_of))
    return points
