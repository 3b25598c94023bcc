"""One way for a call: reserve, ask until an answer is accepted, settle. The only place that asks providers.

Chat, stream, embed and forward differ in their `Exchange`; the attempts, the ledger entry, the limits, the
cooldowns and the plan are the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from itertools import count
from typing import Any

from attrs import define, field

from pointsman.errors import PointsmanError, ProviderError
from pointsman.routing.acceptance import Acceptance, Opinion
from pointsman.routing.asking import ActiveCall, Asker
from pointsman.routing.attempts import Attempts
from pointsman.routing.call_spec import CallSpec
from pointsman.routing.exchanges import ChatExchange, Exchange
from pointsman.routing.recorder import Recorder
from pointsman.state.limits import Limits
from pointsman.types import (
    AttemptState,
    CallState,
    ChatRequest,
    ChatResponse,
    Criteria,
    Decision,
    Step,
)


@define(eq=False)
class Dispatcher:
    """Makes calls.

    Attributes:
        asker: Asks providers.
        recorder: The ledger, and who hears of calls.
        limits: Of whoever calls.
        decide: Chooses a judge: request, criteria, and when it has to be chosen.
    """

    asker: Asker
    recorder: Recorder
    limits: Limits
    decide: Callable[[ChatRequest, Criteria, float], Awaitable[Decision]]
    _turns: count[int] = field(factory=count, init=False)

    async def whole(self, spec: CallSpec, exchange: Exchange) -> Any:
        """Make one call whose answer comes whole; returns the exchange's `result`.

        Raises:
            PointsmanError: Nobody answered; the ledger has an entry that says so.
        """
        call = await self._begin(spec)
        try:
            accepted = await self._steps(call, exchange, whole=True)
            return await self._settled(call, exchange, accepted=accepted)
        except BaseException as raised:
            await self._ended(call, raised)
            raise

    async def run(self, spec: CallSpec, exchange: Exchange) -> AsyncGenerator[Any]:
        """Make one call; yields what the caller gets, the exchange's `result` last.

        Raises:
            PointsmanError: Nobody answered; the ledger has an entry that says so.
        """
        call = await self._begin(spec)
        try:
            accepted = await self._steps(call, exchange, whole=False)
            entry = call.entry
            async with aclosing(exchange.pieces()) as pieces:
                try:
                    async for piece in pieces:
                        if entry.first_token is None:
                            entry.delivered()
                        yield piece
                except ProviderError as failure:  # another answer cannot be put behind what was shown
                    await self.asker.failed(call, failure)
                    raise
            if call.open is not None:
                await self.asker.answered(call)
            yield await self._settled(call, exchange, accepted=accepted)
        except BaseException as raised:
            await self._ended(call, raised)
            raise

    async def _begin(self, spec: CallSpec) -> ActiveCall:
        """Reserve limits and the ledger entry before anything is sent."""
        hold = await self.limits.reserve(spec.principal, sum(spec.expected), spec.estimate)
        try:
            entry = await self.recorder.reserve(spec)
        except BaseException:
            await self.limits.give_back(hold)
            raise
        return ActiveCall(spec, entry, hold, next(self._turns))

    async def _steps(self, call: ActiveCall, exchange: Exchange, *, whole: bool) -> bool:
        """Step by step, until an answer is accepted or has begun; whether it is accepted.

        The last answer is given if none is.
        """
        steps = call.spec.steps
        for number, step in enumerate(steps):
            attempts = self.asker.attempts(call, step.ranking)
            more, held = number < len(steps) - 1, whole or step.accept is not None
            await self.asker.ask(call, attempts, exchange, number, more=more, whole=held)
            if call.open is not None:
                return True
            if call.attempt is not None:
                accepted = step.accept is None or await self._accepted(call, step, exchange, attempts, number)
                if accepted or not more:
                    return accepted
                call.entry.reject(call.attempt)
                call.attempt = None
            elif not more:
                raise attempts.error()
        raise RuntimeError("a decision has at least one step")

    async def _settled(self, call: ActiveCall, exchange: Exchange, *, accepted: bool) -> Any:
        """Record the end; the caller gets the answer only once it is recorded."""
        if call.attempt is None:
            raise RuntimeError("nobody has answered yet")
        await self._settle(call, CallState.SETTLED)
        return exchange.result(call.entry, call.attempt, accepted=accepted)

    async def _settle(self, call: ActiveCall, state: CallState, error: str = "") -> None:
        if call.entry.settled:
            return
        if call.hold.claims:
            await self.limits.settle(call.hold, call.entry.tokens, call.entry.bill.usd)
        await call.entry.settle(state, error)

    async def _ended(self, call: ActiveCall, error: BaseException) -> None:
        """Nobody answered, or the caller left; done although its task is being cancelled."""
        await asyncio.shield(asyncio.ensure_future(self._end(call, error)))

    async def _end(self, call: ActiveCall, error: BaseException) -> None:
        cancelled = not isinstance(error, Exception)
        if call.open is not None:
            under_way = call.close()
            attempt, exchange = under_way.attempt, under_way.exchange
            await exchange.aclose()
            call.entry.cancelled(attempt, exchange.used() if exchange.started else None)
            await self.asker.cooldowns.release(attempt.target.candidate, call.id)
        code = "cancelled" if cancelled else getattr(error, "code", type(error).__name__)
        await self._settle(call, CallState.CANCELLED if cancelled else CallState.FAILED, code)

    async def _accepted(
        self, call: ActiveCall, step: Step, exchange: Exchange, attempts: Attempts, number: int
    ) -> bool:
        """Whether the step's rule takes the answer."""
        if step.accept is None or not isinstance(exchange, ChatExchange) or exchange.response is None:
            return True
        request = call.spec.request
        if not isinstance(request, ChatRequest):
            return True

        async def other() -> ChatResponse | None:
            return await self._opinion(call, attempts, request, number)

        async def judge(opinion: Opinion) -> ChatResponse | None:
            return await self._judge(call, opinion, number)

        kept = call.attempt
        try:
            return await Acceptance(other, judge).of(step.accept, request, exchange.response, kept)
        finally:
            call.attempt = kept

    async def _opinion(
        self, call: ActiveCall, attempts: Attempts, request: ChatRequest, number: int
    ) -> ChatResponse | None:
        """The answer of another candidate; None when nobody gives one."""
        exchange = ChatExchange(request, drop=call.spec.drop_unsupported)
        await self.asker.ask(call, attempts, exchange, number, AttemptState.JUDGED)
        return None if call.attempt is None else exchange.response

    async def _judge(self, call: ActiveCall, opinion: Opinion, number: int) -> ChatResponse | None:
        """What a judge says; None when nobody does. A judge's own call uses no plan."""
        try:
            decision = await self.decide(opinion.request, opinion.criteria, call.spec.deadline)
        except PointsmanError:
            return None
        attempts = self.asker.attempts(call, decision.ranking)
        return await self._opinion(call, attempts, opinion.request, number)
