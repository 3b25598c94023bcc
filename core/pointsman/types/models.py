"""What a provider says of a model it serves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from attrs import field, frozen


class Kind(StrEnum):
    """What a model is for. Only `CHAT` models are offered for chat."""

    CHAT = "chat"
    COMPLETION = "completion"
    EMBEDDING = "embedding"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    RERANK = "rerank"
    MODERATION = "moderation"
    OTHER = "other"


class Capability(StrEnum):
    """What a chat model may be able to do beyond text in, text out."""

    STREAMING = "streaming"
    TOOLS = "tools"
    VISION = "vision"
    JSON_SCHEMA = "json_schema"
    REASONING = "reasoning"
    AUDIO_INPUT = "audio_input"
    DOCUMENT_INPUT = "document_input"


def capability_set(values: Iterable[Capability]) -> frozenset[Capability]:
    """Any collection of capabilities as the set a value keeps."""
    return frozenset(values)


@frozen
class Facts:
    """What a source that does not serve a model says of it beside its figures; None and empty: nothing.

    The catalog asks these where names alone cannot decide which model a row means.

    Attributes:
        known_as: Other names of the same model the source cites: its dated id, a Hugging Face repository, the
            id in another list.
        released: Release day.
        context_window: Input plus output, in tokens.
        max_output_tokens: In tokens.
        kind: What it is for.
        can: Capabilities the source grants.
        open_weights: Whether anybody may download and serve it.
    """

    known_as: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    released: date | None = None
    context_window: int | None = None
    max_output_tokens: int | None = None
    kind: Kind | None = None
    can: frozenset[Capability] = field(default=frozenset(), converter=capability_set)
    open_weights: bool | None = None


NO_FACTS = Facts()


@frozen
class Model:
    """One model as its provider's own list tells it. What the endpoint does not say is None or absent.

    Attributes:
        id: Exactly what the provider wants to read in a request.
        name: Display name.
        kind: What it is for; None when the endpoint does not say (the catalog then decides).
        creator: Who made it, as written by the provider.
        context_window: Input plus output, in tokens.
        max_output_tokens: In tokens.
        can: Capabilities the endpoint grants.
        cannot: Capabilities the endpoint denies; a capability in neither is unknown.
        aliases: Other ids the provider accepts for it.
        known_as: Names of the same model elsewhere that the provider cites (a canonical slug, a Hugging Face
            repository); it need not accept them.
        created: Release or creation day as stated by the provider.
        retires: Day from which the provider no longer serves it.
        active: Whether the provider serves it now.
        local: Whether it runs on the user's own machine (no price is then no cost).
    """

    id: str
    name: str | None = None
    kind: Kind | None = None
    creator: str | None = None
    context_window: int | None = None
    max_output_tokens: int | None = None
    can: frozenset[Capability] = field(default=frozenset(), converter=capability_set)
    cannot: frozenset[Capability] = field(default=frozenset(), converter=capability_set)
    aliases: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    created: date | None = None
    retires: date | None = None
    active: bool = True
    local: bool = False
    known_as: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
