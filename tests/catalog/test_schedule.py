"""When a source is asked again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.catalog.feeds.schedule import LONGEST, RETRY, Backoff, Schedule
from pointsman.catalog.feeds.sources import SourceStatus, State
from pointsman.kinds import SourceKind

from tests.catalog.values import AT

HOURS = timedelta(hours=8)


@given(st.text(), st.timedeltas(min_value=timedelta(0), max_value=0.75 * HOURS - timedelta(seconds=1)))
def test_rows_are_fresh_for_three_quarters_of_the_time(name: str, age: timedelta) -> None:
    """Nobody is asked much earlier than configured."""
    assert Schedule(HOURS).fresh(name, AT, AT + age)


@given(st.text(), st.timedeltas(min_value=HOURS, max_value=100 * HOURS))
def test_no_rows_are_fresh_for_longer(name: str, age: timedelta) -> None:
    """The configured hours are the most a source is left alone."""
    assert not Schedule(HOURS).fresh(name, AT, AT + age)


def test_sources_are_not_all_asked_at_once() -> None:
    """Of a hundred sources fetched in one second about half are due again after seven eighths of the time."""
    due = [not Schedule(HOURS).fresh(f"source-{n}", AT, AT + 7 * HOURS / 8) for n in range(100)]

    assert 30 < sum(due) < 70


def test_what_was_never_fetched_is_not_fresh() -> None:
    """There is nothing to be fresh."""
    assert not Schedule(HOURS).fresh("list", None, AT)


@pytest.mark.parametrize(
    ("state", "hours", "later"),
    [
        (State.FRESH, 1, State.FRESH),
        (State.FRESH, 9, State.STALE),
        (State.FAILED, 9, State.FAILED),
        (State.STALE, 1, State.STALE),
    ],
)
def test_fresh_rows_grow_stale_on_disk(state: State, hours: int, later: State) -> None:
    """A state is as of now, not as of the day the catalog was made."""
    status = SourceStatus("list", SourceKind.PRICES, state, fetched_at=AT)

    assert Schedule(HOURS).aged(status, AT + timedelta(hours=hours)).state is later


def test_a_source_that_keeps_failing_is_asked_less_and_less() -> None:
    """Five minutes, ten, twenty … up to half a day."""
    backoff, waits = None, []
    for _ in range(10):
        backoff = Backoff.after(backoff, AT)
        waits.append(backoff.until - AT)

    assert waits == [min(RETRY * 2**n, LONGEST) for n in range(10)]


@pytest.mark.parametrize(
    ("asked", "wait"),
    [(None, RETRY), (9.0, RETRY), (3600.0, timedelta(hours=1)), (1e9, LONGEST)],
)
def test_a_source_is_not_asked_sooner_than_it_said(asked: float | None, wait: timedelta) -> None:
    """``Retry-After`` counts where it is longer than our own pause, within reason."""
    assert Backoff.after(None, AT, asked) == Backoff(1, AT + wait)
