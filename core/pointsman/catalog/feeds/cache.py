"""The last good rows of every source, and which sources are failing, on disk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from attrs import frozen

from pointsman.catalog.codec import plain_values, typed_values
from pointsman.catalog.feeds.schedule import Backoff
from pointsman.catalog.feeds.sources import SourceRef
from pointsman.kinds import FEEDS

log = logging.getLogger(__name__)

_LAYOUT = 3  # counted up when what is stored changes its meaning
_BACKOFFS = f"backoffs/{_LAYOUT}"


class KeyValueCache(Protocol):
    """What keeps JSON values under text keys; `pointsman.cache.Cache` does. Called in a thread."""

    def get(self, key: str) -> tuple[object, datetime] | None:
        """The value and when it was stored; None when there is none."""
        ...

    def put(self, key: str, value: object) -> None:
        """Keep `value` in place of what was there."""
        ...


@frozen
class CachedRows:
    """The last good rows of one source.

    Attributes:
        rows: As fetched.
        at: When they were fetched.
    """

    rows: tuple[Any, ...]
    at: datetime


class FeedCache:
    """Reads and writes what sources answered last; what cannot be read counts as absent."""

    def __init__(self, store: KeyValueCache) -> None:
        self._store = store

    async def rows(self, ref: SourceRef) -> CachedRows | None:
        """The last good rows of a source; None when there are none."""
        value = await self._get(_key(ref))
        if not isinstance(value, dict):
            return None
        try:
            return CachedRows(
                await asyncio.to_thread(typed_values, value["rows"], FEEDS[ref.kind].row),
                datetime.fromisoformat(value["at"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            log.debug("last good rows of %s cannot be read: %s", ref.source.name, error)
            return None

    async def keep_rows(self, ref: SourceRef, rows: Sequence[object], at: datetime) -> None:
        """Keep `rows` as the last good ones."""

        def keep() -> None:
            self._store.put(_key(ref), {"rows": plain_values(rows), "at": at.isoformat()})

        await asyncio.to_thread(keep)

    async def backoffs(self) -> dict[str, Backoff]:
        """The sources that failed when last asked, by `SourceRef` in words."""
        value = await self._get(_BACKOFFS)
        try:
            return {
                key: Backoff(int(failures), datetime.fromisoformat(until))
                for key, (failures, until) in (value if isinstance(value, dict) else {}).items()
            }
        except (ValueError, TypeError) as error:
            log.debug("the list of failing sources cannot be read: %s", error)
            return {}

    async def keep_backoffs(self, backoffs: Mapping[str, Backoff]) -> None:
        """Keep `backoffs` in place of those before."""
        value = {key: [each.failures, each.until.isoformat()] for key, each in backoffs.items()}
        await asyncio.to_thread(self._store.put, _BACKOFFS, value)

    async def _get(self, key: str) -> object:
        found = await asyncio.to_thread(self._store.get, key)
        return found[0] if found else None


def _key(ref: SourceRef) -> str:
    return f"rows/{_LAYOUT}/{ref.kind}/{ref.source.extension}/{ref.source.name}"
