"""Which way out a request takes: the lean transport, or the HTTP library's own."""

from __future__ import annotations

import ssl

from pointsman.errors import ConfigError
from pointsman.http.addresses import refuse_resolved
from pointsman.http.library import httpx, is_lean
from pointsman.http.library_sender import LibrarySender
from pointsman.http.outgoing import Sender
from pointsman.http.trust import authorities, nobody

PROXY_VARIABLE = "POINTSMAN_PROXY"
_KEPT = 20  # idle connections of one of the library's pools; there are up to 32
_KEPT_SECONDS = 30.0


def sender(*, secure: bool, proxy: str, tls: ssl.SSLContext | None) -> Sender:
    """A way out.

    Args:
        secure: To https addresses.
        proxy: Through that one; empty for none.
        tls: Which authorities to trust; None for the machine's.

    Raises:
        ConfigError: The proxy's address is not usable, or there are no authorities to trust.
    """
    try:
        lean = _lean(secure=secure, proxy=proxy, tls=tls) if is_lean() else None
        return lean or _library(secure=secure, proxy=proxy, tls=tls)
    except (ValueError, ImportError, httpx.InvalidURL) as error:
        # The address may hold a password: the message must not repeat it.
        raise ConfigError([f"{PROXY_VARIABLE}: not a usable proxy address"]) from error


def _lean(*, secure: bool, proxy: str, tls: ssl.SSLContext | None) -> Sender | None:
    """None where the proxy is of a kind only the library knows."""
    from pointsman.http.transport import Proxy, Transport

    known = Proxy.of(proxy) if proxy else None
    if proxy and known is None:
        return None
    return Transport(tls=tls or authorities() if secure else None, proxy=known, check=refuse_resolved)


def _library(*, secure: bool, proxy: str, tls: ssl.SSLContext | None) -> Sender:
    context = tls or authorities() if secure or proxy else nobody()

    def opened() -> httpx.AsyncHTTPTransport:
        return httpx.AsyncHTTPTransport(
            verify=context,
            trust_env=False,
            limits=httpx.Limits(
                max_connections=None, max_keepalive_connections=_KEPT, keepalive_expiry=_KEPT_SECONDS
            ),
            proxy=proxy or None,
        )

    opened()  # one that cannot be made shows here, and not in the middle of a call
    return LibrarySender(opened, proxied=bool(proxy))
