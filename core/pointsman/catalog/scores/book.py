"""Every measured row of every benchmark source, filed for joining, and the quality they add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import sqrt

from pointsman.catalog.identity import Identity, names_of
from pointsman.catalog.index import Found, Index
from pointsman.catalog.match import NO_MAKERS
from pointsman.catalog.scores.ability import Belief, Fit, Posterior, learn
from pointsman.catalog.scores.columns import Column, Point, Row, file
from pointsman.catalog.scores.kin import NOBODY, Name, name_of
from pointsman.catalog.scores.modes import by_mode
from pointsman.types import Model, Quality, Score, Speed


class ScoreBook:
    """Every measured row of every benchmark source, filed for joining."""

    def __init__(self, scores: Iterable[Score | Speed], makers: frozenset[str] = NO_MAKERS) -> None:
        """File the rows; their `source` must be filled in. Values off their scale are dropped."""
        filed = file(list(scores))
        self._indexes = {source: Index(entries, makers) for source, entries in filed.items()}
        measured: dict[Name, list[Point]] = defaultdict(list)
        self._columns: dict[str, set[Column]] = defaultdict(set)
        for identity, row in (each for entries in filed.values() for each in entries):
            if row.points:
                measured[name_of(identity)] += row.points
            for point in row.points:
                self._columns[point.category].add(point.column)
        self.fit = learn(measured)
        self._range = _ranges(self.fit, measured)

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
                    taken += by_mode(found, names[0])
                    break
        return taken

    def quality(self, rows: Sequence[Found[Row]]) -> Mapping[str, Quality]:
        """Quality per category: of each source the first of these rows that was measured in it."""
        taken = taken_of(rows)
        believed = self.believe(rows).categories
        return {
            category: self._quality(
                category, belief, [taken[place] for place in sorted(taken) if place[0] == category]
            )
            for category, belief in sorted(believed.items())
        }

    def believe(self, rows: Sequence[Found[Row]]) -> Posterior:
        """Abilities by what these rows measured; by what is known of everybody when there are none."""
        return self.fit.posterior(_name(rows), points_of(rows))

    def place(self, rows: Sequence[Found[Row]], source: str, category: str) -> float:
        """What a benchmark of this source and category would show; see `Fit.place`."""
        return self.fit.place(_name(rows), points_of(rows), source, category)

    def _quality(self, category: str, belief: Belief, rows: Sequence[Found[Row]]) -> Quality:
        points = [point for found in rows for point in found.entry.points if point.category == category]
        low, high = self._range[category]
        slope = 100 / (high - low) if high > low else 0.0
        value = (belief.mean - low) * slope if slope else 50.0
        return Quality(
            value=round(min(max(value, 0.0), 100.0), 2),
            uncertainty=round(sqrt(belief.variance) * slope, 2) if slope else 50.0,
            coverage=round(len({point.column for point in points}) / len(self._columns[category]), 4),
            sources=tuple(sorted({point.source for point in points})),
            as_of=max(point.as_of for point in points),
            evidence="; ".join(f"{found.entry.name} ({found.match.evidence})" for found in rows),
        )


def taken_of(rows: Sequence[Found[Row]]) -> Mapping[tuple[str, str], Found[Row]]:
    """By category and source, the row that speaks for the model."""
    taken: dict[tuple[str, str], Found[Row]] = {}
    for found in rows:
        for point in found.entry.points:
            taken.setdefault((point.category, point.source), found)
    return taken


def points_of(rows: Sequence[Found[Row]]) -> list[Point]:
    """The scores that speak for the model."""
    return [
        point
        for (category, _), found in taken_of(rows).items()
        for point in found.entry.points
        if point.category == category
    ]


def _name(rows: Sequence[Found[Row]]) -> Name:
    return name_of(rows[0].identity) if rows else NOBODY


def _ranges(fit: Fit, measured: Mapping[Name, Sequence[Point]]) -> Mapping[str, tuple[float, float]]:
    """Lowest and highest ability per category, among all that were measured in it."""
    means: dict[str, list[float]] = defaultdict(list)
    for name, points in measured.items():
        for category, belief in fit.posterior(name, points).categories.items():
            means[category].append(belief.mean)
    return {category: (min(values), max(values)) for category, values in means.items()}
