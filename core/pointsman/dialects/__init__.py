"""The wire formats that clients and providers speak, each in one home, in both directions.

`openai_chat`, `openai_responses` and `anthropic_messages` satisfy `Dialect`: they read and write requests,
answers, streams and errors. Providers use one side, a gateway the other, the test kit both. The other modules
are what they, and providers of further dialects, have in common.
"""

from __future__ import annotations

from importlib import import_module
from typing import cast

from pointsman.dialects.dialect import Dialect, ReceivedRequest, StreamReader, StreamWriter

_HOMES = {
    "openai-chat": "openai_chat",
    "openai-responses": "openai_responses",
    "anthropic-messages": "anthropic_messages",
}
NAMES = tuple(_HOMES)
"""Of the dialects that are here."""


def dialect(name: str) -> Dialect:
    """The dialect of this name, imported when it is first asked for.

    Raises:
        KeyError: There is none; see `NAMES`.
    """
    return cast(Dialect, import_module(f"{__name__}.{_HOMES[name]}"))


__all__ = ["NAMES", "Dialect", "ReceivedRequest", "StreamReader", "StreamWriter", "dialect"]
