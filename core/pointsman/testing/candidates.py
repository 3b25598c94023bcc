"""Candidates made up for tests of strategies and of routing."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from pointsman.types import Candidate, Model, Price, Quality, Rates, Speed, Tier

LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)


def candidate(
    key: str,
    *,
    price: str | tuple[str, str] | None = None,
    quality: float | None = None,
    speed: float | None = None,
    latency: float | None = None,
    tier: Tier | None = None,
    categories: tuple[str, ...] = ("general",),
) -> Candidate:
    """One made-up candidate.

    Args:
        key: ``provider/model``.
        price: USD per million tokens, input and output alike unless it is a pair; None is unknown.
        quality: 0 to 100 in every one of `categories`; None is unknown.
        speed: Output tokens per second.
        latency: Seconds to the first token.
        tier: As the catalog would say.
        categories: Where `quality` holds.
    """
    provider, _, model = key.partition("/")
    pair = (price, price) if isinstance(price, str) else price
    known = pair and Price(Rates(input=Decimal(pair[0]), output=Decimal(pair[1])), "kit", LONG_AGO)
    scored = quality is not None and Quality(quality, 2.0, 1.0, ("kit",), LONG_AGO)
    timed = speed is not None or latency is not None
    return Candidate(
        provider,
        Model(model, context_window=128_000),
        price=known or None,
        quality=dict.fromkeys(categories, scored) if scored else {},
        speed=Speed(model, LONG_AGO, speed, latency) if timed else None,
        tier=tier,
        context_window=128_000,
    )
