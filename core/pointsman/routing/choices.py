"""What criteria allow in a catalog, remembered for every call that asks the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from attrs import define, evolve, field, frozen

from pointsman.catalog import Catalog
from pointsman.errors import UnknownNameError
from pointsman.money.cost import FloatPrice
from pointsman.money.tokens import expected_tokens
from pointsman.routing.eligibility import Eligible, eligible
from pointsman.routing.overrides import forced, pins
from pointsman.routing.rules import Demand, References, costs_too_much
from pointsman.routing.sizes import Sizes
from pointsman.types import (
    Audio,
    Candidate,
    Candidates,
    Capability,
    ChatRequest,
    Criteria,
    Document,
    Exclusion,
    Image,
    JsonSchema,
    Message,
    Step,
    ToolResult,
)

_REMEMBERED = 256
_SETS = 16

_NEEDS: Mapping[type, Capability] = {
    Image: Capability.VISION,
    Document: Capability.DOCUMENT_INPUT,
    Audio: Capability.AUDIO_INPUT,
}


@frozen
class Question:
    """What has to be decided.

    Attributes:
        catalog: Today's.
        request: What is asked; its `expected` size is filled in.
        criteria: What is wanted of the model.
        allowed: The only models the caller may use, as references; None allows all.
        deadline: On the event loop's clock.
    """

    catalog: Catalog
    request: ChatRequest
    criteria: Criteria
    allowed: tuple[str, ...] | None = None
    deadline: float = float("inf")


@frozen
class Choice:
    """What one set of criteria allows in one catalog: computed once for every call that asks the same."""

    eligible: Eligible
    candidates: Candidates
    order: Mapping[str, int]
    warnings: tuple[str, ...]


@define(eq=False)
class Choices:
    """Remembers what each set of criteria allows until the catalog changes.

    Attributes:
        env: Where overrides are read.
    """

    env: Mapping[str, str]
    _catalog: Catalog | None = field(default=None, init=False)
    _sizes: Sizes = field(factory=Sizes, init=False)
    _prices: dict[str, FloatPrice | None] = field(factory=dict, init=False)
    _choices: OrderedDict[object, Choice] = field(factory=OrderedDict, init=False)
    _sets: OrderedDict[tuple[str, ...], Candidates] = field(factory=OrderedDict, init=False)

    def of(self, question: Question, size: tuple[int, int]) -> Choice:
        """What the criteria allow.

        Args:
            question: What has to be decided.
            size: Input and output tokens for which a bound of the cost holds.

        Raises:
            UnknownNameError: The caller named a model nobody knows.
        """
        self._look_at(question.catalog)
        demand = self._demand(question, *size)
        key = (question.criteria, demand, question.allowed)
        choice = self._choices.get(key)
        if choice is None:
            choice = self._choices[key] = self._compute(question, demand)
            if len(self._choices) > _REMEMBERED:
                self._choices.popitem(last=False)
        else:
            self._choices.move_to_end(key)
        return choice

    def affordable(
        self, steps: Sequence[Step], most: Decimal, size: tuple[int, int]
    ) -> tuple[tuple[Step, ...], list[Exclusion]]:
        """Leave out who costs too much for exactly this size; they were chosen for a rounded one."""
        dear: list[Exclusion] = []
        kept = []
        for step in steps:
            ranking = []
            for each in step.ranking:
                if reason := costs_too_much(each.candidate, most, size, self._price):
                    dear.append(Exclusion(each.candidate, "max_cost", reason))
                else:
                    ranking.append(each)
            kept.append(evolve(step, ranking=ranking) if len(ranking) < len(step.ranking) else step)
        return tuple(kept), dear

    def _look_at(self, catalog: Catalog) -> None:
        """Forget what was computed from another catalog."""
        if catalog is not self._catalog:
            self._choices.clear()
            self._sets.clear()
            self._catalog, self._sizes, self._prices = catalog, Sizes.of(catalog.candidates), {}

    def _demand(self, question: Question, input_tokens: int, output_tokens: int) -> Demand:
        """What the request demands; sizes that make no difference are left at 0 so that calls share."""
        request, needs = question.request, set()
        if request.tools:
            needs.add(Capability.TOOLS)
        if isinstance(request.response_format, JsonSchema):
            needs.add(Capability.JSON_SCHEMA)
        needs |= _shown(request.messages)
        prompt = self._sizes.window(expected_tokens(request)[0])
        if question.criteria.max_cost is None:
            input_tokens = output_tokens = 0
        return Demand(prompt, input_tokens, output_tokens, frozenset(needs))

    def _compute(self, question: Question, demand: Demand) -> Choice:
        catalog, criteria = question.catalog, question.criteria
        wanted, warnings = forced(criteria, self.env)
        if wanted.model:
            wanted = evolve(wanted, models=(wanted.model,))
        only, order, unknown = _resolve(catalog, wanted.models, strict=bool(wanted.model))
        restricted, _, missing = _resolve(catalog, wanted.only_models)
        excluded, _, _ = _resolve(catalog, wanted.exclude_models)
        if wanted.only_models:
            only = _both(only, restricted or frozenset())
        if question.allowed is not None:
            only = _both(only, _resolve(catalog, question.allowed)[0] or frozenset())
        providers = {each.provider for each in catalog.candidates}
        pinned = {
            provider: frozenset(f"{provider}/{model}" for model in models)
            for provider, models in pins(providers, self.env).items()
        }
        references = References(only, excluded or frozenset(), pinned)
        found = eligible(catalog.candidates, wanted, demand, references, self._price)
        warnings += tuple(f"no model is known as {name!r}" for name in (*unknown, *missing))
        warnings += tuple(f"relaxed {name}: no model satisfied it" for name in found.relaxed)
        return Choice(found, self._set(found), order, warnings)

    def _set(self, found: Eligible) -> Candidates:
        """One set for the same candidates, whatever they were eligible for."""
        keys = tuple(each.key for each in found.candidates)
        candidates = self._sets.get(keys)
        if candidates is None:
            candidates = self._sets[keys] = Candidates(found.candidates)
            if len(self._sets) > _SETS:
                self._sets.popitem(last=False)
        else:
            self._sets.move_to_end(keys)
        return candidates

    def _price(self, candidate: Candidate) -> FloatPrice | None:
        if candidate.key not in self._prices:
            self._prices[candidate.key] = FloatPrice.of(candidate.price)
        return self._prices[candidate.key]


def _shown(messages: Iterable[Message]) -> set[Capability]:
    """What a model must be able to look at or listen to; results of tools may hold files, too."""
    needs = set()
    for turn in messages:
        for part in turn.content:
            shown = part.content if isinstance(part, ToolResult) else (part,)
            needs |= {need for each in shown if (need := _NEEDS.get(type(each)))}
    return needs


def _resolve(
    catalog: Catalog, names: Sequence[str], *, strict: bool = False
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


def _both(one: frozenset[str] | None, other: frozenset[str]) -> frozenset[str]:
    return other if one is None else one & other
