"""Whose certificates are believed."""

from __future__ import annotations

import ssl
from functools import cache

from pointsman.errors import ConfigError
from pointsman.http.library import httpx


@cache
def authorities() -> ssl.SSLContext:
    """The process's one TLS context: loading the authorities takes tens of milliseconds.

    Raises:
        ConfigError: The environment names authorities that cannot be read.
    """
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        raise ConfigError(
            [f"SSL_CERT_FILE, SSL_CERT_DIR: no usable certificates ({error.strerror})"]
        ) from error


@cache
def nobody() -> ssl.SSLContext:
    """For transports that only speak plain HTTP: trusts nobody, costs nothing."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
