"""One call under way: what is known of it, and how it is settled whatever becomes of it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from decimal import Decimal
from typing import Any

from attrs import define, evolve, field, frozen

from pointsman.catalog import Catalog
from pointsman.errors import InvalidRequestError, ProviderError
from pointsman.money.cost import cost as cost_of
from pointsman.money.tokens import completed
from pointsman.protocols import Learner, Observer, Store
from pointsman.routing.itinerary import Itinerary
from pointsman.routing.request import without
from pointsman.routing.streams import Gathered
from pointsman.types import (
    CallState,
    Candidate,
    ChatRequest,
    ChatResponse,
    Cost,
    Decision,
    Outcome,
    Reservation,
    Settlement,
    Usage,
)

log = logging.getLogger("pointsman.routing")


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
        store, learners, observers: Told of what happens.
        order: What it is about.
        reservation: Its row.
        itinerary: Whom to ask next.
        request: What is asked now; the order's, less what had to be left out.
        dropped: What was left out.
        gathered: What has been streamed so far.
        first_token: Seconds until the first piece of content; None before it.
    """

    store: Store
    learners: Sequence[Learner]
    observers: Sequence[Observer]
    order: Order
    reservation: Reservation
    itinerary: Itinerary
    request: ChatRequest = field(init=False)
    dropped: tuple[str, ...] = field(default=(), init=False)
    gathered: Gathered = field(factory=Gathered)
    first_token: float | None = None
    _started: float = field(factory=time.perf_counter)
    _settled: bool = False

    @request.default
    def _as_ordered(self) -> ChatRequest:
        return self.order.request

    def elapsed(self) -> float:
        """Seconds since the call began."""
        return time.perf_counter() - self._started

    def failed(self, error: ProviderError) -> None:
        """One attempt failed; where the caller allows it, what the provider does not take is left out."""
        candidate = self._candidate()
        self.itinerary.failed(error, adapted=self._adapted(error))
        self._teach(candidate, error.code, None, None)

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
        candidate = self._candidate()
        self.itinerary.answered()
        usage = completed(response.usage, self.request, response)
        cost = self._cost(candidate, response.model, usage)
        self._teach(candidate, "", usage.output_tokens, cost.usd)
        await self._settle(CallState.SETTLED, response.model, usage, cost, latency)
        return evolve(
            response,
            usage=usage,
            cost=cost,
            provider=candidate.provider,
            requested_model=candidate.model.id,
            call_id=self.reservation.id,
            attempts=len(self.itinerary.attempts),
            dropped=self.dropped,
        )

    async def ended(self, error: BaseException) -> None:
        """Settle a call that nobody answered, or whose caller left; what was streamed is priced."""
        if self._settled:
            return
        cancelled = not isinstance(error, Exception)
        self.itinerary.left()
        usage, cost = Usage(), Cost(None, "unknown")
        candidate = self._candidate()
        if self.first_token is not None:
            partial = self.gathered.response(candidate.model.id)
            usage = completed(partial.usage, self.request, partial)
            cost = self._cost(candidate, partial.model, usage)
        state = CallState.CANCELLED if cancelled else CallState.FAILED
        code = "cancelled" if cancelled else getattr(error, "code", type(error).__name__)
        settle = self._settle(state, self.gathered.model, usage, cost, self.first_token, code)
        await _finished(settle)

    async def _settle(  # noqa: PLR0917 (the facts of one settlement)
        self,
        state: CallState,
        response_model: str,
        usage: Usage,
        cost: Cost,
        latency: float | None,
        error: str = "",
    ) -> None:
        self._settled = True
        candidate = self._candidate()
        settlement = Settlement(
            self.reservation.id,
            state,
            candidate.provider,
            candidate.model.id,
            response_model,
            usage,
            cost,
            latency,
            self.elapsed(),
            tuple(self.itinerary.attempts),
            error,
        )
        await self.store.settle(settlement)
        for observer in self.observers:
            _tell(observer.observe, self.reservation, settlement)

    def _cost(self, candidate: Candidate, answered: str, usage: Usage) -> Cost:
        """Priced by the id that answered where the catalog knows it, for providers replace ids silently."""
        if answered and answered != candidate.model.id:
            candidate = self.order.catalog.get(f"{candidate.provider}/{answered}") or candidate
        return cost_of(usage, candidate.price)

    def _teach(
        self, candidate: Candidate, error: str, output_tokens: int | None, usd: Decimal | None
    ) -> None:
        if not self.learners:
            return
        criteria = self.order.decision.criteria
        latency = self.first_token if self.reservation.stream else None
        outcome = Outcome(
            candidate,
            not error,
            error,
            latency,
            self.elapsed(),
            output_tokens,
            usd,
            criteria.category,
            criteria.task,
        )
        for learner in self.learners:
            _tell(learner.observe, outcome)

    def _candidate(self) -> Candidate:
        """Who is, or was last, being asked; the first choice before anybody was."""
        return self.itinerary.at or self.order.decision.ranking[0].candidate


def _tell(listener: Callable[..., None], *facts: object) -> None:
    """Observers and learners never break a call."""
    try:
        listener(*facts)
    except Exception:
        log.exception("an observer failed")


async def _finished(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end although the caller is being cancelled."""
    await asyncio.shield(asyncio.ensure_future(work))
