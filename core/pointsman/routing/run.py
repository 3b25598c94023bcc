"""One chat call under way: what is asked now, what has come of it, and the answer it ends with."""

from __future__ import annotations

from attrs import define, evolve, field, frozen

from pointsman.catalog import Catalog
from pointsman.errors import InvalidRequestError, ProviderError
from pointsman.money.tokens import completed
from pointsman.routing.request import without
from pointsman.routing.row import Row
from pointsman.routing.streams import Gathered
from pointsman.types import CallState, ChatRequest, ChatResponse, Decision


@frozen
class Order:
    """What one call is about, decided before it is made.

    Attributes:
        catalog: The decision's.
        decision: Who is asked, in which order.
        request: What is asked.
        tag: The caller's own label.
        drop: Whether parameters a provider does not take may be left out.
    """

    catalog: Catalog
    decision: Decision
    request: ChatRequest
    tag: str = ""
    drop: bool = False


@define(eq=False)
class Run:
    """One call under way.

    Attributes:
        order: What it is about.
        row: Its row.
        request: What is asked now; the order's, less what had to be left out.
        dropped: What was left out.
        gathered: What has been streamed so far.
        first_token: Seconds until the first piece of content; None before it.
    """

    order: Order
    row: Row
    request: ChatRequest = field(init=False)
    dropped: tuple[str, ...] = field(default=(), init=False)
    gathered: Gathered = field(factory=Gathered, init=False)
    first_token: float | None = field(default=None, init=False)

    @request.default
    def _as_ordered(self) -> ChatRequest:
        return self.order.request

    def failed(self, error: ProviderError) -> None:
        """One attempt failed; where the caller allows it, what the provider does not take is left out."""
        candidate = self.row.candidate
        self.row.itinerary.failed(error, adapted=self._adapted(error))
        self.row.teach(candidate, error.code, None, None, None)

    def _adapted(self, error: ProviderError) -> bool:
        if not self.order.drop or not isinstance(error, InvalidRequestError) or self.first_token is not None:
            return False
        simpler = without(self.request, error.parameter)
        if simpler is None:
            return False
        self.request = simpler
        self.dropped += (error.parameter,)
        return True

    async def answered(self, response: ChatResponse, latency: float | None) -> ChatResponse:
        """Settle the row and give the answer its provenance; it is recorded before it is given."""
        row, candidate = self.row, self.row.candidate
        row.itinerary.answered()
        usage = completed(response.usage, self.request, response)
        cost = row.cost(response.model, usage)
        row.teach(candidate, "", self.first_token, usage.output_tokens, cost.usd)
        await row.settle(CallState.SETTLED, model=response.model, usage=usage, cost=cost, latency=latency)
        return evolve(
            response,
            usage=usage,
            cost=cost,
            provider=candidate.provider,
            requested_model=candidate.model.id,
            call_id=row.reservation.id,
            attempts=len(row.itinerary.attempts),
            dropped=self.dropped,
        )

    async def ended(self, error: BaseException) -> None:
        """Settle a call that nobody answered, or whose caller left; what was streamed is priced."""
        if self.first_token is None:
            await self.row.end(error)
            return
        partial = self.gathered.response(self.row.candidate.model.id)
        usage = completed(partial.usage, self.request, partial)
        cost = self.row.cost(partial.model, usage)
        await self.row.end(error, model=partial.model, usage=usage, cost=cost, latency=self.first_token)
