"""Prices from the ``genai-prices`` package (https://github.com/pydantic/genai-prices).

The installed package is the price list; by default its newest edition is fetched from the address
the package itself updates from, through the client that is handed in, and the installed one is what remains
when that fails. No thread is started.

What is taken from it, and what is not:

* A row is joined by its id and by the ids it names with ``equals``. The wider match rules (``starts_with``,
  ``contains``, ``regex``) group snapshots that cost different money, so they are not followed.
* Prices that begin on a day become quotes with that beginning. Of prices that hold for hours of the day the
  dearest stands, rate by rate, and the quote says so: a call may be cheaper than foreseen, not dearer.
* ``price_variants`` for one ``processing``, ``service_tier`` or ``speed`` are those of a service; of several
  for one the first counts. Variants by route, region or kind of search are left out, and those yet to begin.
* Units (``*_mtok`` is USD per million tokens, ``*_kcount`` per thousand requests or searches): the
  package's ``data_units``.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from attrs import evolve, frozen
from pointsman import (
    Extension,
    Facts,
    Http,
    HttpAnswer,
    Origin,
    PointsmanError,
    PricingSource,
    Quote,
    Rates,
    hookimpl,
    setting,
)
from pointsman.sources import (
    as_exact_json,
    expect,
    fetch,
    midnight,
    one_each,
    readable,
    tiered_rates,
    variants,
)
from pointsman.wire.fields import identifier, label, window

NAME = "genai-prices"
ORIGIN = Origin(url="https://github.com/pydantic/genai-prices", licence="MIT", changes="several times a week")
log = logging.getLogger(__name__)

_HOST = re.compile(
    r"\(?(?:https\?://|https://)\)?\??(?:\(\.\*\\\.\)\??)?((?:[a-z0-9-]|\\\.)+)(?:\(\?:/\|\$\)|\(/\|\$\))?"
)
_PER_MILLION = {
    "input": ("input_mtok",),
    "output": ("output_mtok",),
    "cache_read": ("cache_read_mtok",),
    "cache_write": ("cache_write_mtok", "cache_write_5m_mtok"),
    "cache_write_1h": ("cache_write_1h_mtok",),
    "reasoning": ("output_reasoning_mtok",),
    "input_audio": ("input_audio_mtok",),
    "output_audio": ("output_audio_mtok",),
    "cache_read_audio": ("cache_audio_read_mtok",),
    "input_image": ("input_image_mtok",),
    "output_image": ("output_image_mtok",),
}
_PER_THOUSAND = {"request": "requests_kcount", "search": "web_searches_kcount"}
_SERVICES = ("processing", "service_tier", "speed")
_STANDARD = "default"
_THOUSAND = 1_000


@frozen
class Config:
    """Settings: whether to fetch the newest edition, and from where (empty: where the package updates
    from).
    """

    update: bool = setting("GENAI_PRICES_UPDATE", default=True)
    url: str = setting("GENAI_PRICES_URL", default="")


@frozen
class GenaiPrices:
    """The package's price list, its newest edition where it can be had."""

    config: Config = Config()

    async def quotes(self, http: Http) -> Iterable[Quote]:
        """One quote per id and beginning.

        Raises:
            FeedError: Neither the newest edition nor the installed one can be read.
        """
        if self.config.update:
            try:
                return await self._newest(http)
            except PointsmanError as error:
                log.warning(
                    "the newest genai-prices are not to be had, the installed ones are used: %s", error
                )
        providers = await asyncio.to_thread(_installed)  # half a second of importing
        return await asyncio.to_thread(read, providers, _edition(providers), datetime.now(UTC))

    async def _newest(self, http: Http) -> tuple[Quote, ...]:
        url, now = self.config.url or await asyncio.to_thread(_update_address), datetime.now(UTC)

        def parse(answer: HttpAnswer) -> tuple[Quote, ...]:
            return read(expect(NAME, as_exact_json(answer), list, "a list of providers"), now)

        return await fetch(http, NAME, url, parse)


def read(providers: Sequence[object], as_of: datetime, now: datetime | None = None) -> tuple[Quote, ...]:
    """The quotes of a whole list: the package's own objects, or the same as parsed JSON.

    Args:
        providers: The list.
        as_of: How old it is.
        now: Which variants hold; `as_of` where it is not given.

    Raises:
        FeedError: No row says anything, or most cannot be read.
    """
    models = (
        (provider, model)
        for provider in providers
        for model in _list(_part(provider, "models"))
        if identifier(_part(provider, "id"))
    )
    found = readable(NAME, models, lambda each: _quotes(*each, as_of, now or as_of))
    return one_each(found, lambda quote: (quote.model, quote.provider, quote.starts))


def host(pattern: object) -> str | None:
    """The host an ``api_pattern`` stands for; None where it is more than a host."""
    match = _HOST.fullmatch(pattern) if isinstance(pattern, str) else None
    name = match[1].replace("\\", "") if match else ""
    return name if name and not name.endswith(".") else None


