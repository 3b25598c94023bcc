"""Who may be chosen: every rule, with a reason in words for every candidate it leaves out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from attrs import define, evolve, field, frozen

from pointsman.money.cost import FloatPrice
from pointsman.routing.rules import Demand, Prices, References, Rule, hard, soft, unproven
from pointsman.types import Candidate, Criteria, Exclusion

RELAXATIONS: tuple[tuple[str, ...], ...] = (
    ("tier", "max_cost", "max_price"),
    ("max_latency", "min_speed"),
    ("min_quality",),
)
"""What is dropped when nothing is left, in this order: cost, then latency, then quality. All else is hard."""


@frozen(eq=False)
class Eligible:
    """Who may be chosen and who not.

    Attributes:
        candidates: In the catalog's order.
        offered: Everybody there was.
        rules: What was applied, in order.
        relaxed: Constraints dropped so that anybody was left.
    """

    candidates: tuple[Candidate, ...]
    offered: Sequence[Candidate]
    rules: tuple[Rule, ...]
    relaxed: tuple[str, ...] = ()

    @property
    def excluded(self) -> Exclusions:
        """Everybody else, each with its first objection."""
        return Exclusions(self)


@define(eq=False)
class Exclusions(Sequence[Exclusion]):
    """Who was left out, and why; put into words only when somebody asks, for most calls want to know the one.

    Attributes:
        eligible: Who was not.
        more: Left out since.
    """

    eligible: Eligible
    more: tuple[Exclusion, ...] = ()
    _found: tuple[Exclusion, ...] | None = field(default=None, init=False)

    def __getitem__(self, index: Any) -> Any:
        return self._all()[index]

    def __len__(self) -> int:
        found = self.eligible
        return len(found.offered) - len(found.candidates) + len(self.more)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._all() == tuple(other)

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return repr(self._all())

    def _all(self) -> tuple[Exclusion, ...]:
        if self._found is None:
            found = self.eligible
            kept = {each.key for each in found.candidates}
            left_out = (each for each in found.offered if each.key not in kept)
            self._found = (*(_exclusion(each, found.rules) for each in left_out), *self.more)
        return self._found


def eligible(
    candidates: Sequence[Candidate],
    criteria: Criteria,
    demand: Demand,
    references: References,
    prices: Prices = lambda each: FloatPrice.of(each.price),
) -> Eligible:
    """Apply every rule; when nobody is left, drop constraints in the declared order and say which."""
    relaxed: tuple[str, ...] = ()
    found = _apply(candidates, criteria, demand, references, prices)
    for group in RELAXATIONS:
        if found.candidates:
            break
        set_ones = tuple(name for name in group if getattr(criteria, name) is not None)
        if not set_ones:
            continue
        nothing: dict[str, Any] = dict.fromkeys(set_ones)
        criteria = evolve(criteria, **nothing)
        relaxed += set_ones
        found = _apply(candidates, criteria, demand, references, prices)
    return evolve(found, relaxed=relaxed if found.candidates else ())


def _apply(
    candidates: Sequence[Candidate],
    criteria: Criteria,
    demand: Demand,
    references: References,
    prices: Prices,
) -> Eligible:
    rules = [*hard(criteria, demand, references), *soft(criteria, demand, prices)]
    kept = _sift(candidates, rules)
    # Known to be able comes before unknown: who says nothing is only asked when nobody says yes.
    for capability in sorted(criteria.needs | demand.needs):
        if any(capability in each.can for each in kept):
            rules.append(Rule("needs", partial(unproven, capability=capability)))
            kept = _sift(kept, rules[-1:])
    return Eligible(tuple(kept), candidates, tuple(rules))


def _sift(candidates: Iterable[Candidate], rules: Sequence[Rule]) -> list[Candidate]:
    kept = list(candidates)
    for rule in rules:
        kept = [each for each in kept if not rule.objection(each)]
    return kept


def _exclusion(candidate: Candidate, rules: Sequence[Rule]) -> Exclusion:
    for rule in rules:
        if reason := rule.objection(candidate):
            return Exclusion(candidate, rule.name, reason)
    raise RuntimeError(f"no rule excludes {candidate.key}")
