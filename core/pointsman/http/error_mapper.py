"""The one place where the HTTP library's exceptions become ours."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import suppress
from errno import EHOSTUNREACH, ENETDOWN, ENETUNREACH
from types import TracebackType
from typing import Final

from attrs import frozen

from pointsman.errors import (
    Advice,
    DeadlineError,
    InvalidRequestError,
    PointsmanError,
    ProviderError,
    ResponseError,
    Scope,
    TlsError,
    TransportError,
)

log = logging.getLogger(__name__)

_NO_WAY_OUT = frozenset({ENETDOWN, ENETUNREACH})
# A resolver said that there is no such name; whatever else it says, it could not be asked.
_NO_SUCH_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
_ELSEWHERE = (
    (socket.AF_INET, "203.0.113.1"),
    (socket.AF_INET6, "2001:db8::1"),
)  # for documentation: nobody's


@frozen
class ErrorRule:
    """What one exception class of the library means.

    Attributes:
        error: The class raised instead.
        detail: The message. The library's own text is not used: it may quote a header, and so a key.
        scope, advice: As in `ProviderError`; None keeps the class's default.
        maybe_billed: Whether the provider may have done the work.
    """

    error: type[ProviderError]
    detail: str
    scope: Scope | None = None
    advice: Advice | None = None
    maybe_billed: bool = False


_MISUSE = ErrorRule(ResponseError, "the answer was used in the wrong order", Scope.CALLER, Advice.FAIL_FAST)
_LOST = ErrorRule(TransportError, "the connection was lost", Scope.PROVIDER, maybe_billed=True)
_UNWRITABLE = ErrorRule(
    InvalidRequestError,
    "the request cannot be written as HTTP; look for line breaks or control characters in a key or header",
    Scope.CALLER,
    Advice.NEXT_CANDIDATE,
)
_BAD_ADDRESS = ErrorRule(
    InvalidRequestError, "the address is not a usable URL", Scope.PROVIDER, Advice.NEXT_CANDIDATE
)
_NO_CONNECTION = ErrorRule(TransportError, "no connection", Scope.PROVIDER)
_LATE = ErrorRule(DeadlineError, "no answer within the time allowed", maybe_billed=True)

RULES: Final[Mapping[str, ErrorRule]] = {
    "ConnectError": _NO_CONNECTION,
    "ConnectTimeout": ErrorRule(DeadlineError, "no connection within the time allowed", Scope.PROVIDER),
    "ReadTimeout": _LATE,
    "WriteTimeout": ErrorRule(
        DeadlineError,
        "the request could not be sent within the time allowed",
        Scope.PROVIDER,
        maybe_billed=True,
    ),
    "PoolTimeout": ErrorRule(DeadlineError, "no free connection within the time allowed", Scope.NETWORK),
    "TimeoutException": _LATE,
    "ReadError": _LOST,
    "WriteError": _LOST,
    "CloseError": _LOST,
    "NetworkError": _LOST,
    "RemoteProtocolError": ErrorRule(
        TransportError,
        "the connection was closed before the answer was whole",
        Scope.PROVIDER,
        maybe_billed=True,
    ),
    "UnansweredError": ErrorRule(
        TransportError,
        "the connection was closed before any answer",
        Scope.PROVIDER,
        maybe_billed=True,
    ),
    "MalformedError": ErrorRule(
        TransportError, "what came is no well-formed HTTP answer", Scope.PROVIDER, maybe_billed=True
    ),
    "LocalProtocolError": _UNWRITABLE,
    "ProtocolError": _LOST,
    "ProxyError": ErrorRule(TransportError, "the proxy refused", Scope.NETWORK),
    "UnsupportedProtocol": _BAD_ADDRESS,
    "InvalidURL": _BAD_ADDRESS,
    "DecodingError": ErrorRule(ResponseError, "the answer's compression is broken", maybe_billed=True),
    "TooManyRedirects": ErrorRule(TransportError, "too many redirects", Scope.PROVIDER),
    "SSEError": ErrorRule(ResponseError, "the answer is no event stream", maybe_billed=True),
    "HTTPStatusError": ErrorRule(ResponseError, "the answer has an error status", maybe_billed=True),
    "CookieConflict": _MISUSE,
    "StreamError": _MISUSE,
    "StreamConsumed": _MISUSE,
    "StreamClosed": _MISUSE,
    "ResponseNotRead": _MISUSE,
    "RequestNotRead": _MISUSE,
    "TransportError": _LOST,
    "RequestError": _LOST,
    "HTTPError": _LOST,
    # Not the library's: raised while headers are encoded, and by broken sockets it does not wrap.
    "UnicodeEncodeError": _UNWRITABLE,
    "TimeoutError": _LATE,
    "OSError": _LOST,
    "ExceptionGroup": _NO_CONNECTION,  # of parallel attempts to connect
}


class ErrorMapper:
    """Context manager: foreign exceptions come in, one of ours goes out, naming `provider`.

    Cancellation and everything else that is not an `Exception` passes through untouched.
    """

    __slots__ = ("_provider",)

    def __init__(self, provider: str) -> None:
        self._provider = provider

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if kind is None or not isinstance(error, Exception):
            return
        if isinstance(error, ProviderError):
            error.provider = error.provider or self._provider
            return
        rule = None if isinstance(error, PointsmanError) else rule_for(error)
        if rule is None:
            return
        if rule.error is TlsError:
            log.error("%s: %s; nothing was sent there", self._provider, rule.detail)
        raise rule.error(
            rule.detail,
            provider=self._provider,
            scope=rule.scope,
            advice=rule.advice,
            maybe_billed=rule.maybe_billed,
        ) from (None if rule is _UNWRITABLE else error)


def rule_for(error: BaseException) -> ErrorRule | None:
    """What `error` means; None when it is not an exception of the HTTP library's."""
    for base in type(error).__mro__:
        rule = RULES.get(base.__name__)
        if rule is _NO_CONNECTION:
            return _why_no_connection(error)
        if rule is not None:
            return rule
    return None


