"""Ledgers of many calls, for benchmarks: written through the ledger itself, and left behind by a crash."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from attrs import frozen
from pointsman.money.sqlite import SqliteConfig, SqliteLedger
from pointsman.types import Attempt, AttemptState, CallState, Cost, Reservation, Settlement, Usage

START = datetime(2026, 1, 1, tzinfo=UTC)
_PAUSE = timedelta(days=90) / 1_000_000
"""A million calls are ninety days of a busy team."""
_OFFERS = tuple((f"provider-{number % 4}", f"model-{number}") for number in range(24))
_TASKS = ("", "coding", "fast", "reasoning", "summarization")
_ENDS = (CallState.SETTLED,) * 18 + (CallState.FAILED, CallState.CANCELLED)
_ATTEMPTS = {
    CallState.SETTLED: AttemptState.ACCEPTED,
    CallState.FAILED: AttemptState.FAILED,
    CallState.CANCELLED: AttemptState.CANCELLED,
}
_TASKS_AT_ONCE = 1000


@frozen
class Row:
    """One call that ended."""

    id: str
    at: datetime
    provider: str
    model: str
    task: str
    state: CallState
    input_tokens: int
    output_tokens: int
    usd: Decimal
    first_token: float


def rows(count: int) -> Iterator[Row]:
    """Calls, oldest first, as many a day however many there are; the same ones every time.

    A few models and tasks get most of them, as is usual: the n-th gets 1/n of what the first gets.
    """
    chance = random.Random(3)  # noqa: S311 (a benchmark, not a secret)
    offers, tasks = (
        chance.choices(each, [1 / (place + 1) for place in range(len(each))], k=count)
        for each in (range(len(_OFFERS)), range(len(_TASKS)))
    )
    for number, offer, task in zip(range(count), offers, tasks, strict=True):
        provider, model = _OFFERS[offer]
        yield Row(
            id=f"call-{number:09}",
            at=START + number * _PAUSE,
            provider=provider,
            model=model,
            task=_TASKS[task],
            state=chance.choice(_ENDS),
            input_tokens=chance.randrange(10, 8000),
            output_tokens=chance.randrange(1, 2000),
            usd=Decimal(chance.randrange(1, 10**9)).scaleb(-10),
            first_token=chance.uniform(0.1, 3.0),
        )


def opened(path: Path) -> SqliteLedger:
    """The ledger in this file, yet to be opened."""
    return SqliteLedger(SqliteConfig(str(path)))


async def fill(path: Path, count: int) -> None:
    """Record the calls as a router would, many at once."""
    ledger, source = opened(path), rows(count)

    async def some() -> None:
        for row in source:  # shared: each call is taken once
            await ledger.reserve(_reservation(row))
            await ledger.settle(_settlement(row))

    await ledger.open()
    await asyncio.gather(*(some() for _ in range(min(_TASKS_AT_ONCE, count))))
    await ledger.close()


def crash(path: Path) -> None:
    """Have a process reserve a call and die before it ends."""
    process = subprocess.run([sys.executable, __file__, str(path)], check=False)
    assert process.returncode == _DEAD


_DEAD = 3


async def _die(path: Path) -> None:
    ledger = opened(path)
    await ledger.open()
    (row,) = rows(1)
    name = f"crash-{os.getpid()}-{datetime.now(UTC).timestamp()}"
    await ledger.reserve(Reservation(name, datetime.now(UTC), row.provider, row.model, estimate=row.usd))
    os._exit(_DEAD)


def _reservation(row: Row) -> Reservation:
    return Reservation(row.id, row.at, row.provider, row.model, row.task, "general", estimate=row.usd)


def _settlement(row: Row) -> Settlement:
    attempt = Attempt(
        provider=row.provider,
        model=row.model,
        state=_ATTEMPTS[row.state],
        at=row.at,
        duration=3.0,
        first_token=row.first_token,
        error="" if row.state is CallState.SETTLED else "PM-SERVER",
        response_model=row.model,
        usage=Usage(row.input_tokens, row.output_tokens),
        cost=Cost(row.usd, "list"),
    )
    return Settlement(row.id, row.state, (attempt,), 3.0, row.first_token, attempt.error)


if __name__ == "__main__":
    asyncio.run(_die(Path(sys.argv[1])))
