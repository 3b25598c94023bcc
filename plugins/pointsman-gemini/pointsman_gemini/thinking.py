"""How thinking is requested, and how its thoughts are handed back to it.

Formats: https://ai.google.dev/gemini-api/docs/thinking and https://ai.google.dev/gemini-api/docs/thought-signatures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen
from pointsman import ChatRequest, Part, Reasoning
from pointsman.providers import not_taken
from pointsman.wire.fields import string

CALL = "call:"
"""Begins a signature that came with the first tool call of an answer."""

TEXT = "text:"
"""Begins a signature that came with a text."""

UNSIGNED = "skip_thought_signature_validator"
"""The documented stand-in for the signature of a tool call that has none.

Models that sign their calls refuse a conversation in which another model, or a caller that keeps no thoughts,
left one unsigned."""

# Tokens each effort stands for, as the API's own OpenAI-compatible endpoint translates them:
# https://ai.google.dev/gemini-api/docs/openai#thinking
_BUDGETS: Mapping[str, int] = {"minimal": 1_024, "low": 1_024, "medium": 8_192, "high": 24_576}


@frozen
class Thinker:
    """What is known of how a model thinks.

    Attributes:
        thinks: Whether it does; None when nobody says.
        counted: Whether it takes a budget of tokens instead of a level.
    """

    thinks: bool | None = None
    counted: bool = False


def thinking_config(request: ChatRequest, thinker: Thinker) -> dict[str, Any] | None:
    """What a reasoning effort is written as; levels go out as they are, and the API says which it knows.

    Raises:
        InvalidRequestError: The model does not think, or its budget for this effort is not known.
    """
    effort = request.reasoning_effort
    if effort is None:
        return None
    if effort == "none":
        return None if thinker.thinks is False else {"thinkingBudget": 0}
    if thinker.thinks is False:
        raise not_taken("reasoning_effort", "the model list does not say that this model thinks")
    if not thinker.counted:
        return {"thinkingLevel": effort, "includeThoughts": True}
    if effort not in _BUDGETS:
        raise not_taken("reasoning_effort", f"this model takes none, {', '.join(_BUDGETS)}")
    return {"thinkingBudget": _BUDGETS[effort], "includeThoughts": True}


def signature_of(part: Mapping[str, Any]) -> str:
    """The signature a part of an answer carries, marked with where it belongs; empty when it has none."""
    signature = string(part.get("thoughtSignature"))
    if not signature:
        return ""
    return (CALL if "functionCall" in part else TEXT) + signature


def signature_for(mark: str, parts: Iterable[Part]) -> str:
    """The signature that thoughts kept for the part `mark` stands for; other providers' are passed over."""
    kept = [part.signature for part in parts if isinstance(part, Reasoning)]
    return next((each.removeprefix(mark) for each in reversed(kept) if each.startswith(mark)), "")
