"""OpenAI's models."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen
from pointsman import Extension, Provider, Secret, hookimpl, secret, setting
from pointsman.providers import OpenAIEmbedder


@frozen
class Config:
    """Settings: the key, and where the endpoint is."""

    key: Secret = secret("OPENAI_API_KEY")
    base_url: str = setting("OPENAI_BASE_URL", default="https://api.openai.com/v1")


class OpenAI(OpenAIEmbedder):
    """The dialect's own home. Its reasoning models refuse the older ``max_tokens``."""

    max_tokens_field = "max_completion_tokens"


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension("openai", OpenAI, config=Config, summary="Models served by OpenAI.")
