"""Prices, benchmark scores and speed measured by Artificial Analysis (https://artificialanalysis.ai).

Their terms ask for a visible link to https://artificialanalysis.ai wherever the data is shown.

Two shapes of the API are read (https://artificialanalysis.ai/data-api/docs): the paged one
(``/language/models``, or ``/language/models/free`` for a free key), and where that does not exist the older
``/data/llms/models``. Units: indexes 0 to 100, other evaluations 0 to 1, prices USD per million tokens,
speeds tokens per second and seconds. A speed of 0 means "not measured", prices of 0 that nobody sells the
model.

A model is several rows, one per way of thinking; the row's *name* tells which (``… (high)``), its slug does
not.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from attrs import frozen
from pointsman import (
    FRACTION,
    PERCENT,
    BenchmarkSource,
    Extension,
    Facts,
    Http,
    HttpRequest,
    Origin,
    PricingSource,
    ProviderError,
    Quote,
    Rates,
    Scale,
    Score,
    Secret,
    Speed,
    hookimpl,
    secret,
    setting,
)
from pointsman.sources import as_exact_json, expect, fetch, number
from pointsman.wire.fields import day, identifier, label, table

NAME = "artificial-analysis"
PAGE = "https://artificialanalysis.ai"

ORIGIN = Origin(
    url=PAGE,
    licence="terms of Artificial Analysis: with attribution, not to be passed on",
    changes="daily",
    attribution=f"figures of Artificial Analysis, {PAGE}",
)

CATEGORIES: Mapping[str, tuple[str, Scale]] = {
    "artificial_analysis_intelligence_index": ("general", PERCENT),
    "artificial_analysis_coding_index": ("coding", PERCENT),
    "artificial_analysis_math_index": ("math", PERCENT),
    "artificial_analysis_agentic_index": ("agentic", PERCENT),
    "mmlu_pro": ("knowledge", FRACTION),
    "aa_omniscience_accuracy": ("knowledge", FRACTION),
    "aa_omniscience": ("factuality", Scale(-100.0, 100.0)),
    "aa_omniscience_non_hallucination": ("factuality", FRACTION),
    "gpqa": ("reasoning", FRACTION),
    "gpqa_diamond": ("reasoning", FRACTION),
    "hle": ("reasoning", FRACTION),
    "critpt": ("reasoning", FRACTION),
    "livecodebench": ("coding", FRACTION),
    "scicode": ("coding", FRACTION),
    "terminalbench_hard": ("coding", FRACTION),
    "terminal_bench_hard": ("coding", FRACTION),
    "math_500": ("math", FRACTION),
    "aime": ("math", FRACTION),
    "aime_25": ("math", FRACTION),
    "ifbench": ("instructions", FRACTION),
    "lcr": ("long_context", FRACTION),
    "aa_lcr": ("long_context", FRACTION),
    "tau2": ("agentic", FRACTION),
    "tau2_telecom": ("agentic", FRACTION),
    "tau2_bench": ("agentic", FRACTION),
    "apex_agents": ("agentic", FRACTION),
    "gdpval_aa_normalized": ("agentic", FRACTION),
    "mmmu_pro": ("vision", FRACTION),
}
"""What each of their evaluations says something about, and its scale; an evaluation not named here is left
out.
"""

_PAID, _FREE, _OLD = "language/models", "language/models/free", "data/llms/models"
_FORBIDDEN, _GONE = 403, (404, 410)
_MOST_PAGES = 50
_SHARED_FOR = 60.0  # seconds; prices and scores are asked at the same time, and requests are counted per day


@frozen
class Config:
    """Settings: the key, and where the API is."""

    key: Secret = secret("ARTIFICIAL_ANALYSIS_API_KEY", "AA_API_KEY")
    base_url: str = setting("ARTIFICIAL_ANALYSIS_BASE_URL", default="https://artificialanalysis.ai/api/v2")


class Prices:
    """What the models cost, by their makers' list."""

    def __init__(self, config: Config) -> None:
        self.config = config

    async def quotes(self, http: Http) -> Iterable[Quote]:
        """One quote per row that has a price.

        Raises:
            ProviderError: It did not answer.
            FeedError: It answered with what is no list of models.
        """
        now = datetime.now(UTC)
        return tuple(quote for row in await _rows(self.config, http) if (quote := _quote(row, now)))


class Scores:
    """How good and how fast the models were measured to be."""

    def __init__(self, config: Config) -> None:
        self.config = config

    async def scores(self, http: Http) -> Iterable[Score | Speed]:
        """One score per evaluation of a row, and its speed.

        Raises:
            ProviderError: It did not answer.
            FeedError: It answered with what is no list of models.
        """
        now = datetime.now(UTC)
        return tuple(measured for row in await _rows(self.config, http) for measured in _measured(row, now))


