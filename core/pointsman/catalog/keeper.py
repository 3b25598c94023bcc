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
from pointsman.catalog.feeds.asking import Asking, left_alone
from pointsman.catalog.feeds.discovery import DEADLINE
from pointsman.catalog.feeds.progress import Progress
from pointsman.catalog.feeds.schedule import FRESH_FOR, RETRY, Schedule, Trouble
from pointsman.catalog.feeds.shelf import Kept, Shelf, Store
from pointsman.catalog.feeds.sources import Listing, Source, SourceRef, SourceStatus, State, signature
from pointsman.catalog.snapshot import Catalog
from pointsman.errors import NoCandidateError
from pointsman.kinds import SourceKind
from pointsman.protocols import Http

log = logging.getLogger(__name__)


class Keeper:
    """Holds today's catalog and swaps it in whole. Use it in one event loop.

    Args:
        sources: Every provider, pricing and benchmark source that is on.
        http: Gives the client of a source, by its name.
        cache: Where last-good data lives; see `pointsman.catalog.feeds.shelf.Store`.
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
        cache: Store,
        fresh_for: timedelta = FRESH_FOR,
        timeout: float = DEADLINE,
        price_priority: Sequence[str] = (),
        accepted: Callable[[], Sequence[Accepted]] = tuple,
        offline: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._places = tuple(sources)
        self._shelf, self._clock, self._offline = Shelf(cache), clock, offline
        self._asking = Asking(http, cache, self._shelf, timeout)
        self._schedule = Schedule(fresh_for)
        self._troubles: Mapping[str, Trouble] = {}
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

    async def renewed(self, patience: float) -> None:
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
        found = await self._shelf.catalog()
        accepted = await asyncio.to_thread(self._accepted)
        self._troubles = await self._shelf.troubles()
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
                self._places,
                await asyncio.gather(*(self._shelf.rows(kind, source) for kind, source in self._places)),
                strict=True,
            )
        )
        asked = (
            []
            if self._offline or not ask
            else [place for place in self._places if force or self._wanted(place, kept, now)]
        )
        errors = await self._asking.ask(asked, kept, now, progress)
        self._troubles = await self._shelf.troubles()
        if self._offline and not any(
            kept[place] for place in self._places if place[0] is SourceKind.PROVIDER
        ):
            raise NoCandidateError(
                "offline, and no model list was ever fetched: run `pointsman refresh` once with a network",
            )
        statuses = [self._status(place, kept[place], errors.get(place), now) for place in self._places]
        previous = self._catalog or self._last or await self._shelf_catalog()
        accepted = await asyncio.to_thread(self._accepted)
        catalog = await asyncio.to_thread(self._build, kept, statuses, now, previous, accepted)
        await self._shelf.keep_catalog(self._sign(accepted), catalog)
        self._catalog = self._last = catalog
        self._announce(catalog)
        return catalog

    async def _shelf_catalog(self) -> Catalog | None:
        """The last catalog on disk, whatever it was made from: its prices tell a jump from a price."""
        found = await self._shelf.catalog()
        return found[1] if found else None

    def _build(
        self,
        kept: Mapping[SourceRef, Kept | None],
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
        return signature(self._places, [*self._priority, *map(str, accepted)])

    def _status(self, place: SourceRef, rows: Kept | None, error: str | None, now: datetime) -> SourceStatus:
        kind, source = place
        state = (
            State.FAILED
            if rows is None
            else (State.STALE if error or not self._fresh(place, rows, now) else State.FRESH)
        )
        return SourceStatus(
            source.name,
            kind,
            state,
            rows=len(rows.rows) if rows else 0,
            fetched_at=rows.at if rows else None,
            error=error or ("offline, and never fetched" if rows is None else ""),
        )

    def _fresh(self, place: SourceRef, rows: Kept | None, now: datetime) -> bool:
        return self._schedule.fresh(place[1].name, rows.at if rows else None, now)

    def _wanted(self, place: SourceRef, kept: Mapping[SourceRef, Kept | None], now: datetime) -> bool:
        """Whether its rows are missing or old, and it did not fail just now."""
        return not self._fresh(place, kept[place], now) and not left_alone(place, self._troubles, now)

    def _due(self, catalog: Catalog) -> bool:
        """Whether some source is to be asked again, and it is not too soon to try."""
        now = self._clock()
        if self._offline or (self._tried is not None and now - self._tried < RETRY):
            return False
        fetched = {(status.kind, status.name): status.fetched_at for status in catalog.sources}
        return any(
            not self._schedule.fresh(ref.source.name, fetched.get((ref.kind, ref.source.name)), now)
            and not left_alone(ref, self._troubles, now)
            for ref in self._places
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
