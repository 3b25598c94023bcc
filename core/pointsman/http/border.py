"""The one place where the HTTP library's exceptions become ours."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
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
    TransportError,
)

_UNREACHABLE = frozenset({EHOSTUNREACH, ENETDOWN, ENETUNREACH})


@frozen
class Meaning:
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


_MISUSE = Meaning(ResponseError, "the answer was used in the wrong order", Scope.CALLER, Advice.FAIL_FAST)
_LOST = Meaning(TransportError, "the connection was lost", Scope.PROVIDER, maybe_billed=True)
_UNWRITABLE = Meaning(
    InvalidRequestError,
    "the request cannot be written as HTTP; look for line breaks or control characters in a key or header",
    Scope.CALLER,
    Advice.NEXT_CANDIDATE,
)
_BAD_ADDRESS = Meaning(InvalidRequestError, "the address is not a usable URL", Scope.CALLER)
_NO_CONNECTION = Meaning(TransportError, "no connection", Scope.PROVIDER)
_LATE = Meaning(DeadlineError, "no answer within the time allowed", maybe_billed=True)

MEANINGS: Final[Mapping[str, Meaning]] = {
    "ConnectError": _NO_CONNECTION,
    "ConnectTimeout": Meaning(DeadlineError, "no connection within the time allowed", Scope.PROVIDER),
    "ReadTimeout": _LATE,
    "WriteTimeout": Meaning(
        DeadlineError,
        "the request could not be sent within the time allowed",
        Scope.PROVIDER,
        maybe_billed=True,
    ),
    "PoolTimeout": Meaning(DeadlineError, "no free connection within the time allowed", Scope.NETWORK),
    "TimeoutException": _LATE,
    "ReadError": _LOST,
    "WriteError": _LOST,
    "CloseError": _LOST,
    "NetworkError": _LOST,
    "RemoteProtocolError": Meaning(
        TransportError,
        "the connection was closed before the answer was whole",
        Scope.PROVIDER,
        maybe_billed=True,
    ),
    "LocalProtocolError": _UNWRITABLE,
    "ProtocolError": _LOST,
    "ProxyError": Meaning(TransportError, "the proxy refused", Scope.NETWORK),
    "UnsupportedProtocol": _BAD_ADDRESS,
    "InvalidURL": _BAD_ADDRESS,
    "DecodingError": Meaning(ResponseError, "the answer's compression is broken", maybe_billed=True),
    "TooManyRedirects": Meaning(TransportError, "too many redirects", Scope.PROVIDER),
    "SSEError": Meaning(ResponseError, "the answer is no event stream", maybe_billed=True),
    "HTTPStatusError": Meaning(ResponseError, "the answer has an error status", maybe_billed=True),
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


class Border:
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
        meaning = None if isinstance(error, PointsmanError) else meaning_of(error)
        if meaning is not None:
            raise meaning.error(
                meaning.detail,
                provider=self._provider,
                scope=meaning.scope,
                advice=meaning.advice,
                maybe_billed=meaning.maybe_billed,
            ) from (None if meaning is _UNWRITABLE else error)


def meaning_of(error: BaseException) -> Meaning | None:
    """What `error` means; None when it is not an exception of the HTTP border."""
    for base in type(error).__mro__:
        meaning = MEANINGS.get(base.__name__)
        if meaning is _NO_CONNECTION:
            return _why_no_connection(error)
        if meaning is not None:
            unanswered = base.__name__ == "RemoteProtocolError" and "without sending" in str(error)
            return _STALE if unanswered else meaning
    return None


# A kept-alive connection the server closed just as it was used again: the same request may be sent once more.
_STALE = Meaning(
    TransportError,
    "the connection was closed before any answer",
    Scope.PROVIDER,
    Advice.RETRY_SAME,
    maybe_billed=True,
)
_UNKNOWN_HOST = Meaning(TransportError, "the host's name could not be resolved", Scope.NETWORK)
_NO_ROUTE = Meaning(TransportError, "no route to the host", Scope.NETWORK)
_REFUSED = Meaning(TransportError, "the connection was refused", Scope.PROVIDER)


def _why_no_connection(error: BaseException) -> Meaning:
    """Tell the causes of a `ConnectError` apart; they lie somewhere down its chain."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            reason = f"TLS: {getattr(cause, 'verify_message', None) or 'the certificate is not trusted'}"
            return Meaning(TransportError, reason, Scope.PROVIDER)
        if isinstance(cause, ssl.SSLError):
            return Meaning(
                TransportError, f"TLS: {getattr(cause, 'reason', None) or 'handshake failed'}", Scope.PROVIDER
            )
        if isinstance(cause, socket.gaierror):
            return _UNKNOWN_HOST
        if isinstance(cause, ConnectionRefusedError):
            return _REFUSED
        if isinstance(cause, OSError) and cause.errno in _UNREACHABLE:
            return _NO_ROUTE
    return _NO_CONNECTION


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
