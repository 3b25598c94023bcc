"""From a request and its criteria to a decision: eligibility, strategy, re-check, cooldowns."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from attrs import define, field, frozen

from pointsman.catalog import Catalog
from pointsman.config import nearest
from pointsman.errors import UnknownNameError
from pointsman.money.expectation import expected_tokens
from pointsman.protocols import Strategy
from pointsman.routing.eligibility import Demand, Eligible, References, eligible
from pointsman.routing.health import Health
from pointsman.routing.overrides import forced, pins
from pointsman.routing.plain import Plain
from pointsman.types import (
    Candidate,
    Capability,
    ChatRequest,
    Criteria,
    Decision,
    Exclusion,
    Image,
    JsonSchema,
    Ranked,
    Tier,
)

log = logging.getLogger("pointsman.routing")

_REMEMBERED = 64
_LAST_RESORT = "plain"


@frozen
class _Choice:
    """What one set of criteria allows in one catalog: computed once for every call that asks the same."""

    eligible: Eligible
    keys: frozenset[int]
    order: Mapping[str, int]
    warnings: tuple[str, ...]


@define
class Selector:
    """Decides. Remembers what each set of criteria allows until the catalog changes.

    Attributes:
        strategies: By name.
        default: The strategy used when the criteria name none.
        env: Where overrides are read.
        health: Who rests.
    """

    strategies: Mapping[str, Strategy]
    default: str
    env: Mapping[str, str]
    health: Health
    _catalog: Catalog | None = field(default=None, init=False)
    _smallest: int = field(default=0, init=False)
    _choices: OrderedDict[object, _Choice] = field(factory=OrderedDict, init=False)

    async def decide(
        self, catalog: Catalog, request: ChatRequest, criteria: Criteria, *, named: bool = False
    ) -> Decision:
        """Who should answer this request, and why.

        Args:
            catalog: Today's.
            request: What is asked.
            criteria: What is wanted of the model.
            named: Whether the caller named the model in `criteria.models` (it is then an error when nobody
                knows it, and no task override applies).

        Raises:
            UnknownNameError: A model or strategy nobody knows.
        """
        choice = self._choice(catalog, request, criteria, named=named)
        name = criteria.strategy or self.default
        ranking, warnings = await self._rank(name, request, criteria, choice)
        if choice.order:
            ranking.sort(key=lambda each: choice.order.get(each.candidate.key, len(choice.order)))
        if criteria.free_first:
            ranking.sort(key=lambda each: each.candidate.tier is not Tier.FREE)
        ranking, resting = self._awake(ranking, choice.eligible.candidates)
        return Decision(
            criteria,
            tuple(ranking),
            (*choice.eligible.excluded, *resting),
            choice.eligible.relaxed,
            name,
            catalog.hash,
            datetime.now(UTC),
            (*choice.warnings, *warnings),
        )

    def _choice(self, catalog: Catalog, request: ChatRequest, criteria: Criteria, *, named: bool) -> _Choice:
        if catalog is not self._catalog:
            self._choices.clear()
            self._catalog = catalog
            windows = [each.context_window for each in catalog.candidates if each.context_window]
            self._smallest = min(windows, default=0)
        demand = self._demand(request, criteria)
        key = (criteria, demand, named)
        choice = self._choices.get(key)
        if choice is None:
            choice = self._choices[key] = self._compute(catalog, criteria, demand, named=named)
            if len(self._choices) > _REMEMBERED:
                self._choices.popitem(last=False)
        else:
            self._choices.move_to_end(key)
        return choice

    def _demand(self, request: ChatRequest, criteria: Criteria) -> Demand:
        """What the request demands; sizes that cannot make a difference are left at 0 so that calls share."""
        needs = set()
        if request.tools:
            needs.add(Capability.TOOLS)
        if isinstance(request.response_format, JsonSchema):
            needs.add(Capability.JSON_SCHEMA)
        if any(isinstance(part, Image) for turn in request.messages for part in turn.content):
            needs.add(Capability.VISION)
        input_tokens, output_tokens = expected_tokens(request)
        if criteria.max_cost is None:
            output_tokens = 0
            if input_tokens <= self._smallest:
                input_tokens = 0
        return Demand(input_tokens, output_tokens, frozenset(needs))

    def _compute(self, catalog: Catalog, criteria: Criteria, demand: Demand, *, named: bool) -> _Choice:
        wanted, warnings = forced(criteria, self.env, named=named)
        only, order, unknown = self._resolve(catalog, wanted.models, strict=named and wanted is criteria)
        restricted, _, missing = self._resolve(catalog, wanted.only_models, strict=False)
        barred, _, _ = self._resolve(catalog, wanted.exclude_models, strict=False)
        if wanted.only_models:
            only = restricted if only is None else only & (restricted or frozenset())
        providers = {each.provider for each in catalog.candidates}
        pinned = {
            provider: frozenset(f"{provider}/{model}" for model in models)
            for provider, models in pins(providers, self.env).items()
        }
        references = References(only, barred or frozenset(), pinned)
        found = eligible(catalog.candidates, wanted, demand, references)
        warnings += tuple(f"no model is known as {name!r}" for name in (*unknown, *missing))
        warnings += tuple(f"{name} was dropped, for nothing satisfied it" for name in found.relaxed)
        return _Choice(found, frozenset(map(id, found.candidates)), order, warnings)

    @staticmethod
    def _resolve(
        catalog: Catalog, names: Sequence[str], *, strict: bool
    ) -> tuple[frozenset[str] | None, dict[str, int], list[str]]:
        """Keys the references stand for, their order, and the references nobody knows."""
        if not names:
            return None, {}, []
        order: dict[str, int] = {}
        unknown = []
        for name in names:
            try:
                for each in catalog.resolve(name):
                    order.setdefault(each.key, len(order))
            except UnknownNameError:
                if strict:
                    raise
                unknown.append(name)
        return frozenset(order), order, unknown

    async def _rank(
        self, name: str, request: ChatRequest, criteria: Criteria, choice: _Choice
    ) -> tuple[list[Ranked], tuple[str, ...]]:
        """Ask the strategy and check what it says; when it fails, the built-in one ranks, with a warning."""
        strategy = self.strategies.get(name)
        if strategy is None:
            known = tuple(self.strategies)
            raise UnknownNameError("strategy", name, nearest(name, known), f"known: {', '.join(known)}")
        candidates = choice.eligible.candidates
        if not candidates:
            return [], ()
        try:
            plan = await strategy.plan(request, criteria, candidates)
            ranking = _checked(plan.ranking, choice.keys)
        except Exception as error:  # noqa: BLE001 (a strategy is a plugin; whatever it raises is its own failure)
            problem = f"raised {type(error).__name__}: {error}"
        else:
            if ranking:
                return ranking, ()
            problem = "ranked nobody who is allowed"
        warning = f"strategy {name!r} {problem}; {_LAST_RESORT!r} was used"
        log.warning("%s", warning)
        plan = await Plain().plan(request, criteria, candidates)
        return list(plan.ranking), (warning,)

    def _awake(
        self, ranking: Sequence[Ranked], candidates: Sequence[Candidate]
    ) -> tuple[list[Ranked], list[Exclusion]]:
        """Leave out who rests; when all do, the one whose rest ends first is probed."""
        awake, resting = [], []
        for each in ranking:
            if (rest := self.health.resting(each.candidate)) is None:
                awake.append(each)
            else:
                reason = f"rests for {rest.seconds:.0f} s after: {rest.reason}"
                resting.append(Exclusion(each.candidate, "cooldown", reason))
        if awake or not resting:
            return awake, resting
        probe = self.health.soonest([each.candidate for each in ranking]) or candidates[0]
        return (
            [each for each in ranking if each.candidate is probe],
            [each for each in resting if each.candidate is not probe],
        )


def _checked(ranking: Sequence[Ranked], allowed: frozenset[int]) -> list[Ranked]:
    """What of a ranking may stand: candidates that were offered, each once."""
    seen: set[int] = set()
    kept = []
    for each in ranking:
        number = id(each.candidate)
        if number in allowed and number not in seen:
            seen.add(number)
            kept.append(each)
    return kept


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
