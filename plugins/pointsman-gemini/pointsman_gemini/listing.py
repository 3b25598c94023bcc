"""The model list (https://ai.google.dev/api/models): rows into models.

Vertex AI's list of publisher models (https://cloud.google.com/vertex-ai/docs/reference/rest) has another
envelope and tells little more than names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from pointsman import Capability, Kind, Model
from pointsman.providers import capabilities, listed_rows
from pointsman.wire.fields import label, rows, string, table, window

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RELEASED = re.compile(
    r"\b[Rr]eleased? (?:on )?\(?"
    r"(?P<month>[A-Z][a-z]{2})[a-z]* (?P<day>\d{1,2})(?:st|nd|rd|th)?, (?P<year>\d{4})"
)
# Pictures and voices come out of the same method as text; then only the title and the description tell.
_MADE = ((Kind.IMAGE, re.compile(r"\bimage\b", re.IGNORECASE)), (Kind.AUDIO, re.compile(r"\bTTS\b")))


def rows_of(page: object) -> Sequence[Any]:
    """The rows of one page of either list.

    Raises:
        ResponseError: There is no list in it.
    """
    published = table(page).get("publisherModels")
    return published if isinstance(published, list) else listed_rows(page)


def named(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row with its id: the resource name without ``models/`` and what stands before it."""
    return {**row, "id": string(row.get("name")).rpartition("models/")[2]}


def thinkers(found: Iterable[Mapping[str, Any]]) -> Mapping[str, bool]:
    """Which models think, by id; empty when the list tells it of none.

    The API leaves out flags that are false, so a list that says of some models that they think says of the
    others that they do not.
    """
    stated = {string(row.get("id")): row.get("thinking") is True for row in found}
    return stated if any(stated.values()) else {}


def listing(row: Mapping[str, Any], thinks: Mapping[str, bool]) -> Model:
    """One row; only models that generate an answer say what it may hold."""
    methods = frozenset(string(method) for method in rows(row.get("supportedGenerationMethods")))
    generates = "generateContent" in methods
    thinking = thinks.get(string(row.get("id"))) if generates else None
    can, cannot = capabilities({Capability.REASONING: thinking})
    return Model(
        id=string(row.get("id")),
        name=label(row.get("displayName")),
        kind=_generated(row, methods, thinking) if generates else _other(methods),
        context_window=window(row.get("inputTokenLimit")),
        max_output_tokens=window(row.get("outputTokenLimit")) if generates else None,
        can=can,
        cannot=cannot,
        created=_released(string(row.get("description"))),
    )


def _generated(row: Mapping[str, Any], methods: frozenset[str], thinking: bool | None) -> Kind | None:
    """What comes out of the method for text; None where not even the list's other flags tell."""
    if "createCachedContent" in methods:
        return Kind.CHAT  # what caches prompts reads them, whatever its description says
    text = f"{string(row.get('displayName'))}\n{string(row.get('description'))}"
    said = next((kind for kind, words in _MADE if words.search(text)), None)
    # Music is generated too, and nothing says so of it; but it takes no thought where others do.
    return said or (None if thinking is False else Kind.CHAT)


def _other(methods: frozenset[str]) -> Kind | None:
    if any("embed" in method.lower() for method in methods):
        return Kind.EMBEDDING
    return Kind.OTHER if methods else None


def _released(description: str) -> date | None:
    """The day a description gives as that of the release."""
    said = _RELEASED.search(description)
    if said is None or said["month"] not in _MONTHS:
        return None
    try:
        return date(int(said["year"]), _MONTHS.index(said["month"]) + 1, int(said["day"]))
    except ValueError:
        return None
