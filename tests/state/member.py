"""A process that shares a state: ``python -m tests.state.member toy PORT`` or ``… local FILE``.

It does what its standard input says, line by line, and answers each line with one: a method of the port and
its arguments as JSON, or ``spend`` and how many calls to try against a limit of so many requests a day.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from pointsman.errors import BudgetError
from pointsman.protocols import SharedState
from pointsman.state.limits import Limits
from pointsman.state.local import LocalConfig, LocalState
from pointsman.types import Deadline, Limit, Principal

from tests.state.toy_client import ToyState

AT_ONCE = 10


def made(kind: str, place: str) -> SharedState:
    """A state by its kind."""
    return ToyState(int(place)) if kind == "toy" else LocalState(LocalConfig(place, patience=60.0))


async def spend(state: SharedState, calls: int, most: int) -> int:
    """How many of so many calls a limit lets through."""
    caller = Principal(key="team", limits=(Limit("requests", most, "month"), Limit("usd", 9, "day")))
    limits = Limits(state)

    async def some() -> int:
        through = 0
        for _ in range(calls // AT_ONCE):
            try:
                hold = await limits.reserve(caller, 10, None)
            except BudgetError:
                continue
            await limits.settle(hold, 5, None)
            through += 1
        return through

    return sum(await asyncio.gather(*(some() for _ in range(AT_ONCE))))


async def obey(state: SharedState, method: str, arguments: list[Any]) -> Any:
    """What one line asks for."""
    if method == "spend":
        return await spend(state, *arguments)
    if method == "extend":
        arguments[1] = Deadline(*arguments[1])
    if method == "keep":
        arguments[1] = arguments[1].encode()
    result = await getattr(state, method)(*arguments)
    if method == "deadlines":
        return {name: each.reason for name, each in result.items()}
    return result.decode() if isinstance(result, bytes) else result


async def main(kind: str, place: str) -> None:
    """Obey until the input ends."""
    state = made(kind, place)
    await state.open()
    while line := await asyncio.to_thread(sys.stdin.readline):
        method, *arguments = json.loads(line)
        sys.stdout.write(json.dumps(await obey(state, method, arguments)) + "\n")
        sys.stdout.flush()
    await state.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
