"""How thinking is requested (https://ai.google.dev/gemini-api/docs/thinking)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from pointsman import ChatRequest
from pointsman.dialects.refusals import not_taken

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
