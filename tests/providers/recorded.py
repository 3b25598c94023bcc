"""Recorded exchanges, and the engines they belong to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from attrs import evolve, frozen
from pointsman.protocols import Provider
from pointsman.providers import OpenAICompatible
from pointsman.testing import Upstream
from pointsman.types import ChatChunk, ChatResponse, FinishReason, Secret, Usage
from pointsman_anthropic import Anthropic
from pointsman_groq import Groq
from pointsman_mistral import Mistral
from pointsman_ollama import Ollama
from pointsman_openai import OpenAI
from pointsman_openrouter import OpenRouter


@frozen
class Config:
    """Any engine is made from these."""

    base_url: str
    key: Secret = Secret("recorded-key")


@frozen
class Told:
    """What a recorded answer says.

    Attributes:
        start, size: How its text begins, and its length in characters.
        usage: Tokens.
        model: Who answered.
        reason: Why it ended.
        tools: Names and arguments of the tools asked for.
        thought: Length of the thoughts.
    """

    start: str
    size: int
    usage: Usage
    model: str
    reason: FinishReason = FinishReason.STOP
    tools: tuple[tuple[str, str], ...] = ()
    thought: int = 0


ENGINES: dict[str, Callable[[Any], Provider]] = {
    "openai": OpenAI,
    "groq": Groq,
    "mistral": Mistral,
    "openrouter": OpenRouter,
    "anthropic": Anthropic,
    "ollama": Ollama,
}

# Recordings of Ollama's OpenAI-compatible endpoints are read by the engine for those.
COMPATIBLE = {
    "ollama/openai_compat_chat.json",
    "ollama/cloud_openai_compat_stream.json",
    "ollama/cloud_error_400_context_length.json",
    "ollama/cloud_error_401.json",
    "ollama/models_list_2026-02.json",
}


def engine(name: str, upstream: Upstream) -> Provider:
    """The engine a recording belongs to, pointed at the replaying server."""
    config = Config(upstream.url)
    return OpenAICompatible(config) if name in COMPATIBLE else ENGINES[name.partition("/")[0]](config)


def route(name: str, what: str) -> str:
    """Where the engine looks for a list or an answer."""
    folder = "compatible" if name in COMPATIBLE else name.partition("/")[0]
    places = {
        "anthropic": {"models": "/v1/models", "chat": "/v1/messages"},
        "ollama": {"models": "/api/tags", "chat": "/api/chat"},
    }
    return places.get(folder, {"models": "/models", "chat": "/chat/completions"})[what]


def load(folder: Path, name: str) -> dict[str, Any]:
    """One recording."""
    recording: dict[str, Any] = orjson.loads((folder / "recorded" / name).read_bytes())
    return recording


def told_whole(answer: ChatResponse) -> Told:
    """What a whole answer says."""
    return Told(
        answer.text,
        len(answer.text),
        answer.usage,
        answer.model,
        answer.finish_reason,
        tuple((call.name, call.arguments) for call in answer.tool_calls),
        sum(len(thought.text) for thought in answer.reasoning),
    )


def told(chunks: list[ChatChunk]) -> Told:
    """What the pieces of a stream say together."""
    text = "".join(chunk.text for chunk in chunks)
    names: dict[int, str] = {}
    arguments: dict[int, str] = {}
    for delta in (delta for chunk in chunks for delta in chunk.tool_calls):
        names[delta.index] = names.get(delta.index, "") + delta.name
        arguments[delta.index] = arguments.get(delta.index, "") + delta.arguments
    (reason,) = (chunk.finish_reason for chunk in chunks if chunk.finish_reason)
    return Told(
        text,
        len(text),
        [chunk.usage for chunk in chunks if chunk.usage][-1],
        next(chunk.model for chunk in chunks if chunk.model),
        reason,
        tuple((names[index], arguments[index]) for index in sorted(names)),
        sum(len(chunk.reasoning) for chunk in chunks),
    )


def shortened(heard: Told, expected: Told) -> Told:
    """`heard` with as much of its text as `expected` shows."""
    return evolve(heard, start=heard.start[: len(expected.start)])
