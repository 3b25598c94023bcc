"""The model behind the merge."""

from __future__ import annotations

from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.catalog.identity.name import parse
from pointsman.catalog.scores.ability import Belief, Evidence, Fit, Line, posterior
from pointsman.catalog.scores.book import ScoreBook
from pointsman.catalog.scores.columns import Point
from pointsman.catalog.scores.family import (
    NO_NAME,
    SAME,
    SIBLING,
    UNRELATED,
    FamilyPrior,
    ModelIndex,
    Name,
    name_of,
)
from pointsman.catalog.scores.learning import learn
from pointsman.types import Model

from tests.catalog.values import AT, score


def point(z: float, benchmark: str = "index", category: str = "general") -> Point:
    """A standardised score."""
    return Point("bench", benchmark, category, z, AT)


FLAT = Belief(0.0, 1.0)


def test_no_score_leaves_the_prior() -> None:
    """Without evidence nothing is learned."""
    assert posterior(Fit(), Belief(0.4, 0.5), ()).general == Belief(0.4, 0.5)


def test_one_score_is_weighed_by_hand() -> None:
    """With noise 1, deviation 1 and prior variance 1: g has a third of the score, y two thirds."""
    fit = Fit({point(0).column: Line(noise=1.0)}, {"general": 1.0})
    found = posterior(fit, FLAT, [Evidence([point(3.0)])])

    assert (found.general.mean, found.general.variance) == pytest.approx((1.0, 2 / 3))
    assert (found.categories["general"].mean, found.categories["general"].variance) == pytest.approx(
        (2.0, 2 / 3)
    )


def test_a_category_borrows_from_the_others() -> None:
    """A middling score in math is believed to be higher of a model that is strong elsewhere."""
    alone = posterior(Fit(), FLAT, [Evidence([point(0.0, "m", "math")])]).categories["math"]
    both = Evidence([point(0.0, "m", "math"), point(2.0, "c", "coding")])
    strong = posterior(Fit(), FLAT, [both]).categories["math"]

    assert (strong.mean > alone.mean, strong.variance < alone.variance) == (True, True)


def prior_mean(**abilities: float) -> tuple[dict[str, Name], FamilyPrior]:
    """Names by what was written, and what is known of them."""
    names = {each: name_of(parse(each.replace("_", "-"))) for each in abilities}
    return names, FamilyPrior(ModelIndex.of(names.values()), list(abilities.values()), {})


def test_relatives_are_expected_to_be_alike() -> None:
    """Relatives before family, family before everybody, and the model itself is left out."""
    names, known = prior_mean(alpaca_5_8b=1.0, alpaca_5_70b=2.0, alpaca_4_8b=-1.0, beaver_1=9.0)

    assert known.expect(names["beaver_1"]) == (0.0, UNRELATED)
    assert known.expect(NO_NAME) == (0.0, UNRELATED)
    # the others of the family: (2 - 1) / (2 + 0.5) = 0.4; of the relatives: (2 + 0.5 x 0.4) / (1 + 0.5)
    expected, near = known.expect(names["alpaca_5_8b"])
    assert (round(expected, 9), near) == (round(2.2 / 1.5, 9), SIBLING)


def test_a_name_nobody_measured_has_relatives_too() -> None:
    """It is expected to be like all of them."""
    _, known = prior_mean(alpaca_5_8b=1.0)
    expected, near = known.expect(name_of(parse("alpaca-5-70b")))

    # the family: 1 / 1.5; the relatives: (1 + 0.5 x 0.667) / 1.5
    assert (round(expected, 9), near) == (round((1 + 1 / 3) / 1.5, 9), SIBLING)


def test_a_mode_gains_what_it_gains_other_models() -> None:
    """Where thinking harder helps all others, it is expected to help a model measured only without."""
    crowd = {
        f"m{number}_2{mode}": number + gain
        for number in range(8)
        for mode, gain in (("", 0.0), ("_high", 1.0))
    }
    _, known = prior_mean(**crowd, alpaca_5=0.0)
    plain, high = (known.expect(name_of(parse(each))) for each in ("alpaca-5", "alpaca-5-high"))

    assert (plain[1], high[1]) == (UNRELATED, SAME)
    assert high[0] - known.expect(name_of(parse("alpaca-5-low")))[0] == pytest.approx(
        known.gain(parse("x-1-high").mode, parse("x-1").mode)
    )
    assert 0.5 < known.gain(parse("x-1-high").mode, parse("x-1").mode) < 1.0


