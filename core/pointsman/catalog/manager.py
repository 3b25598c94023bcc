"""Keeps the catalog current: fresh from memory or disk, stale while it refreshes, anew for new sources."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import evolve

from pointsman.catalog.accepted import Accepted
from pointsman.catalog.build import build
from pointsman.catalog.cache import CatalogCache
from pointsman.catalog.feeds.cache import CachedRows, FeedCache, KeyValueCache
from pointsman.catalog.feeds.fetch import DEADLINE
from pointsman.catalog.feeds.rounds import FetchRound, Progress
from pointsman.catalog.feeds.schedule import FRESH_FOR, RETRY, Backoff, Schedule, in_backoff
from pointsman.catalog.feeds.sources import Listing, Source, SourceRef, SourceStatus, State, signature
from pointsman.catalog.snapshot import Catalog
from pointsman.errors import NoCandidateError
from pointsman.kinds import SourceKind
from pointsman.protocols import Http

log = logging.getLogger(__name__)


class CatalogManager:
    """Holds today's catalog and swaps it in whole. Use it in one event loop.

    Args:
        sources: Every provider, pricing and benchmark source that is on.
        http: Gives the client of a source, by its name.
        cache: Where last-good data lives; see `pointsman.catalog.feeds.cache.KeyValueCache`.
        fresh_for: Age from which rows are fetched again; see `pointsman.catalog.feeds.schedule`.
        timeout: Seconds one source may take in all.
        price_priority: Pricing sources, most trusted first.
        accepted: Reads the price rows the user has confirmed; called for every new catalog.
        offline: Never touch the network.
        clock: The time, UTC.
    """

    def __init__(
        self,
        *,
        sources: Sequence[SourceRef],
        http: Callable[[str], Http],
        cache: KeyValueCache,
        fresh_for: timedelta = FRESH_FOR,
        timeout: float = DEADLINE,
        price_priority: Sequence[str] = (),
        accepted: Callable[[], Sequence[Accepted]] = tuple,
        offline: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._refs = tuple(sources)
        self._feeds, self._catalogs = FeedCache(cache), CatalogCache(cache)
        self._clock, self._offline = clock, offline
        self._round = FetchRound(http, cache, self._feeds, timeout)
        self._schedule = Schedule(fresh_for)
        self._backoffs: Mapping[str, Backoff] = {}
        self._priority, self._accepted = tuple(price_priority), accepted
        self._catalog: Catalog | None = None
        self._last: Catalog | None = None
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._tried: datetime | None = None
        self._subscribers: list[Callable[[Catalog], None]] = []

    async def current(self) -> Catalog:
        """The catalog: from memory, else from disk, else fetched. A stale one is served while it refreshes.

        Raises:
            NoCandidateError: Offline, and nothing was ever fetched.
        """
        if self._catalog is None:
            async with self._lock:
                if self._catalog is None:
                    await self._open()
        assert self._catalog is not None  # noqa: S101 (set by `_open`)
        if self._turned(self._catalog):
            await self._turn()
        if self._due(self._catalog):
            self._refresh_behind()
        return self._catalog

    async def refresh(
        self, *, force: bool = True, progress: Callable[[Progress], None] | None = None
    ) -> Catalog:
        """Ask the sources again and swap the result in.

        Args:
            force: Ask all of them; otherwise only those whose rows are missing or no longer fresh.
            progress: Called with each step.

        Raises:
            NoCandidateError: Offline, and nothing was ever fetched.
        """
        async with self._lock:
            return await self._refresh(force=force, progress=progress or (lambda _: None))

    def subscribe(self, callback: Callable[[Catalog], None]) -> Callable[[], None]:
        """Have `callback` called with every new catalog; returns what ends it."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback) if callback in self._subscribers else None

    async def wait_for_refresh(self, patience: float) -> None:
        """Wait for a refresh that runs in the background, but no longer than `patience` seconds."""
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=patience)

    async def aclose(self) -> None:
        """End a refresh that runs in the background."""
        task, self._task = self._task, None
        if task is not None and not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _open(self) -> None:
        """The last catalog where the sources are still the same; else one made anew from what is missing."""
        found = await self._catalogs.last()
        accepted = await asyncio.to_thread(self._accepted)
        self._backoffs = await self._feeds.backoffs()
        if found:
            signed, last = found
            now = self._clock()
            self._last = last.with_states(self._schedule.aged(each, now) for each in last.sources)
            if signed == self._sign(accepted):
                self._catalog = self._last
                return
        await self._refresh(force=False, progress=lambda _: None)

    def _turned(self, catalog: Catalog) -> bool:
        """Whether a price in it has begun or ended to hold since it was put together."""
        return catalog.turns is not None and catalog.turns <= self._clock()

    async def _turn(self) -> None:
        """Put the kept rows together anew: whoever asks now must not be charged yesterday's price."""
        async with self._lock:
            if self._catalog is not None and self._turned(self._catalog):
                await self._refresh(force=False, progress=lambda _: None, ask=False)

    async def _refresh(
        self, *, force: bool, progress: Callable[[Progress], None], ask: bool = True
    ) -> Catalog:
        now = self._clock()
        if ask:
            self._tried = now
        kept = dict(
            zip(
                self._refs,
                await asyncio.gather(*map(self._feeds.rows, self._refs)),
                strict=True,
            )
        )
        asked = (
            []
            if self._offline or not ask
            else [ref for ref in self._refs if force or self._wanted(ref, kept, now)]
        )
        errors = await self._round.run(asked, kept, now, progress)
        self._backoffs = await self._feeds.backoffs()
        if self._offline and not any(kept[ref] for ref in self._refs if ref.kind is SourceKind.PROVIDER):
            raise NoCandidateError(
                "offline, and no model list was ever fetched: run `pointsman refresh` once with a network",
            )
        statuses = [self._status(ref, kept[ref], errors.get(ref), now) for ref in self._refs]
        previous = self._catalog or self._last or await self._stored()
        accepted = await asyncio.to_thread(self._accepted)
        catalog = await asyncio.to_thread(self._build, kept, statuses, now, previous, accepted)
        await self._catalogs.keep(self._sign(accepted), catalog)
        self._catalog = self._last = catalog
        self._announce(catalog)
        return catalog

    async def _stored(self) -> Catalog | None:
        """The last catalog on disk, whatever it was made from: its prices tell a jump from a price."""
        found = await self._catalogs.last()
        return found[1] if found else None

    def _build(
        self,
        kept: Mapping[SourceRef, CachedRows | None],
        statuses: Sequence[SourceStatus],
        now: datetime,
        previous: Catalog | None,
        accepted: Sequence[Accepted],
    ) -> Catalog:
        def told(wanted: SourceKind) -> Iterator[tuple[Source, tuple[Any, ...]]]:
            return ((each.source, rows.rows) for each, rows in kept.items() if rows and each.kind is wanted)

        def named(wanted: SourceKind) -> list[Any]:
            return [evolve(row, source=source.name) for source, rows in told(wanted) for row in rows]

        return build(
            [Listing(source, rows) for source, rows in told(SourceKind.PROVIDER)],
            named(SourceKind.PRICES),
            named(SourceKind.SCORES),
            at=now,
            priority=self._priority,
            last=previous,
            sources=statuses,
            accepted=accepted,
        )

    def _sign(self, accepted: Sequence[Accepted]) -> str:
        """Names what a catalog is made by: the sources, their order, and what the user has confirmed."""
        return signature(self._refs, [*self._priority, *map(str, accepted)])

    def _status(
        self, ref: SourceRef, rows: CachedRows | None, error: str | None, now: datetime
    ) -> SourceStatus:
        kind, source = ref
        state = (
            State.FAILED
            if rows is None
            else (State.STALE if error or not self._fresh(ref, rows, now) else State.FRESH)
        )
        return SourceStatus(
            source.name,
            kind,
            state,
            rows=len(rows.rows) if rows else 0,
            fetched_at=rows.at if rows else None,
            error=error or ("offline, and never fetched" if rows is None else ""),
        )

    def _fresh(self, ref: SourceRef, rows: CachedRows | None, now: datetime) -> bool:
        return self._schedule.fresh(ref.source.name, rows.at if rows else None, now)

    def _wanted(self, ref: SourceRef, kept: Mapping[SourceRef, CachedRows | None], now: datetime) -> bool:
        """Whether its rows are missing or old, and it did not fail just now."""
        return not self._fresh(ref, kept[ref], now) and not in_backoff(ref, self._backoffs, now)

    def _due(self, catalog: Catalog) -> bool:
        """Whether some source is to be asked again, and it is not too soon to try."""
        now = self._clock()
        if self._offline or (self._tried is not None and now - self._tried < RETRY):
            return False
        fetched = {(status.kind, status.name): status.fetched_at for status in catalog.sources}
        return any(
            not self._schedule.fresh(ref.source.name, fetched.get((ref.kind, ref.source.name)), now)
            and not in_backoff(ref, self._backoffs, now)
            for ref in self._refs
        )

    def _refresh_behind(self) -> None:
        if self._task is None or self._task.done():
            self._tried = self._clock()
            self._task = asyncio.create_task(self._behind(), name="pointsman catalog refresh")

    async def _behind(self) -> None:
        try:
            await self.refresh(force=False)
        except Exception:
            log.warning("the catalog could not be refreshed; the last one stays", exc_info=True)

    def _announce(self, catalog: Catalog) -> None:
        for callback in tuple(self._subscribers):
            try:
                callback(catalog)
            except Exception:
                log.exception("a subscriber to the catalog failed")
