"""Foundation models joined with inference profiles.

Formats: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html and
``…/API_ListInferenceProfiles.html``. What has no on-demand
inference is called through a profile's id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pointsman import Capability, Kind, Model
from pointsman.providers import capabilities
from pointsman.wire.fields import day, label, rows, string, table, window

_KINDS = {"EMBEDDING": Kind.EMBEDDING, "IMAGE": Kind.IMAGE, "VIDEO": Kind.VIDEO, "SPEECH": Kind.AUDIO}
_WINDOW = re.compile(r"(\d{1,5})([KM])", re.IGNORECASE)
_THOUSANDS = {"k": 1_000, "m": 1_000_000}


def callable_rows(found: Iterable[Any], profiles: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Each way to call each model on demand, as its row with that ``id``; provisioned ones are left out."""
    by_model: dict[str, list[str]] = {}
    for profile in map(table, profiles):
        for served in map(table, rows(profile.get("models"))):
            model = string(served.get("modelArn")).rpartition("/")[2]
            by_model.setdefault(model, []).append(string(profile.get("inferenceProfileId")))
    for row in map(table, found):
        model, ways = string(row.get("modelId")), rows(row.get("inferenceTypesSupported"))
        if "ON_DEMAND" in ways:
            yield {**row, "id": model}
        if "INFERENCE_PROFILE" in ways:
            for profile_id in dict.fromkeys(by_model.get(model, ())):
                yield {**row, "id": profile_id}


def listing(row: Mapping[str, Any]) -> Model:
    """One model under one id."""
    converse, stated = table(row.get("converse")), rows(row.get("inputModalities"))
    said = {
        Capability.STREAMING: row.get("responseStreamingSupported"),
        Capability.VISION: "IMAGE" in stated if stated else None,
        Capability.AUDIO_INPUT: "SPEECH" in stated if stated else None,
        Capability.DOCUMENT_INPUT: bool(rows(converse.get("userDocumentTypesSupported"))) or None,
        Capability.REASONING: bool(table(converse.get("reasoningSupported"))) or None,
    }
    can, cannot = capabilities(said)
    lifecycle, described = table(row.get("modelLifecycle")), table(row.get("description"))
    return Model(
        id=string(row.get("id")),
        name=label(row.get("modelName")),
        kind=_kind(row),
        creator=label(row.get("providerName")),
        context_window=_window(string(row.get("modelId")).rpartition(":")[2])
        or _window(described.get("maxContextWindow")),
        max_output_tokens=window(converse.get("maxTokensMaximum")),
        can=can,
        cannot=cannot,
        created=day(described.get("releaseDate")),
        retires=day(lifecycle.get("endOfLifeTime")),
    )


def _kind(row: Mapping[str, Any]) -> Kind | None:
    outputs = rows(row.get("outputModalities"))
    if outputs and "TEXT" not in outputs:
        return _KINDS.get(outputs[0], Kind.OTHER) if isinstance(outputs[0], str) else None
    # Text comes out of rerankers, too; what the converse API serves can chat.
    return Kind.CHAT if isinstance(row.get("converse"), dict) else None


def _window(written: object) -> int | None:
    found = _WINDOW.fullmatch(string(written))
    return window(int(found[1]) * _THOUSANDS[found[2].lower()]) if found else None
