"""The model list (https://docs.anthropic.com/en/api/models-list): rows into models, and what requests need.

Everything but ``id`` is optional: lists of early 2026 had no windows and no capabilities.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve, frozen
from pointsman import Capability, Kind, Model
from pointsman.providers import capabilities
from pointsman.wire.fields import day, label, string, table, window

_FLAGS = {
    Capability.VISION: "image_input",
    Capability.DOCUMENT_INPUT: "pdf_input",
    Capability.JSON_SCHEMA: "structured_outputs",
    Capability.REASONING: "thinking",
}


@frozen
class Limits:
    """What the list says of a model that a request depends on; None is "not said".

    Attributes:
        max_output_tokens: The largest ``max_tokens`` it takes.
        structured: Whether it takes a JSON schema.
        efforts: The reasoning efforts it takes.
    """

    max_output_tokens: int | None = None
    structured: bool | None = None
    efforts: frozenset[str] | None = None


def limits(row: Mapping[str, Any]) -> Limits:
    """What one row says that a request depends on."""
    stated = table(row.get("capabilities"))
    found = Limits(window(row.get("max_tokens")), _flag(stated.get("structured_outputs")))
    effort = stated.get("effort")
    if not isinstance(effort, dict):
        return found
    levels = (level for level, said in effort.items() if level != "supported" and _flag(said))
    return evolve(found, efforts=frozenset(levels))


def listing(row: Mapping[str, Any]) -> Model:
    """One row; every model of this list answers the messages API, so each can chat."""
    stated = table(row.get("capabilities"))
    can, cannot = capabilities({each: _flag(stated.get(name)) for each, name in _FLAGS.items()})
    return Model(
        id=string(row.get("id")),
        name=label(row.get("display_name")),
        kind=Kind.CHAT,
        context_window=window(row.get("max_input_tokens")),
        max_output_tokens=window(row.get("max_tokens")),
        can=can,
        cannot=cannot,
        created=day(row.get("created_at")),
    )


def _flag(said: object) -> bool | None:
    supported = table(said).get("supported")
    return supported if isinstance(supported, bool) else None
