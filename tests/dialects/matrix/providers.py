"""Every shipped provider, each with a server of its dialect."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

from attrs import field, frozen
from pointsman.protocols import Provider
from pointsman.testing import AnthropicUpstream, ResponsesUpstream, Upstream
from pointsman.testing.dialect_upstream import DialectUpstream
from pointsman.types import Reasoning, Secret
from pointsman_openai import Api

from tests.dialects.matrix.clients import CITIES
from tests.dialects.matrix.upstreams import (
    SEAL,
    THOUGHT,
    BedrockUpstream,
    CohereUpstream,
    GeminiUpstream,
    OllamaUpstream,
    SpeakerUpstream,
    model,
)

KEY = "sk-matrix-4f1d0a5b9c3e7782"
OPEN = Reasoning(THOUGHT)
ROUTED = Reasoning(
    THOUGHT,
    SEAL,
    format="openai-chat",
    details={"type": "reasoning.text", "text": THOUGHT, "signature": SEAL, "format": "a-v1", "index": 0},
)
SIGNED = Reasoning(THOUGHT, SEAL, format="anthropic-messages")
ENCRYPTED = Reasoning(
    THOUGHT,
    format="openai-responses",
    details={
        "type": "reasoning",
        "id": "rs_9",
        "summary": [{"type": "summary_text", "text": THOUGHT}],
        "encrypted_content": SEAL,
    },
)


@frozen
class Shipped:
    """One provider.

    Attributes:
        name: In the table.
        upstream: Makes its server.
        extension: Of which plugin.
        settings: Of its config, beside key and address.
        root: Whether its address is the server's, without the path before ``/models``.
        format: The dialect whose sealed thoughts it reads; empty where it has none.
        beside: What the seal of its answer is beside, and must be beside when it comes back.
    """

    name: str
    upstream: Callable[[], Upstream]
    extension: str = field()
    settings: Mapping[str, Any] = field(factory=dict)
    root: bool = False
    format: str = ""
    beside: str = THOUGHT

    def provider(self, upstream: Upstream) -> Provider:
        """The provider, pointed at the server."""
        module = import_module("pointsman_" + self.extension.replace("-", "_"))
        extension = next(each for each in module.pointsman_providers() if each.name == self.extension)
        config: Any = extension.config
        address = upstream.url
        if isinstance(upstream, DialectUpstream) and not self.root:
            address = upstream.base_url
        made: Provider = extension.create(
            config(**{"key": Secret(KEY), "base_url": address, **self.settings})
        )
        return made


def _speaker(name: str, *, prefix: str = "/v1", root: bool = False, **settings: Any) -> Shipped:
    """One of the many that speak OpenAI's dialect."""
    thought = ROUTED if name == "openrouter" else OPEN
    return Shipped(
        name,
        lambda: SpeakerUpstream(prefix, thought),
        name,
        settings,
        root,
        "openai-chat" if name == "openrouter" else "",
    )


def _shipped() -> Iterator[Shipped]:
    yield Shipped(
        "anthropic", lambda: AnthropicUpstream([model(SIGNED)]), "anthropic", format="anthropic-messages"
    )
    yield _speaker("azure", prefix="/openai/v1", root=True, deployments=("m",))
    yield Shipped(
        "bedrock",
        BedrockUpstream,
        "bedrock",
        {"region": "us-east-1", "bearer": Secret(KEY)},
        format="bedrock-converse",
    )
    yield _speaker("cerebras")
    yield Shipped("cohere", CohereUpstream, "cohere")
    yield _speaker("deepseek")
    yield _speaker("fireworks")
    yield Shipped("gemini", GeminiUpstream, "gemini", format="gemini", beside=CITIES[0])
    yield _speaker("github-models", prefix="/inference", root=True)
    yield _speaker("groq")
    yield _speaker("huggingface")
    yield _speaker("mistral")
    yield _speaker("moonshot")
    yield Shipped("ollama", OllamaUpstream, "ollama")
    yield _speaker("openai")
    yield Shipped(
        "openai (responses)",
        lambda: ResponsesUpstream([model(ENCRYPTED)]),
        "openai",
        {"api": Api.RESPONSES},
        format="openai-responses",
    )
    yield _speaker("openai-compatible")
    yield _speaker("openrouter")
    yield _speaker("perplexity", prefix="")
    yield _speaker("together")
    yield _speaker("xai")


SHIPPED = tuple(_shipped())
