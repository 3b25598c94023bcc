"""What this version of Python says of a file that is no TOML; the words change between versions."""

from __future__ import annotations

import tomllib


def toml_error(text: str) -> str:
    """The message for `text`, which must be wrong."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return str(error)
    raise ValueError(f"this is TOML: {text!r}")
