"""What a real catalog costs a call and a start, as ratios within one run, over the recorded feeds."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.benchmarks import lengths, loading, refreshing

pytestmark = [pytest.mark.shared, pytest.mark.timeout(600)]

SLACK = 1.3
"""Of a noisy machine; the targets themselves stand in each test."""


def test_a_prompt_of_a_new_length_costs_what_a_repeated_one_costs(shared_data: Path) -> None:
    """About the same, with and without ``max_cost``."""
    found = asyncio.run(lengths.measure(40))

    assert max(found["plain ratio"], found["max_cost ratio"]) <= 1.5, found


def test_a_catalog_is_read_in_half_the_time_its_json_takes(shared_data: Path) -> None:
    """Some 5,300 offers from disk, beside ``json.loads`` of a plain file of them."""
    found = loading.measure()

    assert found["offers"] > 5_000, found
    assert found["ratio"] <= 0.5, found


def test_a_refresh_never_slows_calls(shared_data: Path) -> None:
    """A call's median duration and the event loop's ticks are within a tenth of those in quiet times."""
    found = asyncio.run(refreshing.measure(rounds=1))

    assert max(found["call ratio"], found["tick ratio"]) <= 1.1 * SLACK, found
