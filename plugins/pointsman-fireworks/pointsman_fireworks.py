"""Models served by Fireworks AI."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve, frozen
from pointsman import Audio, Document, Extension, Kind, Model, Provider, Secret, hookimpl, secret, setting
from pointsman.dialects.openai_chat import Form
from pointsman.providers import OpenAIEmbedder, openai_listing
from pointsman.wire.fields import string

# The words of the list's own field ``kind``, by how they begin; the rest may chat where it says so.
_KINDS = {"EMBEDDING": Kind.EMBEDDING, "FLUMINA": Kind.IMAGE, "DRAFT": Kind.OTHER}


@frozen
class Config:
    """Settings: the key, and where the endpoint is."""

    key: Secret = secret("FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY")
    base_url: str = setting("FIREWORKS_BASE_URL", default="https://api.fireworks.ai/inference/v1")


class Fireworks(OpenAIEmbedder):
    """The dialect; its list says of embedding models, too, that they chat, so `kind` is asked first."""

    form = Form(refused=(Document, Audio))

    def listing(self, row: Mapping[str, Any]) -> Model:
        return evolve(openai_listing(row), kind=_kind(row))


def _kind(row: Mapping[str, Any]) -> Kind | None:
    word = string(row.get("kind"))
    for beginning, kind in _KINDS.items():
        if word.startswith(beginning):
            return kind
    if row.get("supports_chat") is True:
        return Kind.CHAT
    return Kind.OTHER if row.get("supports_chat") is False else None


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension("fireworks", Fireworks, config=Config, summary="Models served by Fireworks AI.")
