"""Any endpoint that speaks the OpenAI dialect: your own server, a gateway, a host without its own plugin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve, frozen
from pointsman import Extension, Kind, Model, Provider, Secret, hookimpl, setting
from pointsman.providers import OpenAICompatible, openai_listing


@frozen
class Config:
    """Settings of one endpoint.

    Attributes:
        base_url: Where ``/models`` and ``/chat/completions`` are.
        key: Sent as a bearer token; None where the endpoint wants none.
        local: Whether it runs on your own machine: its models then cost nothing.
        chat: Whether a model is taken for a chat model when the endpoint does not say what it is for; a name
            that says otherwise (an embedding model's, say) still wins.
    """

    base_url: str = setting("OPENAI_COMPATIBLE_BASE_URL")
    key: Secret | None = setting("OPENAI_COMPATIBLE_API_KEY", default=None)
    local: bool = False
    chat: bool = True


class Compatible(OpenAICompatible):
    """An endpoint known only by its address."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._local = config.local
        self._presumed = Kind.CHAT if config.chat else None

    def listing(self, row: Mapping[str, Any]) -> Model:
        model = openai_listing(row)
        return evolve(model, local=self._local, kind=model.kind or self._presumed)


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension("openai-compatible", Compatible, config=Config, summary="Any OpenAI-compatible endpoint.")
