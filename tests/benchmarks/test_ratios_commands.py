"""What a program or a short command waits for before it begins its work, as ratios within one run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks import commands, imports

SLACK = 1.1
"""Of a noisy machine; the targets themselves stand in each test."""


def test_a_program_that_routes_starts_quickly() -> None:
    """``from pointsman import Router`` costs at most 3.3 times ``import attrs, pluggy``, whole processes."""
    found = imports.whole(("attrs, pluggy", "router"))

    assert found["router"] <= 3.3 * SLACK * found["attrs, pluggy"], found


@pytest.mark.timeout(300)
@pytest.mark.xfail(
    strict=True, raises=AssertionError, reason="models and ask import and build more than they need"
)
def test_short_commands_cost_little_more_than_the_shortest() -> None:
    """With a warm cache ``models`` and ``ask`` take at most three times as long as ``--version``."""
    with commands.small() as env:
        found = commands.ratios(commands.measure(env, rounds=5))

    assert max(found.values()) <= 3 * SLACK, found


@pytest.mark.shared
@pytest.mark.timeout(300)
@pytest.mark.xfail(
    strict=True, raises=AssertionError, reason="models and ask import every plugin and read the whole catalog"
)
def test_short_commands_stay_short_with_every_plugin_on(shared_data: Path) -> None:
    """The same with twenty providers and as many feeds."""
    with commands.real() as env:
        found = commands.ratios(commands.measure(env, rounds=5))

    assert max(found.values()) <= 3 * SLACK, found
