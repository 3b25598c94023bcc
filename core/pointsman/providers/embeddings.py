"""Texts into vectors in the OpenAI dialect.

The format is that of ``POST /embeddings`` (https://platform.openai.com/docs/api-reference/embeddings).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from pointsman.dialects.errors import stated_error
from pointsman.dialects.refusals import not_taken
from pointsman.dialects.usage import normalised, stated_cost, tokens
from pointsman.errors import ResponseError
from pointsman.types import EmbedRequest, EmbedResponse, Usage
from pointsman.wire.fields import count, rows, string, table


def openai_embed_body(model: str, request: EmbedRequest, dimensions_field: str) -> dict[str, Any]:
    """The JSON that is sent. `extra` adds to it and wins, but never over model and input.

    Args:
        model: The model asked for.
        request: What to embed.
        dimensions_field: Name of the field for the length of the vectors; empty where there is none.

    Raises:
        InvalidRequestError: A length is asked for and the provider takes none.
    """
    written: dict[str, Any] = {}
    if request.dimensions is not None:
        if not dimensions_field:
            raise not_taken("dimensions", "not taken by this provider")
        written[dimensions_field] = request.dimensions
    written.update(request.extra)
    written.update(model=model, input=list(request.inputs))
    return written


def openai_embed_response(obj: Mapping[str, Any], model: str, inputs: int) -> EmbedResponse:
    """The vectors of an answer, in the order of the inputs.

    Args:
        obj: The parsed body.
        model: The model asked for: it stands in where the answer names none.
        inputs: How many texts were sent.

    Raises:
        ProviderError: The body holds an error.
        ResponseError: It holds another number of vectors, or what is no vector.
    """
    error = stated_error(obj)
    if error is not None:
        raise error
    found = [table(row) for row in rows(obj.get("data"))]
    places = [count(row.get("index")) for row in found]
    if sorted(place for place in places if place is not None) == list(range(len(found))):
        found = [row for _, row in sorted(zip(places, found, strict=True), key=lambda each: each[0] or 0)]
    vectors = tuple(_vector(row.get("embedding")) for row in found)
    if len(vectors) != inputs or len({len(vector) for vector in vectors}) > 1:
        raise ResponseError("the answer does not hold one vector per input", maybe_billed=True)
    return EmbedResponse(vectors, string(obj.get("model")) or model, _usage(obj))


def _usage(obj: Mapping[str, Any]) -> Usage:
    """Tokens of an answer: embeddings have input only."""
    used = table(obj.get("usage"))
    given = tokens(used.get("prompt_tokens")) or tokens(used.get("total_tokens"))
    return normalised(given, 0, cost=stated_cost(used))


def _vector(value: object) -> tuple[float, ...]:
    numbers = rows(value)
    if not numbers or not all(type(each) in {int, float} and isfinite(each) for each in numbers):
        raise ResponseError("the answer holds what is no vector of numbers", maybe_billed=True)
    return tuple(map(float, numbers))
