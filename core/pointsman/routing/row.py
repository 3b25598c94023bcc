"""One call's row in the ledger: reserved before anything is sent, settled whatever becomes of it."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from attrs import define, field, frozen

from pointsman.catalog import Catalog
from pointsman.money.cost import cost as cost_of
from pointsman.protocols import Learner, Ledger, Observer
from pointsman.routing.itinerary import Itinerary
from pointsman.types import (
    CallState,
    Candidate,
    Cost,
    Criteria,
    Outcome,
    Ranked,
    Reservation,
    Settlement,
    Usage,
)

log = logging.getLogger("pointsman.routing")

NOTHING = Cost(None, "unknown")


@frozen
class Audience:
    """Who is told of calls.

    Attributes:
        ledger: The ledger.
        learners: Strategies that learn from outcomes.
        observers: Told of every call once it is recorded.
    """

    ledger: Ledger
    learners: Sequence[Learner] = ()
    observers: Sequence[Observer] = ()


@frozen
class Matter:
    """What a call is about, as far as its row is concerned.

    Attributes:
        catalog: Where prices are looked up.
        ranking: Who is asked, in which order.
        criteria: Of the request.
        operation: OpenTelemetry's operation name.
        estimate: USD the call may cost; None when unknown.
        stream: Whether the answer is streamed.
        tag: The caller's own label.
    """

    catalog: Catalog
    ranking: Sequence[Ranked]
    criteria: Criteria
    operation: str = "chat"
    estimate: Decimal | None = None
    stream: bool = False
    tag: str = ""


@define(eq=False)
class Row:
    """A row that is reserved and not yet settled."""

    audience: Audience
    matter: Matter
    reservation: Reservation
    itinerary: Itinerary
    _started: float = field(factory=time.perf_counter)
    _settled: bool = False

    @classmethod
    async def reserve(cls, audience: Audience, matter: Matter, itinerary: Itinerary) -> Row:
        """Record the call before its first byte goes out.

        Raises:
            LedgerError: It could not be recorded; nothing may be sent.
        """
        first = matter.ranking[0].candidate
        reservation = Reservation(
            uuid.uuid4().hex,
            datetime.now(UTC),
            first.provider,
            first.model.id,
            matter.criteria.task,
            matter.criteria.category,
            matter.operation,
            matter.estimate,
            matter.stream,
            matter.tag,
        )
        await audience.ledger.reserve(reservation)
        return cls(audience, matter, reservation, itinerary)

    @property
    def candidate(self) -> Candidate:
        """Who is, or was last, being asked; the first choice before anybody was."""
        return self.itinerary.at or self.matter.ranking[0].candidate

    def elapsed(self) -> float:
        """Seconds since the call began."""
        return time.perf_counter() - self._started

    def cost(self, answered: str, usage: Usage) -> Cost:
        """Priced by the id that answered where the catalog knows it, for providers replace ids silently."""
        candidate = self.candidate
        if answered and answered != candidate.model.id:
            candidate = self.matter.catalog.get(f"{candidate.provider}/{answered}") or candidate
        return cost_of(usage, candidate.price)

    def teach(
        self, candidate: Candidate, error: str, latency: float | None, tokens: int | None, usd: Decimal | None
    ) -> None:
        """Tell the learners what came of one attempt."""
        if not self.audience.learners:
            return
        criteria = self.matter.criteria
        outcome = Outcome(
            candidate,
            not error,
            error,
            latency,
            self.elapsed(),
            tokens,
            usd,
            criteria.category,
            criteria.task,
        )
        for learner in self.audience.learners:
            _tell(learner.observe, outcome)

    async def settle(
        self,
        state: CallState,
        *,
        model: str = "",
        usage: Usage | None = None,
        cost: Cost = NOTHING,
        latency: float | None = None,
        error: str = "",
    ) -> None:
        """Record the end, then tell the observers. Only the first end counts."""
        if self._settled:
            return
        self._settled = True
        candidate = self.candidate
        settlement = Settlement(
            self.reservation.id,
            state,
            candidate.provider,
            candidate.model.id,
            model,
            usage or Usage(),
            cost,
            latency,
            self.elapsed(),
            tuple(self.itinerary.attempts),
            error,
        )
        await self.audience.ledger.settle(settlement)
        for observer in self.audience.observers:
            _tell(observer.observe, self.reservation, settlement)

    async def end(
        self,
        error: BaseException,
        *,
        model: str = "",
        usage: Usage | None = None,
        cost: Cost = NOTHING,
        latency: float | None = None,
    ) -> None:
        """Record that nobody answered, or that the caller left; done although its task is being cancelled."""
        if self._settled:
            return
        self.itinerary.left()
        cancelled = not isinstance(error, Exception)
        code = "cancelled" if cancelled else getattr(error, "code", type(error).__name__)
        state = CallState.CANCELLED if cancelled else CallState.FAILED
        settle = self.settle(state, model=model, usage=usage, cost=cost, latency=latency, error=code)
        await asyncio.shield(asyncio.ensure_future(settle))


def _tell(listener: Callable[..., None], *facts: object) -> None:
    """Observers and learners never break a call."""
    try:
        listener(*facts)
    except Exception:
        log.exception("an observer failed")
