"""What can become of an exchange that the HTTP library has no name of its own for."""

from __future__ import annotations

from pointsman.http.library import httpx

AT_ONCE = 0.5
"""Seconds in which a kept connection that closes without a byte had been given up before the request came.

A server that takes longer has worked on the request, and may charge for it: it is not sent again."""


class UnansweredError(httpx.RemoteProtocolError):
    """The connection was closed before the first byte of an answer."""


class MalformedError(httpx.RemoteProtocolError):
    """What came is not HTTP, or more than one answer's framing may take."""
