"""The attempt loop: ask one candidate after another until somebody answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from attrs import define, field, frozen

from pointsman.config import CallSettings
from pointsman.errors import InvalidRequestError, PluginError, ProviderError, ResponseError, Scope
from pointsman.protocols import Http, Provider
from pointsman.routing.attempts import Attempts, RetryBudget, Target
from pointsman.routing.call_spec import CallSpec
from pointsman.routing.exchanges import Exchange, Turn
from pointsman.routing.open_attempt import OpenAttempt
from pointsman.routing.recorder import LedgerEntry
from pointsman.routing.streams import Deadlines
from pointsman.state.cooldowns import Cooldowns, Health, Standing
from pointsman.state.limits import Hold
from pointsman.types import Attempt, AttemptState, Ranked

_LOOK_AGAIN = 0.05
_PATIENCE = 2.0
"""Seconds to wait for the call that probes the only candidate left."""


@frozen(eq=False)
class UnderWay:
    """An attempt that has not ended.

    Attributes:
        attempt: Its clock, and who is asked.
        exchange: The operation.
        attempts: Those of its step.
        state: What its answer is for.
    """

    attempt: OpenAttempt
    exchange: Exchange
    attempts: Attempts
    state: AttemptState


@define(eq=False)
class ActiveCall:
    """A call under way.

    Attributes:
        spec: The call.
        entry: Its ledger entry.
        hold: What was reserved of the principal's limits.
        errors: Of every failed attempt.
        attempt: The last one that was answered.
        open: The one under way.
        health: How the candidates stood when somebody was last asked.
    """

    spec: CallSpec
    entry: LedgerEntry
    hold: Hold
    turn: int
    errors: list[ProviderError] = field(factory=list, init=False)
    attempt: Attempt | None = field(default=None, init=False)
    open: UnderWay | None = field(default=None, init=False)
    health: Health | None = field(default=None, init=False)

    @property
    def id(self) -> str:
        """Of its ledger entry."""
        return self.entry.reservation.id

    def close(self) -> UnderWay:
        """The attempt that was under way has ended."""
        if self.open is None:
            raise RuntimeError("no attempt is under way")
        under_way, self.open = self.open, None
        return under_way


@define(eq=False)
class Asker:
    """Asks providers.

    Attributes:
        providers: By instance name; one object for each of its keys.
        http: The guarded client of each instance.
        cooldowns: Learn of every attempt.
        settings: Deadlines.
    """

    providers: Mapping[str, Sequence[Provider]]
    http: Callable[[str], Http]
    cooldowns: Cooldowns
    settings: CallSettings
    _budget: RetryBudget = field(factory=RetryBudget, init=False)

    def attempts(self, call: ActiveCall, ranking: Sequence[Ranked]) -> Attempts:
        """The attempts of one step."""
        spec = call.spec
        return Attempts(
            ranking,
            self._budget,
            spec.deadline,
            asyncio.get_running_loop().time,
            None if spec.attempts is None else max(spec.attempts - len(call.entry.attempts), 0),
            call.turn,
            call.errors,
        )

    async def ask(
        self,
        call: ActiveCall,
        attempts: Attempts,
        exchange: Exchange,
        step: int,
        state: AttemptState = AttemptState.ACCEPTED,
        *,
        more: bool = False,
        whole: bool = True,
    ) -> None:
        """Ask until somebody answers; `call.attempt` is that attempt, or None when nobody did.

        An answer with nothing in it is none while another candidate is left.

        Args:
            call: Under way.
            attempts: Those of the step.
            exchange: The operation.
            step: Of the plan.
            state: What the answer is for.
            more: Whether others are asked when nobody answers.
            whole: False to return as soon as the caller may see some of the answer. The attempt is still
                `call.open` then: nobody else can be asked any more.
        """
        call.attempt = None
        while (target := await self._next(call, attempts)) is not None:
            attempts.asked(target)
            attempt = OpenAttempt(target, step)
            call.open = UnderWay(attempt, exchange, attempts, state)
            try:
                if not await exchange.begin(self._turn(call, attempt), whole=whole):
                    return
            except ProviderError as failure:
                await self.failed(call, failure)
                continue
            if exchange.empty and (more or self._another_left(call, attempts)):
                await self.failed(
                    call, ResponseError("the answer is empty", scope=Scope.CALLER, maybe_billed=True)
                )
                continue
            await self.answered(call)
            return

    def _another_left(self, call: ActiveCall, attempts: Attempts) -> bool:
        return call.health is not None and attempts.another_left(call.health)

    async def _next(self, call: ActiveCall, attempts: Attempts) -> Target | None:
        """The candidate to ask now; waits where that is part of it."""
        while True:
            candidates = (each.candidate for each in attempts.ranking)
            call.health = await self.cooldowns.health(candidates, call.spec.build)
            target = attempts.next(call.health)
            if target is None:
                return None
            if target.probe and not await self.cooldowns.probe(target.candidate, call.id):
                if not attempts.deferred(target):
                    attempts.defer(target)
                    continue
                await self._probed(call, target)
            if target.wait:
                await asyncio.sleep(target.wait)
            return target

    async def _probed(self, call: ActiveCall, target: Target) -> None:
        """Wait until the call that probes the only candidate left knows how it stands."""
        loop = asyncio.get_running_loop()
        until = min(loop.time() + _PATIENCE, call.spec.deadline)
        while loop.time() < until:
            await asyncio.sleep(_LOOK_AGAIN)
            health = await self.cooldowns.health((target.candidate,), call.spec.build)
            if health.of(target.candidate).standing is not Standing.HALF_OPEN:
                return
            if await self.cooldowns.probe(target.candidate, call.id):
                return

    def _turn(self, call: ActiveCall, attempt: OpenAttempt) -> Turn:
        """The candidate to ask.

        Raises:
            ResponseError: The plugin is imported only now, and it is broken.
        """
        target = attempt.target
        candidate = target.candidate
        try:
            provider = self.providers[candidate.provider][target.key]
        except PluginError as error:
            raise ResponseError(f"the provider's plugin cannot be used: {error}") from error
        attempt.region = getattr(provider, "region", "")  # `Regional`; asking a protocol costs 15 µs
        return Turn(
            candidate,
            provider,
            self.http(candidate.provider),
            Deadlines(call.spec.deadline, self.settings.first_token, self.settings.idle),
            call.id,
            attempt.content,
        )

    async def failed(self, call: ActiveCall, failure: ProviderError) -> None:
        """One attempt failed: let its subject cool down, write it down, and see what can be left out."""
        under_way = call.close()
        attempt, exchange, target = under_way.attempt, under_way.exchange, under_way.attempt.target
        failure.provider = failure.provider or target.candidate.provider
        failure.model = failure.model or target.candidate.model.id
        adapted = isinstance(failure, InvalidRequestError) and exchange.adapted(failure)
        under_way.attempts.failed(failure, adapted=adapted)
        paid = exchange.started or exchange.empty
        call.entry.failed(attempt, failure, exchange.used() if paid else None)
        await self.cooldowns.failed(target.candidate, target.key, failure, attempt.began, call.spec.build)
        await self._released(call, target)

    async def answered(self, call: ActiveCall) -> None:
        """The attempt under way gave a whole answer."""
        under_way = call.close()
        target = under_way.attempt.target
        under_way.attempts.answered()
        call.attempt = call.entry.answered(under_way.attempt, under_way.exchange.used(), under_way.state)
        if call.health is not None:
            await self.cooldowns.answered(target.candidate, target.key, under_way.attempt.began, call.health)
        await self._released(call, target)

    async def _released(self, call: ActiveCall, target: Target) -> None:
        if target.probe:
            await self.cooldowns.release(target.candidate, call.id)
