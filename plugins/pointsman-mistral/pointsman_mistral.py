"""Mistral's models.

The list tells capabilities (https://docs.mistral.ai/api/#tag/models) and holds every alias as a row of its
own, whose ``name`` is the real model.
"""

from __future__ import annotations

import re
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
    Kind,
    Model,
    Provider,
    Secret,
    hookimpl,
    secret,
    setting,
)
from pointsman.dialects.openai_chat import Form
from pointsman.providers import OpenAIEmbedder, capabilities, openai_listing
from pointsman.wire.fields import day, identifier, table

_ID = re.compile(r"[a-zA-Z0-9]{9}")  # of a tool call: no other is taken
_KIND_FLAGS = {
    "completion_chat": Kind.CHAT,
    "moderation": Kind.MODERATION,
    "audio_transcription": Kind.AUDIO,
    "completion_fim": Kind.COMPLETION,
}


@frozen
class Config:
    """Settings: the key, and where the endpoint is."""

    key: Secret = secret("MISTRAL_API_KEY")
    base_url: str = setting("MISTRAL_BASE_URL", default="https://api.mistral.ai/v1")


class Mistral(OpenAIEmbedder):
    """Streams report usage unasked. Unknown fields are refused: no ``user``, no ``stream_options``."""

    usage_on_request = False
    form = Form(
        thought=lambda part: {"type": "thinking", "thinking": [{"type": "text", "text": part.text}]},
        accepts_id=lambda identity: _ID.fullmatch(identity) is not None,
        id_prefix="",
        id_length=9,
        refused=(Document, Audio),
    )
    dimensions_field = "output_dimension"

    def listing(self, row: Mapping[str, Any]) -> Model:
        flags = table(row.get("capabilities"))
        can, cannot = capabilities(
            {
                Capability.TOOLS: flags.get("function_calling"),
                Capability.VISION: flags.get("vision"),
                Capability.AUDIO_INPUT: flags.get("audio"),
                Capability.REASONING: flags.get("reasoning"),
            }
        )
        return evolve(
            openai_listing(row),
            name=identifier(row.get("name")),
            kind=_kind(flags),
            created=None,  # the list says when it was asked, not when the model was made
            retires=day(row.get("deprecation")),
            can=can,
            cannot=cannot,
        )

    async def models(self, http: Http) -> Iterable[Model]:
        """Every model listed, each once, with its aliases."""
        return _grouped(await super().models(http))

    def parameters(self, request: ChatRequest) -> dict[str, Any]:
        written = super().parameters(request)
        written.pop("user", None)
        if "seed" in written:
            written["random_seed"] = written.pop("seed")
        return written


def _kind(flags: Mapping[str, Any]) -> Kind | None:
    stated = [kind for flag, kind in _KIND_FLAGS.items() if flags.get(flag) is True]
    if stated:
        return stated[0]
    if "completion_chat" not in flags:
        return None
    # The list has a flag for every purpose but embedding: what none of them fits does that.
    return Kind.OTHER if any(flag is True for flag in flags.values()) else Kind.EMBEDDING


def _grouped(models: Iterable[Model]) -> tuple[Model, ...]:
    """One model per real name: the row of that id where there is one, else the first that bears the name."""
    groups: dict[str, list[Model]] = {}
    for model in models:
        groups.setdefault(model.name or model.id, []).append(model)
    heads = {name: next((row for row in rows if row.id == name), rows[0]) for name, rows in groups.items()}
    taken = {head.id for head in heads.values()}
    return tuple(evolve(heads[name], aliases=_other_ids(rows, taken)) for name, rows in groups.items())


def _other_ids(rows: Iterable[Model], taken: set[str]) -> tuple[str, ...]:
    """Every id and alias of these rows, once, but for those that name a model of their own."""
    ids = (name for row in rows for name in (row.id, *row.aliases))
    return tuple(dict.fromkeys(name for name in ids if name not in taken))


@hookimpl
def pointsman_providers() -> Iterable[Extension[Provider]]:
    yield Extension("mistral", Mistral, config=Config, summary="Models served by Mistral.")
