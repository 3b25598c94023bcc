"""Dates inside model names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.catalog.identity.dates import MARK, Agreement, Day, compare_dates, take


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("claude-sonnet-4-5-20250929", Day(2025, 9, 29)),
        ("gpt-4o-2024-08-06", Day(2024, 8, 6)),
        ("x@20250929", Day(2025, 9, 29)),
        ("command-r-08-2024", Day(2024, 8)),
        ("mistral-small-2506", Day(2025, 6)),
        ("codestral 25.01", Day(2025, 1)),
        ("deepseek-r1-0528", Day(None, 5, 28)),
        ("gemini-exp-01-21", Day(None, 1, 21)),
        ("seed-251201", Day(2025, 12, 1)),
        ("deepseek r1 0528 (may '25)", Day(2025, 5)),
        ("sonnet-3.5-june", Day(None, 6)),
        ("gpt-4-32k", None),
        ("llama-3.1-70b", None),
        ("llama3-70b-8192", None),
        ("r1-1776", None),
    ],
)
def test_every_written_form_is_read(text: str, day: Day | None) -> None:
    """A date is read as far as it is written, and nothing else is taken for one."""
    assert day == take(text)[1]


def test_a_date_leaves_a_mark() -> None:
    """Where the date stood remains known."""
    assert f"x- {MARK} -fast" == take("x-2025-01-31-fast")[0]


@pytest.mark.parametrize(
    ("one", "two", "agreement"),
    [
        (Day(2025, 9, 29), Day(2025, 9, 29), Agreement.EQUAL),
        (Day(2025, 5), Day(None, 5, 28), Agreement.EQUAL),
        (Day(2025, 5, 14), Day(2025, 5, 22), Agreement.NEAR),
        (Day(None, 4, 20), Day(2026, 4, 23), Agreement.NEAR),
        (Day(2024, 5, 13), Day(2024, 8, 6), Agreement.DIFFERENT),
        (Day(2024), Day(None, 8), Agreement.MISSING),
        (None, Day(2024, 8, 6), Agreement.MISSING),
    ],
)
def test_dates_compare_by_what_both_write(one: Day | None, two: Day | None, agreement: Agreement) -> None:
    """Only parts that both sides write can differ; a few weeks between announcement and snapshot are near."""
    assert (agreement, agreement) == (compare_dates(one, two), compare_dates(two, one))


def test_a_day_that_does_not_exist_is_not_near_anything() -> None:
    """The thirty-first of February is written, but on no calendar."""
    assert compare_dates(Day(2025, 2, 31), Day(2025, 3, 1)) == Agreement.DIFFERENT


@given(st.text(max_size=60).filter(lambda text: MARK not in text))
def test_any_text_can_be_searched(text: str) -> None:
    """No text makes the search fail or run for ever."""
    rest, day = take(text)

    assert (day is not None) == (MARK in rest)
