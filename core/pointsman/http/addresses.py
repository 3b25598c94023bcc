"""Which addresses may be called at all. Pure: names are not resolved here."""

from __future__ import annotations

import ipaddress
import re
import socket

from pointsman.errors import Advice, InvalidRequestError, Scope

_SCHEMES = frozenset({"http", "https"})
# inet_aton also reads "2852039166", "0xa9fea9fe" and "0251.0376.0251.0376", as every resolver does.
_NUMERIC = re.compile(r"[0-9a-fx.]+", re.IGNORECASE)
# Link-local IPv4 and IPv6 are covered by is_link_local; this is the IPv6 address of the same service.
_METADATA = frozenset({ipaddress.ip_address("fd00:ec2::254")})

# After IDNA: letters, digits, hyphens, dots (underscores occur inside companies), or an IPv6 address.
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+(?:%[a-z0-9._-]+)?", re.IGNORECASE)
_LAST_PORT = 65535

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def refuse(scheme: str, host: str, port: int | None = None, userinfo: bytes = b"") -> None:
    """Let an address pass, or say why not.

    Args:
        scheme: Lower-case.
        host: A name or a literal address, without brackets.
        port: None for the scheme's own.
        userinfo: ``user:password`` of the URL.

    Raises:
        InvalidRequestError: Not http or https, no possible host or port, a password in the URL, or a literal
            address that only machines' own metadata services use (169.254.0.0/16, fe80::/10, in whatever
            notation).
    """
    if scheme not in _SCHEMES:
        raise _refusal(f"an address must begin with http:// or https://, not {scheme or 'nothing'!r}")
    if not host or not _HOST.fullmatch(host):
        raise _refusal("the address has no usable host")
    if port is not None and not 0 < port <= _LAST_PORT:
        raise _refusal(f"{port} is no port")
    if userinfo:
        raise _refusal("a password in an address would be logged everywhere; use a header instead")
    if _is_metadata(host):
        raise _refusal(f"{host} is a link-local or metadata address, which no provider has")


def refuse_resolved(address: str) -> None:
    """The same for what a name turned out to mean, before anything is sent there.

    Args:
        address: As the resolver writes it.

    Raises:
        InvalidRequestError: It is a metadata service's.
    """
    if _is_metadata(address):
        raise _refusal("the host's name leads to a link-local or metadata address, which no provider has")


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine (which no proxy can reach)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _literal(host)
    return address is not None and address.is_loopback


def _is_metadata(host: str) -> bool:
    address = _literal(host)
    return address is not None and (address.is_link_local or address in _METADATA)


def _literal(host: str) -> _Address | None:
    """The address `host` spells out; None when it is a name."""
    try:
        address: _Address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        if not _NUMERIC.fullmatch(host):
            return None
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))
        except OSError:
            return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def _refusal(message: str) -> InvalidRequestError:
    return InvalidRequestError(message, scope=Scope.PROVIDER, advice=Advice.NEXT_CANDIDATE)
