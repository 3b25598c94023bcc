"""Undoing a content-encoding in bounded pieces, so that a small body cannot become a huge one at once."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from pointsman.errors import ResponseError

PIECE = 1 << 18  # bytes made per step: 256 KiB inflate in under a millisecond
_GZIP = 16 + zlib.MAX_WBITS
_ZLIB_HEADER = 0x08  # low nibble of a zlib stream's first byte (RFC 1950, CM = 8)


class Inflater:
    """Decodes one body. `feed` yields pieces of at most `PIECE` bytes; `finish` checks that it was whole.

    Only ``gzip`` is asked for; ``deflate`` is understood because some servers send it unasked.

    Attributes:
        made: Bytes taken from `feed` so far, counted by the reader.
    """

    __slots__ = ("_deflate", "_inflate", "made")

    def __init__(self, encoding: str) -> None:
        self.made = 0
        self._deflate = encoding == "deflate"
        self._inflate = zlib.decompressobj(_GZIP)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The decoded bytes of `data`.

        Raises:
            ResponseError: The data is not what the content-encoding says.
        """
        if self._deflate and data:
            # Servers disagree whether "deflate" has zlib's two-byte header.
            bits = zlib.MAX_WBITS if data[0] & 0x0F == _ZLIB_HEADER else -zlib.MAX_WBITS
            self._inflate, self._deflate = zlib.decompressobj(bits), False
        try:
            while data and not self._inflate.eof:
                yield self._inflate.decompress(data, PIECE)
                data = self._inflate.unconsumed_tail
        except zlib.error as error:
            raise ResponseError("the answer's compression is broken", maybe_billed=True) from error

    def finish(self) -> None:
        """Check that the body did not end early.

        Raises:
            ResponseError: It did.
        """
        if not self._inflate.eof:
            raise ResponseError("the compressed answer was cut short", maybe_billed=True)


def inflater(encoding: str) -> Inflater | None:
    """The decoder of a content-encoding header; None for a plain body.

    Raises:
        ResponseError: An encoding that was not asked for, or several on top of each other (a bomb's way).
    """
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        return None
    if name in {"gzip", "x-gzip", "deflate"}:
        return Inflater(name)
    raise ResponseError(
        f"the answer has a content-encoding nobody asked for: {name[:40]!r}", maybe_billed=True
    )
