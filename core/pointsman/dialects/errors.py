"""Errors that come with status 200, in a body or in an event, whichever dialect it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pointsman.errors import ProviderError
from pointsman.wire.fields import rows, table


def stated_error(obj: Mapping[str, Any]) -> ProviderError | None:
    """The error that a body or an event carries, at its top or in its first choice."""
    choices = rows(obj.get("choices"))
    choice = table(choices[0]) if choices else {}
    error = obj.get("error") or choice.get("error") or table(choice.get("delta")).get("error")
    named = not error and (obj.get("object") == "error" or obj.get("type") == "error" or _bare(obj))
    if named or isinstance(error, str):
        error = {name: value for name, value in obj.items() if name != "choices"}  # its facts stand beside it
    if not error:
        return None
    # Loaded with the first error, not with every provider.
    from pointsman.failures import from_error_object

    return from_error_object(error)


def _bare(obj: Mapping[str, Any]) -> bool:
    """Whether the facts of an error stand at the top and no answer beside them: in no dialect a text does."""
    if obj.get("choices"):
        return False
    said = obj.get("message") or obj.get("detail") or obj.get("errors")
    return bool(said) and (isinstance(said, str) or said is obj.get("errors"))
