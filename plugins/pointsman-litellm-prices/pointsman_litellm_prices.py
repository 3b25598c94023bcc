"""Prices of the map that LiteLLM keeps (https://github.com/BerriAI/litellm).

One document, ``{key: {…}}``, USD per token. A key is the id its provider knows, mostly behind the
provider's name (``acme/alpaca-5``). Rates have names made of up to three parts::

    input_cost_per_token  _above_200k_tokens  _batches
    what                  for long prompts    in another service

- The rates for long prompts hold for the whole request, and so does ``tiered_pricing`` (``[{"range": [0,
  32000], …}, …]``): LiteLLM's own calculator picks one tier by all input tokens of a request
  (``litellm_core_utils/llm_cost_calc/tiered_pricing.py``).
- Services are passed on as they are called; ``batches`` is ``batch``.
- ``mode`` says what a model is for, ``supports_…`` what it can do.

- A search costs the dearest of ``search_context_cost_per_query``, for answers do not state its size.
- ``provider_specific_entry`` multiplies in a region (``us``), and so does
  ``regional_processing_uplift_multiplier_us``. Its other words are left out.
- With ``off_peak_pricing`` the plain rates are those of the dearest hours.

Left out: what is not priced by token, request or search (per second, picture, character, page, session),
video tokens, cached picture tokens, units of a provider's own (``dbu``), caches kept for twelve hours, rates
off the peak, ``deprecation_date`` (the provider's own list knows better), and how to call a model.

Zero input and output are unknown, not free, unless the key says it is free: subscriptions and one's own
machines stand there with zeros.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from attrs import evolve, frozen
from pointsman import (
    Capability,
    Extension,
    Facts,
    Kind,
    Origin,
    PricingSource,
    Quote,
    Rates,
    Region,
    hookimpl,
    setting,
)
from pointsman.sources import (
    PriceFeed,
    expect,
    has_price,
    number,
    one_each,
    per_million,
    readable,
    tiered_rates,
    variants,
)
from pointsman.wire.fields import identifier, label, rows, string, table, usd, window

NAME = "litellm-prices"
URL = "https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json"
ORIGIN = Origin(
    url="https://github.com/BerriAI/litellm/blob/main/model_prices_and_context_window.json",
    licence="MIT",
    changes="daily",
)

_EXAMPLE = "sample_spec"
_BASES = {
    "input_cost_per_token": "input",
    "output_cost_per_token": "output",
    "cache_read_input_token_cost": "cache_read",
    "cache_creation_input_token_cost": "cache_write",
    "cache_creation_input_token_cost_above_1hr": "cache_write_1h",
    "output_cost_per_reasoning_token": "reasoning",
    "input_cost_per_audio_token": "input_audio",
    "output_cost_per_audio_token": "output_audio",
    "cache_read_input_audio_token_cost": "cache_read_audio",
    "input_cost_per_image_token": "input_image",
    "output_cost_per_image_token": "output_image",
}
_KEY = re.compile(
    rf"({'|'.join(sorted(_BASES, key=len, reverse=True))})(?:_above_(\d+)k_tokens)?(?:_([a-z]+))?"
)
_SERVICES = {"batches": "batch"}
_NO_SERVICES = {"hit"}
_PLACES = ("us", "eu")
_MOST_UPLIFT = 10
_THOUSAND = 1_000
_LONGEST = 1_000_000_000  # tokens
_ABILITIES = {
    "supports_function_calling": Capability.TOOLS,
    "supports_response_schema": Capability.JSON_SCHEMA,
    "supports_reasoning": Capability.REASONING,
    "supports_vision": Capability.VISION,
    "supports_audio_input": Capability.AUDIO_INPUT,
    "supports_pdf_input": Capability.DOCUMENT_INPUT,
    "supports_native_streaming": Capability.STREAMING,
}
_KINDS = {
    "chat": Kind.CHAT,
    "completion": Kind.COMPLETION,
    "embedding": Kind.EMBEDDING,
    "image_generation": Kind.IMAGE,
    "image_edit": Kind.IMAGE,
    "audio_speech": Kind.AUDIO,
    "audio_transcription": Kind.AUDIO,
    "realtime": Kind.AUDIO,
    "video_generation": Kind.VIDEO,
    "rerank": Kind.RERANK,
    "moderation": Kind.MODERATION,
    "responses": None,  # chat in another dialect; the provider knows whether it speaks it
}
_DIALECT = re.compile(r"^text-completion-|_(?:chat|converse|mantle|text)$|-[a-z0-9-]+[-_]models$")
"""What LiteLLM adds to a provider's name for itself: the dialect it calls it in, the makers it serves."""


