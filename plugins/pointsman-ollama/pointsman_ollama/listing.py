"""Rows of ``/api/tags`` joined with ``/api/show``, into models (https://docs.ollama.com/api/tags, …/show)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pointsman import Capability, Kind, Model
from pointsman.wire.fields import rows, string, table, window

_WORDS = {
    Capability.TOOLS: "tools",
    Capability.VISION: "vision",
    Capability.REASONING: "thinking",
}
_OF_THE_SERVER = frozenset({Capability.STREAMING, Capability.JSON_SCHEMA})  # whatever the model


def listing(row: Mapping[str, Any], *, own: bool) -> Model:
    """One model.

    Args:
        row: Of ``/api/tags``, with ``id`` and, where the server gave them, the fields of ``/api/show``.
        own: Whether the server is the user's own. A row with a ``remote_host`` runs elsewhere all the same.
    """
    words = row.get("capabilities")
    kind = _kind(rows(words)) if isinstance(words, list) else None
    can = {each for each, word in _WORDS.items() if word in rows(words)}
    cannot = set(_WORDS) - can if isinstance(words, list) else set()
    local = own and not row.get("remote_host")
    if kind is Kind.CHAT and local:
        can |= _OF_THE_SERVER
    return Model(
        id=string(row.get("id")),
        kind=kind,
        context_window=_context(table(row.get("model_info"))),
        can=can,
        cannot=cannot,
        local=local,
    )


def _kind(words: object) -> Kind:
    stated = rows(words)
    if "completion" in stated:
        return Kind.CHAT
    return Kind.EMBEDDING if "embedding" in stated else Kind.OTHER


def _context(info: Mapping[str, Any]) -> int | None:
    return window(info.get(f"{info.get('general.architecture')}.context_length"))
