"""What a usage report costs over many calls, beside looking at every one of them.

    uv run python tests/benchmarks/usage.py [--calls N] [--json]

The calls (a million, which takes some minutes to record) go through the ledger; the reference is a table of
the same calls and the query the ledger asked at first (`tests.benchmarks.usage_reference`). Printed for
several groupings: milliseconds of CPU of both (all threads), medians in turns, and their ratio.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from pointsman import Ledger, UsageRow

if __package__ in {None, ""}:  # run as a file: its own folder is searched, not the checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks import ledger_rows, usage_reference
from tests.benchmarks.measuring import arguments, medians, show

CALLS = 1_000_000
GROUPINGS = ((), ("day",), ("month",), ("provider",), ("model",), ("day", "provider", "model"))
_ROUNDS = 3


def measure(calls: int = CALLS, rounds: int = _ROUNDS) -> Mapping[str, float]:
    """All figures."""
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        path, reference = Path(folder) / "ledger.sqlite3", Path(folder) / "reference.sqlite3"
        runner.run(ledger_rows.fill(path, calls))
        usage_reference.write(reference, ledger_rows.rows(calls))
        ledger = ledger_rows.opened(path)
        runner.run(ledger.open())
        works = {}
        for by in GROUPINGS:
            works[f"{_name(by)} now"] = _timed(partial(_ask, runner, ledger, by))
            works[f"{_name(by)} reference"] = _timed(partial(usage_reference.usage, reference, by))
            assert _brief(_ask(runner, ledger, by)) == usage_reference.brief(reference, by)
        found = medians(works, rounds)
        runner.run(ledger.close())
    ratios = {
        f"{_name(by)} ratio": found[f"{_name(by)} now"] / found[f"{_name(by)} reference"] for by in GROUPINGS
    }
    return {"calls": calls, **found, **ratios}


def _ask(runner: asyncio.Runner, ledger: Ledger, by: Sequence[str]) -> Sequence[UsageRow]:
    async def usage() -> Sequence[UsageRow]:
        return await ledger.usage(by)

    return runner.run(usage())


def _brief(rows: Sequence[UsageRow]) -> usage_reference.Brief:
    return {
        each.group: (each.calls, each.input_tokens, each.output_tokens, each.usd.normalize()) for each in rows
    }


def _timed(work: Callable[[], object]) -> Callable[[], float]:
    """The work, telling its milliseconds of CPU."""

    def timed() -> float:
        before = time.process_time()
        work()
        return 1000 * (time.process_time() - before)

    return timed


def _name(by: Sequence[str]) -> str:
    return ",".join(by) or "all"


def main() -> None:
    """Print the figures."""
    parser = arguments(__doc__)
    parser.add_argument("--calls", type=int, default=CALLS)
    given = parser.parse_args()
    show(measure(given.calls), as_json=given.json)


if __name__ == "__main__":
    main()
