"""Pointsman's own providers, each pointed at a server, behind a router that knows nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from pointsman import ChatResponse, PointsmanError, Router

KEY = "sk-servers-canary-0123456789abcdef"
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Today's weather in a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "maxLength": 12}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
SCHEMA: Mapping[str, Any] = WEATHER["function"]["parameters"]  # type: ignore[index]
PRICE = {"input": 3, "output": 15}
"""USD per million tokens."""


@frozen
class Dialect:
    """A provider that speaks one shape.

    Attributes:
        provider: Its plugin, ``pointsman-`` apart.
        path: Below the server's address.
        settings: What else its table says.
    """

    provider: str
    path: str = ""
    settings: Mapping[str, Any] = {}

    def table(self, url: str) -> dict[str, Any]:
        """``[providers.NAME]``."""
        key = {} if self.provider == "ollama" else {"key": KEY}
        return {"base_url": url + self.path, **key, **self.settings}


COMPATIBLE = Dialect("openai-compatible", "/v1")
OPENAI = Dialect("openai", "/v1")
RESPONSES = Dialect("openai", "/v1", {"api": "responses"})
ANTHROPIC = Dialect("anthropic")
GEMINI = Dialect("gemini")
BEDROCK = Dialect("bedrock", "", {"region": "eu-north-1", "bearer": KEY})
COHERE = Dialect("cohere")
OLLAMA = Dialect("ollama")

NAMES = {
    "compatible": COMPATIBLE,
    "openai": OPENAI,
    "responses": RESPONSES,
    "anthropic": ANTHROPIC,
    "gemini": GEMINI,
    "bedrock": BEDROCK,
    "cohere": COHERE,
    "ollama": OLLAMA,
}


@asynccontextmanager
async def opened(
    dialect: Dialect, url: str, home: Path, *, models: tuple[str, ...], **config: Any
) -> AsyncIterator[Router]:
    """A router with that one provider; its `models` have a price."""
    env = {
        "POINTSMAN_HOME": str(home),
        "POINTSMAN_ONLY": f"{dialect.provider},strategies,price-list",
        "POINTSMAN_CATALOG_REFRESH_IN": "thread",
    }
    prices = {f"{dialect.provider}/{model}": PRICE for model in models}
    tables = {
        "providers": {dialect.provider: dialect.table(url)},
        "pricing_sources": {"contract": {"prices": prices}},
        **config,
    }
    async with Router.open(tables, env=env) as router:
        yield router


async def whole(router: Router, prompt: Any, **options: Any) -> ChatResponse:
    """The answer in one piece."""
    return await router.chat(prompt, **options)


async def streamed(router: Router, prompt: Any, **options: Any) -> ChatResponse:
    """The answer in pieces; the text of the pieces is the text of the whole."""
    async with router.stream(prompt, **options) as stream:
        text = "".join([chunk.text async for chunk in stream])
    assert stream.response is not None
    assert stream.response.text == text
    return stream.response


WAYS = (whole, streamed)


async def both(router: Router, prompt: Any, **options: Any) -> list[ChatResponse]:
    """The whole answer, then the streamed one."""
    return [await way(router, prompt, **options) for way in WAYS]


async def refusals(router: Router, questions: Iterable[str], **options: Any) -> dict[str, list[type]]:
    """The class of the error that each question ends in, whole and streamed."""
    found: dict[str, list[type]] = {}
    for question in questions:
        for way in WAYS:
            with pytest.raises(PointsmanError) as caught:
                await way(router, question, **options)
            found.setdefault(question, []).append(type(caught.value))
    return found
