"""A process that makes calls and prints what was acknowledged: ``writer_process.py LEDGER NAME CALLS``.

With the name ``hold`` it reserves its calls and then waits to be killed.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime
from decimal import Decimal

from pointsman.money.sqlite import SqliteConfig, SqliteLedger
from pointsman.types import Attempt, AttemptState, CallState, Cost, Reservation, Settlement, Usage

TASKS = 20
ATTEMPT = Attempt(
    "p",
    "m",
    AttemptState.ACCEPTED,
    datetime.now(UTC),
    0.1,
    usage=Usage(1, 1),
    cost=Cost(Decimal("0.01"), "list"),
)


def say(word: str, call: str) -> None:
    """One line, out at once and whole: a kill must not take back what was acknowledged."""
    os.write(1, f"{word} {call} .\n".encode())


async def make(ledger: SqliteLedger, call: str) -> None:
    """One call from beginning to end."""
    await ledger.reserve(Reservation(call, datetime.now(UTC), "p", "m", estimate=Decimal("0.01")))
    say("reserved", call)
    await ledger.settle(Settlement(call, CallState.SETTLED, (ATTEMPT,), 0.1))
    say("settled", call)


async def main(path: str, name: str, calls: int) -> None:
    """All the calls, a few at a time."""
    ledger = SqliteLedger(SqliteConfig(path))
    await ledger.open()
    if name == "hold":
        for number in range(calls):
            call = f"hold-{number}"
            await ledger.reserve(Reservation(call, datetime.now(UTC), "p", "m", estimate=Decimal("0.01")))
            say("reserved", call)
        await asyncio.Event().wait()

    async def task(first: int) -> None:
        for number in range(first, calls, TASKS):
            await make(ledger, f"{name}-{number}")

    await asyncio.gather(*(task(first) for first in range(TASKS)))
    await ledger.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
