"""The kit for benchmark sources."""

from __future__ import annotations

import math

from pointsman.protocols import BenchmarkSource, Http
from pointsman.testing.sources import SourceTests
from pointsman.types import Score, Speed


class BenchmarkSourceTests(SourceTests):
    """What every benchmark source must do. Supply `source` and `feed`; see `SourceTests`."""

    async def rows(self, source: BenchmarkSource, http: Http) -> list[Score | Speed]:
        """Its scores and speeds."""
        return list(await source.scores(http))

    async def test_is_a_benchmark_source(self, source: BenchmarkSource) -> None:
        """It has the shape of the port."""
        assert isinstance(source, BenchmarkSource)

    async def test_values_lie_on_their_scale(self, source: BenchmarkSource, http: Http) -> None:
        """Every score lies between its scale's worst and best."""
        scores = [row for row in await self.rows(source, http) if isinstance(row, Score)]

        assert [row for row in scores if not is_on_scale(row)] == []

    async def test_scores_say_what_they_measure(self, source: BenchmarkSource, http: Http) -> None:
        """Every score names its benchmark and its category."""
        scores = [row for row in await self.rows(source, http) if isinstance(row, Score)]

        assert [row for row in scores if not row.benchmark or not row.category] == []

    async def test_speeds_are_possible(self, source: BenchmarkSource, http: Http) -> None:
        """A measured speed is finite and more than 0; what was not measured is None, never 0."""
        speeds = [row for row in await self.rows(source, http) if isinstance(row, Speed)]
        figures = [(row.output_tokens_per_second, row.time_to_first_token) for row in speeds]

        assert [pair for pair in figures if pair == (None, None)] == []
        assert [
            figure for pair in figures for figure in pair if figure is not None and not is_possible(figure)
        ] == []

    async def test_no_row_comes_twice(self, source: BenchmarkSource, http: Http) -> None:
        """One source says one value per model and benchmark."""
        scores = [row for row in await self.rows(source, http) if isinstance(row, Score)]
        keys = [(row.model, row.creator, row.benchmark, row.category) for row in scores]

        assert [key for key in set(keys) if keys.count(key) > 1] == []


def is_on_scale(score: Score) -> bool:
    """Whether the value is finite and between the ends of its scale, whichever way round they are."""
    low, high = sorted((score.scale.worst, score.scale.best))
    return math.isfinite(score.value) and low <= score.value <= high


def is_possible(figure: float) -> bool:
    """Whether it is finite and more than 0."""
    return math.isfinite(figure) and figure > 0
