"""The rules of who may be chosen, each with a reason in words for whoever it leaves out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial

from attrs import frozen

from pointsman.money.cost import FloatPrice
from pointsman.types import Candidate, Capability, Criteria, Tier

_ROUNDING = 1.0 + 1e-9
"""What floats may lose of a sum of money."""


@frozen
class Demand:
    """What a request itself demands of a model.

    Attributes:
        prompt: Tokens a context window has to hold.
        input_tokens: Size of the prompt for which its cost is expected.
        output_tokens: Expected size of the answer.
        needs: Capabilities without which it cannot be answered.
    """

    prompt: int
    input_tokens: int = 0
    output_tokens: int = 0
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


Prices = Callable[[Candidate], FloatPrice | None]
"""A candidate's price in floats; None when it is unknown."""


def hard(criteria: Criteria, demand: Demand, references: References) -> list[Rule]:
    rules = [Rule("active", _not_active)]
    if references.only is not None:
        rules.append(Rule("models", partial(_not_asked_for, keys=references.only)))
    if references.excluded:
        rules.append(Rule("exclude_models", partial(_model_excluded, keys=references.excluded)))
    if references.pins:
        rules.append(Rule("pinned", partial(_unpinned, pins=references.pins)))
    if criteria.only_providers:
        rules.append(Rule("only_providers", partial(_provider_not_allowed, allowed=criteria.only_providers)))
    if criteria.exclude_providers:
        rules.append(
            Rule("exclude_providers", partial(_provider_excluded, excluded=criteria.exclude_providers))
        )
    if needs := criteria.needs | demand.needs:
        rules.append(Rule("needs", partial(_cannot, needs=needs)))
    if criteria.known_prices:
        rules.append(Rule("known_prices", _price_unsure))
    rules.append(Rule("context", partial(_too_small, least=criteria.min_context, prompt=demand.prompt)))
    return rules


def soft(criteria: Criteria, demand: Demand, prices: Prices) -> list[Rule]:
    rules = []
    if criteria.tier is not None:
        rules.append(Rule("tier", partial(_other_tier, tier=criteria.tier)))
    if criteria.max_price is not None:
        rules.append(Rule("max_price", partial(_price_too_high, most=criteria.max_price)))
    if criteria.max_cost is not None:
        size = demand.input_tokens, demand.output_tokens
        dear = partial(costs_too_much, most=criteria.max_cost, size=size, prices=prices)
        rules.append(Rule("max_cost", dear))
    if criteria.max_latency is not None:
        rules.append(Rule("max_latency", partial(_too_late, most=criteria.max_latency)))
    if criteria.min_speed is not None:
        rules.append(Rule("min_speed", partial(_too_slow, least=criteria.min_speed)))
    if criteria.min_quality is not None:
        wanted = partial(_not_good_enough, category=criteria.category, least=criteria.min_quality)
        rules.append(Rule("min_quality", wanted))
    return rules


def _not_active(each: Candidate) -> str:
    return "" if each.model.active else "its provider says it is not active"


def _not_asked_for(each: Candidate, keys: frozenset[str]) -> str:
    return "" if each.key in keys else "not among the models asked for"


def _model_excluded(each: Candidate, keys: frozenset[str]) -> str:
    return "excluded by name" if each.key in keys else ""


def _provider_not_allowed(each: Candidate, allowed: Sequence[str]) -> str:
    return "" if each.provider in allowed else f"{each.provider} is not among the providers allowed"


def _provider_excluded(each: Candidate, excluded: Sequence[str]) -> str:
    return f"{each.provider} is excluded" if each.provider in excluded else ""


def unproven(each: Candidate, capability: Capability) -> str:
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
        return "price unknown"
    return "price only estimated" if each.price.estimated else ""


def _too_small(each: Candidate, least: int | None, prompt: int) -> str:
    window = each.context_window
    if window is None:
        return "context window unknown" if least else ""
    if least and window < least:
        return f"context window {window} is below {least}"
    return f"context window {window} is too small for this prompt" if window < prompt else ""


def _other_tier(each: Candidate, tier: Tier) -> str:
    if each.tier is None:
        return "tier unknown: no price"
    return "" if each.tier is tier else f"tier is {each.tier}, not {tier}"


def _price_too_high(each: Candidate, most: Decimal) -> str:
    blended = each.price.rates.blended if each.price else None
    if blended is None:
        return "price unknown"
    return f"{blended:f} USD per million tokens is above {most:f}" if blended > most else ""


def costs_too_much(each: Candidate, most: Decimal, size: tuple[int, int], prices: Prices) -> str:
    """The objection to a candidate that is expected to cost more than `most` USD for a call of this size."""
    price = prices(each)
    if price is None:
        return "price unknown"
    cost = price.cost(*size)
    if cost <= float(most) * _ROUNDING:
        return ""
    return f"this call is expected to cost {cost:.6f} USD, above {most:f}"


def _too_late(each: Candidate, most: float) -> str:
    latency = each.speed.time_to_first_token if each.speed else None
    if latency is None:
        return "latency unknown"
    return f"first token after {latency:.2f} s, above {most:g} s" if latency > most else ""


def _too_slow(each: Candidate, least: float) -> str:
    speed = each.speed.output_tokens_per_second if each.speed else None
    if speed is None:
        return "speed unknown"
    return f"{speed:.0f} tokens per second is below {least:g}" if speed < least else ""


def _not_good_enough(each: Candidate, category: str, least: float) -> str:
    quality = each.quality_in(category)
    if quality is None:
        return f"quality in {category} unknown"
    value = quality.value
    return f"quality {value:.0f} in {category} is below {least:g}" if value < least else ""
