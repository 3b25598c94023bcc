"""Errors of the dialect: in a body, in an event, in a response that failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pointsman.dialects.errors import stated_error
from pointsman.errors import ProviderError
from pointsman.wire.fields import table

_FAILED = {"message": "the answer failed without a reason"}


def read_error(obj: Mapping[str, Any]) -> ProviderError | None:
    """The error that a body or an event of status 200 carries; None where there is none."""
    kind = obj.get("type")
    response = table(obj.get("response")) if kind != "error" else {}
    error = obj.get("error") or response.get("error")
    if isinstance(error, str):
        error = {**obj, **response}  # its facts stand beside it
    if not error and (kind == "error" or obj.get("object") == "error"):
        error = obj
    if not error and (kind == "response.failed" or "failed" in (obj.get("status"), response.get("status"))):
        error = _FAILED
    if not error:
        return stated_error(obj)
    # Loaded with the first error, not with every provider.
    from pointsman.failures import from_error_object

    return from_error_object(error)
