"""From a refusal to one of our errors: which class, which scope, and what to do now.

The order of the rules matters: money before rate limits (both are 429), size before validity (both are 400),
a code before a status, a status before a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from attrs import evolve, frozen

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
from pointsman.failures import patterns
from pointsman.failures.error_body import ErrorBody, parse_body, parse_object
from pointsman.failures.retry_after import retry_after


@frozen
class Rule:
    """A class, and where it differs from the class's own defaults, its scope and what to do."""

    error: type[ProviderError]
    scope: Scope | None = None
    advice: Advice | None = None


# A request that alone is larger than a budget: nothing is used up, so nothing cools; another model may take
# it.
_TOO_LARGE_FOR_BUDGET: Final = Rule(RateLimitError, Scope.CALLER, Advice.NEXT_CANDIDATE)
# What one dialect wrote for one model was refused: a parameter, a schema, a format, a size. Nobody cools
# down, and whoever comes next may take it.
_NOT_BY_THIS_ONE: Final = Rule(InvalidRequestError, Scope.CALLER, Advice.NEXT_CANDIDATE)
_BY_NOBODY: Final = Rule(InvalidRequestError, Scope.CALLER, Advice.FAIL_FAST)
_NOT_THIS_WAY: Final = Rule(InvalidRequestError, Scope.DEPLOYMENT, Advice.NEXT_CANDIDATE)
# What a refusal says in words goes before its status: a bad key is 400 at some. The first that fits.
_BY_WORDS: Final[tuple[tuple[Callable[[int, ErrorBody], bool], Rule], ...]] = (
    (patterns.is_context, Rule(ContextWindowError)),
    (patterns.is_policy, Rule(ContentPolicyError)),
    (patterns.is_key, Rule(AuthenticationError)),
    (patterns.is_unknown_model, Rule(ModelNotFoundError)),
    (patterns.is_model_mistake, Rule(ResponseError)),
    (patterns.is_malformed, _BY_NOBODY),
)
_BY_STATUS: Final[Mapping[int, Rule]] = {
    401: Rule(AuthenticationError),
    402: Rule(QuotaError),
    403: Rule(AuthenticationError),
    404: Rule(ModelNotFoundError),
    405: _NOT_THIS_WAY,
    406: _NOT_THIS_WAY,
    407: Rule(TransportError, Scope.NETWORK),
    408: Rule(ServerError),
    409: Rule(ServerError),
    410: Rule(ModelNotFoundError),
    415: _NOT_THIS_WAY,
    425: Rule(ServerError),
    429: Rule(RateLimitError),
    451: Rule(ContentPolicyError),
    498: Rule(AuthenticationError),
    499: Rule(ServerError),
    501: _NOT_THIS_WAY,
    503: Rule(OverloadedError),
    529: Rule(OverloadedError),
}
_BY_HUNDREDS: Final[Mapping[int, Rule]] = {
    0: Rule(ServerError),  # an error inside a stream that does not say what kind it is
    4: _NOT_BY_THIS_ONE,
    5: Rule(ServerError),
}
# Whoever ran into a time limit may have worked (and charged) until then. 524 is a CDN's 504.
_MAYBE_BILLED: Final = frozenset({408, 499, 504, 524})


def classify(
    status: int, headers: Mapping[str, str], body: bytes, *, now: datetime | None = None
) -> ProviderError:
    """The error a refusal stands for.

    Args:
        status: HTTP status outside 200 to 299.
        headers: Lower-case names.
        body: As received; parsed whatever the content-type says.
        now: For tests; see `retry_after`.

    Returns:
        An error with class, scope, advice, wait and a redacted message; `provider` and `model` are empty.
    """
    if 300 <= status < 400:  # noqa: PLR2004 - the range of redirects
        return TransportError(_redirect(headers), status=status, scope=Scope.PROVIDER)
    return _error(status, status, headers, parse_body(body), now, maybe_billed=status in _MAYBE_BILLED)


def from_error_object(
    obj: object,
    *,
    maybe_billed: bool = True,
    now: datetime | None = None,
) -> ProviderError:
    """The error an error object inside a successful answer stands for.

    Args:
        obj: The parsed event or body, with or without its ``error`` envelope; a bare string will do.
        maybe_billed: Whether work was done before the error came.
        now: For tests; see `retry_after`.
    """
    body = parse_object(obj)
    status = body.number or patterns.status_of(body.codes)
    return _error(status, None, {}, body, now, maybe_billed=maybe_billed)


def _error(
    status: int,
    shown: int | None,
    headers: Mapping[str, str],
    body: ErrorBody,
    now: datetime | None,
    *,
    maybe_billed: bool,
) -> ProviderError:
    """Put the error together. `status` is what the rules see, `shown` what the caller reads."""
    headers = {**body.headers, **headers}
    wait = retry_after(headers, body.text, body.delays, now=now)
    rule = _heeded(_rule_for(status, headers, body, wait), headers)
    detail = body.detail or "no message"
    if body.parameter and body.parameter not in detail:
        detail = f"{detail} (parameter {body.parameter!r})"
    error = rule.error(
        detail,
        status=shown,
        scope=rule.scope,
        advice=rule.advice,
        retry_after=wait,
        maybe_billed=maybe_billed,
    )
    if isinstance(error, InvalidRequestError):
        error.parameter = body.parameter
    return error


def _rule_for(status: int, headers: Mapping[str, str], body: ErrorBody, wait: float | None) -> Rule:
    """The first rule that fits."""
    if patterns.is_money(status, body):
        return Rule(QuotaError)
    if status == 429 or patterns.is_rate_limit(status, body):  # noqa: PLR2004 - Too Many Requests
        return _too_many(headers, body, wait)
    if patterns.is_overload(status, body):
        return Rule(OverloadedError)
    if patterns.is_unable(status, body):
        return _NOT_BY_THIS_ONE
    if status < 500:  # noqa: PLR2004 - the provider's own failures begin here
        for fits, rule in _BY_WORDS:
            if fits(status, body):
                return rule
    return _BY_STATUS.get(status) or _BY_HUNDREDS.get(status // 100, Rule(ResponseError))


def _too_many(headers: Mapping[str, str], body: ErrorBody, wait: float | None) -> Rule:
    """Which of the meanings of 429: wait, too large for any wait, or an upstream without room."""
    if patterns.is_overload(429, body):
        return Rule(OverloadedError)
    if patterns.is_too_large_for_budget(headers, body, wait):
        return _TOO_LARGE_FOR_BUDGET
    return Rule(RateLimitError)


def _heeded(rule: Rule, headers: Mapping[str, str]) -> Rule:
    """Heed ``x-should-retry: false``: the vendor knows that the same request cannot succeed now."""
    advice = rule.advice or rule.error.default_advice
    if advice is Advice.RETRY_SAME and headers.get("x-should-retry", "").lower() == "false":
        return evolve(rule, advice=Advice.NEXT_CANDIDATE)
    return rule


def _redirect(headers: Mapping[str, str]) -> str:
    """Name the host a redirect points to and nothing else of it: the rest may hold a token."""
    try:
        host = urlsplit(headers.get("location", "")).hostname
    except ValueError:
        host = None
    return f"a redirect to {host[:100]} was not followed" if host else "a redirect was not followed"
