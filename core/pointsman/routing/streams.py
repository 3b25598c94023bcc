"""A streamed answer, given up on when it does not go on in time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Generic, Self, TypeVar

from attrs import define, field, frozen

from pointsman.errors import DeadlineError, Scope
from pointsman.routing.timing import Alarm

T = TypeVar("T")


@frozen
class Deadlines:
    """When to give up on one attempt.

    Attributes:
        total: The call's deadline, on the event loop's clock.
        first_token: Seconds until the first piece of content.
        idle: Seconds between two of them.
    """

    total: float
    first_token: float
    idle: float

    def missed(self, what: str, waited: float | None = None) -> DeadlineError:
        """The error; a candidate that was given less time than usual is not to blame.

        Args:
            what: Was waited for.
            waited: Seconds the attempt had; None when it had all it may have.
        """
        short = waited is not None and waited < self.first_token
        scope = Scope.CALLER if short else Scope.DEPLOYMENT
        return DeadlineError(f"no {what} within the time allowed", maybe_billed=True, scope=scope)


@define(eq=False)
class Guarded(Generic[T]):
    """The pieces of a source, given up on when nothing of the answer comes in time.

    Attributes:
        source: The pieces.
        deadlines: When to give up.
        progress: Whether a piece is some of the answer: a stream kept alive by comments is idle.
    """

    source: AsyncIterator[T]
    deadlines: Deadlines
    progress: Callable[[T], bool]
    _alarm: Alarm = field(init=False)
    _next: Callable[[], Awaitable[T]] = field(init=False)
    _began: float = field(init=False)
    _what: str = field(default="first token", init=False)
    _moved: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        loop, deadlines = asyncio.get_running_loop(), self.deadlines
        self._began = loop.time()
        self._alarm = Alarm(min(self._began + deadlines.first_token, deadlines.total), loop)
        self._next = self.source.__anext__

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        """The next piece.

        Raises:
            DeadlineError: Nothing came in time.
        """
        alarm = self._alarm
        if self._moved:
            alarm.limit = min(alarm.loop.time() + self.deadlines.idle, self.deadlines.total)
            self._moved = False
        alarm.set()
        try:
            piece = await self._next()
        except asyncio.CancelledError:
            if alarm.rang():
                raise self._missed() from None
            raise
        finally:
            alarm.unset()
        if self.progress(piece):
            self._moved, self._what = True, "further piece of the answer"
        return piece

    async def aclose(self) -> None:
        """No more pieces are wanted. Safe to call twice."""
        self._alarm.stop()
        close = getattr(self.source, "aclose", None)
        if close is not None:
            await close()

    def _missed(self) -> DeadlineError:
        alarm, total = self._alarm, self.deadlines.total
        return self.deadlines.missed(
            self._what, None if alarm.limit < total else alarm.loop.time() - self._began
        )
