"""Errors, both ways (https://docs.anthropic.com/en/api/errors)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pointsman.dialects.errors import stated_error
from pointsman.errors import (
    AttemptsFailedError,
    AuthenticationError,
    BudgetError,
    ContentPolicyError,
    ContextWindowError,
    DeadlineError,
    InvalidRequestError,
    ModelNotFoundError,
    NoCandidateError,
    OverloadedError,
    PointsmanError,
    ProviderError,
    QuotaError,
    RateLimitError,
    RequestError,
    ServerError,
    UnknownNameError,
)
from pointsman.wire.fields import string

_WRITTEN: tuple[tuple[type[PointsmanError], int, str], ...] = (
    (AuthenticationError, 401, "authentication_error"),
    (QuotaError, 402, "billing_error"),
    (RateLimitError, 429, "rate_limit_error"),
    (OverloadedError, 529, "overloaded_error"),
    (ModelNotFoundError, 404, "not_found_error"),
    (ContextWindowError, 400, "invalid_request_error"),
    (InvalidRequestError, 400, "invalid_request_error"),
    (ContentPolicyError, 400, "invalid_request_error"),
    (DeadlineError, 504, "timeout_error"),
    (ServerError, 500, "api_error"),
    (ProviderError, 502, "api_error"),
    (UnknownNameError, 404, "not_found_error"),
    (NoCandidateError, 404, "not_found_error"),
    (RequestError, 400, "invalid_request_error"),
    (BudgetError, 402, "billing_error"),
)
"""The first that fits; anything else is the server's own failure."""

_TOO_LONG = "prompt is too long"
"""How the API says that a prompt does not fit; clients look for it, and shorten the conversation."""


def read_error(obj: Mapping[str, Any]) -> ProviderError | None:
    """The error that a body or an event of status 200 carries; None where there is none."""
    return stated_error(obj)


def write_error(error: PointsmanError) -> tuple[int, dict[str, Any]]:
    """HTTP status and body for a client. Of several attempts the last one counts."""
    last: PointsmanError = error
    if isinstance(error, AttemptsFailedError) and error.attempts:
        last = error.attempts[-1]
    found = ((status, kind) for cause, status, kind in _WRITTEN if isinstance(last, cause))
    status, kind = next(found, (500, "api_error"))
    if isinstance(last, BudgetError) and last.starts_again is not None:
        status, kind = 429, "rate_limit_error"
    message = string(getattr(error, "detail", "")) or str(error)
    if isinstance(last, ContextWindowError) and _TOO_LONG not in message:
        message = f"{_TOO_LONG}: {message}"
    return status, {"type": "error", "error": {"type": kind, "message": message}}
