"""Embeddings in batches (https://docs.cohere.com/reference/embed)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pointsman import EmbedRequest, EmbedResponse, ResponseError
from pointsman.providers import normalised
from pointsman.wire.fields import count, rows, table

AT_ONCE = 96
"""Texts the API takes in one request."""

PURPOSE = "search_document"
"""What vectors are for when nobody says: to be found."""


def batches(model: str, request: EmbedRequest) -> Iterator[dict[str, Any]]:
    """The bodies to send, in order. `extra` adds to each and wins, but never over model and texts."""
    written: dict[str, Any] = {"input_type": PURPOSE}
    if request.dimensions is not None:
        written["output_dimension"] = request.dimensions
    written.update(request.extra)
    for start in range(0, len(request.inputs), AT_ONCE):
        texts = list(request.inputs[start : start + AT_ONCE])
        yield {**written, "model": model, "texts": texts, "embedding_types": ["float"]}


def embedded(answers: Sequence[Mapping[str, Any]], model: str, expected: int) -> EmbedResponse:
    """The vectors of all batches, and the tokens that are paid for where every batch tells them.

    Raises:
        ResponseError: There is not one vector for each text, all of one length.
    """
    found = [_vector(row) for answer in answers for row in rows(table(answer.get("embeddings")).get("float"))]
    if len(found) != expected or not all(found) or len({len(vector) for vector in found}) > 1:
        raise ResponseError(f"{expected} texts did not get a vector each", maybe_billed=True)
    counts = [_billed(answer) for answer in answers]
    stated = [each for each in counts if each is not None]
    used = normalised(sum(stated) if len(stated) == len(counts) else None, 0)
    return EmbedResponse(vectors=tuple(found), model=model, usage=used)


def _billed(answer: Mapping[str, Any]) -> int | None:
    return count(table(table(answer.get("meta")).get("billed_units")).get("input_tokens"))


def _vector(row: object) -> tuple[float, ...]:
    """The numbers of one vector; empty when it is none."""
    values = rows(row)
    if not all(type(value) in {int, float} for value in values):
        return ()
    return tuple(float(value) for value in values)
