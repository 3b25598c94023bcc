"""Every benchmark's values on one scale: one direction, mean 0, standard deviation 1.

    share = (value - worst) / (best - worst)            of the declared scale
    z = (share - mean) / sd                             of everybody measured

So any other linear scale gives the same z, and ratings stand beside percentages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from statistics import fmean, pstdev

from attrs import frozen

from pointsman.catalog.identity.record import NameRecord, parse_row
from pointsman.catalog.identity.rows import ListRow
from pointsman.types import Score, Speed
from pointsman.types.models import NO_FACTS

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
class Scale:
    """Where a benchmark's scores stand on its own scale.

    Attributes:
        mean: Of everybody's share of the scale, 0 (worst) to 1 (best).
        spread: Its standard deviation.
    """

    mean: float
    spread: float


@frozen(eq=False)
class Row:
    """Everything one source measured under one name; one row is equal to itself alone.

    Attributes:
        name: As the source writes it.
        points: Standardised scores.
        speeds: Measured speeds.
    """

    name: str
    points: tuple[Point, ...]
    speeds: tuple[Speed, ...]


@frozen
class Standardised:
    """What all sources measured.

    Attributes:
        rows: By source, with the name they are found under.
        scales: Of every column.
    """

    rows: Mapping[str, Sequence[tuple[NameRecord, Row]]]
    scales: Mapping[Column, Scale]


def standardise(rows: Sequence[Score | Speed]) -> Standardised:
    """Rows by source; values off their scale are dropped."""
    columns = _columns(row for row in rows if isinstance(row, Score) and _on_scale(row))
    scales = {column: _scale(cells) for column, cells in columns.items()}
    points: dict[_Place, list[Point]] = defaultdict(list)
    for column, cells in columns.items():
        on = scales[column]
        for score, share in cells:
            z = (share - on.mean) / on.spread if on.spread else 0.0
            points[score.source, score.model, score.creator].append(Point(*column, z, score.as_of))
    speeds: dict[_Place, list[Speed]] = defaultdict(list)
    for row in rows:
        if isinstance(row, Speed):
            speeds[row.source, row.model, row.creator].append(row)
    facts = {(row.source, row.model, row.creator): row.facts for row in rows if row.facts != NO_FACTS}
    entries: dict[str, list[tuple[NameRecord, Row]]] = defaultdict(list)
    for place in dict.fromkeys([*points, *speeds]):
        source, name, creator = place
        written = ListRow.scored(source, name, creator, facts.get(place, NO_FACTS))
        entry = Row(name, tuple(points.get(place, ())), tuple(speeds.get(place, ())))
        entries[source].append((parse_row(written), entry))
    return Standardised(entries, scales)


def _on_scale(score: Score) -> bool:
    low, high = sorted((score.scale.worst, score.scale.best))
    return low <= score.value <= high


def _columns(scores: Iterable[Score]) -> Mapping[Column, list[tuple[Score, float]]]:
    """Scores by column, each with its share of the scale."""
    columns: dict[Column, list[tuple[Score, float]]] = defaultdict(list)
    for score in scores:
        width = score.scale.best - score.scale.worst
        if width:
            share = (score.value - score.scale.worst) / width
            columns[score.source, score.benchmark, score.category].append((score, share))
    return columns


def _scale(cells: Sequence[tuple[Score, float]]) -> Scale:
    shares = [share for _, share in cells]
    return Scale(fmean(shares), pstdev(shares))
