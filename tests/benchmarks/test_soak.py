"""Three providers that each fail a fifth of their calls, for ten seconds."""

from __future__ import annotations

import asyncio

import pytest

from tests.benchmarks import soak


@pytest.fixture(scope="module")
def result() -> soak.Result:
    """A short soak."""
    return asyncio.run(soak.soak(calls=1000, rate=100))


def test_every_call_and_every_attempt_is_in_the_ledger(result: soak.Result) -> None:
    """Rows are the calls made, attempts are the requests the providers counted."""
    assert (result.rows, result.attempts) == (result.calls, result.received), soak.lines(result)


def test_a_call_fails_only_when_all_three_do(result: soak.Result) -> None:
    """Independent failures of a fifth each leave at least 99.0 % of the calls answered."""
    assert result.success >= soak.TARGET, soak.lines(result)
