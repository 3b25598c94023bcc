"""Moonshot's models (Kimi)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve, frozen
from pointsman import (
    Audio,
    Capability,
    ChatRequest,
    Document,
    Extension,
    Http,
    HttpRequest,
    Model,
    Provider,
    ResponseError,
    Secret,
    hookimpl,
    secret,
    setting,
)
from pointsman.dialects.openai_chat import Form
from pointsman.providers import OpenAICompatible, as_object, capabilities, openai_listing
from pointsman.wire.fields import count, table

_FLAGS = {Capability.VISION: "supports_image_in", Capability.REASONING: "supports_reasoning"}


@frozen
class Config:
    """Settings: the key, and where the endpoint is (China has its own)."""

    key: Secret = secret("MOONSHOT_API_KEY", "KIMI_API_KEY")
    base_url: str = setting("MOONSHOT_BASE_URL", default="https://api.moonshot.ai/v1")


class Moonshot(OpenAICompatible):
    """The dialect, with thoughts that are sent back and tokens that are counted without an answer."""

    form = Form(reasoning_field="reasoning_content", refused=(Document, Audio))

    def listing(self, row: Mapping[str, Any]) -> Model:
        can, cannot = capabilities({each: row.get(flag) for each, flag in _FLAGS.items()})
        return evolve(openai_listing(row), can=can, cannot=cannot)

    async def count_tokens(self, model: str, request: ChatRequest, http: Http) -> int:
        """Input tokens this request would use, as the provider estimates them.

        ``POST /tokenizers/estimate-token-count`` (https://platform.moonshot.ai/docs/api/estimate).

        Raises:
            ProviderError: It did not answer, or not with a count.
        """
        written = self.body(model, request, stream=False)
        body = {name: written[name] for name in ("model", "messages", "tools") if name in written}
        url = self.url("/tokenizers/estimate-token-count", model)
        answer = as_object(
            (await http.request(HttpRequest("POST", url, headers=self.headers(), json=body))).json()
        )
        tokens = count(table(answer.get("data")).get("total_tokens"))
        if tokens is None:
            raise ResponseError("the answer holds no count of tokens")
        return tokens


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension("moonshot", Moonshot, config=Config, summary="Models served by Moonshot.")
