"""Waiting with a limit, at no cost where there is nothing to wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Generator
from typing import Any, TypeVar

from attrs import define, field

T = TypeVar("T")


class TooLateError(TimeoutError):
    """A limit has passed; no error of what was waited for."""


@define(eq=False)
class Alarm:
    """One timer for several waits, one after the other; the limit is moved by writing it.

    A timeout of its own for each piece of a stream costs more than the piece. `set` comes before a wait and
    `unset` after it; when the wait was cancelled, `rang` says between them whether that was the alarm.

    Attributes:
        limit: On the event loop's clock.
        loop: Whose.
    """

    limit: float
    loop: asyncio.AbstractEventLoop = field(factory=asyncio.get_running_loop)
    _handle: asyncio.TimerHandle | None = field(default=None, init=False)
    _task: asyncio.Task[Any] | None = field(default=None, init=False)
    _requested: int = field(default=0, init=False)
    _fired: bool = field(default=False, init=False)

    def set(self) -> None:
        """The current task waits from now on, until the limit."""
        self._task = task = asyncio.current_task(self.loop)
        self._requested = 0 if task is None else task.cancelling()
        handle = self._handle
        if handle is not None and handle.when() > self.limit:
            handle.cancel()
            handle = None
        if handle is None:
            self._handle = self.loop.call_at(self.limit, self._check)

    def unset(self) -> None:
        """Nobody waits now."""
        self._task = None

    def rang(self) -> bool:
        """Whether the one who waits was cancelled by the alarm, and by nobody else."""
        return self._fired and self._task is not None and self._task.uncancel() <= self._requested

    def stop(self) -> None:
        """It is not needed any more."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    async def wait(self, awaitable: Awaitable[T]) -> T:
        """Await something until the limit.

        Raises:
            TooLateError: It was not done in time.
        """
        self.set()
        try:
            return await awaitable
        except asyncio.CancelledError:
            if self.rang():
                raise TooLateError from None
            raise
        finally:
            self.unset()

    def _check(self) -> None:
        self._handle = None
        if self._task is None:  # whoever takes the pieces is busy with one
            return
        if self.loop.time() < self.limit:
            self._handle = self.loop.call_at(self.limit, self._check)
        else:
            self._fired = True
            self._task.cancel()


async def in_time(awaitable: Awaitable[T], limit: float) -> T:
    """Await something until `limit` on the event loop's clock.

    Most of what is bounded here is done at once (a catalog in memory, a strategy that only computes), and a
    timer costs more than that: it is set only when there is something to wait for.

    Raises:
        TooLateError: It was not done in time.
    """
    steps = awaitable.__await__()
    try:
        waiting = next(steps)
    except StopIteration as done:
        result: T = done.value
        return result
    alarm = Alarm(limit)
    try:
        rest: T = await alarm.wait(_Begun(steps, waiting))
        return rest
    finally:
        alarm.stop()


class _Begun:
    """The rest of something awaited whose first step was taken."""

    __slots__ = ("_handed_on", "_steps", "_waiting")

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
