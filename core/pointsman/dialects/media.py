"""Files in a conversation: an address, base64 data, or both in one as a ``data:`` URL (RFC 2397)."""

from __future__ import annotations

from pointsman.errors import InvalidRequestError, RequestError
from pointsman.types import Media


def media_url(part: Media) -> str:
    """The file's address, or its data as a ``data:`` URL.

    Raises:
        InvalidRequestError: It has neither an address nor data with a media type.
    """
    if part.url:
        return part.url
    media_type, data = media_data(part) or ("", "")
    return f"data:{media_type};base64,{data}"


def media_data(part: Media) -> tuple[str, str] | None:
    """Media type and base64 data of a file, also when it comes as a ``data:`` URL; None for an address.

    Raises:
        InvalidRequestError: It has neither an address nor data with a media type.
    """
    if part.url.startswith("data:"):
        media_type, data = split(part.url) or ("", "")
    elif part.url:
        return None
    else:
        media_type, data = part.media_type, part.data
    if not media_type or not data:
        kind = type(part).__name__.lower()
        raise InvalidRequestError(f"messages: the {kind} needs a url, or base64 data with a media_type")
    return media_type, data


def split(url: str) -> tuple[str, str] | None:
    """Media type and data of a base64 ``data:`` URL, parameters left out; None for any other address."""
    head, found, data = url.removeprefix("data:").partition(";base64,")
    if not url.startswith("data:") or not found:
        return None
    return head.partition(";")[0], data


def subtype(media_type: str) -> str:
    """What stands behind the slash of a media type, as it is registered: ``jpeg`` for ``image/jpg``, too."""
    name = media_type.partition("/")[2].partition(";")[0].strip().casefold()
    return {"jpg": "jpeg"}.get(name, name)


def read_data(url: str, what: str, path: str) -> tuple[str, str]:
    """Media type and data of a ``data:`` URL that a client wrote.

    Args:
        url: It.
        what: What it stands for, with its article.
        path: Where it stands.

    Raises:
        RequestError: It is not base64, or names no media type.
    """
    found = split(url)
    if found is None or not all(found):
        raise RequestError(f"{path}: a data URL of {what} must be base64 with a media type", path)
    return found
