"""What a program or a short command waits for before it begins its work, as ratios within one run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.benchmarks import commands, imports

SLACK = 1.25
"""Of a noisy machine; the targets themselves stand in each test."""


def test_a_program_that_routes_starts_quickly() -> None:
    """``from pointsman import Router`` costs at most 3.3 times ``import attrs, pluggy``, whole processes."""
    found = imports.whole(("attrs, pluggy", "router"))

    assert found["router"] <= 3.3 * SLACK * found["attrs, pluggy"], found


@pytest.fixture(scope="module")
def small() -> Mapping[str, float]:
    """Wall time of each command beside the shortest, one provider on."""
    with commands.small() as env:
        return commands.ratios(commands.measure(env, rounds=5))


@pytest.fixture(scope="module")
def real(shared_data: Path) -> Mapping[str, float]:
    """The same with twenty providers and as many feeds."""
    with commands.real() as env:
        return commands.ratios(commands.measure(env, rounds=5))


ASK = pytest.param(
    "ask",
    marks=pytest.mark.xfail(
        strict=False,  # near enough to the line that a quiet machine may pass
        raises=AssertionError,
        reason="ask waits for the libraries a call needs",
    ),
)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("command", ["models", ASK])
def test_a_short_command_costs_little_more_than_the_shortest(
    command: str, small: Mapping[str, float]
) -> None:
    """With a warm cache it takes at most three times as long as ``--version``."""
    assert small[command] <= 3 * SLACK, small


@pytest.mark.shared
@pytest.mark.timeout(300)
@pytest.mark.parametrize("command", ["models", ASK])
def test_a_short_command_stays_short_with_every_plugin_on(command: str, real: Mapping[str, float]) -> None:
    """It takes at most three times as long as ``--version``, whatever is installed and turned on."""
    assert real[command] <= 3 * SLACK, real
