"""From a refusal to one of our errors: which class, about whom, and what to do now.

The order of the rules matters: money before rate limits (both are 429), size before validity (both are 400),
a code before a status, a status before a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
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
from pointsman.failures import signs
from pointsman.failures.reading import Reading, read_body, read_object
from pointsman.failures.waits import wait_of


@frozen
class Verdict:
    """A class, and where it differs from the class's own defaults, whom it is about and what to do."""

    error: type[ProviderError]
    scope: Scope | None = None
    advice: Advice | None = None


# A request that alone is larger than a budget: nothing is used up, so nothing cools; another model may take
# it.
_TOO_LARGE_FOR_BUDGET: Final = Verdict(RateLimitError, Scope.CALLER, Advice.NEXT_CANDIDATE)
_TOO_LARGE: Final = Verdict(InvalidRequestError, Scope.CALLER, Advice.NEXT_CANDIDATE)
_NOT_THIS_WAY: Final = Verdict(InvalidRequestError, Scope.DEPLOYMENT, Advice.NEXT_CANDIDATE)
_BY_STATUS: Final[Mapping[int, Verdict]] = {
    401: Verdict(AuthenticationError),
    402: Verdict(QuotaError),
    403: Verdict(AuthenticationError),
    404: Verdict(ModelNotFoundError),
    405: _NOT_THIS_WAY,
    406: _NOT_THIS_WAY,
    407: Verdict(TransportError, Scope.NETWORK),
    408: Verdict(ServerError),
    409: Verdict(ServerError),
    410: Verdict(ModelNotFoundError),
    413: _TOO_LARGE,
    415: _NOT_THIS_WAY,
    425: Verdict(ServerError),
    429: Verdict(RateLimitError),
    451: Verdict(ContentPolicyError),
    498: Verdict(AuthenticationError),
    499: Verdict(ServerError),
    501: _NOT_THIS_WAY,
    503: Verdict(OverloadedError),
    529: Verdict(OverloadedError),
}
_BY_HUNDREDS: Final[Mapping[int, Verdict]] = {
    0: Verdict(ServerError),  # an error inside a stream that does not say what kind it is
    4: Verdict(InvalidRequestError),
    5: Verdict(ServerError),
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
        now: For tests; see `wait_of`.

    Returns:
        An error with class, scope, advice, wait and a redacted message; `provider` and `model` are empty.
    """
    if 300 <= status < 400:  # noqa: PLR2004 - the range of redirects
        return TransportError(_redirect(headers), status=status, scope=Scope.PROVIDER)
    reading = read_body(body)
    return _error(status, status, headers, reading, now, maybe_billed=status in _MAYBE_BILLED)


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
        now: For tests; see `wait_of`.
    """
    reading = read_object(obj)
    status = reading.number or signs.status_of(reading.codes)
    return _error(status, None, {}, reading, now, maybe_billed=maybe_billed)


def _error(
    status: int,
    shown: int | None,
    headers: Mapping[str, str],
    reading: Reading,
    now: datetime | None,
    *,
    maybe_billed: bool,
) -> ProviderError:
    """Put the error together. `status` is what the rules see, `shown` what the caller is told."""
    headers = {**reading.headers, **headers}
    wait = wait_of(headers, reading.text, reading.delays, now=now)
    verdict = _settle(_judge(status, headers, reading, wait), headers)
    detail = reading.detail or "no message"
    if reading.parameter and reading.parameter not in detail:
        detail = f"{detail} (parameter {reading.parameter!r})"
    error = verdict.error(
        detail,
        status=shown,
        scope=verdict.scope,
        advice=verdict.advice,
        retry_after=wait,
        maybe_billed=maybe_billed,
    )
    if isinstance(error, InvalidRequestError):
        error.parameter = reading.parameter
    return error


def _judge(status: int, headers: Mapping[str, str], reading: Reading, wait: float | None) -> Verdict:
    """The first rule that fits."""
    if signs.is_money(status, reading):
        return Verdict(QuotaError)
    if status == 429 or signs.is_rate_limit(reading):  # noqa: PLR2004 - Too Many Requests
        return _too_many(headers, reading, wait)
    if signs.is_overload(status, reading):
        return Verdict(OverloadedError)
    if status < 500:  # noqa: PLR2004 - the provider's own failures begin here
        verdict = _refused(status, reading)
        if verdict is not None:
            return verdict
    return _BY_STATUS.get(status) or _BY_HUNDREDS.get(status // 100, Verdict(ResponseError))


def _refused(status: int, reading: Reading) -> Verdict | None:
    """What a refusal says in words, which its status may not (a bad key is 400 at some)."""
    if signs.is_context(reading):
        return Verdict(ContextWindowError)
    if signs.is_policy(status, reading):
        return Verdict(ContentPolicyError)
    if signs.is_key(status, reading):
        return Verdict(AuthenticationError)
    if signs.is_unknown_model(reading):
        return Verdict(ModelNotFoundError)
    if signs.is_model_mistake(reading):
        return Verdict(ResponseError)
    return None


def _too_many(headers: Mapping[str, str], reading: Reading, wait: float | None) -> Verdict:
    """Which of the meanings of 429: wait, too large for any wait, or an upstream without room."""
    if signs.is_overload(429, reading):
        return Verdict(OverloadedError)
    if signs.is_too_large_for_budget(headers, reading, wait):
        return _TOO_LARGE_FOR_BUDGET
    return Verdict(RateLimitError)


def _settle(verdict: Verdict, headers: Mapping[str, str]) -> Verdict:
    """Heed ``x-should-retry: false``: the vendor knows that the same request cannot succeed now."""
    advice = verdict.advice or verdict.error.default_advice
    if advice is Advice.RETRY_SAME and headers.get("x-should-retry", "").lower() == "false":
        return evolve(verdict, advice=Advice.NEXT_CANDIDATE)
    return verdict


def _redirect(headers: Mapping[str, str]) -> str:
    """Name the host a redirect points to and nothing else of it: the rest may hold a token."""
    try:
        host = urlsplit(headers.get("location", "")).hostname
    except ValueError:
        host = None
    return f"a redirect to {host[:100]} was not followed" if host else "a redirect was not followed"
