"""OpenRouter: many hosts' models behind one endpoint, with its own prices.

Both come from one list (https://openrouter.ai/docs/api-reference/list-available-models): prices are texts in
USD per token there, and ``-1`` where the price depends on what it routes to.

Which hosts stand behind a model, and what each charges, is another answer per model
(https://openrouter.ai/docs/api-reference/list-endpoints-for-a-model). It is asked for those models only that
are named in the configuration.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from attrs import evolve, frozen
from pointsman import (
    Capability,
    ContextTier,
    Extension,
    Facts,
    FeedError,
    Http,
    HttpRequest,
    Model,
    Origin,
    PointsmanError,
    PricingSource,
    Provider,
    Quote,
    Rates,
    Secret,
    Usage,
    hookimpl,
    secret,
    setting,
)
from pointsman.dialects.openai_chat import Form
from pointsman.providers import (
    OpenAIEmbedder,
    capabilities,
    granted,
    listed_quotes,
    next_url,
    openai_listing,
    openai_usage,
    output_kind,
)
from pointsman.wire.fields import count, day, identifier, label, rows, table, usd, window

log = logging.getLogger(__name__)

NAME, HOSTS = "openrouter", "openrouter-hosts"
_MODEL = re.compile(r"~?[\w.:-]+/[\w.:-]+", re.ASCII)
_MOST_MODELS = 50  # each is a request of its own
_UNSAID = {"", "unknown"}
ORIGIN = Origin(
    url="https://openrouter.ai/docs/api-reference/list-available-models",
    licence="terms of OpenRouter",
    changes="live",
)
_MILLION = 1_000_000
_PER_PIECE = 1_000
"""A picture or a sound a thousand times dearer than a text token is priced by the piece, not by the token."""

_PARAMETERS = {
    Capability.TOOLS: "tools",
    Capability.JSON_SCHEMA: "structured_outputs",
    Capability.REASONING: "reasoning",
}


@frozen
class Config:
    """Settings: the key, and where the endpoint is."""

    key: Secret = secret("OPENROUTER_API_KEY")
    base_url: str = setting("OPENROUTER_BASE_URL", default="https://openrouter.ai/api/v1")


class OpenRouter(OpenAIEmbedder):
    """The dialect, with thoughts that can be sent back and a cost stated in every answer."""

    form = Form(reasoning_field="reasoning", details_field="reasoning_details", cache=True)

    def next_page(self, document: Any) -> str | None:
        return next_url(self.base_url, table(table(document).get("links")).get("next"))

    def listing(self, row: Mapping[str, Any]) -> Model:
        model = openai_listing(row)
        architecture, host = table(row.get("architecture")), table(row.get("top_provider"))
        can, cannot = capabilities(
            {
                **granted(row.get("supported_parameters"), _PARAMETERS),
                **granted(architecture.get("input_modalities")),
            }
        )
        return evolve(
            model,
            kind=output_kind(rows(architecture.get("output_modalities"))),
            creator=label(model.id.lstrip("~").partition("/")[0]),
            context_window=window(host.get("context_length")) or model.context_window,
            max_output_tokens=window(host.get("max_completion_tokens")),
            can=can,
            cannot=cannot,
            aliases=_slug(model.id, row),
            retires=day(row.get("expiration_date")),
        )

    def usage(self, obj: Mapping[str, Any]) -> Usage:
        """As everywhere; with the user's own upstream key, the upstream's bill comes on top of the fee.

        Where that is not stated, the fee alone is no cost: it is computed from the price, and so a bound.
        """
        used = openai_usage(obj)
        if obj.get("is_byok") is not True or used.cost is None:
            return used
        upstream = usd(table(obj.get("cost_details")).get("upstream_inference_cost"))
        if upstream is None:
            return evolve(used, cost=None, estimated=True)
        return evolve(used, cost=used.cost + upstream)


class OpenRouterPrices:
    """What OpenRouter charges, from its own model list."""

    def __init__(self, config: Config) -> None:
        self._provider = OpenRouter(config)

    async def quotes(self, http: Http) -> Iterable[Quote]:
        """One quote per listed model that has a price; a price that depends on the route is no price.

        Raises:
            ProviderError: It did not answer, or not with a list.
        """
        found = await self._provider.rows(http, exact=True)
        return listed_quotes(found, NAME, lambda row: _rates(table(row.get("pricing"))))


@frozen
class HostsConfig:
    """Settings: the models to ask for, and where the endpoint is. No key is needed."""

    models: tuple[str, ...]
    base_url: str = setting("OPENROUTER_BASE_URL", default="https://openrouter.ai/api/v1")

    def __attrs_post_init__(self) -> None:
        odd = [each for each in self.models if not _MODEL.fullmatch(each) or ".." in each]
        if odd or not 0 < len(self.models) <= _MOST_MODELS:
            raise ValueError(f"needs 1 to {_MOST_MODELS} models, each written author/model")


@frozen
class OpenRouterHosts:
    """What each host behind a model charges through OpenRouter."""

    config: HostsConfig

    async def quotes(self, http: Http) -> Iterable[Quote]:
        """One quote per model and host; the quantisation a host tells is part of the id.

        The models are asked for one after the other; one that fails costs only itself.

        Raises:
            ProviderError: None of the models could be asked for.
            FeedError: What was answered tells no price.
        """
        found: dict[tuple[str, str | None], Quote] = {}
        failed: PointsmanError | None = None
        for model in dict.fromkeys(self.config.models):
            try:
                answer = await http.request(
                    HttpRequest("GET", f"{self.config.base_url.rstrip('/')}/models/{model}/endpoints")
                )
                listed = table(table(answer.json(exact=True)).get("data"))
                if not isinstance(listed.get("endpoints"), list):
                    raise FeedError(HOSTS, "the answer holds no list of hosts")
            except PointsmanError as error:
                log.warning("the hosts of %s are not to be had: %s", model, error)
                failed = error
                continue
            for quote in _hosted(model, listed, datetime.now(UTC)):
                found.setdefault((quote.model, quote.provider), quote)
        if not found:
            raise failed or FeedError(HOSTS, "no host of these models tells a price")
        return tuple(found.values())


def _hosted(model: str, listed: Mapping[str, Any], now: datetime) -> Iterator[Quote]:
    for row in map(table, rows(listed.get("endpoints"))):
        host, rates = identifier(row.get("provider_name")), _rates(table(row.get("pricing")))
        if host is None or rates == Rates():
            continue
        bits = identifier(row.get("quantization")) or ""
        yield Quote(
            model=model if bits in _UNSAID else f"{model}:{bits}",
            rates=rates,
            as_of=now,
            provider=host,
            name=label(listed.get("name")),
            facts=Facts(
                context_window=window(row.get("context_length")),
                max_output_tokens=window(row.get("max_completion_tokens")),
            ),
        )


def _slug(model: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    """The dated id that answers carry; not for a variant (``:free``), which shares it with its model."""
    slug = identifier(row.get("canonical_slug"))
    return (slug,) if slug and slug != model and ":" not in model else ()


def _rates(pricing: Mapping[str, Any]) -> Rates:
    prompt = _per_million(pricing.get("prompt"))
    overrides = [table(each) for each in rows(pricing.get("overrides"))]
    tiers = {tier.above: tier for each in overrides if (tier := _tier(each))}
    return Rates(
        input=prompt,
        output=_per_million(pricing.get("completion")),
        cache_read=_per_million(pricing.get("input_cache_read")),
        cache_write=_per_million(pricing.get("input_cache_write")),
        cache_write_1h=_per_million(pricing.get("input_cache_write_1h")),
        reasoning=_per_million(pricing.get("internal_reasoning")),
        input_audio=_per_token_only(pricing.get("audio"), prompt),
        input_image=_per_token_only(pricing.get("image"), prompt),
        request=usd(pricing.get("request")),
        tiers=(tiers[above] for above in sorted(tiers)),
    )


def _tier(override: Mapping[str, Any]) -> ContextTier | None:
    above = count(override.get("min_prompt_tokens"))
    if above is None:
        return None
    return ContextTier(
        above=above,
        input=_per_million(override.get("prompt")),
        output=_per_million(override.get("completion")),
        cache_read=_per_million(override.get("input_cache_read")),
        cache_write=_per_million(override.get("input_cache_write")),
    )


def _per_million(per_token: object) -> Decimal | None:
    """USD per million tokens, exact; None for a missing, malformed or negative (that is: variable) price."""
    price = usd(per_token)
    return None if price is None else price * _MILLION


def _per_token_only(per_token: object, prompt: Decimal | None) -> Decimal | None:
    price = _per_million(per_token)
    if price is None or not prompt:
        return price
    return price if price < prompt * _PER_PIECE else None


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension(NAME, OpenRouter, config=Config, summary="Many hosts' models, through OpenRouter.")


@hookimpl
def pointsman_pricing_sources() -> Iterable[Extension[PricingSource]]:
    yield Extension(NAME, OpenRouterPrices, config=Config, summary="What OpenRouter charges.", origin=ORIGIN)
    yield Extension(
        HOSTS,
        OpenRouterHosts,
        config=HostsConfig,
        summary="What the hosts of named models charge at OpenRouter.",
        origin=ORIGIN,
    )
