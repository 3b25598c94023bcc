"""How long a ledger takes to open after a crash, in a file of many calls beside one of few.

    uv run python tests/benchmarks/crash_start.py [--few N] [--many N] [--json]

Both files hold calls that ended. Each time a process reserves one more and dies; what is measured is opening
the file again, which gives that call up. Printed: milliseconds of CPU, medians in turns, and the ratio.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

if __package__ in {None, ""}:  # run as a file: its own folder is searched, not the checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks import ledger_rows
from tests.benchmarks.measuring import arguments, medians, show

FEW, MANY = 10_000, 1_000_000
_ROUNDS = 7


def measure(few: int = FEW, many: int = MANY, rounds: int = _ROUNDS) -> Mapping[str, float]:
    """All figures."""
    with tempfile.TemporaryDirectory() as folder:
        works = {}
        for name, count in (("few", few), ("many", many)):
            path = Path(folder) / f"{name}.sqlite3"
            asyncio.run(ledger_rows.fill(path, count))
            works[name] = partial(opening, path)
        found = medians(works, rounds)
    return {**found, "ratio": found["many"] / found["few"]}


def opening(path: Path) -> float:
    """Milliseconds of CPU, of all threads, to open the file after a crash."""
    ledger_rows.crash(path)

    async def opened() -> float:
        ledger = ledger_rows.opened(path)
        before = time.process_time()
        await ledger.open()
        spent = 1000 * (time.process_time() - before)
        await ledger.close()
        return spent

    return asyncio.run(opened())


def main() -> None:
    """Print the figures."""
    parser = arguments(__doc__)
    parser.add_argument("--few", type=int, default=FEW)
    parser.add_argument("--many", type=int, default=MANY)
    given = parser.parse_args()
    show(measure(given.few, given.many), as_json=given.json)


if __name__ == "__main__":
    main()
