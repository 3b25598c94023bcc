"""GitHub's catalog, and embeddings."""

from __future__ import annotations

from datetime import date

import pytest
from pointsman import Capability, EmbedRequest, Kind, Model, Secret
from pointsman.testing import FakeHttp
from pointsman_github_models import Config, GitHubModels

PROVIDER = GitHubModels(Config(Secret("key-0123456789")))


@pytest.mark.anyio
async def test_the_catalog() -> None:
    """Limits, modalities and the version's day; a tag that is missing denies nothing."""
    rows = [
        {
            "id": "acme/big",
            "name": "Acme Big",
            "publisher": "Acme",
            "version": "2025-04-14",
            "capabilities": ["streaming", "tool-calling"],
            "limits": {"max_input_tokens": 1000, "max_output_tokens": 100},
            "supported_input_modalities": ["text", "image"],
            "supported_output_modalities": ["text"],
        },
        {"id": "acme/embed", "version": "1", "supported_output_modalities": ["embeddings"]},
    ]
    http = FakeHttp(rows)
    big, embed = await PROVIDER.models(http)

    assert big == Model(
        "acme/big",
        "Acme Big",
        Kind.CHAT,
        "Acme",
        1000,
        100,
        {Capability.STREAMING, Capability.TOOLS, Capability.VISION},
        {Capability.AUDIO_INPUT},
        created=date(2025, 4, 14),
    )
    assert embed == Model("acme/embed", kind=Kind.EMBEDDING)
    assert http.sent[0].url == "https://models.github.ai/catalog/models"


@pytest.mark.anyio
async def test_embeddings() -> None:
    """They are asked for where answers are."""
    http = FakeHttp({"data": [{"index": 0, "embedding": [0.5]}]})
    answer = await PROVIDER.embed("acme/embed", EmbedRequest(["hi"]), http)

    assert answer.vectors == ((0.5,),)
    assert http.sent[0].url == "https://models.github.ai/inference/embeddings"
