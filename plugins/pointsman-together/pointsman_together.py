"""Models served by Together AI, and what Together charges.

Both come from one list (https://docs.together.ai/reference/models-1): a bare array whose prices are USD per
million tokens, and 0 for a model that is rented by the hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen
from pointsman import (
    Audio,
    Document,
    Extension,
    Http,
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
from pointsman.providers import OpenAIEmbedder, listed_quotes
from pointsman.wire.fields import string, table, usd

NAME = "together"
ORIGIN = Origin(
    url="https://docs.together.ai/reference/models-1", licence="terms of Together AI", changes="live"
)
_FREE = "-free"  # how the offers are written that really cost nothing


@frozen
class Config:
    """Settings: the key, and where the endpoint is."""

    key: Secret = secret("TOGETHER_API_KEY", "TOGETHERAI_API_KEY", "TOGETHER_AI_API_KEY")
    base_url: str = setting("TOGETHER_BASE_URL", default="https://api.together.ai/v1")


class Together(OpenAIEmbedder):
    """The dialect, with embeddings of the length the model has."""

    form = Form(refused=(Document, Audio))
    dimensions_field = ""


class TogetherPrices:
    """What Together charges, from its own model list."""

    def __init__(self, config: Config) -> None:
        self._provider = Together(config)

    async def quotes(self, http: Http) -> Iterable[Quote]:
        """One quote per listed model with a price per token.

        Raises:
            ProviderError: It did not answer, or not with a list.
        """
        return listed_quotes(await self._provider.rows(http, exact=True), NAME, _rates)


def _rates(row: Mapping[str, Any]) -> Rates:
    pricing = table(row.get("pricing"))
    sent, received = usd(pricing.get("input")), usd(pricing.get("output"))
    if not sent and not received and not string(row.get("id")).lower().endswith(_FREE):
        return Rates()
    return Rates(input=sent, output=received)


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension(NAME, Together, config=Config, summary="Models served by Together AI.")


@hookimpl
def pointsman_pricing_sources() -> Iterable[Extension[PricingSource]]:
    yield Extension(NAME, TogetherPrices, config=Config, summary="What Together AI charges.", origin=ORIGIN)
