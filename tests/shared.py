"""What lies beside the checkout: recorded feeds, and the tools that serve them."""

from __future__ import annotations

from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared(*parts: str) -> Path:
    """A file or folder beside the checkout.

    Raises:
        FileNotFoundError: It is not there; the message says what was looked for and where.
    """
    path = SHARED.joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(f"{'/'.join(('shared', *parts))} is not beside the checkout: no {path}")
    return path
