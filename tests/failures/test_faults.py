"""The catalogue of faults, as far as a status, headers and a body tell them.

What a connection tells is tested beside the HTTP client, what a stream tells beside the provider's readers.
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest
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
    Scope,
    ServerError,
    TransportError,
)
from pointsman.failures import classify

KEY, CALLER, DEPLOYMENT, PROVIDER = Scope.KEY, Scope.CALLER, Scope.DEPLOYMENT, Scope.PROVIDER
SAME, OTHER, NEXT, STOP = Advice.RETRY_SAME, Advice.OTHER_KEY, Advice.NEXT_CANDIDATE, Advice.FAIL_FAST
NOON = "Sat, 01 Jun 2024 12:00:00 GMT"
TWO_LATER = "Sat, 01 Jun 2024 12:00:02 GMT"

Row = tuple[str, int, dict[str, str], dict[str, Any], type[ProviderError], Scope, Advice, float | None]

ROWS: list[Row] = [
    ("U01", 429, {"retry-after": "2"}, {}, RateLimitError, KEY, OTHER, 2.0),
    ("U02", 429, {"retry-after": TWO_LATER, "date": NOON}, {}, RateLimitError, KEY, OTHER, 2.0),
    ("U03", 429, {}, {}, RateLimitError, KEY, OTHER, None),
    ("U03 ms", 429, {"retry-after-ms": "1500"}, {}, RateLimitError, KEY, OTHER, 1.5),
    ("U03 zero", 429, {"retry-after": "0"}, {}, RateLimitError, KEY, OTHER, 0.0),
    ("U03 zero ms", 429, {"retry-after-ms": "0"}, {}, RateLimitError, KEY, OTHER, 0.0),
    (
        "U03 reset",
        429,
        {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "7s"},
        {},
        RateLimitError,
        KEY,
        OTHER,
        7.0,
    ),
    ("U04 a day", 429, {"retry-after": "86400"}, {}, RateLimitError, KEY, OTHER, 3600.0),
    ("U04 garbage", 429, {"retry-after": "soon"}, {}, RateLimitError, KEY, OTHER, None),
    ("U04 past", 429, {"retry-after": NOON, "date": TWO_LATER}, {}, RateLimitError, KEY, OTHER, None),
    ("U05", 429, {}, {"code": "insufficient_quota"}, QuotaError, KEY, OTHER, None),
    ("U05 spend", 429, {}, {"code": "enforced_spend_limit_reached"}, QuotaError, KEY, OTHER, None),
    ("U06", 500, {}, {}, ServerError, DEPLOYMENT, SAME, None),
    ("U07", 502, {}, {}, ServerError, DEPLOYMENT, SAME, None),
    ("U07 late", 504, {}, {}, ServerError, DEPLOYMENT, SAME, None),
    ("U08", 503, {"retry-after": "9"}, {}, OverloadedError, DEPLOYMENT, NEXT, 9.0),
    ("U09", 529, {}, {"type": "overloaded_error"}, OverloadedError, DEPLOYMENT, NEXT, None),
    ("U10", 408, {}, {}, ServerError, DEPLOYMENT, SAME, None),
    ("U10 conflict", 409, {}, {}, ServerError, DEPLOYMENT, SAME, None),
    ("U32", 400, {}, {"code": "context_length_exceeded"}, ContextWindowError, CALLER, NEXT, None),
    ("U33", 404, {}, {"code": "model_not_found"}, ModelNotFoundError, DEPLOYMENT, NEXT, None),
    ("U33 gone", 410, {}, {}, ModelNotFoundError, DEPLOYMENT, NEXT, None),
    ("U34", 401, {}, {"message": "The key was revoked."}, AuthenticationError, KEY, OTHER, None),
    ("U35 key", 403, {}, {"message": "Key disabled."}, AuthenticationError, KEY, OTHER, None),
    ("U35 moderation", 403, {}, {"message": "Input flagged."}, ContentPolicyError, CALLER, STOP, None),
    ("U36", 402, {}, {}, QuotaError, KEY, OTHER, None),
    ("U37", 400, {}, {"message": "Unsupported.", "param": "stop"}, InvalidRequestError, CALLER, NEXT, None),
    ("U38", 413, {}, {}, InvalidRequestError, CALLER, NEXT, None),
    ("U39", 302, {"location": "https://x.example/"}, {}, TransportError, PROVIDER, NEXT, None),
    ("U39 kept", 307, {"location": "https://x.example/"}, {}, TransportError, PROVIDER, NEXT, None),
    (
        "U43 early",
        429,
        {"retry-after": "Sat, 01 Jun 2024 06:00:03 GMT", "date": "Sat, 01 Jun 2024 06:00:00 GMT"},
        {},
        RateLimitError,
        KEY,
        OTHER,
        3.0,
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_what_the_catalogue_wants(row: Row) -> None:
    """Class, scope, what to do, and the wait the provider asked for."""
    _, status, headers, fields, error, scope, advice, wait = row
    found = classify(status, headers, orjson.dumps({"error": fields}))

    assert (type(found), found.scope, found.advice, found.retry_after) == (error, scope, advice, wait)


@pytest.mark.parametrize(
    ("status", "body", "parameter"),
    [
        (400, {"error": {"message": "Not supported here.", "param": "top_p"}}, "top_p"),
        (400, {"error": {"message": "Unknown parameter: 'seed'."}}, "seed"),
        (400, {"error": {"message": "Unsupported value: 'top_p' does not support 0.3 here."}}, "top_p"),
        (400, {"error": {"message": "Unrecognized request argument supplied: effort"}}, "effort"),
        (400, {"error": {"message": "Invalid JSON payload received. Unknown name \"seed\" at 'x'"}}, "seed"),
        (400, {"error": {"message": "thinking.budget: Input should be less than 9"}}, "thinking.budget"),
        (400, {"message": "This model doesn't support the stopSequences field."}, "stopSequences"),
        (422, {"error": "Input validation error: `top_p` must be > 0.0 and < 1.0"}, "top_p"),
        (422, {"detail": [{"loc": ["body", "tools", 0], "msg": "Extra inputs are not permitted"}]}, "tools"),
        (
            400,
            {"error": {"message": "bad", "details": [{"fieldViolations": [{"field": "top_p"}]}]}},
            "top_p",
        ),
        (400, {"error": {"message": "Invalid schema for response_format 'answer': too deep"}}, ""),
        (400, {"error": {"message": "tool_use.id: String should match pattern"}}, "tool_use.id"),
        (400, {"message": "The toolConfig field must be defined when using toolUse blocks."}, "toolConfig"),
        (400, {"error": {"message": "invalid_request: no"}}, ""),
        (400, {"error": {"message": "Request contains an invalid argument."}}, ""),
        (400, {"error": {"message": "Bad request"}}, ""),
        (400, {}, ""),
    ],
)
def test_what_one_provider_refuses_another_may_take(status: int, body: object, parameter: str) -> None:
    """A parameter, a schema, a format: the name is kept, nothing cools, the next one is asked."""
    found = classify(status, {}, orjson.dumps(body))

    assert isinstance(found, InvalidRequestError)
    assert (found.scope, found.advice, found.parameter) == (CALLER, NEXT, parameter)


@pytest.mark.parametrize(
    "message",
    [
        "We could not parse the JSON body of your request.",
        "Failed to parse request body as JSON",
        "Invalid JSON payload received. Unexpected token.",
        "The request body is not valid JSON",
        "[] is too short - 'messages'",
        "messages: at least one message is required",
        "`messages` must not be empty",
        "Messages must be a non-empty array",
    ],
)
def test_what_nobody_can_read_ends_the_call(message: str) -> None:
    """Broken JSON, or nothing asked at all: the next provider would say the same."""
    found = classify(400, {}, orjson.dumps({"error": {"message": message}}))

    assert (type(found), found.scope, found.advice) == (InvalidRequestError, CALLER, STOP)


@pytest.mark.parametrize(
    "message",
    [
        "The prompt (51 tokens) is longer than the model's context length (40 tokens).",
        "This model's maximum prompt length is 40 but the request contains 51 tokens.",
        "prompt token count of 51 exceeds the limit of 40",
        "Range of input length should be [1, 40]",
        "Invalid request: Your request exceeded model token limit: 40",
        "Prompt exceeds max length",
        "`inputs` tokens + `max_new_tokens` must be <= 40. Given: 51 `inputs` tokens",
        "the request exceeds the available context size, try increasing it",
        "prompt is too long: 51 tokens > 40 maximum",
        "The input token count (51) exceeds the maximum number of tokens allowed (40).",
        "Input is too long for requested model.",
        "too many tokens: total number of tokens in the prompt cannot exceed 40 - received 51.",
        "invalid params, context window exceeds limit (9)",
        "Input length 51 exceeds the maximum length 40",
        "Please reduce the length of the messages or completion.",
        "Your messages exceed the model's limit of 40 tokens",
        "request too long for model",
    ],
)
def test_too_long_in_many_words(message: str) -> None:
    """A larger window helps, so it must not pass for a mistake of the caller's."""
    assert type(classify(400, {}, orjson.dumps({"error": {"message": message}}))) is ContextWindowError


@pytest.mark.parametrize(
    "message",
    [
        "max_tokens is too large: 9000. This model supports at most 4096 completion tokens.",
        "max_tokens: 9000 > 4096, which is the maximum allowed number of output tokens",
        "string too long. Expected a string with maximum length 64, but got one of 70 for 'user'",
    ],
)
def test_an_answer_that_may_be_too_long_is_a_parameter(message: str) -> None:
    """The window has nothing to do with it."""
    assert type(classify(400, {}, orjson.dumps({"error": {"message": message}}))) is InvalidRequestError
