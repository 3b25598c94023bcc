"""Reading bodies: decoded in bounded pieces and cut at a cap."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping

from pointsman.errors import ResponseError
from pointsman.http.decoding import Inflater, inflater
from pointsman.http.error_mapper import ErrorMapper
from pointsman.http.outgoing import Incoming

_BREATH = 4  # inflated pieces (1 MiB) between two chances for other tasks


def flatten(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers with lower-case names; the values of a repeated name are joined, as RFC 9110 5.3 allows."""
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


async def whole(raw: Incoming, headers: Mapping[str, str], cap: int, *, cut: bool = False) -> bytes:
    """The decoded body.

    Args:
        raw: An answer whose body was not read yet.
        headers: Its headers, lower-case.
        cap: Bytes.
        cut: Return what fits instead of failing when the body is larger.

    Raises:
        ResponseError: Larger than `cap`, or the compression is broken.
    """
    parts: list[bytes] = []
    try:
        async for piece in pieces(raw, headers, cap):
            parts.append(piece)  # noqa: PERF401 - what came before an error is kept
    except ResponseError:
        if not cut:
            raise
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def pieces(raw: Incoming, headers: Mapping[str, str], cap: int) -> AsyncGenerator[bytes]:
    """The decoded body as it comes.

    Raises:
        ResponseError: More than `cap` bytes (on the wire or decoded), or the compression is broken.
    """
    decoder = inflater(headers["content-encoding"]) if "content-encoding" in headers else None
    left = cap
    received = False
    async for chunk in raw:
        received = received or bool(chunk)
        left -= len(chunk)
        if left < 0:
            raise _too_large(cap)
        if decoder is None:
            yield chunk
            continue
        async for piece in _inflated(decoder, chunk, cap):
            yield piece
    if decoder is not None and received:
        decoder.finish()


async def _inflated(decoder: Inflater, chunk: bytes, cap: int) -> AsyncIterator[bytes]:
    """One chunk's decoded pieces, with breaks so that a bomb does not stop the loop."""
    for count, piece in enumerate(decoder.feed(chunk), 1):
        decoder.made += len(piece)
        if decoder.made > cap:
            raise _too_large(cap)
        yield piece
        if count % _BREATH == 0:
            await asyncio.sleep(0)


def _too_large(cap: int) -> ResponseError:
    return ResponseError(f"the answer is larger than {cap / (1 << 20):g} MiB", maybe_billed=True)


class Stream:
    """An answer that is still arriving; satisfies `pointsman.protocols.HttpStream`.

    Attributes:
        status: 200 to 299.
        headers: Lower-case names.
    """

    __slots__ = ("_cap", "_mapper", "_pieces", "_raw", "headers", "status")

    def __init__(
        self, raw: Incoming, status: int, headers: Mapping[str, str], cap: int, mapper: ErrorMapper
    ) -> None:
        self.status = status
        self.headers = headers
        self._raw = raw
        self._cap = cap
        self._mapper = mapper
        self._pieces: AsyncGenerator[bytes] | None = None

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes, decoded; can be read once.

        Raises:
            ProviderError: The connection was lost, went silent, or the body is over the cap or broken.
        """
        if self._pieces is None:
            self._pieces = self._read()
        return self._pieces

    async def _read(self) -> AsyncGenerator[bytes]:
        with self._mapper:
            async for piece in pieces(self._raw, self.headers, self._cap):
                yield piece

    async def aclose(self) -> None:
        """Let go of the connection; it is kept only if the body was read to its end."""
        if self._pieces is not None:
            await self._pieces.aclose()
        await self._raw.aclose()
