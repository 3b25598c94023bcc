"""What is wanted of a model, what there is to choose from, and what was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from attrs import field, frozen

from pointsman.types.models import Capability, Model, capability_set
from pointsman.types.money import Price
from pointsman.types.scores import Quality, Speed

K = TypeVar("K")
V = TypeVar("V")


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


@frozen
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
    free_first: bool = False
    known_prices: bool = False
    strategy: str = ""


def read_only(mapping: Mapping[K, V]) -> Mapping[K, V]:
    """A mapping as the one a value keeps: who reads it cannot write it."""
    return mapping if isinstance(mapping, MappingProxyType) else MappingProxyType(dict(mapping))


@frozen(eq=False)
class Candidate:
    """One model at one provider, with everything the catalog knows of it.

    Compared by identity: a catalog holds each candidate once.

    Attributes:
        provider: Instance name.
        model: As the provider lists it.
        price: None when nothing is known and nothing could be estimated.
        quality: By category; a category that is absent is unknown, not bad.
        speed: None when unknown.
        tier: Today's quantile; None when the price is unknown.
        can, cannot: Capabilities, from the listing and the joined sources.
        context_window: Tokens, from the listing or the joined sources.
    """

    provider: str
    model: Model
    price: Price | None = None
    quality: Mapping[str, Quality] = field(factory=dict)
    speed: Speed | None = None
    tier: Tier | None = None
    can: frozenset[Capability] = field(default=frozenset(), converter=capability_set)
    cannot: frozenset[Capability] = field(default=frozenset(), converter=capability_set)
    context_window: int | None = None
    key: str = field(init=False, default="")

    def __attrs_post_init__(self) -> None:
        # Also where a catalog is read from disk, which calls no converter.
        object.__setattr__(self, "key", f"{self.provider}/{self.model.id}")
        object.__setattr__(self, "quality", read_only(self.quality))

    def quality_in(self, category: str) -> Quality | None:
        """Quality in a category, the general one where the category was not measured; None when unknown."""
        return self.quality.get(category) or self.quality.get("general")


@frozen
class Expectation:
    """What a strategy expects of one candidate for one request.

    Attributes:
        quality: 0 to 100; None when unknown.
        quality_uncertainty: One standard deviation; None when unknown.
        cost: USD for this call; None when unknown.
        latency: Seconds to the first token; None when unknown.
        speed: Output tokens per second; None when unknown.
    """

    quality: float | None = None
    quality_uncertainty: float | None = None
    cost: float | None = None
    latency: float | None = None
    speed: float | None = None


@frozen
class Ranked:
    """One place in a ranking.

    Attributes:
        candidate: Who.
        score: The strategy's own figure, higher is better.
        parts: What the score is made of, by name; they need not add up.
        expected: What the strategy expects.
        note: One line on anything unusual.
    """

    candidate: Candidate
    score: float
    parts: Mapping[str, float] = field(factory=dict)
    expected: Expectation = Expectation()
    note: str = ""


@frozen
class Plan:
    """What a strategy proposes: the fallback order, best first.

    Attributes:
        ranking: The best candidates, best first; a strategy need not rank more than a few dozen.
    """

    ranking: tuple[Ranked, ...] = field(converter=tuple[Ranked, ...])


@frozen
class Exclusion:
    """Why a candidate was left out.

    Attributes:
        candidate: Who.
        rule: Which rule (a field of `Criteria`, ``kind``, ``retired``, ``cooldown`` …).
        reason: In words, with the figures compared.
    """

    candidate: Candidate
    rule: str
    reason: str


@frozen
class Decision:
    """What was decided and why; a value that can be printed, stored and replayed.

    Attributes:
        criteria: What was asked for.
        ranking: The fallback order, best first, with the parts of each score.
        excluded: Every candidate left out, with its reason.
        relaxed: Constraints that were dropped so that anything was left, in the order they were dropped.
        strategy: Who ranked.
        catalog: Content hash of the catalog it was made from.
        at: When.
        warnings: What the caller should know (a strategy failed, an override was used …).
    """

    criteria: Criteria
    ranking: tuple[Ranked, ...]
    excluded: tuple[Exclusion, ...]
    relaxed: tuple[str, ...]
    strategy: str
    catalog: str
    at: datetime
    warnings: tuple[str, ...] = ()

    @property
    def chosen(self) -> Candidate | None:
        """The first choice; None when nothing was left."""
        return self.ranking[0].candidate if self.ranking else None


@frozen
class Outcome:
    """What came of one attempt; fed to strategies that learn and to observers.

    Attributes:
        candidate: Who was asked.
        ok: Whether it answered.
        error: Code of the error (``PM-…``), empty when it answered.
        latency: Seconds until the first token (or the whole answer when not streamed).
        duration: Seconds until the end.
        output_tokens: Tokens of the answer; None when unknown.
        usd: Cost; None when unknown.
        category: Of the request.
        task: Of the request.
    """

    candidate: Candidate
    ok: bool
    error: str
    latency: float | None
    duration: float
    output_tokens: int | None
    usd: Decimal | None
    category: str
    task: str
