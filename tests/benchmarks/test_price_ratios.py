"""Prices are looked up and costs computed in microseconds: as ratios within one run."""

from __future__ import annotations

from tests.benchmarks import prices


def test_looking_up_is_a_dictionary_away_and_a_cost_a_few_sums() -> None:
    """An offer costs at most ten plain look-ups, an exact cost at most forty times its bare sum."""
    found = prices.measure()

    assert found["get"] <= 10 * found["dict"], found
    assert found["cost"] <= 40 * found["decimals"], found
    assert found["cost cached"] <= 3 * found["cost"], found
    assert found["cost tiered"] <= 3 * found["cost"], found
    assert found["cost in floats"] <= found["cost"], found
