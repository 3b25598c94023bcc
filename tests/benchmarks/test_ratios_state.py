"""What the shared state costs a call, as ratios within one run."""

from __future__ import annotations

from tests.benchmarks import state


def test_a_call_hardly_notices_the_shared_state() -> None:
    """Where nothing cools down a look-up costs a few awaits of nothing, and a claim of this minute some more;
    callers at once share the way to the file.
    """
    found = state.measure()

    assert found["nothing set"] <= 5 * found["coroutine"], found
    assert found["brief"] <= 25 * found["coroutine"], found
    assert found["together"] <= found["lasting"], found
