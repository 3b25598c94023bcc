"""What can become of an exchange that the HTTP library has no name of its own for."""

from __future__ import annotations

from pointsman.http.library import httpx


class UnansweredError(httpx.RemoteProtocolError):
    """The connection was closed before the first byte of an answer."""


class MalformedError(httpx.RemoteProtocolError):
    """What came is not HTTP, or more than one answer's framing may take."""
