"""Embeddings in batches (https://ai.google.dev/api/embeddings)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pointsman import EmbedRequest, EmbedResponse, ResponseError
from pointsman.providers import normalised
from pointsman.wire.fields import count, rows, table

AT_ONCE = 100
"""Texts the API takes in one batch."""


def batches(model: str, request: EmbedRequest) -> Iterator[dict[str, Any]]:
    """The bodies to send, in order; `extra` goes into each text's part."""
    wanted = {"outputDimensionality": request.dimensions} if request.dimensions is not None else {}
    name = f"models/{model.removeprefix('models/')}"
    for start in range(0, len(request.inputs), AT_ONCE):
        texts = request.inputs[start : start + AT_ONCE]
        asked = [
            {**wanted, **request.extra, "model": name, "content": {"parts": [{"text": text}]}}
            for text in texts
        ]
        yield {"requests": asked}


def embedded(answers: Sequence[Mapping[str, Any]], model: str, expected: int) -> EmbedResponse:
    """The vectors of all batches, and the tokens where every batch tells them.

    Raises:
        ResponseError: There is not one vector for each text, all of one length.
    """
    found = [_vector(table(row)) for answer in answers for row in rows(answer.get("embeddings"))]
    if len(found) != expected or not all(found) or len({len(vector) for vector in found}) > 1:
        raise ResponseError(f"{expected} texts did not get a vector each", maybe_billed=True)
    counts = [count(table(answer.get("usageMetadata")).get("promptTokenCount")) for answer in answers]
    stated = [each for each in counts if each is not None]
    used = normalised(sum(stated) if len(stated) == len(counts) else None, 0)
    return EmbedResponse(vectors=tuple(found), model=model, usage=used)


def _vector(row: Mapping[str, Any]) -> tuple[float, ...]:
    """The numbers of one vector; empty when it is none."""
    values = rows(row.get("values"))
    if not all(type(value) in {int, float} for value in values):
        return ()
    return tuple(float(value) for value in values)
