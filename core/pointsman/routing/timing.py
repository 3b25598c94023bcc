"""Waiting with a limit, at no cost where there is nothing to wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Generator
from typing import Any, TypeVar

T = TypeVar("T")


async def in_time(awaitable: Awaitable[T], limit: float) -> T:
    """Await something until `limit` on the event loop's clock.

    Most of what is bounded here is done at once (a catalog in memory, a strategy that only computes), and a
    timer costs more than that: it is set only when there is something to wait for.

    Raises:
        TimeoutError: It was not done in time.
    """
    steps = awaitable.__await__()
    try:
        waiting = next(steps)
    except StopIteration as done:
        result: T = done.value
        return result
    async with asyncio.timeout_at(limit):
        rest: T = await _Begun(steps, waiting)
        return rest


class _Begun:
    """The rest of something awaited whose first step was taken."""

    def __init__(self, steps: Generator[Any, Any, Any], waiting: Any) -> None:
        self._steps = steps
        self._waiting: Any = waiting
        self._handed_on = False

    def __await__(self) -> Generator[Any, Any, Any]:
        return self  # type: ignore[return-value]  # it has what `yield from` asks of a generator

    def __iter__(self) -> _Begun:
        return self

    def __next__(self) -> Any:
        return self.send(None)

    def send(self, value: Any) -> Any:
        """The next step; the first time what the step before already waits for."""
        if not self._handed_on:
            self._handed_on = True
            return self._waiting
        return self._steps.send(value)

    def throw(self, error: BaseException) -> Any:
        """Cancelled, for example."""
        return self._steps.throw(error)

    def close(self) -> None:
        """Nobody waits any more."""
        self._steps.close()
