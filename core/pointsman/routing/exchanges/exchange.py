"""What the attempt loop needs of an operation, and what an attempt is sent to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Iterable
from typing import Any, Protocol, TypeVar

from attrs import frozen

from pointsman.errors import InvalidRequestError, PointsmanError, ResponseError
from pointsman.protocols import Http, HttpStream, Provider
from pointsman.routing.recorder import LedgerEntry
from pointsman.routing.streams import Deadlines
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
    """

    candidate: Candidate
    provider: Provider
    http: Http
    deadlines: Deadlines
    call: str

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
        started: Whether the caller may have seen something of the present attempt's answer.
    """

    started: bool

    @property
    def empty(self) -> bool:
        """Whether a whole answer has come, and there is nothing in it."""
        ...

    def pieces(self, turn: Turn) -> AsyncGenerator[Any]:
        """Ask; yields what the caller gets at once, and returns when the answer is whole.

        What `held` gives is still to come then, unless another candidate is asked.

        Raises:
            ProviderError: No whole answer came.
        """
        ...

    def held(self) -> Iterable[Any]:
        """Pieces of an empty answer."""
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


async def within(turn: Turn, answer: Awaitable[T]) -> T:
    """An answer that comes whole, before the call's deadline.

    Raises:
        DeadlineError: It did not come in time.
        ResponseError: The plugin failed.
    """
    began = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout_at(turn.deadlines.total) as timer:
            return await answer
    except PointsmanError:
        raise
    except TimeoutError as error:
        if not timer.expired():
            raise plugin_failure(error) from error
        waited = asyncio.get_running_loop().time() - began
        raise turn.deadlines.missed("answer", waited) from None
    except Exception as error:
        raise plugin_failure(error) from error


def plugin_failure(error: Exception) -> ResponseError:
    """What a provider's plugin raises that is not in our tree is its own bug; the next candidate is asked."""
    return ResponseError(f"the provider's plugin failed: {type(error).__name__}: {error}", maybe_billed=True)
