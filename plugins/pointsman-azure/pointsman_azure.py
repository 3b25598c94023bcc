"""Azure OpenAI: your own deployments.

The list endpoint tells what a region offers, not what you deployed, and a deployment may have any name
(https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle). So deployments are named in the
configuration, and the list only adds what it knows of the models behind them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from attrs import frozen
from pointsman import (
    Extension,
    Http,
    Kind,
    Model,
    Provider,
    Secret,
    hookimpl,
    secret,
    setting,
)
from pointsman.providers import OpenAIEmbedder, read_models
from pointsman.wire.fields import day, string, table

_LISTED_BY = "preview"
"""The version of the interface that has the list, where a dated one is used for the rest."""
_KIND_FLAGS = {
    "chat_completion": Kind.CHAT,
    "embeddings": Kind.EMBEDDING,
    "completion": Kind.COMPLETION,
    "inference": Kind.OTHER,
}


@frozen
class Config:
    """Settings.

    Attributes:
        key: Key of the resource.
        base_url: Address of the resource, ``https://NAME.openai.azure.com``.
        deployments: Names of what you deployed; ``name=model`` also says which model that is, and the model's
            name is then accepted, too.
        api_version: Empty for the interface without dates (``/openai/v1``), which also knows ``preview``; a
            dated version for the older one, where every deployment has an address.
    """

    key: Secret = secret("AZURE_API_KEY", "AZURE_OPENAI_API_KEY")
    base_url: str = setting("AZURE_OPENAI_ENDPOINT", "AZURE_BASE_URL")
    deployments: tuple[str, ...] = setting("AZURE_OPENAI_DEPLOYMENTS")
    api_version: str = setting("AZURE_OPENAI_API_VERSION", "OPENAI_API_VERSION", default="")


class Azure(OpenAIEmbedder):
    """The dialect under the resource's address; the deployment is the model."""

    max_tokens_field = "max_completion_tokens"

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.base_url = self.base_url.removesuffix("/v1").removesuffix("/openai")
        self._secret = config.key
        self._version = config.api_version
        pairs = (each.partition("=") for each in config.deployments)
        self._deployed = {name.strip(): model.strip() for name, _, model in pairs}
        self._named = {model: name for name, model in self._deployed.items() if model}

    def headers(self) -> dict[str, str]:
        return {"api-key": self._secret.reveal()}

    def url(self, path: str, model: str = "") -> str:
        dated, listing = self._version[:1].isdigit(), path == "/models"
        version = _LISTED_BY if dated and listing else self._version
        if dated and not listing:
            place = f"/openai/deployments/{quote(model, safe='')}{path}"
        else:
            place = f"/openai/v1{path}"
        return super().url(place) + (f"?{urlencode({'api-version': version})}" if version else "")

    def named(self, model: str) -> str:
        return model if model in self._deployed else self._named.get(model, model)

    def listing(self, row: Mapping[str, Any]) -> Model:
        flags = table(row.get("capabilities"))
        kind = next((kind for flag, kind in _KIND_FLAGS.items() if flags.get(flag) is True), None)
        retires = day(table(row.get("deprecation")).get("inference"))
        return Model(string(row.get("id")), kind=kind, created=day(row.get("created_at")), retires=retires)

    async def models(self, http: Http) -> Iterable[Model]:
        """Your deployments, with what the region's list tells of the models behind them.

        A deployment that the list does not know counts as a chat model: that is what they mostly are.
        """
        offered = {model.id: model for model in read_models(await self.rows(http), self.listing)}
        return tuple(_deployed(name, model, offered) for name, model in self._deployed.items())


def _deployed(name: str, model: str, offered: Mapping[str, Model]) -> Model:
    known = offered.get(model or name, Model(model or name))
    return Model(
        name,
        name=model or None,
        kind=known.kind or Kind.CHAT,
        aliases=(model,) if model and model != name else (),
        created=known.created,
        retires=known.retires,
    )


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension("azure", Azure, config=Config, summary="Your deployments at Azure OpenAI.")
