"""Small values the catalog's tests are made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pointsman.catalog import Source
from pointsman.catalog.accepted import Accepted
from pointsman.catalog.feeds.sources import SourceRef
from pointsman.catalog.prices import Pricing, select_quotes
from pointsman.kinds import SourceKind
from pointsman.protocols import Http
from pointsman.types import Discount, Model, Quote, Rates, Score, Speed

AT = datetime(2026, 8, 23, 12, tzinfo=UTC)


def rates(given: str | int, produced: str | int) -> Rates:
    """USD per million tokens."""
    return Rates(input=Decimal(given), output=Decimal(produced))


def quote(
    model: str, given: str | int = 1, produced: str | int = 4, source: str = "list", **more: Any
) -> Quote:
    """A row of a price list about the provider ``acme``."""
    return Quote(
        model, rates(given, produced), more.pop("as_of", AT), **{"provider": "acme", "source": source, **more}
    )


def score(
    model: str, value: float, benchmark: str = "index", category: str = "general", **more: Any
) -> Score:
    """A row of a leaderboard."""
    return Score(model, benchmark, category, value, AT, **{"source": "bench", **more})


def pricing(
    rows: Iterable[Quote | Discount], *, accepted: Sequence[Accepted] = (), priority: Sequence[str] = ()
) -> Pricing:
    """The prices that these rows make."""
    return Pricing(select_quotes(rows, AT, accepted), priority=priority)


class Shop:
    """A provider that lists what the test gives it, or fails; counts how often it was asked."""

    def __init__(self, *models: Model | str, base_url: str = "") -> None:
        self.listed: Iterable[Any] = [Model(each) if isinstance(each, str) else each for each in models]
        self.error: Exception | None = None
        self.asked = 0
        self.base_url = base_url

    async def models(self, http: Http) -> Iterable[Model]:
        self.asked += 1
        if self.error:
            raise self.error
        return self.listed

    chat: Callable[..., Any]
    stream: Callable[..., Any]

    async def _never(self) -> None:
        raise NotImplementedError

    chat = stream = _never


class PriceList:
    """A pricing source that says what the test gives it, or fails."""

    def __init__(self, *rows: Quote) -> None:
        self.rows: Iterable[Quote] = rows
        self.error: Exception | None = None
        self.asked = 0

    async def quotes(self, http: Http) -> Iterable[Quote]:
        self.asked += 1
        if self.error:
            raise self.error
        return self.rows


class Board:
    """A benchmark source that says what the test gives it."""

    def __init__(self, *rows: Score | Speed) -> None:
        self.rows = rows
        self.asked = 0

    async def scores(self, http: Http) -> Iterable[Score | Speed]:
        self.asked += 1
        return self.rows


def source(name: str, created: object, extension: str = "") -> Source:
    """An instance; its extension has the same name unless one is given."""
    return Source(name, extension or name, lambda: created)


def refs(
    providers: Iterable[Source] = (), prices: Iterable[Source] = (), scores: Iterable[Source] = ()
) -> tuple[SourceRef, ...]:
    """Sources with what each is asked for."""
    by_kind = {SourceKind.PROVIDER: providers, SourceKind.PRICES: prices, SourceKind.SCORES: scores}
    return tuple(SourceRef(kind, each) for kind, sources in by_kind.items() for each in sources)


class Memory:
    """A cache that keeps JSON text, as a disk would."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, key: str) -> tuple[object, datetime] | None:
        return (json.loads(self.kept[key]), AT) if key in self.kept else None

    def put(self, key: str, value: object) -> None:
        self.kept[key] = json.dumps(value)


ACME = source("acme", Shop())
