"""Binary event streams (https://smithy.io/2.0/aws/amazon-eventstream.html).

A message is: its length and its headers' length (4 bytes each), a CRC-32 of those, headers, payload, and a
CRC-32 of all before. Only text headers are kept; the others are skipped by their size.
"""

from __future__ import annotations

from collections.abc import Mapping
from zlib import crc32

from attrs import frozen
from pointsman import ResponseError

MOST = 16 * 1024 * 1024
"""Bytes one message may have, by the format's own rule."""

_PRELUDE, _CRC = 12, 4
_TEXT = 7
_SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
_SIZED = {6, _TEXT}


@frozen
class Message:
    """One message: its text headers and its payload."""

    headers: Mapping[str, str]
    payload: bytes


class Decoder:
    """An incremental reader: feed it bytes, get messages."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, chunk: bytes) -> list[Message]:
        """The messages that `chunk` completes.

        Raises:
            ResponseError: A checksum or a length is wrong.
        """
        self._rest += chunk
        found, start = [], 0
        while len(self._rest) - start >= _PRELUDE:
            size = self._size(start)
            if len(self._rest) - start < size:
                break
            found.append(_message(bytes(self._rest[start : start + size])))
            start += size
        del self._rest[:start]
        return found

    def _size(self, start: int) -> int:
        prelude = bytes(self._rest[start : start + _PRELUDE])
        size, headers = _number(prelude[:4]), _number(prelude[4:8])
        if crc32(prelude[:8]) != _number(prelude[8:]):
            raise _broken("a prelude's checksum is wrong")
        if not _PRELUDE + headers + _CRC <= size <= MOST:
            raise _broken("a length is impossible")
        return size


def _message(raw: bytes) -> Message:
    if crc32(raw[:-_CRC]) != _number(raw[-_CRC:]):
        raise _broken("a message's checksum is wrong")
    end = _PRELUDE + _number(raw[4:8])
    return Message(_headers(raw[_PRELUDE:end]), raw[end:-_CRC])


def _headers(raw: bytes) -> dict[str, str]:
    found, at = {}, 0
    while at < len(raw):
        name, at = _take(raw, at + 1, raw[at])
        kind, at = _take(raw, at, 1)
        size = _SIZES.get(kind[0])
        if kind[0] in _SIZED:
            length, at = _take(raw, at, 2)
            size = _number(length)
        if size is None:
            raise _broken("a header has an unknown type")
        value, at = _take(raw, at, size)
        if kind[0] == _TEXT:
            found[name.decode("utf-8", "replace")] = value.decode("utf-8", "replace")
    return found


def _take(raw: bytes, at: int, size: int) -> tuple[bytes, int]:
    if at + size > len(raw):
        raise _broken("a header is cut short")
    return raw[at : at + size], at + size


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, "big")


def _broken(what: str) -> ResponseError:
    return ResponseError(f"the event stream is broken: {what}", maybe_billed=True)
