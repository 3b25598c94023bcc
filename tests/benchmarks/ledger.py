"""How much CPU the ledger adds to a call: run ``python tests/benchmarks/ledger.py [tasks] [calls]``.

Every task reserves and settles one call after the other, as a router with an instant provider would. Printed:
CPU (all threads, kernel included) and wall time per call, rows per second, rows per transaction.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from pointsman.money.sqlite import SqliteConfig, SqliteLedger
from pointsman.types import Attempt, AttemptState, CallState, Cost, Reservation, Settlement, Usage

AT = datetime.now(UTC)
USAGE = Usage(1_000, 200, cache_read_input_tokens=500)
COST = Cost(Decimal("0.00123456789"), "list")
ATTEMPTS = (Attempt("provider", "model", AttemptState.ACCEPTED, AT, 0.5, 0.2, usage=USAGE, cost=COST),)


async def calls(ledger: SqliteLedger, name: str, count: int) -> None:
    """One task's calls."""
    for number in range(count):
        call = f"{name}-{number}"
        await ledger.reserve(Reservation(call, AT, "provider", "model", "task", "general", "chat", COST.usd))
        await ledger.settle(Settlement(call, CallState.SETTLED, ATTEMPTS, 0.5, 0.2))


async def measure(tasks: int, total: int) -> str:
    """One line of results."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = SqliteLedger(SqliteConfig(str(Path(folder) / "ledger.sqlite3")))
        await ledger.open()
        cpu, wall = time.process_time(), time.perf_counter()
        await asyncio.gather(*(calls(ledger, f"task {task}", total // tasks) for task in range(tasks)))
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        writer = ledger._opened().transactions  # counts transactions
        line = (
            f"{tasks:4} tasks: {cpu / total * 1e6:6.1f} µs CPU, {wall / total * 1e6:6.1f} µs wall per call,"
            f" {2 * total / wall:9,.0f} rows/s, {2 * total / writer.commits:6.1f} rows per commit"
        )
        await ledger.close()
        return line


if __name__ == "__main__":
    total = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    for each in [int(sys.argv[1])] if len(sys.argv) > 1 else [1, 50, 200]:
        print(asyncio.run(measure(each, total)))  # a script's output
