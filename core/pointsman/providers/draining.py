"""Reading a stream's bytes to their end once its answer is complete.

A connection whose answer was not read to the end cannot be used again, and the next call would pay for a new
one. Most servers end the body together with the answer; one that does not is not waited for.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from pointsman.errors import ProviderError

PATIENCE = 0.2
"""Seconds; about what a new TLS connection costs."""


async def drained(rest: AsyncIterator[object], *, patience: float = PATIENCE) -> None:
    """Read and forget what is left, for at most `patience` seconds; a failure now is nobody's loss."""
    import asyncio

    try:
        async with asyncio.timeout(patience):
            async for _ in rest:
                pass
    except (TimeoutError, ProviderError):
        pass
