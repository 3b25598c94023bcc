"""From a request and its criteria to a decision: eligibility, strategy, re-check, cooldowns."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from attrs import define, evolve, field

from pointsman.config import nearest
from pointsman.errors import DeadlineError, Scope, UnknownNameError
from pointsman.money.tokens import expected_tokens
from pointsman.protocols import Strategy
from pointsman.routing.choices import Choice, Choices, Question
from pointsman.routing.eligibility import Exclusions
from pointsman.routing.plain import Plain
from pointsman.routing.sizes import rounded_down
from pointsman.routing.timing import in_time
from pointsman.state.cooldowns import Cooldowns, Health, Standing
from pointsman.types import (
    Candidates,
    Criteria,
    Decision,
    Exclusion,
    Plan,
    Ranked,
    Step,
    Tier,
)

log = logging.getLogger("pointsman.routing")

_LAST_RESORT = "plain"
_PLANS = 64


@define(eq=False)
class Selector:
    """Decides. Remembers what each set of criteria allows until the catalog changes.

    Attributes:
        strategies: By name.
        default: The strategy used when the criteria name none.
        env: Where overrides are read.
        cooldowns: Who cools down.
        patience: Seconds a strategy may take.
    """

    strategies: Mapping[str, Strategy]
    default: str
    env: Mapping[str, str]
    cooldowns: Cooldowns
    patience: float = 10.0
    _plans: dict[str, tuple[Plan, tuple[Step, ...]]] = field(factory=dict, init=False)
    _choices: Choices = field(init=False)

    @_choices.default
    def _remembered(self) -> Choices:
        return Choices(self.env)

    async def decide(self, question: Question) -> Decision:
        """Who should answer this request, and why.

        Raises:
            UnknownNameError: A model or strategy nobody knows.
            DeadlineError: There is no time left.
        """
        exact = expected_tokens(question.request)
        choice = self._choices.of(question, (rounded_down(exact[0]), rounded_down(exact[1])))
        steps, warnings = await self._plan(question, choice)
        dear: list[Exclusion] = []
        if question.criteria.max_cost is not None and "max_cost" not in choice.eligible.relaxed:
            steps, dear = self._choices.affordable(steps, question.criteria.max_cost, exact)
            if dear and not any(step.ranking for step in steps):
                # All it ranked cost too much after all: leave those out beforehand. Rare, so not shared.
                choice = self._choices.of(question, exact)
                steps, warnings = await self._plan(question, choice)
        return await self._decision(question, choice, steps, warnings, dear)

    async def _decision(
        self,
        question: Question,
        choice: Choice,
        steps: tuple[Step, ...],
        warnings: tuple[str, ...],
        dear: Sequence[Exclusion],
    ) -> Decision:
        """Put the pinned, the free and the cool first, and say what was decided."""
        criteria, catalog = question.criteria, question.catalog
        if choice.order or criteria.free_first:
            steps = tuple(evolve(step, ranking=_in_order(step.ranking, choice, criteria)) for step in steps)
        ranked = (each.candidate for step in steps for each in step.ranking)
        health = await self.cooldowns.health(ranked, catalog.build)
        if health.deadlines:
            steps = tuple(evolve(step, ranking=_cooling_last(step.ranking, health)) for step in steps)
        one = len(steps) == 1 and steps[0].accept is None
        return Decision(
            criteria,
            steps[0].ranking if one else _union(steps),
            Exclusions(choice.eligible, tuple(dear)),
            choice.eligible.relaxed,
            criteria.strategy or self.default,
            catalog.hash,
            datetime.now(UTC),
            (*choice.warnings, *warnings),
            () if one else steps,
        )

    async def _plan(self, question: Question, choice: Choice) -> tuple[tuple[Step, ...], tuple[str, ...]]:
        """Ask the strategy and check what it says; when it fails, the built-in one ranks, with a warning."""
        name = question.criteria.strategy or self.default
        strategy = self.strategies.get(name)
        if strategy is None:
            known = tuple(self.strategies)
            raise UnknownNameError("strategy", name, nearest(name, known), f"known: {', '.join(known)}")
        if not choice.candidates:
            return (Step(()),), ()
        try:
            plan = await self._in_time(strategy, question, choice.candidates)
            steps = self._checked(plan, choice.candidates)
        except DeadlineError:
            raise
        except TimeoutError:
            problem = f"took longer than {self.patience:g} s"
        except Exception as error:  # noqa: BLE001 (a strategy is a plugin; whatever it raises is its own failure)
            problem = f"raised {type(error).__name__}: {error}"
        else:
            if steps:
                return steps, ()
            problem = "ranked nobody who is allowed"
        warning = f"strategy {name!r} {problem}; {_LAST_RESORT!r} was used"
        log.warning("%s", warning)
        plan = await Plain().plan(question.request, question.criteria, choice.candidates)
        return (Step(plan.ranking),), (warning,)

    def _checked(self, plan: Plan, allowed: Candidates) -> tuple[Step, ...]:
        """What of a plan may stand; strategies that remember their plans have each looked at once."""
        known, steps = self._plans.get(allowed.version, (None, ()))
        if known is not plan:
            if len(self._plans) >= _PLANS:
                self._plans.clear()
            steps = _checked(plan, allowed)
            self._plans[allowed.version] = plan, steps
        return steps

    async def _in_time(self, strategy: Strategy, question: Question, candidates: Candidates) -> Plan:
        """A strategy's plan.

        Raises:
            TimeoutError: It took too long.
            DeadlineError: There is no time left for the call.
        """
        loop = asyncio.get_running_loop()
        limit = min(loop.time() + self.patience, question.deadline)
        try:
            return await in_time(strategy.plan(question.request, question.criteria, candidates), limit)
        except TimeoutError:
            if loop.time() >= question.deadline:
                message = "the deadline passed while the strategy was choosing"
                raise DeadlineError(message, scope=Scope.CALLER) from None
            raise


def _checked(plan: Plan, allowed: Candidates) -> tuple[Step, ...]:
    """What of a plan may stand: candidates that were offered, each once a step; their keys identify them."""
    steps = []
    for step in plan.steps or (Step(plan.ranking),):
        seen: set[str] = set()
        ranking = []
        for each in step.ranking:
            candidate = allowed.get(each.candidate.key)
            if candidate is None or candidate.key in seen:
                continue
            seen.add(candidate.key)
            # Prices and capabilities are the catalog's, whatever the strategy made of the candidate.
            ranking.append(each if each.candidate is candidate else evolve(each, candidate=candidate))
        if ranking:
            steps.append(evolve(step, ranking=ranking))
    return tuple(steps)


def _in_order(ranking: tuple[Ranked, ...], choice: Choice, criteria: Criteria) -> tuple[Ranked, ...]:
    """The pinned first, in their order; what costs nothing before the rest where that is wanted."""
    if choice.order:
        ranking = tuple(
            sorted(ranking, key=lambda each: choice.order.get(each.candidate.key, len(choice.order)))
        )
    if criteria.free_first:
        ranking = tuple(sorted(ranking, key=lambda each: each.candidate.tier is not Tier.FREE))
    return ranking


def _cooling_last(ranking: tuple[Ranked, ...], health: Health) -> tuple[Ranked, ...]:
    """Who cools down stands at the end, soonest first, with the reason; nobody is left out for it."""
    well: list[Ranked] = []
    cooling: list[tuple[float, Ranked]] = []
    for each in ranking:
        condition = health.of(each.candidate)
        if condition.standing is not Standing.COOLING:
            well.append(each)
            continue
        note = f"cooling down for {condition.seconds:.0f} s after: {condition.reason}"
        cooling.append((condition.seconds, evolve(each, note=f"{each.note}; {note}" if each.note else note)))
    cooling.sort(key=lambda pair: pair[0])
    return (*well, *(each for _, each in cooling))


def _union(steps: Sequence[Step]) -> tuple[Ranked, ...]:
    """Everybody in the steps, in their order, each once."""
    found: dict[str, Ranked] = {}
    for step in steps:
        for each in step.ranking:
            found.setdefault(each.candidate.key, each)
    return tuple(found.values())


def why_nobody(decision: Decision) -> str:
    """One line: the commonest reasons, and where to read them all."""
    if not decision.excluded:
        return "no chat model is known; set a provider's key (pointsman plugins shows which) and refresh"
    counts: dict[str, int] = {}
    for each in decision.excluded:
        counts[each.rule] = counts.get(each.rule, 0) + 1
    most = sorted(counts.items(), key=lambda item: -item[1])[:3]
    reasons = ", ".join(f"{count} by {rule}" for rule, count in most)
    return f"no model is left of {len(decision.excluded)}: {reasons}; pointsman explain shows every reason"
