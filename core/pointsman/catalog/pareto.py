"""Quality against price: every model as a point, and the Pareto frontier of all points. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from attrs import frozen

from pointsman.types import Candidate


@frozen
class Point:
    """One model whose price and quality are both known.

    Attributes:
        model: Key.
        price: Blended USD per million tokens; 0 is free.
        quality: 0 to 100.
        uncertainty: One standard deviation of the quality.
        estimated: Whether the price is only an estimate.
    """

    model: str
    price: Decimal
    quality: float
    uncertainty: float = 0.0
    estimated: bool = False


def points(candidates: Iterable[Candidate], category: str) -> tuple[Point, ...]:
    """The candidates that can be drawn: blended price known, and measured in this very category.

    An unknown price or quality is neither 0 nor the worst, so such a model is no point at all.
    """
    found = []
    for each in candidates:
        price = each.price.rates.blended if each.price else None
        quality = each.quality.get(category)
        measured = quality is not None and quality.coverage > 0  # else it is expected from other scores
        if each.price is not None and price is not None and quality is not None and measured:
            found.append(Point(each.key, price, quality.value, quality.uncertainty, each.price.estimated))
    return tuple(found)


def frontier(found: Iterable[Point]) -> tuple[Point, ...]:
    """The points on the Pareto frontier, cheapest first: no other is as cheap and as good, and better in one.

    Of points that are equal in both, all are on the line. At one price only the best are, and of one quality
    only the cheapest. Uncertainties are not looked at: the line is drawn through what is believed today.
    """
    line: list[Point] = []
    for point in sorted(found, key=lambda each: (each.price, -each.quality, each.model)):
        last = line[-1] if line else None
        if (
            last is None
            or point.quality > last.quality
            or (point.price, point.quality) == (last.price, last.quality)
        ):
            line.append(point)
    return tuple(line)
