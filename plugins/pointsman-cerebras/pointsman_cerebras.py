"""Models served by Cerebras."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve, frozen
from pointsman import Audio, Document, Extension, Model, Provider, Secret, hookimpl, secret, setting
from pointsman.dialects.openai_chat import Form
from pointsman.providers import OpenAICompatible, openai_listing


@frozen
class Config:
    """Settings: the key, and where the endpoint is."""

    key: Secret = secret("CEREBRAS_API_KEY")
    base_url: str = setting("CEREBRAS_BASE_URL", default="https://api.cerebras.ai/v1")


class Cerebras(OpenAICompatible):
    """The dialect; every model is listed as owned by the host, who made none of them."""

    form = Form(refused=(Document, Audio))
    max_tokens_field = "max_completion_tokens"

    def listing(self, row: Mapping[str, Any]) -> Model:
        return evolve(openai_listing(row), creator=None)


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension("cerebras", Cerebras, config=Config, summary="Models served by Cerebras.")
