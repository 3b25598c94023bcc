"""Asks sources for their rows. A failure is a value: the others are not held up by it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, get_args

from attrs import frozen

from pointsman.catalog.feeds.sources import SourceRef
from pointsman.errors import DeadlineError, FeedError, PointsmanError
from pointsman.kinds import FEEDS
from pointsman.protocols import Http
from pointsman.types.secrets import redact

log = logging.getLogger(__name__)

DEADLINE = 30.0
"""Seconds one source may take in all."""


@frozen
class Fetched:
    """What one source answered.

    Attributes:
        ref: Who, and what it was asked for.
        rows: None when it did not answer.
        error: Why not.
        seconds: How long it took.
    """

    ref: SourceRef
    rows: tuple[Any, ...] | None
    error: PointsmanError | None
    seconds: float


async def fetch_all(
    refs: Sequence[SourceRef],
    http: Callable[[str], Http],
    *,
    deadline: float = DEADLINE,
    fetched: Callable[[Fetched], Awaitable[None]],
) -> None:
    """Ask all sources in parallel, each within `deadline` seconds; await `fetched` as each is done."""

    async def one(ref: SourceRef) -> None:
        await fetched(await fetch(ref, http, deadline=deadline))

    await asyncio.gather(*map(one, refs))


async def fetch(ref: SourceRef, http: Callable[[str], Http], *, deadline: float = DEADLINE) -> Fetched:
    """Ask one source; whatever it raises comes back in the answer."""
    begun = time.monotonic()
    rows: tuple[Any, ...] | None = None
    error: PointsmanError | None = None
    name = ref.source.name
    try:
        async with asyncio.timeout(deadline):
            rows = _checked(ref, await _ask(ref, http(name)))
    except TimeoutError:
        error = DeadlineError(f"no whole answer within {deadline:g} s", provider=name)
    except PointsmanError as problem:
        error = problem
    except Exception as problem:
        # A plugin's own bug must not take the others down.
        log.debug("source %s failed", name, exc_info=True)
        error = FeedError(name, redact(f"{type(problem).__name__}: {problem}"))
    return Fetched(ref, rows, error, time.monotonic() - begun)


async def _ask(ref: SourceRef, http: Http) -> Iterable[Any]:
    asked, feed = ref.source.object, FEEDS[ref.kind]
    if not isinstance(asked, feed.protocol):
        raise TypeError(f"{type(asked).__name__} is no {feed.title}")
    return await feed.fetch(asked, http)


def _checked(ref: SourceRef, rows: Iterable[Any]) -> tuple[Any, ...]:
    """The rows as a tuple, every one of the right type."""
    wanted = FEEDS[ref.kind].row
    found = tuple(rows)
    for row in found:
        if not isinstance(row, wanted):
            names = " or ".join(each.__name__ for each in get_args(wanted) or (wanted,))
            raise FeedError(ref.source.name, f"a row is a {type(row).__name__}, not a {names}")
    return found