def _why_no_connection(error: BaseException) -> ErrorRule:
    """Tell the causes of a `ConnectError` apart; they lie somewhere down its chain."""
    reasons = (_no_tls(cause) or _no_way(cause) for cause in _causes(error))
    return next((reason for reason in reasons if reason), _NO_CONNECTION)


def _no_tls(cause: BaseException) -> ErrorRule | None:
    if isinstance(cause, ssl.SSLCertVerificationError):
        reason = getattr(cause, "verify_message", None) or "the certificate is not trusted"
        return ErrorRule(TlsError, f"TLS: {reason}")
    if isinstance(cause, ssl.SSLError):
        return ErrorRule(TlsError, f"TLS: {getattr(cause, 'reason', None) or 'handshake failed'}")
    return None


def _no_way(cause: BaseException) -> ErrorRule | None:
    if isinstance(cause, ConnectionRefusedError):
        return ErrorRule(TransportError, "the connection was refused", Scope.PROVIDER)
    if isinstance(cause, socket.gaierror):
        local = cause.errno not in _NO_SUCH_NAME or not is_online()
        return _unreachable("the host's name could not be resolved", local=local)
    if isinstance(cause, OSError) and cause.errno in _NO_WAY_OUT:
        return _unreachable("no route to the host", local=True)
    if isinstance(cause, OSError) and cause.errno == EHOSTUNREACH:
        return _unreachable("no route to the host", local=not is_online())
    return None


def _unreachable(detail: str, *, local: bool) -> ErrorRule:
    """Where this machine itself is cut off, no provider is at fault and none cools down."""
    if local:
        detail = f"{detail}; the local network or its resolver is down"
        return ErrorRule(TransportError, detail, Scope.NETWORK)
    return ErrorRule(TransportError, detail, Scope.PROVIDER)


def is_online() -> bool:
    """Whether this machine has any route to the outside. Sends nothing: the kernel looks the route up."""
    for family, address in _ELSEWHERE:
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))
            return True
    return False


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """`error`, everything it came from, and the members of exception groups among them."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [each.__context__, each.__cause__]
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions
