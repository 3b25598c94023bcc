"""The ports: what a provider, a source, a strategy, a ledger and an observer must be able to do.

Plugins satisfy them by shape; nothing has to be inherited. All I/O is asynchronous and goes through the
`Http` that is handed in, so caps, deadlines, address policy and redaction live in one place and a test hands
in a fake.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, runtime_checkable

from pointsman.types import (
    Call,
    Candidate,
    ChatChunk,
    ChatRequest,
    ChatResponse,
    Criteria,
    Discount,
    EmbedRequest,
    EmbedResponse,
    HttpRequest,
    Model,
    Outcome,
    Plan,
    Quote,
    Reservation,
    Score,
    Settlement,
    Speed,
    UsageRow,
)


class HttpAnswer(Protocol):
    """A whole answer. Header names are lower-case."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> bytes: ...

    def json(self, *, exact: bool = False) -> Any:
        """The parsed body.

        Args:
            exact: Read numbers with a fraction as `Decimal`; use it wherever money is read.

        Raises:
            ResponseError: The body is not JSON.
        """
        ...


class HttpStream(Protocol):
    """An answer that is still arriving. Header names are lower-case."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes, decoded from any content-encoding."""
        ...


class Http(Protocol):
    """The guarded HTTP client handed to every plugin.

    Both calls raise a `ProviderError` of the right class for every status outside 200-299 (and outside the
    request's `accept`), for every transport failure, and for bodies over the cap. Redirects are not followed.
    """

    async def request(self, request: HttpRequest) -> HttpAnswer:
        """The whole answer."""
        ...

    def stream(self, request: HttpRequest) -> AbstractAsyncContextManager[HttpStream]:
        """The answer as it arrives; leaving the block closes the connection."""
        ...


@runtime_checkable
class Provider(Protocol):
    """An engine: something that serves models."""

    async def models(self, http: Http) -> Iterable[Model]:
        """Every model the provider lists today, from its own endpoint."""
        ...

    async def chat(self, model: str, request: ChatRequest, http: Http) -> ChatResponse:
        """One whole answer of `model` (an id from `models`).

        Raises:
            ProviderError: It did not answer; the class, scope and advice say why and what to do.
            InvalidRequestError: The request holds something this provider cannot do; names it.
        """
        ...

    def stream(self, model: str, request: ChatRequest, http: Http) -> AsyncIterator[ChatChunk]:
        """The same answer in pieces; the last pieces carry finish reason and usage.

        Raises:
            ResponseError: The stream ended without a finish reason.
        """
        ...


@runtime_checkable
class Embedder(Protocol):
    """An engine that also turns texts into vectors."""

    async def embed(self, model: str, request: EmbedRequest, http: Http) -> EmbedResponse:
        """One vector per input, in their order.

        Raises:
            ProviderError: As for `Provider.chat`.
        """
        ...


@runtime_checkable
class TokenCounter(Protocol):
    """An engine whose provider counts the tokens of a request without answering it."""

    async def count_tokens(self, model: str, request: ChatRequest, http: Http) -> int:
        """Input tokens this request would use.

        Raises:
            ProviderError: As for `Provider.chat`.
        """
        ...


@runtime_checkable
class Forwarder(Protocol):
    """An engine that passes a request in its own dialect through, changing only the model and the key.

    What the engine does not know survives both ways. The answer is the provider's own, byte by byte.

    Attributes:
        dialect: ``openai-chat``, ``openai-responses``, ``anthropic-messages`` …
    """

    @property
    def dialect(self) -> str: ...

    def forward(self, model: str, body: bytes, http: Http) -> AbstractAsyncContextManager[HttpStream]:
        """Send `body` for `model`; the answer streams or not as the body asks.

        Raises:
            ProviderError: As for `Provider.chat`.
        """
        ...


@runtime_checkable
class PricingSource(Protocol):
    """Somebody who says what models cost."""

    async def quotes(self, http: Http) -> Iterable[Quote | Discount]:
        """Today's whole price list."""
        ...


@runtime_checkable
class BenchmarkSource(Protocol):
    """Somebody who measured models."""

    async def scores(self, http: Http) -> Iterable[Score | Speed]:
        """Today's whole leaderboard."""
        ...


@runtime_checkable
class Strategy(Protocol):
    """A way to choose."""

    async def plan(self, request: ChatRequest, criteria: Criteria, candidates: Sequence[Candidate]) -> Plan:
        """Rank `candidates`, all of which are allowed. Must not mutate anything and does no I/O."""
        ...


@runtime_checkable
class Learner(Protocol):
    """A strategy that learns from what came of its plans."""

    def observe(self, outcome: Outcome) -> None:
        """Called once per attempt, on the event loop; must return at once."""
        ...


@runtime_checkable
class Ledger(Protocol):
    """Where calls are recorded. Every method that writes returns only when the record is durable."""

    async def open(self) -> None:
        """Get ready; turn rows a crash left behind into `UNSETTLED` ones.

        Raises:
            LedgerError: The ledger cannot be used; the message says how to repair it.
        """
        ...

    async def close(self) -> None:
        """Write what is pending and let go."""
        ...

    async def reserve(self, reservation: Reservation) -> None:
        """Record a call before its first byte goes out."""
        ...

    async def settle(self, settlement: Settlement) -> None:
        """Record how it ended. Settling twice keeps the first."""
        ...

    async def usage(self, by: Sequence[str], *, since: str = "", until: str = "") -> Sequence[UsageRow]:
        """Sums per group.

        Args:
            by: Any of ``day``, ``month``, ``provider``, ``model``, ``task``, ``state``, ``tag``.
            since: ISO date or date-time in UTC, inclusive; empty for all.
            until: The same, exclusive.
        """
        ...

    async def calls(self, limit: int = 50) -> Sequence[Call]:
        """The newest calls, newest first."""
        ...


@runtime_checkable
class Observer(Protocol):
    """Somebody who wants to know what happened."""

    def observe(self, reservation: Reservation, settlement: Settlement) -> None:
        """Called once per call after it is recorded, on the event loop; must return at once.

        An exception is logged and counted, never raised into the call.
        """
        ...
