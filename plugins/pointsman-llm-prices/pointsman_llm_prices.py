"""Makers' list prices of llm-prices.com (https://github.com/simonw/llm-prices), with their history.

Three documents of one content are read, USD per million tokens:

- ``historical-v1.json``: ``{"prices": [{"id", "vendor", "name", "input", "output", "input_cached",
  "from_date", "to_date"}]}``, in no order
- ``current-v1.json``: the same with only what holds today, and ``updated_at`` beside ``prices``
- a file of the repository, ``{"vendor", "models": [{"id", "name", "price_history": [{"input", …}]}]}``

A price holds from the beginning of ``from_date`` to the beginning of ``to_date``. Rates for long prompts
stand there as models of their own (``…-200k``), and are passed on as that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from attrs import frozen
from pointsman import (
    Extension,
    FeedError,
    Origin,
    PricingSource,
    Quote,
    Rates,
    hookimpl,
    setting,
)
from pointsman.sources import PriceFeed, midnight, money, one_each, readable
from pointsman.wire.fields import day, identifier, label, rows, table

NAME = "llm-prices"
PAGE = "https://www.llm-prices.com"
ORIGIN = Origin(url=PAGE, licence="none stated", changes="with new models")


@frozen
class Config:
    """Settings: where the list is."""

    url: str = setting("LLM_PRICES_URL", default=f"{PAGE}/historical-v1.json")


def source(config: Config) -> PriceFeed:
    """The list, as it is today: one quote per model and period."""
    return PriceFeed(NAME, config.url, read)


def read(document: object, now: datetime) -> tuple[Quote, ...]:
    """The quotes of the document, read with exact numbers; of two for one period the first.

    Raises:
        FeedError: It is no list of prices.
    """
    whole = table(document)
    if not isinstance(whole.get("prices"), list) and not isinstance(whole.get("models"), list):
        raise FeedError(NAME, "the answer is no list of prices")
    found = readable(NAME, _entries(whole), lambda row: _quote(row, now))
    return one_each(found, lambda quote: (quote.model, quote.provider, quote.starts, quote.ends))


def _entries(whole: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Flat entries, of whichever document."""
    yield from map(table, rows(whole.get("prices")))
    for model in map(table, rows(whole.get("models"))):
        for period in map(table, rows(model.get("price_history"))):
            yield {**model, **period, "vendor": whole.get("vendor")}


def _quote(row: Mapping[str, Any], now: datetime) -> Iterator[Quote]:
    model, vendor = identifier(row.get("id")), identifier(row.get("vendor"))
    given, produced, read = (money(row.get(name)) for name in ("input", "output", "input_cached"))
    if model is None or vendor is None or (given is None and produced is None):
        return
    yield Quote(
        model=model,
        rates=Rates(given, produced, cache_read=read),
        as_of=now,
        provider=vendor,
        name=label(row.get("name")),
        starts=_moment(row.get("from_date")),
        ends=_moment(row.get("to_date")),
        url=PAGE,
    )


def _moment(value: object) -> datetime | None:
    """The beginning of a day; None where none is written."""
    found = day(value)
    return midnight(found) if found else None


@hookimpl
def pointsman_pricing_sources() -> Iterable[Extension[PricingSource]]:
    yield Extension(
        NAME, source, config=Config, summary="Makers' list prices, by llm-prices.com.", origin=ORIGIN
    )
