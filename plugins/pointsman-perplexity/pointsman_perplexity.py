"""Perplexity's models, which search the web before they answer, and what Perplexity's list charges.

The list (``/v1/models``) is that of the Agent API
(https://docs.perplexity.ai/docs/agent-api/openai-compatibility): its ids begin with a maker. Chat
completions answer with Perplexity's own models only and know them without that beginning; those of other
makers are listed as what they are here, not for chat.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve, frozen
from pointsman import (
    Audio,
    ChatRequest,
    Document,
    Extension,
    Http,
    Kind,
    Model,
    Origin,
    PricingSource,
    Provider,
    Quote,
    Rates,
    Secret,
    hookimpl,
    secret,
    setting,
)
from pointsman.dialects.openai_chat import Form
from pointsman.providers import OpenAICompatible, listed_quotes, not_taken, openai_listing
from pointsman.wire.fields import table, usd

NAME = "perplexity"
_OWN = f"{NAME}/"
_UNIT = "usd_per_1m_tokens"


@frozen
class Config:
    """Settings.

    Attributes:
        key: The key.
        base_url: Where the endpoint is.
        models: What chat completions answer with, which no list tells; empty for Perplexity's own models in
            the list of the Agent API.
    """

    key: Secret = secret("PERPLEXITY_API_KEY", "PERPLEXITYAI_API_KEY", "PPLX_API_KEY")
    base_url: str = setting("PERPLEXITY_BASE_URL", default="https://api.perplexity.ai")
    models: tuple[str, ...] = setting("PERPLEXITY_MODELS", default=())


class Perplexity(OpenAICompatible):
    """The dialect without tools, and with a cost in every answer; sources stay out of the text."""

    form = Form(refused=(Document, Audio))
    refused = ("tools", "tool_choice", "seed")

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._answering = config.models

    def url(self, path: str, model: str = "") -> str:
        return super().url(f"/v1{path}" if path == "/models" else path, model)

    def listing(self, row: Mapping[str, Any]) -> Model:
        model = openai_listing(row)
        name = model.id.removeprefix(_OWN)
        answers = name in self._answering if self._answering else name != model.id
        return evolve(model, id=name, kind=Kind.CHAT if answers else Kind.OTHER)

    async def models(self, http: Http) -> Iterable[Model]:
        """Every model listed, and those that the configuration adds."""
        listed = {model.id: model for model in await super().models(http)}
        named = {name: Model(name, kind=Kind.CHAT, creator=NAME) for name in self._answering}
        return tuple({**named, **listed}.values())

    def parameters(self, request: ChatRequest) -> dict[str, Any]:
        if request.response_format == "json" and "response_format" not in request.extra:
            raise not_taken("response_format", "taken by this provider only as a JSON schema")
        return super().parameters(request)


class PerplexityPrices:
    """What Perplexity's list charges."""

    def __init__(self, config: Config) -> None:
        self._provider = Perplexity(config)

    async def quotes(self, http: Http) -> Iterable[Quote]:
        """One quote per listed model whose price is in the unit known here.

        Raises:
            ProviderError: It did not answer, or not with a list.
        """
        found = listed_quotes(await self._provider.rows(http, exact=True), NAME, _rates)
        return tuple(evolve(quote, model=quote.model.removeprefix(_OWN)) for quote in found)


def _rates(row: Mapping[str, Any]) -> Rates:
    pricing = table(row.get("pricing"))
    if pricing.get("unit") != _UNIT:
        return Rates()
    return Rates(
        input=usd(pricing.get("input")),
        output=usd(pricing.get("output")),
        cache_read=usd(pricing.get("cache_read")),
        cache_write=usd(pricing.get("cache_write")),
    )


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension(NAME, Perplexity, config=Config, summary="Perplexity's models, with web search.")


@hookimpl
def pointsman_pricing_sources() -> Iterable[Extension[PricingSource]]:
    yield Extension(
        NAME,
        PerplexityPrices,
        config=Config,
        summary="What Perplexity's list charges.",
        origin=Origin(
            url="https://docs.perplexity.ai/getting-started/pricing",
            licence="terms of Perplexity",
            changes="live",
        ),
    )
