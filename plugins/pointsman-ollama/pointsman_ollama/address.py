"""Where a server is, in the forms Ollama's own ``OLLAMA_HOST`` allows (envconfig/config.go in its source)."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

_PORT = 11434
_EVERY_INTERFACE = {"", "0.0.0.0", "::"}  # noqa: S104  what a server listens on is not where a client calls


def server(written: str) -> str:
    """``host``, ``host:port``, ``:port`` or a URL, as the address of a server.

    An address to listen on (``0.0.0.0``) becomes the one to call; a bare host gets Ollama's own port.
    """
    bare = "://" not in written
    parts = urlsplit(f"http://{written}" if bare else written)
    host = "127.0.0.1" if (parts.hostname or "") in _EVERY_INTERFACE else str(parts.hostname)
    port = parts.port or (_PORT if bare else None)
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def own_machine(url: str) -> bool:
    """Whether `url` leads to this machine or its own network rather than to somebody's service.

    Private addresses and names without a dot do.
    """
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host
