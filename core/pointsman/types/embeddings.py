"""Texts into vectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from pointsman.types.money import Cost, Usage


@frozen
class EmbedRequest:
    """What to embed. Vectors of different models cannot be compared, so the model is always named.

    Attributes:
        inputs: Texts, one vector each.
        dimensions: Length of the vectors, for models that can shorten them.
        extra: Fields of the provider's own dialect, added to the body as they are.
    """

    inputs: tuple[str, ...] = field(converter=tuple[str, ...])
    dimensions: int | None = None
    extra: Mapping[str, Any] = field(factory=dict)


@frozen
class EmbedResponse:
    """One vector per input, in their order.

    Attributes:
        vectors: As many as there were inputs, all of one length.
        model: The model that answered, as the provider names it.
        usage: Tokens used; embeddings have no output.
        provider: Instance name of the provider; filled in by the router.
        cost: What it cost; filled in by the router.
        call_id: The ledger's row; filled in by the router.
    """

    vectors: tuple[tuple[float, ...], ...]
    model: str
    usage: Usage
    provider: str = ""
    cost: Cost = Cost(None, "unknown")
    call_id: str = ""
