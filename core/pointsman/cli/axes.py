"""Where a point stands in a picture: price on a logarithmic axis, quality on a plain one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import ceil, floor, log10
from typing import Self

from attrs import frozen

from pointsman.catalog.pareto import Point

_STEPS = (10, 20, 25)
_MOST_STEPS = 6


@frozen
class Axes:
    """The edges of a picture.

    Attributes:
        cheap, dear: Powers of ten of USD per million tokens at the left and right edge.
        low, high: Quality at the bottom and top.
        free: Whether some model is free; zero has no place on a logarithmic axis and gets its own.
    """

    cheap: float
    dear: float
    low: int
    high: int
    free: bool

    @classmethod
    def around(cls, points: Sequence[Point]) -> Self:
        """The edges that hold all these points, with a little room at the sides."""
        powers = [log10(point.price) for point in points if point.price > 0] or [0.0]
        room = max((max(powers) - min(powers)) * 0.04, 0.05)
        qualities = [point.quality for point in points] or [0.0, 100.0]
        low, high = 10 * floor(min(qualities) / 10), 10 * ceil(max(qualities) / 10)
        free = any(point.price == 0 for point in points)
        return cls(min(powers) - room, max(powers) + room, low, max(high, low + 10), free)

    def across(self, price: Decimal) -> float:
        """0 at the left edge to 1 at the right one; for prices above 0."""
        return (log10(price) - self.cheap) / (self.dear - self.cheap)

    def up(self, quality: float) -> float:
        """0 at the bottom to 1 at the top."""
        return (quality - self.low) / (self.high - self.low)

    @property
    def prices(self) -> tuple[Decimal, ...]:
        """Round prices within the edges: powers of ten, with 2 and 5 between where those are few."""
        powers = range(floor(self.cheap), ceil(self.dear) + 1)
        for digits in ((1,), (1, 3), (1, 2, 5)):
            found = [Decimal(digit).scaleb(power) for power in powers for digit in digits]
            within = tuple(each for each in found if self.cheap <= log10(each) <= self.dear)
            if len(within) > 2:  # noqa: PLR2004 (two marks hardly show that an axis is logarithmic)
                break
        return within

    @property
    def qualities(self) -> tuple[int, ...]:
        """Round qualities from bottom to top, no more than one can read."""
        span = self.high - self.low
        step = next((each for each in _STEPS if span / each <= _MOST_STEPS), _STEPS[-1])
        return tuple(range(self.low, self.high + 1, step))
