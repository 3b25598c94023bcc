"""Refusals of every kind, as the fault catalogue wants them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.errors import (
    Advice,
    AuthenticationError,
    ContentPolicyError,
    ContextWindowError,
    InvalidRequestError,
    ModelNotFoundError,
    OverloadedError,
    ProviderError,
    QuotaError,
    RateLimitError,
    ResponseError,
    Scope,
    ServerError,
    TransportError,
)
from pointsman.failures import classify, from_error_object
from pointsman.types import Secret

KEY, CALLER, DEPLOYMENT = Scope.KEY, Scope.CALLER, Scope.DEPLOYMENT
SAME, OTHER, NEXT, STOP = Advice.RETRY_SAME, Advice.OTHER_KEY, Advice.NEXT_CANDIDATE, Advice.FAIL_FAST


def refuse(
    http: int, message: str = "", headers: dict[str, str] | None = None, fields: dict[str, Any] | None = None
) -> ProviderError:
    """The error of a refusal in the most common shape."""
    return classify(http, headers or {}, orjson.dumps({"error": {"message": message, **(fields or {})}}))


@pytest.mark.parametrize(
    ("status", "message", "fields", "error", "scope", "advice"),
    [
        (400, "bad things", {}, InvalidRequestError, CALLER, NEXT),
        (400, "We could not parse the JSON body of your request.", {}, InvalidRequestError, CALLER, STOP),
        (400, "messages: at least one message is required", {}, InvalidRequestError, CALLER, STOP),
        (400, "Your credit balance is too low to access the API", {}, QuotaError, KEY, OTHER),
        (400, "x is not a valid model ID", {}, ModelNotFoundError, DEPLOYMENT, NEXT),
        (400, "gone", {"code": "model_decommissioned"}, ModelNotFoundError, DEPLOYMENT, NEXT),
        (400, "The response was filtered", {"code": "content_filter"}, ContentPolicyError, CALLER, STOP),
        (400, "violates our usage policies", {}, ContentPolicyError, CALLER, STOP),
        (402, "", {}, QuotaError, KEY, OTHER),
        (403, "Your input was flagged by moderation", {}, ContentPolicyError, CALLER, STOP),
        (403, "Key disabled", {}, AuthenticationError, KEY, OTHER),
        (403, "no access", {"code": "model_not_found"}, ModelNotFoundError, DEPLOYMENT, NEXT),
        (404, "", {}, ModelNotFoundError, DEPLOYMENT, NEXT),
        (405, "", {}, InvalidRequestError, DEPLOYMENT, NEXT),
        (408, "", {}, ServerError, DEPLOYMENT, SAME),
        (409, "", {}, ServerError, DEPLOYMENT, SAME),
        (410, "", {}, ModelNotFoundError, DEPLOYMENT, NEXT),
        (413, "request_too_large", {}, InvalidRequestError, CALLER, NEXT),
        (413, "Limit 6000, Requested 12903", {"code": "rate_limit_exceeded"}, RateLimitError, KEY, OTHER),
        (413, "Request too large", {"code": "rate_limit_exceeded"}, RateLimitError, CALLER, NEXT),
        (422, "too_long: maximum context length is 9", {}, ContextWindowError, CALLER, NEXT),
        (429, "Slow down", {}, RateLimitError, KEY, OTHER),
        (429, "spending limit reached", {"code": "enforced_spend_limit_reached"}, QuotaError, KEY, OTHER),
        (429, "maximum context length", {}, RateLimitError, KEY, OTHER),
        (429, "Overloaded", {}, OverloadedError, DEPLOYMENT, NEXT),
        (498, "Flex tier capacity exceeded", {}, OverloadedError, DEPLOYMENT, NEXT),
        (500, "", {}, ServerError, DEPLOYMENT, SAME),
        (500, "the prompt is too long", {}, ServerError, DEPLOYMENT, SAME),
        (501, "", {}, InvalidRequestError, DEPLOYMENT, NEXT),
        (502, "", {}, ServerError, DEPLOYMENT, SAME),
        (503, "", {}, OverloadedError, DEPLOYMENT, NEXT),
        (504, "", {}, ServerError, DEPLOYMENT, SAME),
        (529, "", {}, OverloadedError, DEPLOYMENT, NEXT),
        (600, "", {}, ResponseError, DEPLOYMENT, NEXT),
    ],
)
def test_what_it_means(  # noqa: PLR0917 - a table of six columns
    status: int,
    message: str,
    fields: dict[str, Any],
    error: type[ProviderError],
    scope: Scope,
    advice: Advice,
) -> None:
    """One row per kind of refusal."""
    found = refuse(status, message, fields=fields)

    assert (type(found), found.scope, found.advice) == (error, scope, advice)


def test_a_daily_quota_is_money() -> None:
    """A quota whose own id says per day cannot be waited for, whatever delay stands beside it."""
    details = [{"violations": [{"quotaId": "RequestsPerDayPerProject"}]}, {"retryDelay": "34s"}]
    found = refuse(429, "Quota exceeded", fields={"status": "RESOURCE_EXHAUSTED", "details": details})

    assert (type(found), found.retry_after) == (QuotaError, 34.0)


@pytest.mark.parametrize(
    ("remaining", "expected"), [("1000", CALLER), ("999", KEY), ("0", KEY)], ids=["all", "some", "none"]
)
def test_an_untouched_budget_means_too_large(remaining: str, expected: Scope) -> None:
    """A refusal without a wait, while the whole budget is there, is about this request alone."""
    headers = {"x-ratelimit-limit-tokens": "1000", "x-ratelimit-remaining-tokens": remaining}

    assert refuse(429, "Slow down", headers).scope == expected


def test_an_untouched_budget_with_a_wait_is_a_rate_limit() -> None:
    """When the provider names a wait, it is right to wait."""
    headers = {
        "x-limit": "1",
        "retry-after": "3",
        "x-ratelimit-limit-tokens": "9",
        "x-ratelimit-remaining-tokens": "9",
    }
    found = refuse(429, "Slow down", headers)

    assert (found.scope, found.retry_after) == (KEY, 3.0)


@pytest.mark.parametrize(("said", "expected"), [("false", NEXT), ("true", SAME), ("", SAME)])
def test_vendors_may_forbid_a_retry(said: str, expected: Advice) -> None:
    """`x-should-retry: false` turns "the same again" into "the next one"."""
    assert refuse(500, "oops", {"x-should-retry": said}).advice == expected


@pytest.mark.parametrize(
    ("status", "expected"), [(500, False), (504, True), (524, True), (408, True), (429, False)]
)
def test_time_limits_may_have_been_billed(status: int, expected: bool) -> None:
    """Whoever ran into a time limit may have worked until then."""
    assert refuse(status).maybe_billed == expected


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b'{"error": {"message": "a"}}', "a"),
        (b'{"error": "a"}', "a"),
        (b'{"error": "a", "message": "b"}', "a · b"),
        (b'{"detail": "a"}', "a"),
        (b'{"detail": [{"loc": ["body"], "msg": "a"}]}', "a"),
        (b'{"message": "a"}', "a"),
        (b'[{"error": {"message": "a"}}]', "a"),
        (b'{"error": {"message": "outer", "metadata": {"raw": "inner"}}}', "outer · inner"),
        (b'"a"', "a"),
        (b"a", "a"),
        (b"<html><title>502 Bad Gateway</title></html>", "an HTML page: 502 Bad Gateway"),
        (b"<html>", "an HTML page"),
        (b"", "no message"),
        (b"{}", "no message"),
        (b"null", "no message"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b'{"error": {"message": "a", "param": "stop"}}', "a (parameter 'stop')"),
        (b'{"error": {"message": "no stop", "param": "stop"}}', "no stop"),
        (b'{"error": {"message": "a\\u001b[31m\\r\\nb\\u202e"}}', "a [31m b"),
    ],
)
def test_where_the_message_is(body: bytes, detail: str) -> None:
    """Dicts, strings, lists, plain text and HTML; printable and on one line."""
    assert classify(400, {}, body).detail == detail


def test_a_message_is_shortened() -> None:
    """A page of text becomes a paragraph."""
    assert len(refuse(400, "x" * 100_000).detail) == 500


def test_an_echoed_key_is_masked() -> None:
    """Known keys by value, unknown ones by their look."""
    known = Secret("correct-horse-battery")
    found = refuse(401, f"bad key {known.reveal()} or sk-abcdefghijklmnopqrstuvwxyz")

    assert found.detail == "bad key [redacted] or [redacted]"


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("https://evil.example/path?token=1", "a redirect to evil.example was not followed"),
        ("/elsewhere", "a redirect was not followed"),
        ("http://[", "a redirect was not followed"),
    ],
)
def test_redirects(location: str, message: str) -> None:
    """Named by their host and nothing else."""
    found = classify(302, {"location": location}, b"")

    assert (type(found), found.detail, found.scope) == (TransportError, message, Scope.PROVIDER)


@pytest.mark.parametrize(
    ("event", "error"),
    [
        ({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, OverloadedError),
        ({"error": {"code": 429, "message": "Provider returned error"}}, RateLimitError),
        ({"error": {"code": 502, "message": "Provider disconnected"}}, ServerError),
        ({"error": {"code": "429", "message": "Slow down"}}, RateLimitError),
        ({"type": "error", "error": {"type": "rate_limit_error", "message": "Slow"}}, RateLimitError),
        ({"type": "error", "error": {"type": "authentication_error", "message": "x"}}, AuthenticationError),
        ({"type": "error", "error": {"type": "invalid_request_error", "message": "x"}}, InvalidRequestError),
        ({"type": "error", "error": {"type": "api_error", "message": "x"}}, ServerError),
        ({"error": "model 'a' not found"}, ModelNotFoundError),
        ("something broke", ServerError),
        ({}, ServerError),
        (None, ServerError),
    ],
)
def test_errors_inside_a_stream(event: object, error: type[ProviderError]) -> None:
    """A status inside the object counts; without one its kind, then its words."""
    assert type(from_error_object(event)) is error


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["error", "message", "code", "detail", "x"]), inner)
    ),
)


@given(
    st.integers(300, 999), st.dictionaries(st.text(), st.text()), st.binary() | json_values.map(orjson.dumps)
)
def test_whatever_is_sent(status: int, headers: dict[str, str], body: bytes) -> None:
    """Nothing raises; the message is never empty, never long, never more than a line."""
    found = classify(status, headers, body)

    assert isinstance(found, ProviderError)
    assert found.status == status
    assert 0 < len(found.detail) < 700
    assert found.detail.splitlines() == [found.detail]


def test_a_deep_body_is_read_as_text() -> None:
    """200,000 brackets cost neither the stack nor the time."""
    assert type(classify(500, {}, b"[" * 200_000)) is ServerError


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b'{"error": {"message": "image input is not supported - hint: load a projector"}}'),
        (500, b'{"error": "This model does not support audio."}'),
        (
            500,
            b'data: {"error": {"message": "tools are not supported"}}\n\ndata: [DONE]\n',
        ),
    ],
)
def test_what_a_model_cannot_take_is_no_failure_of_its_server(status: int, body: bytes) -> None:
    """Nobody cools down, and the next candidate is asked; also where the body is written as events."""
    error = classify(status, {}, body)

    assert (type(error), error.advice) == (InvalidRequestError, Advice.NEXT_CANDIDATE)
    assert "data:" not in error.detail
