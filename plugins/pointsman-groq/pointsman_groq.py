"""Models served by Groq."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen
from pointsman import Audio, Document, Extension, Provider, Secret, hookimpl, secret, setting
from pointsman.dialects.openai_chat import Form
from pointsman.providers import OpenAICompatible


@frozen
class Config:
    """Settings: the key, and where the endpoint is."""

    key: Secret = secret("GROQ_API_KEY")
    base_url: str = setting("GROQ_BASE_URL", default="https://api.groq.com/openai/v1")


class Groq(OpenAICompatible):
    """Groq speaks the plain dialect; its list adds windows and whether a model is active."""

    form = Form(refused=(Document, Audio))


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension("groq", Groq, config=Config, summary="Models served by Groq.")