def _quotes(provider: object, model: object, as_of: datetime, now: datetime) -> Iterable[Quote]:
    urls = [label(each) for each in _list(_part(provider, "pricing_urls"))]
    names = [name for name in (_part(model, "id"), *_equal(_part(model, "match"))) if identifier(name)]
    services = variants(_services(_list(_part(model, "price_variants")), now))
    for starts, rates, hourly in _dated(_part(model, "prices")):
        for name in dict.fromkeys(names):
            yield Quote(
                model=name,
                rates=rates,
                as_of=as_of,
                provider=_part(provider, "id"),
                name=label(_part(model, "name")),
                starts=starts,
                url=next(iter(urls), None),
                host=host(_part(provider, "api_pattern")),
                variants=services,
                hourly=hourly,
                facts=Facts(context_window=window(_part(model, "context_window"))),
            )


def _services(stated: Iterable[object], now: datetime) -> Mapping[str, Rates]:
    """Rates by service, of those that hold."""
    found: dict[str, Rates] = {}
    for each in stated:
        when, starts = _part(each, "when"), _day(_part(_part(each, "constraint"), "start_date"))
        if not isinstance(when, Mapping) or len(when) != 1 or (starts and starts > now):
            continue
        ((how, service),) = when.items()
        if how in _SERVICES and service != _STANDARD and identifier(service):
            found.setdefault(service, _rates(_part(each, "prices")))
    return found


def _dated(prices: object) -> Iterable[tuple[datetime | None, Rates, bool]]:
    """Rates by the moment they begin, and whether they are the dearest of several by the hour.

    The last entry that holds counts, so hours reach back over everything before them.
    """
    if not isinstance(prices, list):
        return [(None, _rates(prices), False)]
    found: list[tuple[datetime | None, Rates, bool]] = []
    hours: list[Rates] = []
    for entry in reversed(prices):
        constraint, rates = _part(entry, "constraint"), _rates(_part(entry, "prices"))
        if constraint is not None and _part(constraint, "start_time") is not None:
            hours.append(rates)
        else:
            found.append((_day(_part(constraint, "start_date")), _dearest([rates, *hours]), bool(hours)))
    return found[::-1] or [(None, _dearest(hours), True)]


def _dearest(several: Sequence[Rates]) -> Rates:
    """The dearest of several by what they ask for plain tokens, no rate of it below that of another."""
    if not several:
        return Rates()
    first = max(several, key=lambda rates: rates.blended or Decimal(0))
    asked: dict[str, Any] = {}
    for name in _PER_MILLION:
        stated = [rate for each in several if (rate := getattr(each, name)) is not None]
        if stated:
            asked[name] = max(stated)
    return evolve(first, **asked)


def _rates(prices: object) -> Rates:
    steps: dict[int, dict[str, Decimal | None]] = {0: {}}
    for name, keys in _PER_MILLION.items():
        value = next((found for key in keys if (found := _price(prices, key)) is not None), None)
        steps[0][name] = _decimal(value if _part(value, "base") is None else _part(value, "base"))
        for tier in _part(value, "tiers") or ():
            steps.setdefault(int(_part(tier, "start")), {})[name] = _decimal(_part(tier, "price"))
    fees = {name: _decimal(_price(prices, key)) for name, key in _PER_THOUSAND.items()}
    return tiered_rates(steps, **{name: fee and fee / _THOUSAND for name, fee in fees.items()})


def _equal(match: object) -> Iterable[str]:
    """The ids a match rule names in full."""
    equals = _part(match, "equals")
    if isinstance(equals, str):
        return (equals,)
    either = _part(match, "or_") or _part(match, "or") or ()
    return [name for clause in either if isinstance(name := _part(clause, "equals"), str)]


def _list(value: object) -> Sequence[Any]:
    """`value` where it is a list, else an empty one."""
    return value if isinstance(value, (list, tuple)) else ()


def _part(thing: object, name: str) -> Any:
    """A field of the package's object, or of the same thing as JSON; None where it has none."""
    return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)


def _price(prices: object, key: str) -> Any:
    # The package's ModelPrice raises for keys it does not know; what it holds stands in its __dict__.
    return prices.get(key) if isinstance(prices, Mapping) else vars(prices).get(key) if prices else None


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (Decimal, int)):
        return None
    amount = Decimal(value)
    return amount if amount.is_finite() and amount >= 0 else None


def _day(value: object) -> datetime | None:
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return midnight(day) if isinstance(day, date) else None


def _installed() -> Sequence[object]:
    from genai_prices.data import providers

    return providers


def _update_address() -> str:
    from genai_prices.update_prices import DEFAULT_UPDATE_URL

    return DEFAULT_UPDATE_URL


def _edition(providers: Sequence[object]) -> datetime:
    """How old the installed list is at most: it tells no date but those on which its prices begin."""
    now = datetime.now(UTC)
    begun = [quote.starts for quote in read(providers, now) if quote.starts and quote.starts <= now]
    return max(begun, default=now)


@hookimpl
def pointsman_pricing_sources() -> Iterable[Extension[PricingSource]]:
    yield Extension(
        NAME, GenaiPrices, config=Config, summary="Prices of the genai-prices package.", origin=ORIGIN
    )
