"""Prices and facts of models.dev (https://models.dev), an open list of what providers offer.

One document, ``{provider: {"id", "api", "models": {id: {…}}}}``. Read of a model:

- ``cost``: USD per million tokens: ``input``, ``output``, ``cache_read``, ``cache_write``, ``reasoning``,
  ``input_audio``, ``output_audio``; ``tiers`` for long prompts, else ``context_over_200k``. A tier holds for
  the whole request.
- ``experimental.modes.NAME.cost``: the same offer in another service. It is called as the request asks for it
  (``provider.body.service_tier``, such as ``priority``), else by NAME (``fast``).
- ``limit.context``, ``limit.output``, ``release_date``, ``open_weights``, ``modalities``, ``tool_call``,
  ``structured_output``, ``reasoning``.

Left out: ``limit.input`` and ``knowledge`` (nothing is chosen by them), ``reasoning_options``,
``interleaved``, ``temperature``, ``env``, ``npm`` and ``provider`` (the plugins know how to call it),
``family``, ``description`` and a provider's ``name`` (written for people), ``last_updated`` (of the model,
not of its price), ``status``, ``attachment`` (``modalities`` says which), ``id`` (the key again), and a
tier's ``input_audio`` (tiers know no sound).

A provider that sells a subscription has zeros for all its models. Zero input and output are therefore
unknown, but for an id that says it is free.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from attrs import frozen
from pointsman import (
    Capability,
    Extension,
    Facts,
    Kind,
    Origin,
    PricingSource,
    Quote,
    Rates,
    hookimpl,
    setting,
)
from pointsman.sources import PriceFeed, expect, has_price, money, readable, tiered_rates, variants
from pointsman.wire.fields import count, day, identifier, label, rows, string, table, window

NAME = "models-dev"
ORIGIN = Origin(url="https://models.dev", licence="MIT", changes="several times a day")

_RATES = ("input", "output", "cache_read", "cache_write", "reasoning", "input_audio", "output_audio")
_LONG = 200_000
_ABILITIES = {
    "tool_call": Capability.TOOLS,
    "structured_output": Capability.JSON_SCHEMA,
    "reasoning": Capability.REASONING,
}
_INPUTS = {
    "image": Capability.VISION,
    "audio": Capability.AUDIO_INPUT,
    "pdf": Capability.DOCUMENT_INPUT,
}
_OUTPUTS = {"image": Kind.IMAGE, "audio": Kind.AUDIO, "video": Kind.VIDEO}


@frozen
class Config:
    """Settings: where the list is."""

    url: str = setting("MODELS_DEV_URL", default="https://models.dev/api.json")


def source(config: Config) -> PriceFeed:
    """The list, as it is today: one quote per offer; its rates are empty where only facts are known of it."""
    return PriceFeed(NAME, config.url, read)


def read(document: object, now: datetime) -> tuple[Quote, ...]:
    """The quotes of the document, read with exact numbers.

    Raises:
        FeedError: It is no list of providers.
    """
    offers = [
        (identifier(key), table(value), model, table(row))
        for key, value in expect(NAME, document, dict, "a map of providers").items()
        for model, row in table(table(value).get("models")).items()
    ]
    return readable(NAME, offers, lambda offer: _quote(*offer, now))


def _quote(
    provider: str | None, listed: Mapping[str, Any], model: str, row: Mapping[str, Any], now: datetime
) -> Iterator[Quote]:
    if provider is None or identifier(model) is None or not row:
        return
    rates = _rates(table(row.get("cost")))
    known = has_price(model, rates)
    yield Quote(
        model=model,
        rates=rates if known else Rates(),
        as_of=now,
        provider=provider,
        name=label(row.get("name")),
        url=label(listed.get("doc")),
        host=_host(listed.get("api")),
        variants=variants(_services(table(table(row.get("experimental")).get("modes")))) if known else (),
        facts=_facts(row),
    )


def _rates(cost: Mapping[str, Any]) -> Rates:
    """By length of the prompt; of two of one length the last."""
    steps = {0: _amounts(cost)}
    if over := table(cost.get("context_over_200k")):
        steps[_LONG] = _amounts(over)
    for each in map(table, rows(cost.get("tiers"))):
        rule = table(each.get("tier"))
        above = count(rule.get("size"))
        if rule.get("type") == "context" and above:
            steps[above] = _amounts(each)
    return tiered_rates(steps)


def _amounts(cost: Mapping[str, Any]) -> dict[str, Decimal | None]:
    return {name: money(cost.get(name)) for name in _RATES}


def _services(modes: Mapping[str, Any]) -> Mapping[str, Rates]:
    found: dict[str, Rates] = {}
    for name in sorted(modes):
        mode = table(modes[name])
        asked = table(table(mode.get("provider")).get("body")).get("service_tier")
        service = identifier(asked) or identifier(name)
        if service and (rates := _rates(table(mode.get("cost")))) != Rates():
            found.setdefault(service, rates)
    return found


def _facts(row: Mapping[str, Any]) -> Facts:
    modalities, limit = table(row.get("modalities")), table(row.get("limit"))
    taken, given = rows(modalities.get("input")), rows(modalities.get("output"))
    can = {ability for key, ability in _ABILITIES.items() if row.get(key) is True}
    open_weights = row.get("open_weights")
    return Facts(
        released=_day(row.get("release_date")),
        context_window=window(limit.get("context")),
        max_output_tokens=window(limit.get("output")),
        kind=None if "text" in given else next((_OUTPUTS[each] for each in given if each in _OUTPUTS), None),
        can=can | {_INPUTS[each] for each in taken if each in _INPUTS},
        open_weights=open_weights if isinstance(open_weights, bool) else None,
    )


def _day(value: object) -> date | None:
    """``2025-03-13``; of ``2025-03`` the middle."""
    return day(value) or day(f"{string(value)}-15")


def _host(api: object) -> str | None:
    """The host of an address; None where a part of it is to be filled in."""
    address = string(api)
    try:
        return None if "$" in address or "{" in address else identifier(urlsplit(address).hostname)
    except ValueError:
        return None


@hookimpl
def pointsman_pricing_sources() -> Iterable[Extension[PricingSource]]:
    yield Extension(
        NAME, source, config=Config, summary="Prices of models.dev, at many providers.", origin=ORIGIN
    )
