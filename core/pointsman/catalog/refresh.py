"""One refresh of the catalog, from asking sources to writing the result; and who may run it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from attrs import evolve, field, frozen

from pointsman.catalog.accepted import Accepted
from pointsman.catalog.cache import CatalogCache
from pointsman.catalog.feeds.cache import CachedRows, FeedCache, KeyValueCache
from pointsman.catalog.feeds.fetch import DEADLINE
from pointsman.catalog.feeds.fetch_round import FetchRound, Progress
from pointsman.catalog.feeds.schedule import Backoff, Schedule, in_backoff
from pointsman.catalog.feeds.sources import Listing, Source, SourceRef, SourceStatus, State, signature
from pointsman.catalog.snapshot import Catalog
from pointsman.errors import NoCandidateError
from pointsman.kinds import SourceKind
from pointsman.protocols import Http

log = logging.getLogger(__name__)

REFRESH = "refresh"
"""Key of the backoff of the refresh as a whole: set while one runs, left behind by one that was killed."""
LOCK = "refresh.lock"
"""File in the cache folder that whoever refreshes holds; the system drops the lock when its holder dies."""
_POLL = 0.1  # seconds between two looks at a lock that somebody else holds

Report = Callable[[Progress], None]
Rows = Mapping[SourceRef, CachedRows | None]


class Ask(StrEnum):
    """Which sources a refresh asks."""

    ALL = "all"
    DUE = "due"
    """Those whose rows are missing or no longer fresh, and that did not fail just now."""
    NONE = "none"


@frozen
class RefreshRequest:
    """What is wanted of a refresh.

    Attributes:
        ask: Which sources are asked.
        wait: Whether to wait for another one that is under way; otherwise it is enough that there is one.
        detached: Whether it may go on when nobody waits for it any longer.
    """

    ask: Ask
    wait: bool = True
    detached: bool = False


class Refresher(Protocol):
    """Who runs a refresh: a `RefreshJob` in this process, a `RefreshProcess` in one of its own."""

    async def refresh(self, request: RefreshRequest, progress: Report) -> Catalog | None:
        """Refresh, write the catalog to disk and return it; None where another refresh is under way.

        Cancelled, it ends, and leaves everything on disk whole.

        Raises:
            NoCandidateError: Offline, and nothing was ever fetched.
        """
        ...


@frozen(eq=False)
class RefreshJob:
    """Refreshes in this process.

    Attributes:
        sources: Every provider, pricing and benchmark source that is on.
        http: Gives the client of a source, by its name.
        store: Where last-good data lives.
        folder: Where the lock is held against other processes; None where nobody else has the data.
        schedule: When rows are fetched again.
        timeout: Seconds one source may take in all.
        priority: Pricing sources, most trusted first.
        accepted: Reads the price rows the user has confirmed; called for every new catalog.
        offline: Never touch the network.
        clock: The time, UTC.
    """

    sources: tuple[SourceRef, ...] = field(converter=tuple[SourceRef, ...])
    http: Callable[[str], Http]
    store: KeyValueCache = field(repr=False)
    folder: Path | None = None
    schedule: Schedule = Schedule()
    timeout: float = DEADLINE
    priority: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    accepted: Callable[[], Sequence[Accepted]] = tuple
    offline: bool = False
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def feeds(self) -> FeedCache:
        """The last good rows of every source."""
        return FeedCache(self.store)

    @property
    def catalogs(self) -> CatalogCache:
        """The catalogs made from them."""
        return CatalogCache(self.store)

    @property
    def sources_signature(self) -> str:
        """Names the sources and their order; whoever refreshes for this process must have the same."""
        return signature(self.sources, self.priority)

    def signature(self, accepted: Sequence[Accepted]) -> str:
        """Names all that a catalog is made by: the sources, their order, and what the user has confirmed."""
        return signature(self.sources, [*self.priority, *map(str, accepted)])

    async def stored(self) -> Catalog | None:
        """The catalog on disk where it is made by the same, its sources as fresh as they are by now."""
        signed, catalog = await self.catalogs.last() or ("", None)
        if catalog is None or signed != self.signature(await asyncio.to_thread(self.accepted)):
            return None
        return self._aged(catalog)

    async def refresh(self, request: RefreshRequest, progress: Report) -> Catalog | None:
        """As `Refresher.refresh`."""
        async with self._lock(wait=request.wait) as held:
            if not held:
                return None
            now = self.clock()
            backoffs = await self.feeds.backoffs()
            # It counts as failed until it has ended: whoever kills the process writes nothing afterwards.
            begun = Backoff.after(backoffs.get(REFRESH), now)
            await self.feeds.keep_backoffs({**backoffs, REFRESH: begun})
            catalog = await self._refresh(request.ask, now, progress)
            backoffs = await self.feeds.backoffs()
            backoffs.pop(REFRESH, None)
            await self.feeds.keep_backoffs(backoffs)
            return catalog

    @asynccontextmanager
    async def _lock(self, *, wait: bool) -> AsyncIterator[bool]:
        """Whether the lock is held: no other process refreshes this cache meanwhile."""
        if self.folder is None:
            yield True
            return
        from filelock import FileLock, Timeout

        lock = FileLock(self.folder / LOCK, mode=0o600)
        while not lock.is_locked:
            try:
                lock.acquire(blocking=False)
            except Timeout:
                if not wait:
                    break
                await asyncio.sleep(_POLL)
        try:
            yield lock.is_locked
        finally:
            lock.release()

    async def _refresh(self, ask: Ask, now: datetime, progress: Report) -> Catalog:
        found = await asyncio.gather(*map(self.feeds.rows, self.sources))
        rows = dict(zip(self.sources, found, strict=True))
        asked = self._asked(ask, rows, await self.feeds.backoffs(), now)
        errors = await FetchRound(self.http, self.store, self.feeds, self.timeout).run(
            asked, rows, now, progress
        )
        if self.offline and not any(rows[ref] for ref in self.sources if ref.kind is SourceKind.PROVIDER):
            raise NoCandidateError(
                "offline, and no model list was ever fetched: run `pointsman refresh` once with a network",
            )
        accepted = await asyncio.to_thread(self.accepted)
        signed, last = await self.catalogs.last() or ("", None)
        if last and not asked and signed == self.signature(accepted) and _holds(last, rows, now):
            return self._aged(last)  # another process made it while this one waited
        statuses = [self._status(ref, rows[ref], errors.get(ref), now) for ref in self.sources]
        catalog = await asyncio.to_thread(self._build, rows, statuses, now, last, accepted)
        await self.catalogs.keep(self.signature(accepted), catalog)
        return catalog

    def _asked(self, ask: Ask, rows: Rows, backoffs: Mapping[str, Backoff], now: datetime) -> list[SourceRef]:
        """The sources to ask."""
        if self.offline or ask is Ask.NONE:
            return []
        return [
            ref
            for ref in self.sources
            if ask is Ask.ALL
            or (not self._fresh(ref, rows[ref], now) and not in_backoff(ref.backoff, backoffs, now))
        ]

    def _build(
        self,
        rows: Rows,
        statuses: Sequence[SourceStatus],
        now: datetime,
        last: Catalog | None,
        accepted: Sequence[Accepted],
    ) -> Catalog:
        from pointsman.catalog.build import build  # here: where another process refreshes it is not needed

        def of(kind: SourceKind) -> Iterator[tuple[Source, tuple[Any, ...]]]:
            return ((ref.source, found.rows) for ref, found in rows.items() if found and ref.kind is kind)

        def named(kind: SourceKind) -> list[Any]:
            return [evolve(row, source=source.name) for source, found in of(kind) for row in found]

        return build(
            [Listing(source, models) for source, models in of(SourceKind.PROVIDER)],
            named(SourceKind.PRICES),
            named(SourceKind.SCORES),
            at=now,
            priority=self.priority,
            last=last,
            sources=statuses,
            accepted=accepted,
        )

    def _aged(self, catalog: Catalog) -> Catalog:
        now = self.clock()
        return catalog.with_states(self.schedule.aged(each, now) for each in catalog.sources)

    def _status(
        self, ref: SourceRef, rows: CachedRows | None, error: str | None, now: datetime
    ) -> SourceStatus:
        good = State.STALE if error or not self._fresh(ref, rows, now) else State.FRESH
        return SourceStatus(
            ref.source.name,
            ref.kind,
            good if rows else State.FAILED,
            rows=len(rows.rows) if rows else 0,
            fetched_at=rows.at if rows else None,
            error=error or ("offline, and never fetched" if rows is None else ""),
        )

    def _fresh(self, ref: SourceRef, rows: CachedRows | None, now: datetime) -> bool:
        return self.schedule.fresh(ref.source.name, rows.at if rows else None, now)


def _holds(catalog: Catalog, rows: Rows, now: datetime) -> bool:
    """Whether a catalog says what these rows say: it was made from them, and no price has turned since."""
    fetched = {(each.kind, each.name): each.fetched_at for each in catalog.sources}
    turned = catalog.turns is not None and catalog.turns <= now
    return not turned and all(
        fetched.get((ref.kind, ref.source.name)) == (found.at if found else None)
        for ref, found in rows.items()
    )
