"""How figures are written for people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.cli import figures

NOW = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("usd", "text"),
    [("2.5", "2.50"), ("0.075", "0.075"), ("0.0375", "0.0375"), ("0", "0.00"), ("15", "15.00"), (None, "?")],
)
def test_a_rate_shows_what_matters(usd: str | None, text: str) -> None:
    """Two digits, or as many as a small price needs."""
    assert text == figures.rate(None if usd is None else Decimal(usd))


def test_an_estimate_is_marked() -> None:
    """A guess never looks like a price."""
    assert (
        figures.rate(Decimal("1.2"), estimated=True),
        figures.dollars(0.00042, estimated=True),
    ) == ("~1.20", "~$0.00042")


@given(st.decimals(min_value=0, max_value=1000, places=9))
def test_an_amount_is_never_shown_as_nothing(usd: Decimal) -> None:
    """However small, it is not rounded to zero, and it is within half a percent."""
    shown = Decimal(figures.dollars(usd).removeprefix("$"))

    assert (usd == 0) is (shown == 0)
    assert abs(shown - usd) <= max(usd * Decimal("0.005"), Decimal(0))


@pytest.mark.parametrize(
    ("count", "text"),
    [(None, "?"), (0, "0"), (950, "950"), (128_000, "128k"), (200_500, "200k"), (1_048_576, "1.05M")],
)
def test_tokens_are_rounded(count: int | None, text: str) -> None:
    """Three digits are enough."""
    assert text == figures.tokens(count)


@pytest.mark.parametrize(
    ("passed", "text"),
    [(5, "just now"), (720, "12 min ago"), (10_800, "3 h ago"), (432_000, "5 d ago")],
)
def test_ages_are_shown_in_one_unit(passed: int, text: str) -> None:
    """The largest that fits."""
    assert text == figures.ago(NOW - timedelta(seconds=passed), NOW)


def test_never_is_a_time() -> None:
    """What was never fetched has no age."""
    assert (figures.age(None), figures.ago(None)) == ("never", "never")
