"""Errors in Anthropic's dialect, both ways."""

from __future__ import annotations

import pytest
from pointsman.dialects.anthropic_messages import read_error, write_error
from pointsman.errors import (
    AttemptsFailedError,
    AuthenticationError,
    BudgetError,
    ContentPolicyError,
    ContextWindowError,
    DeadlineError,
    InvalidRequestError,
    LedgerError,
    ModelNotFoundError,
    NoCandidateError,
    OverloadedError,
    PointsmanError,
    ProviderError,
    QuotaError,
    RateLimitError,
    RequestError,
    ResponseError,
    ServerError,
    UnknownNameError,
)


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (AuthenticationError("no"), 401, "authentication_error"),
        (QuotaError("no"), 402, "billing_error"),
        (RateLimitError("no"), 429, "rate_limit_error"),
        (OverloadedError("no"), 529, "overloaded_error"),
        (ModelNotFoundError("no"), 404, "not_found_error"),
        (InvalidRequestError("no"), 400, "invalid_request_error"),
        (ContentPolicyError("no"), 400, "invalid_request_error"),
        (DeadlineError("no"), 504, "timeout_error"),
        (ServerError("no"), 500, "api_error"),
        (ResponseError("no"), 502, "api_error"),
        (RequestError("no"), 400, "invalid_request_error"),
        (NoCandidateError("no"), 404, "not_found_error"),
        (BudgetError("no"), 402, "billing_error"),
        (BudgetError("no", starts_again=7.0), 429, "rate_limit_error"),
        (LedgerError("no"), 500, "api_error"),
    ],
)
def test_errors_for_clients(error: PointsmanError, status: int, kind: str) -> None:
    """Status and type are the dialect's own for what happened."""
    assert write_error(error) == (status, {"type": "error", "error": {"type": kind, "message": "no"}})


def test_the_last_attempt_counts() -> None:
    """It says why nobody else was asked; the message names all."""
    failed = AttemptsFailedError([ServerError("one"), RateLimitError("two")])
    status, body = write_error(failed)

    assert status == 429
    assert "one" in body["error"]["message"]


def test_an_unknown_name() -> None:
    """The client asked for a model that is none."""
    assert write_error(UnknownNameError("model", "x"))[0] == 404


def test_a_prompt_that_is_too_long() -> None:
    """Clients look for these words, and shorten the conversation."""
    said = [
        write_error(ContextWindowError(words))[1]["error"]["message"]
        for words in ("maximum context length is 8", "prompt is too long: 9 tokens > 8 maximum")
    ]

    assert said == [
        "prompt is too long: maximum context length is 8",
        "prompt is too long: 9 tokens > 8 maximum",
    ]


@pytest.mark.parametrize(
    "error",
    [
        AuthenticationError("wrong key"),
        QuotaError("nothing left"),
        RateLimitError("slowly"),
        OverloadedError("full"),
        ModelNotFoundError("which?"),
        ContextWindowError("9 of 8 tokens"),
        InvalidRequestError("seed is not taken"),
        ServerError("broken"),
    ],
)
def test_a_written_error_is_read_as_what_it_was(error: ProviderError) -> None:
    """By its type alone, as inside a stream."""
    assert type(read_error(write_error(error)[1])) is type(error)


@pytest.mark.parametrize("obj", [{}, {"type": "message", "content": []}, {"type": "ping"}, {"error": None}])
def test_what_is_no_error(obj: dict[str, object]) -> None:
    """It is not taken for one."""
    assert read_error(obj) is None
