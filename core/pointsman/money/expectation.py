"""How large a call is expected to be, before it is made."""

from __future__ import annotations

from pointsman.money.tokens import request_tokens
from pointsman.types import ChatRequest

ANSWER = 500
"""Tokens of an answer nobody bounded: a prior, until a user's own traffic says better."""


def expected_tokens(request: ChatRequest) -> tuple[int, int]:
    """Input and output tokens this request is expected to use; the answer never exceeds its bound."""
    bound = request.max_output_tokens
    return request_tokens(request), ANSWER if bound is None else min(bound, ANSWER)
