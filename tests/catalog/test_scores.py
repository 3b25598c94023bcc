"""One quality per category out of many benchmarks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.catalog.scores import ScoreBook, speed
from pointsman.types import Model, Quality, Scale, Score, Speed

from tests.catalog.values import ACME, AT, score


def quality(book: ScoreBook, model: str | Model) -> dict[str, Quality]:
    """Quality by category."""
    listed = Model(model) if isinstance(model, str) else model
    return dict(book.quality(book.rows(listed), listed))


FIELD = (score("Alpaca 5", 60), score("Beaver 2", 40), score("Camel 1", 20))


def test_the_best_is_a_hundred_and_the_worst_zero() -> None:
    """The scale is today's field, from the worst known to the best known."""
    book = ScoreBook(FIELD)

    assert [quality(book, name)["general"].value for name in ("alpaca-5", "beaver-2", "camel-1")] == [
        100.0,
        50.0,
        0.0,
    ]


def test_a_lower_is_better_benchmark_counts_the_other_way_round() -> None:
    """An error rate's best value is its lowest."""
    wrong = Scale(100.0, 0.0)
    book = ScoreBook([score("Alpaca 5", 5, scale=wrong), score("Beaver 2", 50, scale=wrong)])

    assert quality(book, "alpaca-5")["general"].value == 100.0


def test_hard_and_easy_benchmarks_count_alike() -> None:
    """A model measured only on the hard one is not worse for it."""
    book = ScoreBook(
        [
            *(score(name, value, "easy") for name, value in (("A 1", 90), ("B 1", 80), ("C 1", 70))),
            *(score(name, value, "hard") for name, value in (("D 1", 9), ("E 1", 8), ("F 1", 7))),
        ]
    )

    assert quality(book, "a-1")["general"].value == quality(book, "d-1")["general"].value


def test_one_score_is_shrunk_and_uncertain() -> None:
    """With fewer scores a model is nearer the middle, surer of nothing, and covers less."""
    book = ScoreBook(
        [
            *(
                score(name, value, "one")
                for name, value in (("A 1", 90), ("B 1", 50), ("C 1", 10), ("D 1", 90))
            ),
            *(
                score(name, value, "two")
                for name, value in (("A 1", 90), ("B 1", 50), ("C 1", 10), ("E 1", 90))
            ),
        ]
    )
    both, single = quality(book, "a-1")["general"], quality(book, "d-1")["general"]

    assert (
        single.value < both.value,
        single.uncertainty > both.uncertainty,
        both.coverage,
        single.coverage,
    ) == (True, True, 1.0, 0.5)


def test_a_category_nobody_measured_is_absent() -> None:
    """Where there is no benchmark there is no figure."""
    assert list(quality(ScoreBook(FIELD), "alpaca-5")) == ["general"]


def test_a_category_without_a_score_is_expected_from_the_general_ability() -> None:
    """Unknown is not bad: it is where the model's other scores let expect, less sure, and not covered."""
    coders = [score(name, value, "code", "coding") for name, value in (("Alpaca 5", 60), ("Camel 1", 20))]
    book = ScoreBook([*FIELD, *coders])
    middling, strong = quality(book, "beaver-2"), quality(book, "alpaca-5")
    coding = middling["coding"]

    assert coding.value == pytest.approx(50.0)
    assert (coding.coverage, coding.evidence, coding.sources) == (
        0.0,
        "expected from general ability",
        ("bench",),
    )
    assert coding.uncertainty > max(strong["coding"].uncertainty, middling["general"].uncertainty)


def test_a_score_in_another_mode_is_corrected_by_what_the_mode_gains() -> None:
    """A plain call to a model measured only at high effort is expected to do less well, as others do."""
    crowd = [
        score(f"M{number} 1{mode}", 10 * number + gain)
        for number in range(1, 7)
        for mode, gain in (("", 0), (" (high)", 20))
    ]
    book = ScoreBook([*crowd, score("Alpaca 5 (high)", 50)])

    assert quality(book, "alpaca-5")["general"].value < quality(book, "alpaca-5-high")["general"].value


def test_only_the_order_of_a_linear_scale_counts_not_its_ends() -> None:
    """A rating on a wide declared scale says as much as the same in percent."""
    percent = ScoreBook(FIELD)
    rating = ScoreBook(score(each.model, 1000 + 5 * each.value, scale=Scale(0.0, 3000.0)) for each in FIELD)
    steep = [score(each.model, 99 - each.value / 2, scale=Scale(100.0, 0.0)) for each in FIELD]

    for name in ("alpaca-5", "beaver-2", "camel-1"):
        assert quality(percent, name)["general"].value == pytest.approx(
            quality(rating, name)["general"].value
        )
        assert quality(percent, name)["general"].value == pytest.approx(
            quality(ScoreBook(steep), name)["general"].value
        )


def test_expected_success_is_calibrated_to_the_scale() -> None:
    """Models that differ little in a category are expected to succeed almost alike in it."""
    values = (("A 1", 90), ("B 1", 50), ("C 1", 10), ("D 1", 30), ("E 1", 70))
    book = ScoreBook(
        [
            *(score(name, value, "hard", "math") for name, value in values),
            *(score(name, 90 + value / 10, "easy", "coding") for name, value in values),
        ]
    )
    means = {
        (name, category): book.share(book.rows(Model(name)), category, Model(name))
        for name in ("a-1", "c-1")
        for category in ("math", "coding", "agentic")
    }
    math, coding, unseen = (
        means["a-1", category] - means["c-1", category] for category in ("math", "coding", "agentic")
    )

    assert math > 5 * coding > 0
    assert 0 < unseen < (math + coding) / 2
    assert all(0 <= each <= 1 for each in means.values())


