"""A request within the limits the model list states."""

from __future__ import annotations

from typing import Any

from attrs import evolve
from pointsman import ChatRequest
from pointsman.dialects.anthropic_messages import SHORTEST, write_request
from pointsman.dialects.refusals import not_taken

from pointsman_anthropic.listing import Limits

LONGEST_DEFAULT = 20_000
"""Tokens asked for at most when the caller names no bound: an answer that is not streamed has to come within
ten minutes, which the API's own clients take for about 21,000 tokens."""


def body(model: str, request: ChatRequest, limits: Limits, *, stream: bool) -> dict[str, Any]:
    """The JSON that is sent. `extra` adds to it and wins, but never over model, messages and stream.

    Raises:
        InvalidRequestError: The request holds something the API or this model cannot take.
    """
    if "output_config" not in request.extra:
        _refuse(request, limits)
    if request.max_output_tokens is None:
        most = min(limits.max_output_tokens or SHORTEST, LONGEST_DEFAULT)
        request = evolve(request, max_output_tokens=most)
    return write_request(model, request, stream=stream)


def _refuse(request: ChatRequest, limits: Limits) -> None:
    wanted, effort = request.response_format, request.reasoning_effort
    if wanted is not None and not limits.structured:
        raise not_taken("response_format", "the model list does not say that this model takes a schema")
    if effort not in {None, "none"} and limits.efforts is not None and effort not in limits.efforts:
        known = ", ".join(sorted(limits.efforts)) or "none at all"
        raise not_taken("reasoning_effort", f"this model takes {known}")
