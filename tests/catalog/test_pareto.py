"""The line of models no other beats."""

from __future__ import annotations

import random
import time
from decimal import Decimal

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from pointsman.catalog.pareto import Point, frontier, points

from tests.builders import candidate, quality


def point(name: str, price: str, good: float) -> Point:
    """A model at this place."""
    return Point(name, Decimal(price), good)


def beats(one: Point, two: Point) -> bool:
    """The definition, word by word."""
    as_good = one.price <= two.price and one.quality >= two.quality
    return as_good and (one.price < two.price or one.quality > two.quality)


def test_cheap_and_good_are_on_the_line() -> None:
    """What is dearer and no better is not."""
    cheap, good, bad = point("cheap", "1", 40), point("good", "9", 90), point("bad", "9.5", 60)

    assert (cheap, good) == frontier([bad, good, cheap])


def test_at_one_price_the_best_and_of_one_quality_the_cheapest() -> None:
    """And of equals in both, all."""
    same = [point("b", "2", 50), point("a", "2", 50)]
    worse, dearer = point("worse", "2", 49), point("dearer", "3", 50)

    assert (same[1], same[0]) == frontier([worse, dearer, *same])


def test_free_is_a_price() -> None:
    """The cheapest there is."""
    free, paid = point("free", "0", 30), point("paid", "1", 30)

    assert (free,) == frontier([paid, free])


def test_nobody_makes_no_line() -> None:
    """And no error."""
    assert frontier([]) == ()


def test_unknown_price_or_quality_is_no_point() -> None:
    """Nor is a model measured only in another category."""
    known = evolve(candidate("acme/known", rate="2", estimated=True), quality=quality(coding=70))
    others = [
        evolve(candidate("acme/unpriced", rate=None), quality=quality(coding=70)),
        candidate("acme/elsewhere", general=99),
        candidate("acme/unmeasured", general=None),
    ]

    assert points([known, *others], "coding") == (
        Point("acme/known", Decimal(2), 70.0, uncertainty=5.0, estimated=True),
    )


PLACES = st.tuples(st.integers(0, 6), st.integers(0, 6))


@given(st.lists(PLACES, max_size=40))
def test_the_frontier_is_exactly_what_nothing_dominates(places: list[tuple[int, int]]) -> None:
    """Against the definition, with many ties."""
    found = [point(f"m{number}", str(cost), good) for number, (cost, good) in enumerate(places)]
    wanted = {each.model for each in found if not any(beats(other, each) for other in found)}

    assert wanted == {each.model for each in frontier(found)}


def test_the_time_grows_as_sorting_does() -> None:
    """Ten times the points take far less than a hundred times as long."""
    dice = random.Random(7)  # noqa: S311 (no secret)
    found = [point(f"m{n}", str(dice.randint(1, 10**6)), dice.random() * 100) for n in range(50_000)]

    def fastest(count: int) -> float:
        times = []
        for _ in range(3):
            started = time.process_time()
            frontier(found[:count])
            times.append(time.process_time() - started)
        return min(times)

    assert fastest(50_000) < 60 * fastest(5_000)