def test_a_model_nobody_measured_has_no_quality() -> None:
    """And a mini version does not borrow the full model's."""
    assert quality(ScoreBook(FIELD), "alpaca-5-mini") == {}


@pytest.mark.parametrize(
    ("rows", "taken"),
    [
        (("X 1 (high)", "X 1", "X 1 (low)"), "X 1"),
        (("X 1 (xhigh)", "X 1 (medium)", "X 1 (Non-reasoning)"), "X 1 (medium)"),
        (
            ("X 1 (Reasoning, Max Effort)", "X 1 (Non-reasoning, High Effort)"),
            "X 1 (Non-reasoning, High Effort)",
        ),
        (("X 1 (xhigh)",), "X 1 (xhigh)"),
    ],
)
def test_the_mode_a_plain_call_gets_is_taken(rows: tuple[str, ...], taken: str) -> None:
    """No mode stated first, then medium, then no reasoning; a high effort only where there is nothing
    else.
    """
    book = ScoreBook([score(name, 50 + place) for place, name in enumerate(rows)])

    assert taken == book.rows(Model("x-1"))[0].entry.name


def test_a_listed_mode_takes_its_own_row() -> None:
    """An id that states a mode is measured in that mode, and never in the contrary one."""
    book = ScoreBook([score("X 1 (Reasoning)", 70), score("X 1 (Non-reasoning)", 40)])

    assert [row.entry.name for row in book.rows(Model("x-1-non-reasoning"))] == ["X 1 (Non-reasoning)"]


def test_a_stated_mode_comes_before_an_unstated_one() -> None:
    """The row that states the same mode is nearer than the one that states none."""
    book = ScoreBook([score("X 1", 50), score("X 1 (high)", 70)])

    assert [row.entry.name for row in book.rows(Model("x-1-high"))] == ["X 1 (high)", "X 1"]


def test_a_row_without_the_category_leaves_it_to_the_next() -> None:
    """The preferred mode may be unmeasured in a category; the next one then speaks for the model."""
    book = ScoreBook([score("X 1", 50, "code", "coding"), score("X 1 (low)", 50), score("Y 1", 20)])

    assert {"coding", "general"} == set(quality(book, "x-1"))


def test_a_distillation_does_not_get_its_teachers_score() -> None:
    """Nor a teacher its pupil's."""
    book = ScoreBook([score("Alpaca R1 Distill Beaver 70B", 30)])

    assert book.rows(Model("alpaca-r1")) == []


def test_speed_is_the_providers_own_where_it_was_measured() -> None:
    """The offer's own figures come before anybody's; what is missing is filled from the others."""
    book = ScoreBook(
        [
            Speed("X 1", AT, 50.0, 0.9, source="bench"),
            Speed("X 1", AT, 200.0, None, provider="Acme", source="bench"),
            Speed("X 1", AT, 900.0, 0.1, provider="Other", source="bench"),
        ]
    )
    found = speed(book.rows(Model("x-1")), ACME)

    assert found is not None
    assert (found.output_tokens_per_second, found.time_to_first_token) == (200.0, 0.9)


def test_speeds_of_several_sources_are_their_median() -> None:
    """One source that is off moves nothing."""
    book = ScoreBook(
        Speed("X 1", AT, rate, 0.5, source=source)
        for source, rate in (("one", 90.0), ("two", 110.0), ("three", 9000.0))
    )
    found = speed(book.rows(Model("x-1")), ACME)

    assert found is not None
    assert (found.output_tokens_per_second, found.time_to_first_token, found.source) == (
        110.0,
        0.5,
        "one, three, two",
    )


def test_of_one_source_the_newest_speed_in_the_nearest_mode_counts() -> None:
    """A later measurement comes before an earlier one, and a plain one before one at high effort."""
    later = AT + timedelta(days=30)
    book = ScoreBook(
        [
            Speed("X 1", AT, 50.0, source="bench"),
            Speed("X 1", later, 70.0, source="bench"),
            Speed("X 1 (high)", later + timedelta(days=1), 20.0, source="bench"),
        ]
    )
    found = speed(book.rows(Model("x-1")), ACME)

    assert found is not None
    assert (found.output_tokens_per_second, found.as_of) == (70.0, later)


@pytest.mark.parametrize("rate", [0.0, -3.0, float("nan"), float("inf")])
def test_a_speed_that_cannot_be_is_unknown(rate: float) -> None:
    """It would count as never or at once."""
    assert speed(ScoreBook([Speed("X 1", AT, rate, source="bench")]).rows(Model("x-1")), ACME) is None


def test_a_value_off_its_scale_is_dropped() -> None:
    """A figure that cannot be would move every other model's."""
    book = ScoreBook([*FIELD, score("Dingo 4", 6000)])

    assert (book.rows(Model("dingo-4")), quality(book, "alpaca-5")["general"].value) == ([], 100.0)


def test_no_speed_is_unknown() -> None:
    """Not zero."""
    assert None is speed(ScoreBook(FIELD).rows(Model("alpaca-5")), ACME)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.floats()), max_size=12))
def test_no_board_breaks_the_book(rows: list[tuple[str, float]]) -> None:
    """Whatever a leaderboard holds, every quality is a figure from 0 to 100."""
    book = ScoreBook(
        [Score(f"{name} 1", "index", "general", value, AT, source="bench") for name, value in rows]
    )
    values = [each.value for name in "abcd" for each in quality(book, f"{name}-1").values()]

    assert all(0.0 <= value <= 100.0 for value in values)
