"""Embeddings."""

from __future__ import annotations

import pytest
from pointsman import EmbedRequest, EmbedResponse, ResponseError, Usage
from pointsman.testing import FakeHttp
from pointsman_ollama import Config, Ollama


@pytest.mark.anyio
async def test_embeds() -> None:
    """One vector per input, and the tokens they took."""
    http = FakeHttp({"model": "m:1", "embeddings": [[1, 0.5], [0, 2]], "prompt_eval_count": 4})
    answer = await Ollama(Config()).embed("m", EmbedRequest(["a", "b"], dimensions=2), http)

    assert EmbedResponse(((1.0, 0.5), (0.0, 2.0)), "m:1", Usage(4)) == answer
    assert http.sent[0].url == "http://localhost:11434/api/embed"
    assert http.sent[0].json == {"model": "m", "input": ["a", "b"], "dimensions": 2}


@pytest.mark.anyio
@pytest.mark.parametrize("vectors", [None, [], [[1], [2]], [[]], ["x"], [None]])
async def test_anything_else_is_an_error(vectors: object) -> None:
    """Vectors are never made up, nor given to another input."""
    with pytest.raises(ResponseError):
        await Ollama(Config()).embed("m", EmbedRequest(["a"]), FakeHttp({"embeddings": vectors}))
