"""What is written down of a call: its ledger entry with every attempt; observers and learners hear of it."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from attrs import define, evolve, field, frozen

from pointsman.errors import LedgerError, ProviderError
from pointsman.money.cost import cost as cost_of
from pointsman.protocols import Learner, Ledger, Observer
from pointsman.routing.call_spec import CallSpec
from pointsman.routing.open_attempt import OpenAttempt
from pointsman.routing.timing import Alarm, TooLateError, in_time
from pointsman.types import (
    Attempt,
    AttemptState,
    CallState,
    Candidate,
    Cost,
    Outcome,
    Reservation,
    Settlement,
    Usage,
)
from pointsman.types.ledger import NOT_SENT, UNKNOWN, total
from pointsman.types.secrets import redact

log = logging.getLogger("pointsman.routing")

_LONGEST_DETAIL = 500


@frozen
class Recorder:
    """Where calls are recorded, and who hears of them.

    Attributes:
        ledger: Keeps every call.
        learners: Strategies that learn from outcomes, notified of every attempt.
        observers: Notified of every call once it is recorded.
    """

    ledger: Ledger
    learners: Sequence[Learner] = ()
    observers: Sequence[Observer] = ()

    async def reserve(self, spec: CallSpec) -> LedgerEntry:
        """Record a call before its first byte goes out.

        Raises:
            LedgerError: It could not be recorded; nothing may be sent.
        """
        first, criteria, principal = spec.decision.ranking[0].candidate, spec.criteria, spec.principal
        reservation = Reservation(
            id=os.urandom(16).hex(),
            at=datetime.now(UTC),
            provider=first.provider,
            model=first.model.id,
            task=criteria.task,
            category=criteria.category,
            operation=spec.operation.value,
            estimate=spec.estimate,
            stream=spec.stream,
            tags=spec.tags + principal.tags,
            key=principal.key,
            user=principal.user,
            catalog=spec.decision.catalog,
            strategy=spec.decision.strategy,
        )
        try:
            await in_time(self.ledger.reserve(reservation), spec.deadline)
        except TooLateError:
            raise LedgerError(
                "the call could not be recorded before its deadline; nothing was sent"
            ) from None
        return LedgerEntry(self, spec, reservation)

    def notify_learners(self, spec: CallSpec, candidate: Candidate, attempt: Attempt) -> None:
        """Tell the strategies that learn what came of one attempt."""
        if not self.learners:
            return
        ok = attempt.state.answered
        outcome = Outcome(
            candidate=candidate,
            ok=ok,
            error="" if ok else attempt.error or attempt.state.value,
            latency=attempt.latency,
            duration=attempt.duration,
            output_tokens=attempt.usage.output_tokens if ok else None,
            usd=attempt.cost.usd if ok else None,
            category=spec.criteria.category,
            task=spec.criteria.task,
        )
        for learner in self.learners:
            notify(learner.observe, outcome)


@define(eq=False)
class LedgerEntry:
    """One call's entry, reserved and not yet settled.

    Attributes:
        recorder: Where it is recorded.
        spec: The call.
        reservation: As it was reserved.
        attempts: Those that have ended, in order.
        first_token: Seconds from the caller's request until the first piece of content they got.
    """

    recorder: Recorder
    spec: CallSpec
    reservation: Reservation
    attempts: list[Attempt] = field(factory=list, init=False)
    first_token: float | None = field(default=None, init=False)
    _settled: bool = field(default=False, init=False)

    def cost(self, candidate: Candidate, answered: str, usage: Usage) -> Cost:
        """Priced by the id that answered where the catalog knows it, for providers replace ids silently."""
        if answered and answered != candidate.model.id:
            candidate = self.spec.catalog.get(f"{candidate.provider}/{answered}") or candidate
        return cost_of(usage, candidate.price)

    @property
    def bill(self) -> Cost:
        """What the call cost so far: the sum of its attempts."""
        attempts = self.attempts
        return attempts[0].cost if len(attempts) == 1 else total([each.cost for each in attempts])

    @property
    def tokens(self) -> int:
        """What its attempts used so far, as far as known."""
        usages = [each.usage for each in self.attempts]
        return sum((each.input_tokens or 0) + (each.output_tokens or 0) for each in usages)

    @property
    def settled(self) -> bool:
        """Whether its end was recorded, or is being recorded."""
        return self._settled

    def delivered(self) -> None:
        """The caller gets the first of the answer."""
        self.first_token = asyncio.get_running_loop().time() - self.spec.began

    def answered(self, attempt: OpenAttempt, used: tuple[str, Usage] | None, state: AttemptState) -> Attempt:
        """An attempt gave a whole answer.

        Args:
            attempt: Which.
            used: The model that answered and what it used.
            state: What the answer is for.
        """
        candidate = attempt.target.candidate
        model, usage = used or ("", Usage())
        usage = attempt.placed(usage)
        cost = self.cost(candidate, model, usage)
        return self._add(candidate, attempt.ended(state, response_model=model, usage=usage, cost=cost))

    def failed(
        self, attempt: OpenAttempt, error: ProviderError, used: tuple[str, Usage] | None = None
    ) -> Attempt:
        """An attempt failed; what had been delivered of its answer is priced."""
        return self._unanswered(
            attempt,
            AttemptState.FAILED,
            used,
            error=error.code,
            detail=redact(error.detail)[:_LONGEST_DETAIL],
            maybe_billed=error.maybe_billed,
        )

    def cancelled(self, attempt: OpenAttempt, used: tuple[str, Usage] | None = None) -> Attempt:
        """The caller left during an attempt."""
        return self._unanswered(attempt, AttemptState.CANCELLED, used, maybe_billed=True)

    def reject(self, attempt: Attempt) -> None:
        """The answer of an attempt was not accepted."""
        place = self.attempts.index(attempt)
        self.attempts[place] = evolve(attempt, state=AttemptState.REJECTED)

    async def settle(self, state: CallState, error: str = "") -> None:
        """Record the end, then tell the observers. Only the first end counts.

        It is written even if the caller does not wait for it.

        Raises:
            LedgerError: It could not be recorded, or not before the deadline.
        """
        if self._settled:
            return
        self._settled = True
        loop = asyncio.get_running_loop()
        settlement = Settlement(
            id=self.reservation.id,
            state=state,
            attempts=self.attempts,
            duration=loop.time() - self.spec.began,
            first_token=self.first_token,
            error=error,
        )
        settling = asyncio.ensure_future(self.recorder.ledger.settle(settlement))
        alarm = Alarm(max(self.spec.deadline, loop.time() + _GRACE), loop)
        try:
            await alarm.wait(asyncio.shield(settling))
        except TooLateError:
            settling.add_done_callback(_report)
            raise LedgerError(
                f"the end of call {settlement.id} could not be recorded before its deadline; it is written as"
                " soon as the ledger can be used"
            ) from None
        except asyncio.CancelledError:
            settling.add_done_callback(_report)
            raise
        finally:
            alarm.stop()
        for observer in self.recorder.observers:
            notify(observer.observe, self.reservation, settlement)

    def _unanswered(
        self, attempt: OpenAttempt, state: AttemptState, used: tuple[str, Usage] | None, **values: Any
    ) -> Attempt:
        candidate = attempt.target.candidate
        if used is not None:
            model, usage = used[0], attempt.placed(used[1])
            cost = self.cost(candidate, model, usage)
        else:
            model, usage, cost = "", Usage(), UNKNOWN if values.get("maybe_billed") else NOT_SENT
        ended = attempt.ended(state, response_model=model, usage=usage, cost=cost, **values)
        return self._add(candidate, ended)

    def _add(self, candidate: Candidate, attempt: Attempt) -> Attempt:
        self.attempts.append(attempt)
        self.recorder.notify_learners(self.spec, candidate, attempt)
        return attempt


_GRACE = 1.0
"""Seconds an end may take to be recorded, however late it is: the money is spent."""


def _report(settling: asyncio.Future[None]) -> None:
    """Nobody waits any more; an error must not vanish."""
    if not settling.cancelled() and (error := settling.exception()) is not None:
        log.error("a call could not be recorded: %s", error)


def notify(listener: Callable[..., None], *facts: object) -> None:
    """Observers and learners never break a call."""
    try:
        listener(*facts)
    except Exception:
        log.exception("an observer failed")
