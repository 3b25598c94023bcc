"""OpenAI's models."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from attrs import frozen
from pointsman import Extension, Provider, Secret, hookimpl, secret, setting
from pointsman.providers import OpenAIEmbedder, OpenAIResponses


class Api(StrEnum):
    """The dialects the endpoint speaks."""

    CHAT = "chat"
    RESPONSES = "responses"


@frozen
class Config:
    """Settings of the endpoint.

    Attributes:
        key: Sent as a bearer token.
        base_url: Where ``/models`` is.
        api: Which dialect is spoken; some models answer in ``responses`` alone.
    """

    key: Secret = secret("OPENAI_API_KEY")
    base_url: str = setting("OPENAI_BASE_URL", default="https://api.openai.com/v1")
    api: Api = setting("OPENAI_API", default=Api.CHAT)


class OpenAI(OpenAIEmbedder):
    """The dialect's own home. Its reasoning models refuse the older ``max_tokens``."""

    max_tokens_field = "max_completion_tokens"


def create(config: Config) -> OpenAI | OpenAIResponses:
    """The provider of the dialect that was asked for."""
    return OpenAIResponses(config) if config.api is Api.RESPONSES else OpenAI(config)


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension("openai", create, config=Config, summary="Models served by OpenAI.")
