"""Thoughts of earlier answers: who may see them again."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from pointsman.types import ChatChunk, ChatRequest, ChatResponse, Part, Reasoning, ReasoningDelta


def for_provider(request: ChatRequest, provider: str) -> ChatRequest:
    """The request without thoughts that only another provider can read; itself where there are none.

    Args:
        request: What is asked.
        provider: Instance name of who is asked.
    """
    if not any(_foreign(part, provider) for turn in request.messages for part in turn.content):
        return request
    messages = (
        evolve(turn, content=[part for part in turn.content if not _foreign(part, provider)])
        for turn in request.messages
    )
    return evolve(request, messages=messages)


def _foreign(part: Part, provider: str) -> bool:
    return isinstance(part, Reasoning) and part.sealed and part.provider not in {"", provider}


def signed_piece(chunk: ChatChunk, provider: str) -> ChatChunk:
    """The same of a piece of an answer; itself where it holds nothing that only the provider can read."""
    for delta in chunk.deltas:
        if type(delta) is ReasoningDelta and delta.sealed:
            break
    else:
        return chunk
    return evolve(
        chunk,
        deltas=tuple(
            evolve(each, provider=provider) if isinstance(each, ReasoningDelta) else each
            for each in chunk.deltas
        ),
    )


def signed(response: ChatResponse, provider: str) -> Iterable[Part]:
    """The parts of an answer, whose thoughts say who had them."""
    if not any(isinstance(part, Reasoning) for part in response.content):
        return response.content
    return (
        evolve(part, provider=provider) if isinstance(part, Reasoning) else part for part in response.content
    )
