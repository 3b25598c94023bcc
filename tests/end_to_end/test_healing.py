"""What goes wrong and is put right heals by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pointsman import PointsmanError, Router
from pointsman.testing import FakeModel, OpenAIUpstream

KEY, WRONG = "sk-canary-0123456789abcdef", "sk-canary-fedcba9876543210"


@pytest.fixture
async def upstream() -> AsyncIterator[OpenAIUpstream]:
    """One model."""
    async with OpenAIUpstream([FakeModel("alpha")], key=KEY) as serving:
        yield serving


@pytest.mark.anyio
@pytest.mark.parametrize("asked_before", [False, True])
async def test_a_wrong_key_put_right_needs_no_manual_refresh(
    upstream: OpenAIUpstream, tmp_path: Path, asked_before: bool
) -> None:
    """Whether the list or only a call was refused: with the right key the next command answers."""

    def router(key: str) -> Router:
        env = {
            "POINTSMAN_HOME": str(tmp_path),
            "POINTSMAN_ONLY": "openai-compatible,strategies",
            "OPENAI_COMPATIBLE_BASE_URL": upstream.base_url,
            "OPENAI_COMPATIBLE_API_KEY": key,
        }
        return Router.open({"catalog": {"refresh_in": "thread"}}, env=env)

    if asked_before:
        async with router(KEY) as right:
            await right.chat("hello")
    async with router(WRONG) as wrong:
        with pytest.raises(PointsmanError, match=r"HTTP 401|no chat model"):
            await wrong.chat("hello")
    async with router(KEY) as right:
        reply = await right.chat("hello again")

    assert reply.text == "alpha heard: hello again"
