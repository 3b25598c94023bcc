"""Every measured row of every benchmark source, filed for joining, and the quality they add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from math import sqrt

from attrs import frozen

from pointsman.catalog.identity.index import Found, NameIndex, NameQuery
from pointsman.catalog.identity.name import Identity, names_of, parse
from pointsman.catalog.identity.record import NameRecord, parse_model
from pointsman.catalog.identity.statistics import NO_STATISTICS, NameStatistics
from pointsman.catalog.scores.ability import Evidence, Posterior
from pointsman.catalog.scores.columns import Column, Point, Row, standardise
from pointsman.catalog.scores.family import NO_NAME, SAME, Name, name_of
from pointsman.catalog.scores.learning import learn
from pointsman.catalog.scores.modes import by_mode
from pointsman.catalog.scores.success import Success
from pointsman.types import Model, Quality, Score, Speed

EXPECTED = "expected from general ability"
"""The evidence of a quality in a category in which the model has no score."""

UNSURE = 0.3
"""Variance of a row's ability where the join is not sure at all; less in proportion."""


class ScoreBook:
    """Every measured row of every benchmark source, filed for joining."""

    def __init__(self, scores: Iterable[Score | Speed], statistics: NameStatistics = NO_STATISTICS) -> None:
        """File the rows; their `source` must be filled in. Values off their scale are dropped."""
        files = standardise(list(scores))
        self._statistics = statistics
        self._indexes = {source: NameIndex(entries, statistics) for source, entries in files.rows.items()}
        measured: dict[Name, list[Point]] = defaultdict(list)
        self._columns: dict[str, set[Column]] = defaultdict(set)
        for named, row in (each for entries in files.rows.values() for each in entries):
            if row.points:
                measured[name_of(named.name)] += row.points
            for point in row.points:
                self._columns[point.category].add(point.column)
        self.fit = learn(measured)
        self._success = Success.of(self.fit, files.scales)
        self._qualities: dict[tuple[object, ...], Mapping[str, Quality]] = {}

    def rows(self, model: Model, born: date | None = None) -> list[Found[Row]]:
        """The rows that may be taken for `model`, those of each source in order of preference.

        Args:
            model: As listed.
            born: See `pointsman.catalog.identity.index.NameQuery.of`.
        """
        row = parse_model(model)
        alias = self._statistics.date_alias(parse(model.id, model.creator))
        names: list[Identity | NameRecord] = [row, *names_of(model)[1:], *([alias] if alias else [])]
        queries = [NameQuery.of(name, self._statistics, born) for name in names]
        taken: list[Found[Row]] = []
        for index in self._indexes.values():
            found = next(filter(None, map(index.find, queries)), None)
            if found:
                taken += by_mode(found, row.name)
        return taken

    def quality(self, rows: Sequence[Found[Row]], model: Model | None = None) -> Mapping[str, Quality]:
        """Quality in every category that anybody was measured in, if these rows measured anything.

        Of each source the first row that was measured in a category speaks. Where none was, the general
        ability does, with a coverage of 0.

        Args:
            rows: See `rows`.
            model: As listed; without it the rows are taken to be in the mode that is asked for.
        """
        # Many ids mean one model: what the same rows say of the same name is worked out once.
        matches = ((each.entry, each.identity.mode, each.match) for each in rows)
        key = (_asked(rows, model), *matches)
        if key not in self._qualities:
            self._qualities[key] = self._worked_out(rows, model)
        return self._qualities[key]

    def _worked_out(self, rows: Sequence[Found[Row]], model: Model | None) -> Mapping[str, Quality]:
        taken = taken_of(rows)
        if not taken:
            return {}
        believed = self.believe(rows, model)
        measured: dict[str, list[Found[Row]]] = {category: [] for category in sorted(self._columns)}
        for place in sorted(taken):
            measured[place[0]].append(taken[place])
        general = _Ground.of_all(taken.values())
        return {
            category: self._quality(category, believed, self._ground(category, each) if each else general)
            for category, each in measured.items()
        }

    def believe(self, rows: Sequence[Found[Row]], model: Model | None = None) -> Posterior:
        """Abilities by what these rows measured; by what is known of everybody when there are none."""
        name = _asked(rows, model)
        return self.fit.believe(name, self._evidence(rows, name))

    def place(
        self, rows: Sequence[Found[Row]], source: str, category: str, model: Model | None = None
    ) -> float:
        """What a benchmark of this source and category would show; see `Fit.place`."""
        name = _asked(rows, model)
        return self.fit.place(name, self._evidence(rows, name), source, category)

    def share(self, rows: Sequence[Found[Row]], category: str, model: Model | None = None) -> float:
        """The expected share of its scale that a benchmark of this category gives; see `Success`."""
        return self._success.share(self.believe(rows, model), category)

    def _evidence(self, rows: Sequence[Found[Row]], name: Name) -> list[Evidence]:
        """What each row that speaks for a model says of it in the mode asked for."""
        asked, fit = name[-1], self.fit
        evidence = []
        for found, points in points_of(rows):
            mode = found.identity.mode
            other = fit.spread[SAME] if mode != asked else 0.0
            doubt = other + UNSURE * (1 - found.match.confidence)
            evidence.append(Evidence(points, fit.prior_mean.gain(mode, asked), doubt))
        return evidence

    def _ground(self, category: str, rows: Sequence[Found[Row]]) -> _Ground:
        """What a quality in a category that these rows measured is based on."""
        points = [point for found in rows for point in found.entry.points if point.category == category]
        return _Ground(
            len({point.column for point in points}) / len(self._columns[category]),
            tuple(sorted({point.source for point in points})),
            max(point.as_of for point in points),
            "; ".join(f"{found.entry.name} ({found.match.evidence})" for found in rows),
        )

    def _quality(self, category: str, believed: Posterior, ground: _Ground) -> Quality:
        belief = believed.categories.get(category) or self.fit.unmeasured(believed, category)
        low, high = self.fit.ranges[category]
        slope = 100 / (high - low) if high > low else 0.0
        value = (belief.mean - low) * slope if slope else 50.0
        return Quality(
            value=round(min(max(value, 0.0), 100.0), 2),
            uncertainty=round(min(sqrt(belief.variance) * slope, 100.0), 2) if slope else 50.0,
            coverage=round(ground.coverage, 4),
            sources=ground.sources,
            as_of=ground.as_of,
            evidence=ground.evidence,
            success=round(self._success.share(believed, category), 4),
        )


