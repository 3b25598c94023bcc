"""Any endpoint that speaks the OpenAI dialect: your own server, a gateway, a host without its own plugin.

Where such servers list models in a shape of their own, it is read too: LM Studio's two
(https://lmstudio.ai/docs/developer/rest), whose rows have an ``id`` or a ``key``, and Heroku's, whose rows
have a ``model_id``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urljoin

from attrs import evolve, frozen
from pointsman import Capability, Extension, Http, Kind, Model, Provider, Secret, hookimpl, setting
from pointsman.providers import OpenAIEmbedder, capabilities, openai_listing, output_kind
from pointsman.wire.fields import day, label, rows, string, table, window

_IDS = ("id", "key", "model_id")


@frozen
class Config:
    """Settings of one endpoint.

    Attributes:
        base_url: Where ``/models`` and ``/chat/completions`` are.
        key: Sent as a bearer token; None where the endpoint wants none.
        models_url: Where the model list is, if elsewhere: an address, or a path of the same server.
        local: Whether it runs on your own machine: its models then cost nothing.
        chat: Whether a model is taken for a chat model when the endpoint does not say what it is for; a name
            that says otherwise (an embedding model's, say) still wins.
    """

    base_url: str = setting("OPENAI_COMPATIBLE_BASE_URL")
    key: Secret | None = setting("OPENAI_COMPATIBLE_API_KEY", default=None)
    models_url: str = ""
    local: bool = False
    chat: bool = True


class Compatible(OpenAIEmbedder):
    """An endpoint known only by its address."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._models_url = config.models_url
        self._local = config.local
        self._presumed = Kind.CHAT if config.chat else None

    def url(self, path: str, model: str = "") -> str:
        if path == "/models" and self._models_url:
            return urljoin(self.base_url, self._models_url)
        return super().url(path, model)

    async def rows(self, http: Http, *, exact: bool = False) -> list[Any]:
        """The rows of the list, each with an ``id``, whatever the server calls it."""
        return [_named(row) for row in await super().rows(http, exact=exact)]

    def listing(self, row: Mapping[str, Any]) -> Model:
        model, can, cannot = openai_listing(row), *capabilities(_stated(row))
        return evolve(
            model,
            local=self._local,
            kind=model.kind or _kind(row) or self._presumed,
            creator=model.creator or label(row.get("publisher")),
            context_window=_loaded_window(row) or model.context_window,
            can=model.can | can,
            cannot=model.cannot | cannot,
            retires=model.retires or day(row.get("eol_date")),
        )


def _named(row: object) -> object:
    stated = table(row)
    name = next((stated[each] for each in _IDS if each in stated), None)
    return {**stated, "id": name} if stated else row


def _stated(row: Mapping[str, Any]) -> dict[Capability, object]:
    """What LM Studio says a model can do: words in its older shape, flags in its newer one."""
    flags = table(row.get("capabilities"))
    return {
        Capability.VISION: True if row.get("type") == "vlm" else flags.get("vision"),
        Capability.TOOLS: flags.get("trained_for_tool_use"),
        Capability.REASONING: True if table(flags.get("reasoning")) else flags.get("reasoning"),
    }


def _kind(row: Mapping[str, Any]) -> Kind | None:
    """What Heroku says a model makes of what: ``["text-to-text"]``."""
    made = [string(word).rpartition("-to-")[2] for word in rows(row.get("type"))]
    return Kind.RERANK if "score" in made else output_kind(made)


def _loaded_window(row: Mapping[str, Any]) -> int | None:
    """The smallest window that LM Studio loaded the model with; it may be less than the model could have."""
    configs = (table(table(each).get("config")) for each in rows(row.get("loaded_instances")))
    windows = [found for config in configs if (found := window(config.get("context_length")))]
    return min(windows, default=None)


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension("openai-compatible", Compatible, config=Config, summary="Any OpenAI-compatible endpoint.")
