"""Cerebras' list."""

from __future__ import annotations

import pytest
from pointsman import Model, Secret
from pointsman.testing import FakeHttp
from pointsman_cerebras import Cerebras, Config


@pytest.mark.anyio
async def test_the_host_is_not_the_maker() -> None:
    """It is written as the owner of every model, made in 1970; neither is believed."""
    row = {"created": 0, "id": "open-model-120b", "object": "model", "owned_by": "Cerebras"}
    provider = Cerebras(Config(Secret("key-0123456789")))

    assert (Model("open-model-120b"),) == tuple(await provider.models(FakeHttp({"data": [row]})))
