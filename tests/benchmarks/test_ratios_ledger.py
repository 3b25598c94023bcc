"""What the ledger's file costs as it grows, as ratios within one run."""

from __future__ import annotations

from tests.benchmarks import crash_start, usage

SLACK = 1.5
"""Of a noisy machine and of so few calls; the targets themselves stand in each test."""


def test_a_report_does_not_look_at_every_call() -> None:
    """Whatever it is grouped by, usage costs less than a fifth of adding up every call."""
    found = usage.measure(calls=30_000)

    assert max(value for name, value in found.items() if name.endswith("ratio")) <= SLACK / 5, found


def test_a_start_after_a_crash_does_not_grow_with_the_file() -> None:
    """Thirty times as many calls open in about the same time."""
    found = crash_start.measure(few=1_000, many=30_000)

    assert found["ratio"] <= 1.5 * SLACK, found
