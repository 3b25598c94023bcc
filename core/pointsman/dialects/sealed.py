"""Sealed thoughts of one dialect inside a field of another, for a client that gives back what it was given.

A client keeps a thought's signature without reading it. Where the thought is of another dialect than the
client's, everything its maker wants back is written into that one field, and read out again when it returns.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

import orjson

from pointsman.types import Reasoning
from pointsman.wire.fields import string, table

_MARK = "pointsman."  # no base64 text begins so
_TEXTS = ("signature", "redacted", "format", "provider")


def seal(part: Reasoning) -> str:
    """Everything of a sealed thought but its text, as one text; empty for one that is only text."""
    if not part.sealed:
        return ""
    fields = {name: value for name in _TEXTS if (value := getattr(part, name))}
    if part.details is not None:
        fields["details"] = part.details
    return _MARK + urlsafe_b64encode(orjson.dumps(fields, default=dict)).decode()


def is_sealed(text: str) -> bool:
    """Whether `seal` wrote this, or somebody who copied how it begins."""
    return text.startswith(_MARK)


def unseal(text: str, signature: str) -> Reasoning | None:
    """The thought that `seal` wrote, with its text; None where the signature is none of ours."""
    if not is_sealed(signature):
        return None
    try:
        fields = table(orjson.loads(urlsafe_b64decode(signature.removeprefix(_MARK))))
    except ValueError:
        return None
    details = fields.get("details")
    return Reasoning(
        text,
        string(fields.get("signature")),
        string(fields.get("redacted")),
        string(fields.get("format")),
        details if isinstance(details, dict) else None,
        string(fields.get("provider")),
    )
