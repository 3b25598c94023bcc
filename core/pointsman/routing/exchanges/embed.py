"""Embedding: vectors."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from attrs import define, evolve

from pointsman.errors import InvalidRequestError, ResponseError
from pointsman.protocols import Embedder
from pointsman.routing.exchanges.exchange import Turn, within
from pointsman.routing.recorder import LedgerEntry
from pointsman.types import Attempt, EmbedRequest, EmbedResponse, Usage


@define(eq=False)
class EmbedExchange:
    """Vectors.

    Attributes:
        request: What is embedded.
        tokens: Its estimated size.
        response: The answer.
    """

    request: EmbedRequest
    tokens: int
    response: EmbedResponse | None = None
    started: bool = False

    async def begin(self, turn: Turn, *, whole: bool) -> bool:  # noqa: ARG002 (they always are)
        """Ask for the vectors."""
        self.response = None
        if not isinstance(turn.provider, Embedder):
            raise ResponseError("this provider does not embed")
        response = await within(turn, turn.provider.embed(turn.model, self.request, turn.http))
        wanted, lengths = self.request.dimensions, {len(vector) for vector in response.vectors}
        if len(response.vectors) != len(self.request.inputs) or len(lengths | {wanted} - {None}) > 1:
            found = f"{len(response.vectors)} vectors of {', '.join(map(str, sorted(lengths)))} dimensions"
            asked = f"{len(self.request.inputs)} of {wanted or 'one number of'} dimensions"
            raise ResponseError(f"the answer has {found}, not {asked}", maybe_billed=True)
        self.response = response
        return True

    async def pieces(self) -> AsyncGenerator[Any]:
        """Nothing: the vectors are the result."""
        return
        yield

    async def aclose(self) -> None:
        """Nothing to do."""

    @property
    def empty(self) -> bool:
        """Never."""
        return False

    def used(self) -> tuple[str, Usage] | None:
        """Of the vectors."""
        if self.response is None:
            return None
        usage = self.response.usage
        if not usage.input_tokens:
            usage = evolve(usage, input_tokens=self.tokens, estimated=True)
        return self.response.model, evolve(usage, output_tokens=usage.output_tokens or 0)

    def adapted(self, error: InvalidRequestError) -> bool:  # noqa: ARG002 (nothing can be left out)
        """Never."""
        return False

    def result(self, entry: LedgerEntry, attempt: Attempt, *, accepted: bool) -> Any:  # noqa: ARG002
        """The vectors with their provenance."""
        if self.response is None:
            raise RuntimeError("nobody has answered yet")
        return evolve(
            self.response,
            usage=attempt.usage,
            provider=attempt.provider,
            cost=entry.bill,
            call_id=entry.reservation.id,
        )