class _Feed:
    """The rows of one account, fetched once for everybody who asks within a minute."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._rows: list[Mapping[str, Any]] = []
        self._until = 0.0

    async def rows(self, config: Config, http: Http) -> Sequence[Mapping[str, Any]]:
        async with self._lock:
            if time.monotonic() >= self._until:
                self._rows = await _fetch(config, http)
                self._until = time.monotonic() + _SHARED_FOR
            return self._rows


_feeds: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Config, _Feed]] = WeakKeyDictionary()


async def _rows(config: Config, http: Http) -> Sequence[Mapping[str, Any]]:
    feeds = _feeds.setdefault(asyncio.get_running_loop(), {})
    return await feeds.setdefault(config, _Feed()).rows(config, http)


async def _fetch(config: Config, http: Http) -> list[Mapping[str, Any]]:
    """Every row, by the first of the three addresses that serves this key."""
    try:
        return await _pages(config, http, _PAID)
    except ProviderError as error:
        if error.status == _FORBIDDEN:
            return await _pages(config, http, _FREE)
        if error.status in _GONE:
            return _data(await _get(config, http, _OLD, {}))
        raise


async def _pages(config: Config, http: Http, path: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for page in range(1, _MOST_PAGES + 1):
        document = await _get(config, http, path, {"page": str(page)})
        found += _data(document)
        envelope = {**table(document.get("meta")), **document}
        if table(envelope.get("pagination")).get("has_more") is not True:
            break
    return found


async def _get(config: Config, http: Http, path: str, params: Mapping[str, str]) -> Mapping[str, Any]:
    url = f"{config.base_url.rstrip('/')}/{path}"
    asked = HttpRequest("GET", url, headers={"x-api-key": config.key.reveal()}, params=params)
    return table(await fetch(http, NAME, asked, as_exact_json))


def _data(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = expect(NAME, document.get("data"), list, "a list of models")
    return [row for row in map(table, found) if _name(row)]


def _quote(row: Mapping[str, Any], now: datetime) -> Quote | None:
    pricing = table(row.get("pricing"))
    rates = Rates(
        input=number(pricing.get("price_1m_input_tokens")),
        output=number(pricing.get("price_1m_output_tokens")),
        cache_read=number(pricing.get("price_1m_cache_hit_tokens")) or None,
        cache_write=number(pricing.get("price_1m_cache_write_tokens")) or None,
    )
    if not rates.input and not rates.output:
        return None
    return Quote(
        model=_name(row), rates=rates, as_of=now, provider=_creator(row), url=PAGE, facts=_facts(row)
    )


def _measured(row: Mapping[str, Any], now: datetime) -> Iterator[Score | Speed]:
    name, creator, facts = _name(row), _creator(row), _facts(row)
    for benchmark, value in table(row.get("evaluations")).items():
        category, scale = CATEGORIES.get(benchmark, ("", PERCENT))
        figure = number(value)
        if category and figure is not None and scale.worst <= figure <= scale.best:
            yield Score(name, benchmark, category, float(figure), now, scale, creator, facts=facts)
    speed = {**row, **table(row.get("performance"))}
    rate = number(speed.get("median_output_tokens_per_second"))
    first = number(speed.get("median_time_to_first_token_seconds"))
    rate, first = (each if each and each > 0 else None for each in (rate, first))
    if rate or first:
        yield Speed(
            name,
            now,
            float(rate) if rate else None,
            float(first) if first else None,
            creator=creator,
            facts=facts,
        )


def _name(row: Mapping[str, Any]) -> str:
    """What the row is called; empty where nothing can be shown."""
    return label(row.get("name")) or identifier(row.get("slug")) or ""


def _facts(row: Mapping[str, Any]) -> Facts:
    """What it says beside its figures: its slug as another name, and its release day."""
    slug = identifier(row.get("slug"))
    known_as = (slug,) if slug and slug != _name(row) else ()
    return Facts(known_as=known_as, released=day(row.get("release_date")))


def _creator(row: Mapping[str, Any]) -> str | None:
    return label(table(row.get("model_creator")).get("name"))


@hookimpl
def pointsman_pricing_sources() -> Iterable[Extension[PricingSource]]:
    yield Extension(
        NAME, Prices, config=Config, summary="Makers' list prices, by Artificial Analysis.", origin=ORIGIN
    )


@hookimpl
def pointsman_benchmark_sources() -> Iterable[Extension[BenchmarkSource]]:
    yield Extension(
        NAME,
        Scores,
        config=Config,
        summary="Quality and speed, measured by Artificial Analysis.",
        origin=ORIGIN,
    )
