"""OpenAI's embeddings."""

from __future__ import annotations

import pytest
from pointsman import EmbedRequest, Secret, Usage
from pointsman.testing import FakeHttp
from pointsman_openai import Config, OpenAI


@pytest.mark.anyio
async def test_embeddings() -> None:
    """Texts go out, with the length wanted; vectors and tokens come back."""
    usage = {"prompt_tokens": 3, "total_tokens": 3}
    http = FakeHttp({"data": [{"index": 0, "embedding": [0.5, 0.25]}], "model": "e-1", "usage": usage})
    answer = await OpenAI(Config(Secret("key-0123456789"))).embed("e", EmbedRequest(["hi"], 2), http)

    assert (((0.5, 0.25),), "e-1", Usage(3, 0)) == (answer.vectors, answer.model, answer.usage)
    assert http.sent[0].url == "https://api.openai.com/v1/embeddings"
    assert http.sent[0].json == {"model": "e", "input": ["hi"], "dimensions": 2}
