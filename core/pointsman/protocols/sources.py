"""Who says what models cost, and how good they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from pointsman.protocols.http import Http
from pointsman.types import Discount, Quote, Score, Speed


@runtime_checkable
class PricingSource(Protocol):
    """Somebody who says what models cost."""

    async def quotes(self, http: Http) -> Iterable[Quote | Discount]:
        """Today's whole price list."""
        ...


@runtime_checkable
class BenchmarkSource(Protocol):
    """Somebody who measured models."""

    async def scores(self, http: Http) -> Iterable[Score | Speed]:
        """Today's whole leaderboard."""
        ...
