"""DeepSeek's models."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import frozen
from pointsman import (
    Audio,
    ChatRequest,
    Document,
    Extension,
    Image,
    JsonSchema,
    Provider,
    Secret,
    hookimpl,
    secret,
    setting,
)
from pointsman.dialects.openai_chat import Form
from pointsman.providers import OpenAICompatible, not_taken


@frozen
class Config:
    """Settings: the key, and where the endpoint is."""

    key: Secret = secret("DEEPSEEK_API_KEY")
    base_url: str = setting("DEEPSEEK_BASE_URL", default="https://api.deepseek.com")


class DeepSeek(OpenAICompatible):
    """The dialect for text alone: no pictures, no schemas, no seed.

    Thoughts that led to a tool call must come back with it
    (https://api-docs.deepseek.com/guides/thinking_mode).
    """

    form = Form(reasoning_field="reasoning_content", refused=(Image, Document, Audio))
    refused = ("seed",)

    def parameters(self, request: ChatRequest) -> dict[str, Any]:
        if isinstance(request.response_format, JsonSchema) and "response_format" not in request.extra:
            raise not_taken("response_format", "a JSON schema is not taken by this provider, only any JSON")
        return super().parameters(request)


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension("deepseek", DeepSeek, config=Config, summary="Models served by DeepSeek.")
