"""Thoughts of earlier answers: who may see them again."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from pointsman.types import ChatRequest, ChatResponse, Part, Reasoning


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


def signed(response: ChatResponse, provider: str) -> Iterable[Part]:
    """The parts of an answer, whose thoughts say who had them."""
    if not response.reasoning:
        return response.content
    return (
        evolve(part, provider=provider) if isinstance(part, Reasoning) else part for part in response.content
    )