@frozen
class _Ground:
    """What a quality is based on: see `pointsman.types.Quality`."""

    coverage: float
    sources: tuple[str, ...]
    as_of: datetime
    evidence: str

    @classmethod
    def of_all(cls, rows: Iterable[Found[Row]]) -> _Ground:
        """All scores of a model together, in a category of which there is none."""
        points = [point for found in rows for point in found.entry.points]
        sources = tuple(sorted({point.source for point in points}))
        return cls(0.0, sources, max(point.as_of for point in points), EXPECTED)


def taken_of(rows: Sequence[Found[Row]]) -> Mapping[tuple[str, str], Found[Row]]:
    """By category and source, the row that speaks for the model."""
    taken: dict[tuple[str, str], Found[Row]] = {}
    for found in rows:
        for point in found.entry.points:
            taken.setdefault((point.category, point.source), found)
    return taken


def points_of(rows: Sequence[Found[Row]]) -> Iterator[tuple[Found[Row], list[Point]]]:
    """The scores that speak for the model, by row."""
    taken = taken_of(rows)
    for found in rows:
        points = [point for point in found.entry.points if taken[point.category, point.source] is found]
        if points:
            yield found, points


def _asked(rows: Sequence[Found[Row]], model: Model | None) -> Name:
    """Of which model in which mode the ability is asked for."""
    if model is not None:
        return name_of(parse_model(model).name)
    return name_of(rows[0].identity) if rows else NO_NAME
