"""Named steps, run one after the other whatever becomes of each, and the table of what became of them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

from attrs import frozen


class State(StrEnum):
    """What became of a step; `MISSING`: what it needs cannot be had here, and so nothing is known."""

    PASSED = "passed"
    FAILED = "FAILED"
    MISSING = "NOT RUN"


@frozen
class Result:
    """What became of a step.

    Attributes:
        state: Whether it passed.
        remark: One line for the table.
        details: What is shown when it failed.
    """

    state: State
    remark: str = ""
    details: str = ""


@frozen
class Step:
    """Something that takes long.

    Attributes:
        name: Of its row.
        run: Does it; an exception is a failure.
    """

    name: str
    run: Callable[[], Result]


Row = tuple[str, Result, float]
"""Name, result, seconds."""


def take(steps: Iterable[Step], clock: Callable[[], float] = time.monotonic) -> list[Row]:
    """Run all of them."""
    rows: list[Row] = []
    for step in steps:
        _say(f"== {step.name}")
        began = clock()
        try:
            result = step.run()
        except Exception as error:  # noqa: BLE001 (the next steps are to be run all the same)
            result = Result(
                State.FAILED, f"{type(error).__name__}: {str(error).partition(chr(10))[0]}", str(error)
            )
        rows.append((step.name, result, clock() - began))
        _say(*filter(None, [result.details, f"{result.state}: {result.remark}"]))
    return rows


def table(rows: Sequence[Row]) -> str:
    """A line for each step, and one that counts."""
    width = max((len(name) for name, _, _ in rows), default=0)
    lines = [
        f"{name:<{width}}  {result.state:<7}  {seconds:>6.0f} s  {result.remark}".rstrip()
        for name, result, seconds in rows
    ]
    counts = [f"{sum(result.state is state for _, result, _ in rows)} {state.lower()}" for state in State]
    return "\n".join([*lines, ", ".join(counts)])


def main(steps: Iterable[Step]) -> int:
    """Run all and show the table; 1 when one failed."""
    rows = take(steps)
    _say("== result", table(rows))
    return int(any(result.state is State.FAILED for _, result, _ in rows))


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join([*lines, ""]))
    sys.stdout.flush()
