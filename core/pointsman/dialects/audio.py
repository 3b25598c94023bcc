"""Recordings as both of OpenAI's dialects write them: data, and one of two formats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pointsman.dialects.media import media_data
from pointsman.dialects.refusals import not_taken
from pointsman.errors import RequestError
from pointsman.types import Audio
from pointsman.wire.fields import string, table

FORMATS = {"wav": "audio/wav", "mp3": "audio/mpeg"}
"""Of recordings, as the dialect calls them and as media types."""
_OWN_NAMES = {
    **{media_type: name for name, media_type in FORMATS.items()},
    "audio/mp3": "mp3",
    "audio/x-wav": "wav",
    "audio/wave": "wav",
}


def write_audio(part: Audio) -> dict[str, str]:
    """The object of a recording.

    Raises:
        InvalidRequestError: It is an address, or of another format.
    """
    held = media_data(part)
    if held is None or held[0] not in _OWN_NAMES:
        raise not_taken("messages", f"audio input is taken as data, of type {' or '.join(FORMATS.values())}")
    return {"data": held[1], "format": _OWN_NAMES[held[0]]}


def read_audio(part: Mapping[str, Any], path: str) -> Audio:
    """A part that holds a recording.

    Raises:
        RequestError: It has no data, or no format that is known.
    """
    audio = table(part.get("input_audio"))
    media_type = FORMATS.get(string(audio.get("format")))
    if media_type is None or not string(audio.get("data")):
        raise RequestError(f"{path}: input_audio needs data, and a format of {', '.join(FORMATS)}", path)
    return Audio(data=string(audio.get("data")), media_type=media_type)
