"""Speed as ratios within one run: generous enough for a noisy machine, tight enough to notice a mistake."""

from __future__ import annotations

import asyncio

from tests.benchmarks import calls, choosing, chunks, imports


def test_importing_costs_no_more_than_twice_its_libraries() -> None:
    """Neither the package nor what a plugin author imports costs more than twice ``import attrs, pluggy``."""
    found = imports.own(("attrs, pluggy", "pointsman", "plugin author"))

    assert found["pointsman"] <= 2 * found["attrs, pluggy"], found
    assert found["plugin author"] <= 2 * found["attrs, pluggy"], found


def test_choosing_is_of_the_order_of_the_plainest_loop() -> None:
    """A decision like the one before costs less than a loop over all; one of a new size a few loops."""
    found = choosing.measure()

    assert found["same again"] <= found["plain loop"], found
    assert found["while one fails"] <= 5 * found["plain loop"], found
    assert found["new size"] <= 25 * found["plain loop"], found


def test_a_routed_call_adds_little_more_than_the_http_call_itself() -> None:
    """Choice, attempts, limits, cost and durable ledger together cost about as much as the HTTP library."""
    with calls.upstream() as base_url:
        found = asyncio.run(calls.measure(base_url, calls=500, rounds=3))
    added = found["router"]["50"] - found["client"]["50"]

    assert added <= 1.5 * found["library"]["50"], found
    # The transport below the client is what makes a routed call cheaper than the library's bare one.
    assert found["client"]["50"] <= 0.33 * found["library"]["50"], found
    assert found["router"]["50"] <= found["library"]["50"], found


def test_a_streamed_piece_costs_no_more_than_taking_it_apart_into_lines() -> None:
    """Chunks, counts and deadlines of the router beside the HTTP library's lines; the client is far below."""
    with calls.upstream(answer=chunks.WORDS) as base_url:
        found = asyncio.run(chunks.measure(base_url, calls=20, rounds=3))

    assert found["client"]["50"] <= 0.5 * found["library"]["50"], found
    assert found["router"]["50"] <= 1.5 * found["library"]["50"], found
