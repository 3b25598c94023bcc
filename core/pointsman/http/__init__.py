"""The guarded HTTP client, and the only door to the HTTP library.

A plugin is handed a client and never makes one: caps, deadlines, the address policy, error mapping and
pooling live here, and a test hands in a fake. `Client` loads the HTTP library; `Answer` does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pointsman.http.answers import Answer

if TYPE_CHECKING:
    from pointsman.http.client import Client

__all__ = ["Answer", "Client"]


def __getattr__(name: str) -> Any:
    # Lazy: whoever only reads answers (a fake, a plugin's annotation) need not load the HTTP library.
    if name == "Client":
        from pointsman.http.client import Client

        return Client
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