@frozen
class Config:
    """Settings: where the map is."""

    url: str = setting("LITELLM_PRICES_URL", default=URL)


def source(config: Config) -> PriceFeed:
    """The map, as it is today: one quote per key; its rates are empty where only facts are known of it."""
    return PriceFeed(NAME, config.url, read)


def read(document: object, now: datetime) -> tuple[Quote, ...]:
    """The quotes of the document, read with exact numbers; of two keys for one offer the first.

    Raises:
        FeedError: It is no map of models.
    """
    entries = expect(NAME, document, dict, "a map of models").items()
    found = readable(NAME, entries, lambda entry: _quote(entry[0], table(entry[1]), now))
    return one_each(found, lambda quote: (quote.model, quote.provider))


def _quote(key: str, row: Mapping[str, Any], now: datetime) -> Iterator[Quote]:
    provider = identifier(row.get("litellm_provider"))
    if key == _EXAMPLE or provider is None or identifier(key) is None:
        return
    model = key.removeprefix(f"{provider}/")
    host = _DIALECT.sub("", provider)
    priced = _priced(row)
    asked = usd(row.get("input_cost_per_request"))
    plain = evolve(priced.pop("", Rates()), request=asked, search=_search(row))
    known = has_price(key, plain)
    yield Quote(
        model=model.removeprefix(f"{host}/"),
        rates=plain if known else Rates(),
        as_of=now,
        provider=host,
        url=label(row.get("source")),
        variants=variants(priced) if known else (),
        facts=_facts(row),
        hourly=known and bool(table(row.get("off_peak_pricing"))),
        regions=tuple(_regions(row)) if known else (),
    )


def _search(row: Mapping[str, Any]) -> Decimal | None:
    """USD of a search, of whatever size."""
    stated = table(row.get("search_context_cost_per_query")).values()
    return max((amount for each in stated if (amount := usd(each)) is not None), default=None)


def _regions(row: Mapping[str, Any]) -> Iterator[Region]:
    """The places where it costs more."""
    found = {name: row.get(f"regional_processing_uplift_multiplier_{name}") for name in _PLACES}
    for name, value in {**found, **table(row.get("provider_specific_entry"))}.items():
        factor = number(value)
        if name in _PLACES and factor is not None and 1 <= factor <= _MOST_UPLIFT:
            yield Region(name, factor)


def _priced(row: Mapping[str, Any]) -> dict[str, Rates]:
    """Rates by service; the plain one is called nothing."""
    found: dict[str, dict[int, dict[str, Decimal]]] = defaultdict(lambda: defaultdict(dict))
    for key, value in row.items():
        match = _KEY.fullmatch(key)
        amount = per_million(number(value)) if match else None
        if match and amount is not None and match[3] not in _NO_SERVICES:
            service = _SERVICES.get(match[3] or "", match[3] or "")
            found[service][int(match[2] or 0) * _THOUSAND][_BASES[match[1]]] = amount
    for each in map(table, rows(row.get("tiered_pricing"))):
        bounds = rows(each.get("range"))
        if bounds and isinstance(bounds[0], (int, float, Decimal)) and 0 <= bounds[0] <= _LONGEST:
            for name, base in _BASES.items():
                if (amount := per_million(each.get(name))) is not None:
                    found[""][int(bounds[0])].setdefault(base, amount)
    return {service: tiered_rates(steps) for service, steps in found.items() if steps.get(0)}


def _facts(row: Mapping[str, Any]) -> Facts:
    mode = string(row.get("mode"))
    return Facts(
        context_window=window(row.get("max_input_tokens")),
        max_output_tokens=window(row.get("max_output_tokens")),
        kind=_KINDS.get(mode, Kind.OTHER) if mode else None,
        can={ability for key, ability in _ABILITIES.items() if row.get(key) is True},
    )


@hookimpl
def pointsman_pricing_sources() -> Iterable[Extension[PricingSource]]:
    yield Extension(
        NAME,
        source,
        config=Config,
        summary="Prices of LiteLLM's map, at many providers.",
        origin=ORIGIN,
    )
