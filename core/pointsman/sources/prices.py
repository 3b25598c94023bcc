"""What price lists have in common: tiers for long prompts, rates by service, zeros that mean nothing."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import fields

from pointsman.types import ContextTier, Rates, Variant

_TIERED = frozenset(each.name for each in fields(ContextTier)) - {"above"}


def tiered_rates(steps: Mapping[int, Mapping[str, Decimal | None]], **plain: Decimal | None) -> Rates:
    """Rates for prompts of every length.

    Args:
        steps: USD per million tokens by name (``input``, ``cache_read`` …), by the number of tokens a prompt
            is longer than; 0 holds the rates of short ones. What a tier has no rate for is left out.
        plain: Further rates of short prompts.
    """
    short: dict[str, Any] = {**steps.get(0, {}), **plain}
    tiers = [_tier(above, steps[above]) for above in sorted(steps) if above]
    return Rates(**short, tiers=tuple(tier for tier in tiers if tier != ContextTier(tier.above)))


def _tier(above: int, amounts: Mapping[str, Decimal | None]) -> ContextTier:
    known: dict[str, Any] = {name: amount for name, amount in amounts.items() if name in _TIERED}
    return ContextTier(above, **known)


def variants(services: Mapping[str, Rates]) -> tuple[Variant, ...]:
    """Rates by service, in the order of their names; services without a rate are left out."""
    return tuple(Variant(name, services[name]) for name in sorted(services) if services[name] != Rates())


def has_price(model: str, rates: Rates) -> bool:
    """Whether these rates say what an offer costs.

    Lists write zeros for what a subscription covers and for one's own machines. So zero input and output are
    unknown, unless the model's id says that it is free.
    """
    return bool(rates.input or rates.output or "free" in model.casefold())
