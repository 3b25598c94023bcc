"""Errors in the words of OpenAI's dialects (https://platform.openai.com/docs/guides/error-codes)."""

from __future__ import annotations

from typing import Any

from pointsman.errors import (
    AuthenticationError,
    BudgetError,
    ContentPolicyError,
    ContextWindowError,
    DeadlineError,
    InvalidRequestError,
    ModelNotFoundError,
    NoCandidateError,
    PointsmanError,
    ProviderError,
    QuotaError,
    RateLimitError,
    RequestError,
    UnknownNameError,
)

_KINDS: tuple[tuple[type[PointsmanError], int, str, str | None], ...] = (
    (ContextWindowError, 400, "invalid_request_error", "context_length_exceeded"),
    (ContentPolicyError, 400, "invalid_request_error", "content_policy_violation"),
    (ModelNotFoundError, 404, "invalid_request_error", "model_not_found"),
    (UnknownNameError, 404, "invalid_request_error", "model_not_found"),
    (InvalidRequestError, 400, "invalid_request_error", None),
    (RequestError, 400, "invalid_request_error", None),
    (AuthenticationError, 401, "authentication_error", "invalid_api_key"),
    (QuotaError, 429, "insufficient_quota", "insufficient_quota"),
    (BudgetError, 429, "insufficient_quota", "insufficient_quota"),
    (RateLimitError, 429, "rate_limit_error", "rate_limit_exceeded"),
    (DeadlineError, 504, "server_error", "timeout"),
    (NoCandidateError, 503, "server_error", "no_model_available"),
    (ProviderError, 502, "server_error", None),
)
"""Status, type and code of each class; the first that fits."""


def write_error(error: PointsmanError) -> tuple[int, dict[str, Any]]:
    """HTTP status and body that tell a client of an error."""
    found = (row[1:] for row in _KINDS if isinstance(error, row[0]))
    status, kind, code = next(found, (500, "server_error", None))
    parameter = getattr(error, "parameter", "") or None
    return status, {"error": {"message": str(error), "type": kind, "param": parameter, "code": code}}
