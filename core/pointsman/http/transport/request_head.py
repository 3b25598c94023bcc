"""The head of a request as bytes."""

from __future__ import annotations

from pointsman.http.library import httpx
from pointsman.http.outgoing import Outgoing

_TARGET = bytes(range(0x21, 0x7F))
_VALUE = bytes((0x09, *range(0x20, 0x7F), *range(0x80, 0x100)))
_NAME = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def written(request: Outgoing, *, absolute: bool = False, extra: bytes = b"") -> bytes:
    """The head, with the empty line behind it.

    Args:
        request: What is asked; its method was checked, its fields hold none of framing.
        absolute: Name the whole address in the first line, as a proxy wants it.
        extra: Header lines, each with its end.

    Raises:
        httpx.LocalProtocolError: Something in it would be read as more than it is: a line break, above all.
    """
    address = request.address
    target = b"http://" + address.authority + address.path if absolute else address.path
    if target.translate(None, _TARGET) or address.authority.translate(None, _TARGET):
        raise httpx.LocalProtocolError("an address that cannot be written")
    lines = [b"%b %b HTTP/1.1\r\nhost: %b" % (request.method.encode("ascii"), target, address.authority)]
    names, values = bytearray(), bytearray()
    for name, value in request.fields:
        names += name or b"\0"
        values += value
        lines.append(b"%b: %b" % (name, value))
    if names.translate(None, _NAME) or values.translate(None, _VALUE):
        raise httpx.LocalProtocolError("a header that cannot be written")
    if request.has_length:
        lines.append(b"content-length: %d" % len(request.body))
    return b"\r\n".join(lines) + b"\r\n" + extra + b"\r\n"
