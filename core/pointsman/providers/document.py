"""What an answer must be before anything is read from it: a JSON object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from pointsman.errors import ResponseError
from pointsman.types.secrets import redact

_SHOWN = 80  # characters of a malformed body that an error message repeats


def json_object(text: bytes | str) -> Mapping[str, Any]:
    """`text` parsed.

    Raises:
        ResponseError: It is empty, is not JSON, or is JSON but no object.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ResponseError(f"not JSON: {_beginning(text)}", maybe_billed=True) from error
    return as_object(value)


def as_object(value: object) -> Mapping[str, Any]:
    """`value`, which must be a JSON object.

    Raises:
        ResponseError: It is something else.
    """
    if not isinstance(value, dict):
        raise ResponseError("the answer is JSON, but no object", maybe_billed=True)
    return value


def _beginning(text: bytes | str) -> str:
    shown = text if isinstance(text, str) else text[: 4 * _SHOWN].decode("utf-8", "replace")
    return repr(redact(shown)[:_SHOWN]) if shown.strip() else "it is empty"
