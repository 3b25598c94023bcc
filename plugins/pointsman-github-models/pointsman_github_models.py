"""Models served by GitHub.

The catalog is https://docs.github.com/en/rest/models/catalog, the rest speaks the OpenAI dialect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve, frozen
from pointsman import (
    Audio,
    Capability,
    Document,
    Extension,
    Model,
    Provider,
    Secret,
    hookimpl,
    secret,
    setting,
)
from pointsman.dialects.openai_chat import Form
from pointsman.providers import OpenAIEmbedder, capabilities, granted, openai_listing, output_kind
from pointsman.wire.fields import day, label, rows, table, window

_INPUTS = {Capability.VISION: "image", Capability.AUDIO_INPUT: "audio"}
_WORDS = {
    Capability.STREAMING: "streaming",
    Capability.TOOLS: "tool-calling",
    Capability.REASONING: "reasoning",
}


@frozen
class Config:
    """Settings: the token, and where the service is.

    `GITHUB_TOKEN` is set for other purposes on many machines, and in every workflow; it comes last, so that a
    token made for models wins.
    """

    key: Secret = secret("GITHUB_MODELS_TOKEN", "GITHUB_TOKEN")
    base_url: str = setting("GITHUB_MODELS_BASE_URL", default="https://models.github.ai")


class GitHubModels(OpenAIEmbedder):
    """The dialect under ``/inference``, and a catalog that tells capabilities and limits."""

    form = Form(refused=(Document, Audio))

    def url(self, path: str, model: str = "") -> str:
        return super().url("/catalog/models" if path == "/models" else f"/inference{path}", model)

    def listing(self, row: Mapping[str, Any]) -> Model:
        limits = table(row.get("limits"))
        inputs = granted(row.get("supported_input_modalities"), _INPUTS)
        # The words are tags: one that is missing says nothing.
        can, _ = capabilities(granted(row.get("capabilities"), _WORDS))
        seen, unseen = capabilities(inputs)
        return evolve(
            openai_listing(row),
            kind=output_kind(rows(row.get("supported_output_modalities"))),
            creator=label(row.get("publisher")),
            context_window=window(limits.get("max_input_tokens")),
            max_output_tokens=window(limits.get("max_output_tokens")),
            can=can | seen,
            cannot=unseen,
            created=day(row.get("version")),
        )


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension("github-models", GitHubModels, config=Config, summary="Models served by GitHub.")
