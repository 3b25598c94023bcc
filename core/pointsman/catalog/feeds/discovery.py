"""Asks every source at once. A failure is a value: the others are not held up by it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, get_args

from attrs import frozen

from pointsman.catalog.feeds.sources import Source
from pointsman.errors import DeadlineError, FeedError, PointsmanError
from pointsman.kinds import FEEDS, SourceKind
from pointsman.protocols import Http
from pointsman.types.secrets import redact

log = logging.getLogger(__name__)

DEADLINE = 30.0
"""Seconds one source may take in all."""

Rows = tuple[Any, ...]


@frozen
class Answer:
    """What one source answered.

    Attributes:
        source: Who.
        kind: What it was asked for.
        rows: None when it did not answer.
        error: Why not.
        seconds: How long it took.
    """

    source: Source
    kind: SourceKind
    rows: Rows | None
    error: PointsmanError | None
    seconds: float


async def ask_all(
    sources: Sequence[tuple[SourceKind, Source]],
    http: Callable[[str], Http],
    *,
    deadline: float = DEADLINE,
    answered: Callable[[Answer], Awaitable[None]] | None = None,
) -> list[Answer]:
    """Ask all `sources` in parallel, each within `deadline` seconds; await `answered` as each is done."""

    async def one(kind: SourceKind, source: Source) -> Answer:
        answer = await ask(kind, source, http, deadline=deadline)
        if answered:
            await answered(answer)
        return answer

    return list(await asyncio.gather(*(one(kind, source) for kind, source in sources)))


async def ask(
    kind: SourceKind, source: Source, http: Callable[[str], Http], *, deadline: float = DEADLINE
) -> Answer:
    """Ask one source; whatever it raises comes back in the answer."""
    begun = time.monotonic()
    rows: Rows | None = None
    error: PointsmanError | None = None
    try:
        async with asyncio.timeout(deadline):
            rows = _checked(source, kind, await _call(kind, source.object, http(source.name)))
    except TimeoutError:
        error = DeadlineError(f"no whole answer within {deadline:g} s", provider=source.name)
    except PointsmanError as problem:
        error = problem
    except Exception as problem:
        # A plugin's own bug must not take the others down.
        log.debug("source %s failed", source.name, exc_info=True)
        error = FeedError(source.name, redact(f"{type(problem).__name__}: {problem}"))
    return Answer(source, kind, rows, error, time.monotonic() - begun)


async def _call(kind: SourceKind, asked: object, http: Http) -> Iterable[Any]:
    feed = FEEDS[kind]
    if not isinstance(asked, feed.protocol):
        raise TypeError(f"{type(asked).__name__} is no {feed.title}")
    return await feed.fetch(asked, http)


def _checked(source: Source, kind: SourceKind, rows: Iterable[Any]) -> Rows:
    """The rows as a tuple, every one of the right type."""
    wanted = FEEDS[kind].row
    found = tuple(rows)
    for row in found:
        if not isinstance(row, wanted):
            names = " or ".join(each.__name__ for each in get_args(wanted) or (wanted,))
            raise FeedError(source.name, f"a row is a {type(row).__name__}, not a {names}")
    return found
