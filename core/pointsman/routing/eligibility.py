"""Who may be chosen: every rule, with a reason in words for every candidate it leaves out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from attrs import evolve, frozen

from pointsman.money.cost import expected_cost
from pointsman.types import Candidate, Capability, Criteria, Exclusion, Tier

RELAXATIONS: tuple[tuple[str, ...], ...] = (
    ("tier", "max_cost", "max_price"),
    ("max_latency", "min_speed"),
    ("min_quality",),
)
"""What is dropped when nothing is left, in this order: cost, then latency, then quality. All else is hard."""


@frozen
class Demand:
    """What a request itself demands of a model.

    Attributes:
        input_tokens: Estimated size of the prompt.
        output_tokens: Expected size of the answer.
        needs: Capabilities without which it cannot be answered.
    """

    input_tokens: int
    output_tokens: int
    needs: frozenset[Capability] = frozenset()


@frozen
class Rule:
    """One rule: its name, and why it leaves a candidate out (nothing when it does not)."""

    name: str
    objection: Callable[[Candidate], str]


@frozen
class References:
    """Model references of the criteria, resolved against today's catalog to candidates' keys.

    Attributes:
        only: None for no restriction.
        excluded: Never these.
        pins: Provider → the keys its ``<PROVIDER>_MODEL_NAME`` variable allows.
    """

    only: frozenset[str] | None = None
    excluded: frozenset[str] = frozenset()
    pins: Mapping[str, frozenset[str]] = {}


@frozen
class Eligible:
    """Who may be chosen and who not.

    Attributes:
        candidates: In the catalog's order.
        excluded: Everybody else, each with its first objection.
        relaxed: Constraints dropped so that anybody was left.
    """

    candidates: tuple[Candidate, ...]
    excluded: tuple[Exclusion, ...]
    relaxed: tuple[str, ...] = ()


def eligible(
    candidates: Sequence[Candidate], criteria: Criteria, demand: Demand, references: References
) -> Eligible:
    """Apply every rule; when nobody is left, drop constraints in the declared order and say which."""
    relaxed: tuple[str, ...] = ()
    found = _apply(candidates, criteria, demand, references)
    for group in RELAXATIONS:
        if found.candidates:
            break
        set_ones = tuple(name for name in group if getattr(criteria, name) is not None)
        if not set_ones:
            continue
        nothing: dict[str, Any] = dict.fromkeys(set_ones)
        criteria = evolve(criteria, **nothing)
        relaxed += set_ones
        found = _apply(candidates, criteria, demand, references)
    return evolve(found, relaxed=relaxed if found.candidates else ())


def _apply(
    candidates: Sequence[Candidate], criteria: Criteria, demand: Demand, references: References
) -> Eligible:
    rules = [*_hard(criteria, demand, references), *_soft(criteria, demand)]
    kept, excluded = _sift(candidates, rules)
    # Known to be able comes before unknown: who says nothing is only asked when nobody says yes.
    for capability in sorted(criteria.needs | demand.needs):
        if any(capability in each.can for each in kept):
            kept, more = _sift(kept, [Rule("needs", partial(_unproven, capability=capability))])
            excluded += more
    return Eligible(tuple(kept), tuple(excluded))


def _sift(candidates: Iterable[Candidate], rules: Sequence[Rule]) -> tuple[list[Candidate], list[Exclusion]]:
    kept, excluded = [], []
    for candidate in candidates:
        for rule in rules:
            if reason := rule.objection(candidate):
                excluded.append(Exclusion(candidate, rule.name, reason))
                break
        else:
            kept.append(candidate)
    return kept, excluded


def _hard(criteria: Criteria, demand: Demand, references: References) -> list[Rule]:
    rules = [Rule("active", _inactive)]
    if references.only is not None:
        rules.append(Rule("models", partial(_not_asked_for, keys=references.only)))
    if references.excluded:
        rules.append(Rule("exclude_models", partial(_barred, keys=references.excluded)))
    if references.pins:
        rules.append(Rule("pinned", partial(_unpinned, pins=references.pins)))
    if criteria.only_providers:
        rules.append(Rule("only_providers", partial(_foreign, allowed=criteria.only_providers)))
    if criteria.exclude_providers:
        rules.append(Rule("exclude_providers", partial(_shunned, barred=criteria.exclude_providers)))
    if needs := criteria.needs | demand.needs:
        rules.append(Rule("needs", partial(_cannot, needs=needs)))
    if criteria.known_prices:
        rules.append(Rule("known_prices", _price_unsure))
    rules.append(Rule("context", partial(_too_small, least=criteria.min_context, prompt=demand.input_tokens)))
    return rules


def _soft(criteria: Criteria, demand: Demand) -> list[Rule]:
    rules = []
    if criteria.tier is not None:
        rules.append(Rule("tier", partial(_other_tier, tier=criteria.tier)))
    if criteria.max_price is not None:
        rules.append(Rule("max_price", partial(_too_dear, most=criteria.max_price)))
    if criteria.max_cost is not None:
        rules.append(Rule("max_cost", partial(_costs_too_much, most=criteria.max_cost, demand=demand)))
    if criteria.max_latency is not None:
        rules.append(Rule("max_latency", partial(_too_late, most=criteria.max_latency)))
    if criteria.min_speed is not None:
        rules.append(Rule("min_speed", partial(_too_slow, least=criteria.min_speed)))
    if criteria.min_quality is not None:
        wanted = partial(_not_good_enough, category=criteria.category, least=criteria.min_quality)
        rules.append(Rule("min_quality", wanted))
    return rules


def _inactive(each: Candidate) -> str:
    return "" if each.model.active else "its provider says it is not active"


def _not_asked_for(each: Candidate, keys: frozenset[str]) -> str:
    return "" if each.key in keys else "not among the models asked for"


def _barred(each: Candidate, keys: frozenset[str]) -> str:
    return "excluded by name" if each.key in keys else ""


def _foreign(each: Candidate, allowed: Sequence[str]) -> str:
    return "" if each.provider in allowed else f"{each.provider} is not among the providers allowed"


def _shunned(each: Candidate, barred: Sequence[str]) -> str:
    return f"{each.provider} is excluded" if each.provider in barred else ""


def _unproven(each: Candidate, capability: Capability) -> str:
    return "" if capability in each.can else f"nothing says it can: {capability}"


def _unpinned(each: Candidate, pins: Mapping[str, frozenset[str]]) -> str:
    pinned = pins.get(each.provider)
    if pinned is None or each.key in pinned:
        return ""
    return f"{each.provider} is pinned to another model by the environment"


def _cannot(each: Candidate, needs: frozenset[Capability]) -> str:
    missing = sorted(needs & each.cannot)
    return f"cannot: {', '.join(missing)}" if missing else ""


def _price_unsure(each: Candidate) -> str:
    if each.price is None:
        return "its price is unknown"
    return "its price is only estimated" if each.price.estimated else ""


def _too_small(each: Candidate, least: int | None, prompt: int) -> str:
    window = each.context_window
    if window is None:
        return "its context window is unknown" if least else ""
    if least and window < least:
        return f"context window {window} is below {least}"
    return (
        f"context window {window} is below the prompt's estimated {prompt} tokens" if window < prompt else ""
    )


def _other_tier(each: Candidate, tier: Tier) -> str:
    if each.tier is None:
        return "its tier is unknown, for its price is"
    return "" if each.tier is tier else f"its tier is {each.tier}, not {tier}"


def _too_dear(each: Candidate, most: Decimal) -> str:
    blended = each.price.rates.blended if each.price else None
    if blended is None:
        return "its price is unknown"
    return f"{blended:f} USD per million tokens is above {most:f}" if blended > most else ""


def _costs_too_much(each: Candidate, most: Decimal, demand: Demand) -> str:
    cost = expected_cost(each.price, demand.input_tokens, demand.output_tokens)
    if cost is None:
        return "its price is unknown"
    return f"this call is expected to cost {cost:.6f} USD, above {most:f}" if cost > most else ""


def _too_late(each: Candidate, most: float) -> str:
    latency = each.speed.time_to_first_token if each.speed else None
    if latency is None:
        return "its latency is unknown"
    return f"first token after {latency:.2f} s, above {most:g} s" if latency > most else ""


def _too_slow(each: Candidate, least: float) -> str:
    speed = each.speed.output_tokens_per_second if each.speed else None
    if speed is None:
        return "its speed is unknown"
    return f"{speed:.0f} tokens per second is below {least:g}" if speed < least else ""


def _not_good_enough(each: Candidate, category: str, least: float) -> str:
    quality = each.quality_in(category)
    if quality is None:
        return f"its quality in {category} is unknown"
    value = quality.value
    return f"quality {value:.0f} in {category} is below {least:g}" if value < least else ""
