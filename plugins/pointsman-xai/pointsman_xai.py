"""xAI's models, and what xAI charges.

Two lists (https://docs.x.ai/docs/api-reference): ``/language-models`` tells modalities and prices,
``/models`` context windows and what else there is. Prices are whole numbers of USD cents per 100 million
tokens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from attrs import evolve, frozen
from pointsman import (
    Audio,
    Capability,
    ContextTier,
    Document,
    Extension,
    Http,
    HttpRequest,
    Kind,
    Model,
    Origin,
    PricingSource,
    Provider,
    ProviderError,
    Quote,
    Rates,
    Secret,
    hookimpl,
    secret,
    setting,
)
from pointsman.dialects.openai_chat import Form
from pointsman.providers import (
    OpenAICompatible,
    capabilities,
    granted,
    listed_quotes,
    listed_rows,
    openai_listing,
    output_kind,
)
from pointsman.wire.fields import count, rows, table, window

NAME = "xai"
ORIGIN = Origin(url="https://docs.x.ai/docs/api-reference", licence="terms of xAI", changes="live")
_PER_MILLION = 10_000  # cents per 100 million tokens in one USD per million
_LANGUAGE = "/language-models"
_NOT_FOR_THIS_KEY = (403, 404)
_INPUTS = {Capability.VISION: "image", Capability.AUDIO_INPUT: "audio"}


@frozen
class Config:
    """Settings: the key, and where the endpoint is."""

    key: Secret = secret("XAI_API_KEY", "GROK_API_KEY")
    base_url: str = setting("XAI_BASE_URL", default="https://api.x.ai/v1")


class XAI(OpenAICompatible):
    """The dialect, with a cost in every answer, and two lists that are read as one."""

    form = Form(refused=(Document, Audio))
    max_tokens_field = "max_completion_tokens"

    async def rows(self, http: Http, *, exact: bool = False) -> list[Any]:
        """The rows of both lists, those of one id as one row; either list may be missing."""
        try:
            answer = await http.request(HttpRequest("GET", self.url(_LANGUAGE), headers=self.headers()))
        except ProviderError as error:
            if error.status not in _NOT_FOR_THIS_KEY:
                raise
            return await super().rows(http, exact=exact)
        stated = {table(row).get("id"): table(row) for row in listed_rows(answer.json(exact=exact))}
        try:
            others = await super().rows(http, exact=exact)
        except ProviderError as error:
            if error.status not in _NOT_FOR_THIS_KEY:
                raise
            others = []
        merged = {table(row).get("id"): table(row) for row in others}
        return [{**merged.get(name, {}), **stated.get(name, {})} for name in {**stated, **merged}]

    def listing(self, row: Mapping[str, Any]) -> Model:
        can, cannot = capabilities(granted(row.get("input_modalities"), _INPUTS))
        return evolve(openai_listing(row), kind=_kind(row), can=can, cannot=cannot)


class XAIPrices:
    """What xAI charges, from the same lists."""

    def __init__(self, config: Config) -> None:
        self._provider = XAI(config)

    async def quotes(self, http: Http) -> Iterable[Quote]:
        """One quote per listed model with a price per token of text.

        Raises:
            ProviderError: It did not answer, or not with a list.
        """
        return listed_quotes(await self._provider.rows(http, exact=True), NAME, _rates)


def _kind(row: Mapping[str, Any]) -> Kind | None:
    stated = output_kind(rows(row.get("output_modalities")))
    if stated is not None:
        return stated
    if "completion_text_token_price" in row:
        return Kind.CHAT
    return Kind.IMAGE if "image_price" in row else None


def _rates(row: Mapping[str, Any]) -> Rates:
    above = window(row.get("long_context_threshold"))
    tier = ContextTier(
        above=above or 0,
        input=_usd(row.get("prompt_text_token_price_long_context")),
        output=_usd(row.get("completion_text_token_price_long_context")),
        cache_read=_usd(row.get("cached_prompt_text_token_price_long_context")),
    )
    return Rates(
        input=_usd(row.get("prompt_text_token_price")),
        output=_usd(row.get("completion_text_token_price")),
        cache_read=_usd(row.get("cached_prompt_text_token_price")),
        input_image=_usd(row.get("prompt_image_token_price")),
        tiers=(tier,) if above else (),
    )


def _usd(price: object) -> Decimal | None:
    """USD per million tokens, exact. The list writes 0 where there is no such price."""
    cents = count(price)
    return Decimal(cents) / _PER_MILLION if cents else None


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension(NAME, XAI, config=Config, summary="Models served by xAI.")


@hookimpl
def pointsman_pricing_sources() -> Iterable[Extension[PricingSource]]:
    yield Extension(NAME, XAIPrices, config=Config, summary="What xAI charges.", origin=ORIGIN)
