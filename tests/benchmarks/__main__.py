"""Every ratio of being light and quick in one table, each with its target.

    uv run python -m tests.benchmarks [--quick] [--json]

Takes about half an hour, most of it to record a million calls; ``--quick`` measures smaller amounts, as the
tests do. Needs the recorded feeds beside the checkout.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TextIO

from attrs import asdict, frozen

from tests.benchmarks import (
    calls,
    commands,
    crash_start,
    imports,
    lengths,
    loading,
    refreshing,
    soak,
    usage,
)
from tests.benchmarks.measuring import arguments


@frozen
class Line:
    """One figure of the table.

    Attributes:
        what: What is measured beside what.
        value: The ratio.
        target: What it is to be, in words; empty where none is set.
    """

    what: str
    value: float
    target: str = ""


def starts(*, quick: bool) -> Iterator[Line]:
    """Programs and short commands."""
    found = imports.whole(("attrs, pluggy", "router"))
    yield Line(
        "from pointsman import Router / attrs, pluggy", found["router"] / found["attrs, pluggy"], "3.3"
    )
    rounds = 5 if quick else commands.ROUNDS
    for name, world in (("one provider", commands.small), ("all plugins", commands.real)):
        with world() as env:
            for command, ratio in commands.ratios(commands.measure(env, rounds)).items():
                yield Line(f"{command} / --version, {name}", ratio, "3")


def requests(*, quick: bool) -> Iterator[Line]:
    """Calls."""
    with calls.upstream() as base_url:
        found = asyncio.run(calls.measure(base_url, calls=500 if quick else 1000, rounds=3 if quick else 5))
    yield Line("routed call / HTTP library, 50 tasks", found["router"]["50"] / found["library"]["50"])
    measured = asyncio.run(lengths.measure(40 if quick else lengths.PROMPTS))
    for options in lengths.OPTIONS:
        yield Line(f"prompt of a new length / again, {options}", measured[f"{options} ratio"], "1")


def catalogs(*, quick: bool) -> Iterator[Line]:
    """Loading and refreshing."""
    yield Line("load of 5,300 offers / json.loads", loading.measure()["ratio"], "0.5")
    for many in (False,) if quick else (False, True):
        size = "5,300 offers" if many else "700 offers"
        found = asyncio.run(refreshing.measure(1 if quick else refreshing.ROUNDS, many=many))
        yield Line(f"call while refreshing / quiet, {size}", found["call ratio"], "1.1")
        yield Line(f"tick of the loop while refreshing / quiet, {size}", found["tick ratio"], "1.1")


def ledgers(*, quick: bool) -> Iterator[Line]:
    """Reports, and starts after a crash."""
    amount = 30_000 if quick else usage.CALLS
    found = usage.measure(amount)
    for name, value in found.items():
        if name.endswith("ratio"):
            yield Line(f"usage by {name.removesuffix(' ratio')} / looking at {amount:,} calls", value, "0.2")
    few, many = (1_000, 30_000) if quick else (crash_start.FEW, crash_start.MANY)
    started = crash_start.measure(few, many)
    yield Line(f"start after a crash, {many:,} / {few:,} calls", started["ratio"], "1")


def soaks(*, quick: bool) -> Iterator[Line]:
    """Calls answered although every provider fails a fifth."""
    found = asyncio.run(soak.soak(1_000 if quick else 6_000, rate=100))
    yield Line("answered while each of three fails 20 %", found.success, f"at least {soak.TARGET}")


PARTS: Mapping[str, Callable[..., Iterator[Line]]] = {
    "start": starts,
    "call": requests,
    "catalog": catalogs,
    "ledger": ledgers,
    "soak": soaks,
}


def show(line: Line, out: TextIO) -> None:
    """One line, as soon as it is known."""
    print(f"{line.what:58} {line.value:8.3f}   {line.target}", file=out, flush=True)


def main() -> None:
    """Print the table."""
    parser = arguments(__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller amounts")
    parser.add_argument("--only", choices=[*PARTS], action="append", help="some parts; may be repeated")
    given = parser.parse_args()
    found: list[Line] = []
    for name in given.only or PARTS:
        for line in PARTS[name](quick=given.quick):
            found.append(line)
            show(line, sys.stderr if given.json else sys.stdout)
    if given.json:
        print(json.dumps([asdict(line) for line in found]))


if __name__ == "__main__":
    main()
