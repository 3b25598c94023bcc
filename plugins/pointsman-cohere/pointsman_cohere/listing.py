"""The model list (https://docs.cohere.com/reference/list-models): rows into models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pointsman import Capability, Kind, Model
from pointsman.providers import capabilities
from pointsman.wire.fields import rows, string, window

# By endpoint, the first that fits: whoever chats may also embed nothing else.
_KINDS = (
    ("chat", Kind.CHAT),
    ("embed", Kind.EMBEDDING),
    ("embed_image", Kind.EMBEDDING),
    ("rerank", Kind.RERANK),
    ("transcribe", Kind.AUDIO),
    ("transcriptions", Kind.AUDIO),
    ("generate", Kind.COMPLETION),
)
_FEATURES = {
    Capability.TOOLS: "tools",
    Capability.JSON_SCHEMA: "json_schema",
    Capability.REASONING: "reasoning",
}


def named(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row with its id, which the list calls a name."""
    return {**row, "id": row.get("name")}


def listing(row: Mapping[str, Any]) -> Model:
    """One row. A feature that is not listed is unknown, not denied: older rows list none."""
    features = rows(row.get("features"))
    flags: dict[Capability, object] = {
        capability: True for capability, feature in _FEATURES.items() if feature in features
    }
    can, cannot = capabilities({**flags, Capability.VISION: row.get("supports_vision")})
    return Model(
        id=string(row.get("id")),
        kind=_kind(row),
        context_window=window(row.get("context_length")),
        can=can,
        cannot=cannot,
    )


def _kind(row: Mapping[str, Any]) -> Kind | None:
    endpoints = rows(row.get("endpoints"))
    other = Kind.OTHER if endpoints else None
    return next((kind for endpoint, kind in _KINDS if endpoint in endpoints), other)
