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

from attrs import asdict, frozen

from tests.benchmarks import (
    calls,
    chunks,
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

_ABOUT_ONE = 1.5


@frozen
class Line:
    """One figure of the table.

    Attributes:
        what: What is measured beside what.
        value: The ratio.
        most: What it may be at most; None where nothing is set.
    """

    what: str
    value: float
    most: float | None = None

    @property
    def missed(self) -> bool:
        """Whether it is above its target."""
        return self.most is not None and self.value > self.most

    def __str__(self) -> str:
        """One row of the table."""
        target = "" if self.most is None else f"at most {self.most:g}"
        return f"{self.what:58} {self.value:8.3f}   {target:14} {'MISSED' if self.missed else ''}".rstrip()


def starts(*, quick: bool) -> Iterator[Line]:
    """Programs and short commands."""
    found = imports.whole(("attrs, pluggy", "router"))
    yield Line("from pointsman import Router / attrs, pluggy", found["router"] / found["attrs, pluggy"], 3.3)
    rounds = 5 if quick else commands.ROUNDS
    for name, world in (("one provider", commands.small), ("all plugins", commands.real)):
        with world() as env:
            for command, ratio in commands.ratios(commands.measure(env, rounds)).items():
                yield Line(f"{command} / --version, {name}", ratio, 3.0)


def requests(*, quick: bool) -> Iterator[Line]:
    """Calls."""
    with calls.upstream() as base_url:
        found = asyncio.run(calls.measure(base_url, calls=500 if quick else 1000, rounds=3 if quick else 5))
    yield Line("routed call / HTTP library, 50 tasks", found["router"]["50"] / found["library"]["50"], 1.0)
    with calls.upstream(answer=chunks.WORDS) as base_url:
        pieces = asyncio.run(chunks.measure(base_url, calls=50, rounds=3 if quick else 5))
    yield Line(
        "streamed piece / HTTP library's line, 50 tasks",
        pieces["router"]["50"] / pieces["library"]["50"],
        1.5,
    )
    measured = asyncio.run(lengths.measure(40 if quick else lengths.PROMPTS))
    for options in lengths.OPTIONS:
        yield Line(f"prompt of a new length / again, {options}", measured[f"{options} ratio"], _ABOUT_ONE)


def catalogs(*, quick: bool) -> Iterator[Line]:
    """Loading and refreshing."""
    yield Line("load of 5,300 offers / json.loads", loading.measure()["ratio"], 0.5)
    for many in (False,) if quick else (False, True):
        size = "5,300 offers" if many else "700 offers"
        found = asyncio.run(refreshing.measure(1 if quick else refreshing.ROUNDS, many=many))
        yield Line(f"call while refreshing / quiet, {size}", found["call ratio"], 1.1)
        yield Line(f"tick of the loop while refreshing / quiet, {size}", found["tick ratio"], 1.1)


def ledgers(*, quick: bool) -> Iterator[Line]:
    """Reports, and starts after a crash."""
    amount = 30_000 if quick else usage.CALLS
    found = usage.measure(amount)
    for name, value in found.items():
        if name.endswith("ratio"):
            yield Line(f"usage by {name.removesuffix(' ratio')} / looking at {amount:,} calls", value, 0.2)
    few, many = (1_000, 30_000) if quick else (crash_start.FEW, crash_start.MANY)
    started = crash_start.measure(few, many)
    yield Line(f"start after a crash, {many:,} / {few:,} calls", started["ratio"], _ABOUT_ONE)


def soaks(*, quick: bool) -> Iterator[Line]:
    """Calls while every provider fails a fifth."""
    found = asyncio.run(soak.soak(1_000 if quick else 6_000, rate=100))
    yield Line("calls that fail / calls, while each of three fails 20 %", 1 - found.success, 1 - soak.TARGET)


PARTS: Mapping[str, Callable[..., Iterator[Line]]] = {
    "start": starts,
    "call": requests,
    "catalog": catalogs,
    "ledger": ledgers,
    "soak": soaks,
}


def main() -> int:
    """Print the table; 1 when a target is missed."""
    parser = arguments(__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller amounts")
    parser.add_argument("--only", choices=[*PARTS], action="append", help="some parts; may be repeated")
    given = parser.parse_args()
    found: list[Line] = []
    for name in given.only or PARTS:
        for line in PARTS[name](quick=given.quick):
            found.append(line)
            print(line, file=sys.stderr if given.json else sys.stdout, flush=True)
    if given.json:
        print(json.dumps([asdict(line) for line in found]))
    return int(any(line.missed for line in found))


if __name__ == "__main__":
    sys.exit(main())
