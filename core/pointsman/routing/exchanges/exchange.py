"""What the attempt loop needs of an operation, and what an attempt is sent to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from types import TracebackType
from typing import Any, Protocol, TypeVar

from attrs import frozen

from pointsman.errors import InvalidRequestError, PointsmanError, ResponseError
from pointsman.protocols import Http, HttpStream, Provider
from pointsman.routing.recorder import LedgerEntry
from pointsman.routing.streams import Deadlines
from pointsman.routing.timing import TooLateError, in_time
from pointsman.types import Attempt, Candidate, ForwardHead, Usage

T = TypeVar("T")


@frozen
class Turn:
    """What an attempt is sent to, and with what.

    Attributes:
        candidate: Who.
        provider: The plugin's object, with the key to use.
        http: The guarded client.
        deadlines: When to give up.
        call: The ledger's row.
        content: Called when some of the answer has come.
    """

    candidate: Candidate
    provider: Provider
    http: Http
    deadlines: Deadlines
    call: str
    content: Callable[[], None]

    @property
    def model(self) -> str:
        """The model's id at its provider."""
        return self.candidate.model.id

    def head(self, stream: HttpStream) -> ForwardHead:
        """How a forwarded answer begins."""
        return ForwardHead(self.candidate.provider, self.model, stream.status, stream.headers, self.call)


class Exchange(Protocol):
    """One operation, attempt by attempt.

    Attributes:
        started: Whether some of the present attempt's answer has come.
    """

    started: bool

    async def begin(self, turn: Turn, *, whole: bool) -> bool:
        """Ask. Returns True when the answer is whole.

        Unless it has to be `whole`, returns False as soon as so much of it has come that the caller may see
        it; the rest is still to come then.

        Raises:
            ProviderError: Nothing came that may be shown.
        """
        ...

    def pieces(self) -> AsyncGenerator[Any]:
        """Everything the caller gets: what has come, and the rest as it comes.

        Raises:
            ProviderError: No whole answer came.
        """
        ...

    async def aclose(self) -> None:
        """The rest is not wanted. Harmless when there is none."""
        ...

    @property
    def empty(self) -> bool:
        """Whether a whole answer has come, and there is nothing in it."""
        ...

    def used(self) -> tuple[str, Usage] | None:
        """Model and usage of what has come so far, estimated where nobody said; None when nothing came."""
        ...

    def adapted(self, error: InvalidRequestError) -> bool:
        """Leave out what the provider does not take; False where that is not possible."""
        ...

    def result(self, entry: LedgerEntry, attempt: Attempt, *, accepted: bool) -> Any:
        """The last thing the caller gets: the answer with its provenance."""
        ...


class Blamed:
    """A context in which whatever is raised that is not in our tree is the plugin's own bug.

    The next candidate is asked then.
    """

    __slots__ = ()

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception) and not isinstance(error, PointsmanError):
            message = f"the provider's plugin failed: {type(error).__name__}: {error}"
            raise ResponseError(message, maybe_billed=True) from error


BLAMED = Blamed()


async def within(turn: Turn, answer: Awaitable[T]) -> T:
    """An answer that comes whole, before the call's deadline.

    Raises:
        DeadlineError: It did not come in time.
        ResponseError: The plugin failed.
    """
    began = asyncio.get_running_loop().time()
    with BLAMED:
        try:
            return await in_time(answer, turn.deadlines.total)
        except TooLateError:
            waited = asyncio.get_running_loop().time() - began
            raise turn.deadlines.missed("answer", waited) from None
