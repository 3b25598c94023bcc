"""What is wanted of a model."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from attrs import field, frozen

from pointsman.types.models import Capability, capability_set


class Tier(StrEnum):
    """Where a model stands in today's catalog: a quantile, never a list of names."""

    FREE = "free"
    BUDGET = "budget"
    STANDARD = "standard"
    PREMIUM = "premium"


class Preference(StrEnum):
    """What to favour among the models that are allowed."""

    QUALITY = "quality"
    COST = "cost"
    SPEED = "speed"


@frozen(cache_hash=True)
class Criteria:
    """What is wanted of the model. Everything is optional; an empty value is no constraint.

    Attributes:
        task: Name of the task in the configuration these criteria came from.
        category: Which scores count (``general``, ``coding``, ``math`` …).
        max_cost: USD this one call may be expected to cost.
        max_price: USD per million tokens, three parts input to one part output.
        min_quality: 0 to 100, in `category`.
        max_latency: Seconds to the first token.
        min_speed: Output tokens per second.
        min_context: Tokens.
        needs: Capabilities the model must have.
        tier: Where in today's catalog to look.
        prefer: What to favour; None leaves the strategy's own weights.
        only_providers, exclude_providers: Instance names.
        only_models, exclude_models: Model references (``provider/model``, an id, or an alias).
        models: A pinned list, best first: only these, in this order.
        model: The one model the caller named (``provider/model``, an id, or an alias); empty for a free
            choice. It is an error when nobody knows it, and no override of a task applies.
        free_first: Take models that cost nothing before any other.
        known_prices: Leave out models whose price is only estimated or unknown.
        strategy: Name of the strategy; empty for the configured one.
    """

    task: str = ""
    category: str = "general"
    max_cost: Decimal | None = None
    max_price: Decimal | None = None
    min_quality: float | None = None
    max_latency: float | None = None
    min_speed: float | None = None
    min_context: int | None = None
    needs: frozenset[Capability] = field(default=frozenset(), converter=capability_set)
    tier: Tier | None = None
    prefer: Preference | None = None
    only_providers: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    exclude_providers: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    only_models: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    exclude_models: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    models: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    model: str = ""
    free_first: bool = False
    known_prices: bool = False
    strategy: str = ""
