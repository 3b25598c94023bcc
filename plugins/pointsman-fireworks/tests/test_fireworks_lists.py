"""Fireworks' list, and embeddings."""

from __future__ import annotations

import pytest
from pointsman import Capability, EmbedRequest, Kind, Secret
from pointsman.testing import FakeHttp
from pointsman_fireworks import Config, Fireworks

PROVIDER = Fireworks(Config(Secret("key-0123456789")))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"kind": "HF_BASE_MODEL", "supports_chat": True}, Kind.CHAT),
        ({"kind": "HF_PEFT_ADDON", "supports_chat": True}, Kind.CHAT),
        ({"kind": "HF_BASE_MODEL", "supports_chat": False}, Kind.OTHER),
        ({"kind": "EMBEDDING_MODEL", "supports_chat": True}, Kind.EMBEDDING),
        ({"kind": "FLUMINA_BASE_MODEL", "supports_chat": False}, Kind.IMAGE),
        ({"kind": "DRAFT_ADDON", "supports_chat": True}, Kind.OTHER),
        ({}, None),
    ],
)
async def test_what_a_model_is_for(row: dict[str, object], kind: Kind | None) -> None:
    """Its kind wins over the flag that embedding models have, too."""
    (model,) = await PROVIDER.models(FakeHttp({"data": [{"id": "accounts/a/models/b", **row}]}))

    assert kind is model.kind


@pytest.mark.anyio
async def test_what_a_model_can() -> None:
    """Flags grant and deny; the window is stated."""
    row = {"id": "a", "supports_tools": True, "supports_image_input": False, "context_length": 262144}
    (model,) = await PROVIDER.models(FakeHttp({"data": [row]}))

    assert model.can == {Capability.TOOLS}
    assert model.cannot == {Capability.VISION}
    assert model.context_window == 262144


@pytest.mark.anyio
async def test_embeddings() -> None:
    """They may be asked for in another length."""
    http = FakeHttp({"data": [{"index": 0, "embedding": [0.5, 0.25]}]})
    answer = await PROVIDER.embed("e", EmbedRequest(["hi"], 2), http)

    assert answer.vectors == ((0.5, 0.25),)
    assert http.sent[0].json == {"model": "e", "input": ["hi"], "dimensions": 2}