def test_a_row_in_another_mode_is_corrected_and_doubted() -> None:
    """By what that mode gains; and with a doubt its scores together say no more than the doubt leaves."""
    exact = posterior(Fit(), FLAT, [Evidence([point(1.0)])])
    gained = posterior(Fit(), FLAT, [Evidence([point(1.5)], gain=0.5)])
    doubted = posterior(Fit(), FLAT, [Evidence([point(1.0, f"b{each}") for each in range(90)], doubt=1.0)])

    assert gained == exact
    # 90 scores with noise 0.3 have a precision of 300; the doubt leaves 300 / 301, so V and T are 1, 0.15 + 1
    assert doubted.general.variance == pytest.approx(1 / (1 + 1 / (0.15 + 301 / 300)))


def test_few_scores_shrink_to_what_models_alike_get() -> None:
    """The same single score is worth more in a strong family than in a weak one."""
    crowd = [
        *(score(f"Alpaca 5 {size}B", 80 + size / 10, "one") for size in (10, 20, 30, 40)),
        *(score(f"Beaver 2 {size}B", 20 + size / 10, "one") for size in (10, 20, 30, 40)),
        *(score(f"Camel {number}", 10 * number, "two") for number in range(1, 10)),
    ]
    book = ScoreBook([*crowd, score("Alpaca 5 7B", 50, "two"), score("Beaver 2 7B", 50, "two")])
    strong, weak = (
        book.quality(book.rows(Model(each)))["general"] for each in ("alpaca-5-7b", "beaver-2-7b")
    )

    assert strong.value > weak.value


def test_a_board_of_the_strong_is_not_taken_for_a_hard_one() -> None:
    """Average among the strong is better than average among all."""
    everybody = [score(f"M{number} 1", number, "open") for number in range(20)]
    elite = [score(f"M{number} 1", number - 10, "elite") for number in range(14, 20)]
    book = ScoreBook([*everybody, *elite, score("New 1", 6.5, "elite"), score("Old 1", 9.5, "open")])
    new, old = (book.quality(book.rows(Model(each)))["general"].value for each in ("new-1", "old-1"))

    assert new > old


def test_a_noisy_board_counts_for_less() -> None:
    """Where two benchmarks agree and a third is noise, the third is fitted the greatest noise."""
    noise = [3.0, -2.0, 1.0, -3.0, 2.0, -1.0, 0.5, -0.5]
    fit = learn(
        {
            name_of(parse(f"m{place}-1")): [point(z, "a"), point(z, "b"), point(noise[place] / 2, "c")]
            for place, z in enumerate((-1.6, -1.1, -0.7, -0.2, 0.2, 0.7, 1.1, 1.6))
        }
    )

    assert max(fit.lines, key=lambda column: fit.lines[column].noise)[1] == "c"


def test_a_source_that_leans_is_expected_to_lean_again() -> None:
    """Its next benchmark is placed by its leaning too, another source's is not."""
    fit = Fit()
    evidence = [Evidence([point(2.0)]), Evidence([Point("other", "index", "general", -1.0, AT)])]

    placed = [fit.place(NO_NAME, evidence, source, "general") for source in ("bench", "third", "other")]
    assert placed == sorted(placed, reverse=True)
    assert fit.believe(NO_NAME, evidence).categories["general"].mean == placed[1]


def test_the_fast_fit_believes_what_the_formula_says() -> None:
    """What is summed by columns and groups is the posterior of each model, as written out."""
    measured = {
        name_of(parse(f"m{number}-{number % 3}-{8 * number}b")): [
            point(number / 5 - 1 + each / 7, f"b{each}", ("general", "coding")[each % 2])
            for each in range(number % 4 + 1)
        ]
        for number in range(12)
    }
    fit = learn(measured)
    means = [
        fit.believe(name, [Evidence(points)]).categories["coding"].mean
        for name, points in measured.items()
        if len(points) > 1
    ]

    assert fit.ranges["coding"] == pytest.approx((min(means), max(means)))


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz"), st.floats(-5, 5)), max_size=15))
def test_every_fit_is_a_figure(cells: list[tuple[str, str, float]]) -> None:
    """Whatever was measured, means are finite, variances positive, and the same input gives the same fit."""
    measured = {
        name_of(parse(f"{name}-1")): [point(z, board, board) for each, board, z in cells if each == name]
        for name in {name for name, _, _ in cells}
    }
    fit, again = learn(measured), learn(measured)
    found = [fit.believe(name, [Evidence(points)]) for name, points in measured.items()]

    assert fit.lines == again.lines
    assert all(each.variance > 0 for model in found for each in (model.general, *model.categories.values()))
    assert all(isfinite(each.general.mean) for each in found)
