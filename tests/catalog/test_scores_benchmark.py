"""The measurements of `tests/benchmarks/scores.py` and `priors.py` measure what they say."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.boards import read
from tests.benchmarks.priors import Suite, area, hull
from tests.benchmarks.scores import Case, cases, judge, report, spearman, unseen
from tests.catalog.values import score


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ((1, 2, 3), (10, 20, 90), 1.0),
        ((1, 2, 3), (3, 2, 1), -1.0),
        ((1, 2, 3), (5, 5, 5), 0.0),
        ((1, 2, 3, 4), (1, 1, 2, 2), 0.894427191),
    ],
)
def test_rank_correlation(one: tuple[float, ...], two: tuple[float, ...], expected: float) -> None:
    """Ties share a rank; where nothing varies nothing is learned."""
    assert expected == round(spearman(one, two), 9)


def test_a_hidden_benchmark_is_predicted_from_one_like_it() -> None:
    """Models keep their places, so every method finds them."""
    rest = [score(f"M{number} 1", number, "seen") for number in range(12)]
    held = [score(f"M{number} 1", number**2, "hidden") for number in range(12)]
    found = judge(cases(held, rest))

    assert set(found.values()) == {12, 1.0}


def test_a_single_benchmark_can_be_chosen_without_the_hidden_one() -> None:
    """It is the one most like the mean of all, which need not be the one most like the hidden one."""
    twice, once = ("s", "twice", "c"), ("s", "once", "c")
    also = ("s", "also", "c")
    found = judge(
        [Case(each, each, each, {once: each, twice: -each, also: -each}) for each in map(float, range(12))]
    )

    assert (found["best single"], found["best single, chosen blindly"]) == (1.0, -1.0)


def test_a_model_only_the_hidden_benchmark_knows_is_no_case() -> None:
    """There is nothing to tell it from."""
    assert cases([score("New 1", 5, "hidden")], [score("Old 1", 5, "seen")]) == []


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1))
def test_a_hull_rises_and_bends_down(points: list[tuple[int, int]]) -> None:
    """It never falls, each step is flatter than the one before, and no point is above it."""
    line = hull(points)
    slopes = [(two[1] - one[1]) / (two[0] - one[0]) for one, two in pairwise(line)]

    assert all(slope > 0 for slope in slopes)
    assert slopes == sorted(slopes, reverse=True)


def test_an_area_is_a_mean_height() -> None:
    """From 0 at the cheapest to 1 at the dearest: a half."""
    assert round(area([(0.0, 0.0), (1.0, 1.0)], (0.0, 0.0), 1.0), 9) == 0.5


def test_one_model_for_everything_closes_no_gap() -> None:
    """Only choosing by category can; and the right choice of both closes all of it."""
    outcomes = [
        ("a", {"cheap": (1.0, 1.0), "dear": (3.0, 0.0)}),
        ("b", {"cheap": (1.0, 0.0), "dear": (3.0, 1.0)}),
    ]
    suite = Suite(outcomes, {each: {"cheap": 1.0, "dear": 3.0} for each in "ab"})
    right = {("cheap", "a"): 1.0, ("dear", "b"): 1.0}

    assert suite.figure(lambda model, _: float(model == "dear")) == 0.0
    assert suite.figure(lambda model, category: right.get((model, category), 0.0)) == 1.0


@pytest.mark.shared
def test_the_merge_tells_real_places_better_than_anything_single(shared_data: Path) -> None:
    """Every benchmark of ten real boards hidden once: the quality as shown, in the mean, on the boards that
    settings were chosen on and on the others.
    """
    found = report(read(shared_data / "benchmarks"))
    everything, tuned, others = (found[each] for each in ("means", "means, tuned on", "means, not tuned on"))

    assert len(found["benchmarks"]) >= 49
    assert (everything["merged"] > 0.775, everything["merged, with leaning"] > 0.78) == (True, True)
    for means in (everything, others):
        assert means["merged"] > means["best single"] > means["mean of percentiles"]
    assert tuned["merged"] > tuned["best single"] - 0.005


def test_the_unseen_is_predicted_by_other_sources_and_categories_alone() -> None:
    """A benchmark of the same source or category, which is the hidden one again, is not looked at."""
    values = {f"M{number} 1": float(number) for number in range(12)}
    maths = [score(name, value, "again", "math") for name, value in values.items()]
    alike = [evolve(each, benchmark="alike", source="other") for each in maths]
    codes = [score(name, 50 - value, "far", "coding") for name, value in values.items()]
    away = [evolve(each, source="third") for each in codes]
    found = unseen([*maths, *alike, *away])

    assert {name: round(value, 2) for name, value in found["benchmarks"].items()} == {
        "bench/again": -1.0,
        "other/alike": -1.0,
        "third/far": -1.0,
    }
    assert (round(found["mean"], 2), round(found["mean of categories"], 2)) == (-1.0, -1.0)
