"""Newline-delimited JSON, read as it arrives: one JSON object per line, blank lines mean nothing."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Any

from pointsman.providers.document import json_object
from pointsman.providers.lines import CAP, Lines


async def objects(chunks: AsyncIterator[bytes], *, cap: int = CAP) -> AsyncGenerator[Mapping[str, Any], None]:
    """The objects of a byte stream; the last line needs no line end.

    Args:
        chunks: The body, cut anywhere.
        cap: Bytes one line may have.

    Raises:
        ResponseError: A line is longer than `cap`, or is not a JSON object.
    """
    lines = Lines(cap)
    async for chunk in chunks:
        for line in lines.feed(chunk):
            if line.strip():
                yield json_object(line)
    rest = lines.end()
    if rest.strip():
        yield json_object(rest)
