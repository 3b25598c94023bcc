"""Keeps the catalog current: from memory or disk while it is fresh, stale while it refreshes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from pointsman.catalog.feeds.fetch_round import Progress
from pointsman.catalog.feeds.schedule import RETRY, Backoff, in_backoff
from pointsman.catalog.refresh import REFRESH, Ask, Refresher, RefreshJob, RefreshRequest
from pointsman.catalog.snapshot import Catalog

log = logging.getLogger(__name__)

_FIRST = RefreshRequest(Ask.DUE, detached=True)
_BEHIND = RefreshRequest(Ask.DUE, wait=False, detached=True)
_TURN = RefreshRequest(Ask.NONE, detached=True)
_BETWEEN_LOOKS = timedelta(seconds=1)


class CatalogManager:
    """Holds today's catalog and swaps it in whole. Use it in one event loop.

    Args:
        job: What the catalog is made from and where it lies.
        refresher: Who refreshes it, by default the job itself.
    """

    def __init__(self, job: RefreshJob, refresher: Refresher | None = None) -> None:
        self._job, self._refresher = job, refresher or job
        self._backoffs: Mapping[str, Backoff] = {}
        self._catalog: Catalog | None = None
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._read_at: datetime | None = None
        self._tried: datetime | None = None
        self._fresh: tuple[Catalog | None, datetime] = None, datetime.min.replace(tzinfo=UTC)
        self._subscribers: list[Callable[[Catalog], None]] = []

    async def current(self) -> Catalog:
        """The catalog: from memory, else from disk, else fetched. A stale one is served while it refreshes.

        Raises:
            NoCandidateError: Offline, and nothing was ever fetched.
        """
        if self._catalog is None:
            await self._open()
        assert self._catalog is not None  # noqa: S101 (set by `_open`)
        if self._turned(self._catalog):
            await self._turn()
        if self._due(self._catalog):
            if self._catalog.candidates:
                self._refresh_behind()
            else:  # with nothing to serve meanwhile; a key that was put right, say
                self._tried = self._job.clock()
                await self._run(_FIRST)
        return self._catalog

    async def refresh(
        self, *, force: bool = True, progress: Callable[[Progress], None] | None = None
    ) -> Catalog:
        """Ask the sources again and swap the result in. Cancelled, it leaves the catalog as it was.

        Args:
            force: Ask all of them; otherwise only those whose rows are missing or no longer fresh.
            progress: Called with each step.

        Raises:
            NoCandidateError: Offline, and nothing was ever fetched.
        """
        catalog = await self._run(RefreshRequest(Ask.ALL if force else Ask.DUE), progress)
        assert catalog is not None  # noqa: S101 (it waits for others)
        return catalog

    def subscribe(self, callback: Callable[[Catalog], None]) -> Callable[[], None]:
        """Have `callback` called with every new catalog; returns what ends it."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback) if callback in self._subscribers else None

    async def wait_for_refresh(self, patience: float) -> None:
        """Wait for a refresh that runs in the background, but no longer than `patience` seconds."""
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=patience)

    async def aclose(self) -> None:
        """Let go of a refresh that runs in the background; one in a process of its own goes on."""
        task, self._task = self._task, None
        if task is not None and not task.done():
            await asyncio.sleep(0)  # one that was begun just now gets to where it starts a process
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _open(self) -> None:
        """Take the last catalog where its sources are still the same; else ask those that are new."""
        async with self._lock:
            if self._catalog is None and not await self._read():
                self._tried = self._job.clock()
                await self._run(_FIRST)

    async def _turn(self) -> None:
        """Make it again from the rows on disk: a call made now must not be charged yesterday's price."""
        async with self._lock:
            if self._catalog is not None and self._turned(self._catalog):
                await self._adopt()
                if self._turned(self._catalog):
                    await self._run(_TURN)

    def _refresh_behind(self) -> None:
        if self._task is None or self._task.done():
            self._tried = self._job.clock()
            self._task = asyncio.create_task(self._behind(), name="pointsman catalog refresh")

    async def _behind(self) -> None:
        try:
            # What was just read is the last there is; a short command must not end before it has begun.
            just_read = self._read_at is not None and self._job.clock() - self._read_at < RETRY
            if just_read or not await self._adopt():
                await self._run(_BEHIND)
        except Exception as error:
            log.warning("the catalog could not be refreshed; the last one stays: %s", error)
            log.debug("why it could not be refreshed", exc_info=True)
        self._backoffs = await self._job.feeds.backoffs()

    async def _run(
        self, request: RefreshRequest, progress: Callable[[Progress], None] | None = None
    ) -> Catalog | None:
        catalog = await self._refresher.refresh(request, progress or (lambda _: None))
        if catalog is not None:
            self._catalog = catalog
            self._backoffs = await self._job.feeds.backoffs()
            self._announce(catalog)
        return catalog

    async def _adopt(self) -> bool:
        """Take over the catalog another process has made meanwhile; whether that leaves nothing to do."""
        made = await self._job.catalogs.made_at()
        if self._catalog is None or made is None or made <= self._catalog.at or not await self._read():
            return False
        self._announce(self._catalog)
        return not self._stale(self._catalog)

    async def _read(self) -> bool:
        """Take the catalog on disk; whether there is one of the same sources."""
        stored = await self._job.stored()
        self._backoffs = await self._job.feeds.backoffs()
        self._read_at = self._job.clock()
        self._catalog = stored or self._catalog
        return stored is not None

    def _turned(self, catalog: Catalog) -> bool:
        """Whether a price in it has begun or ended to hold since it was put together."""
        return catalog.turns is not None and catalog.turns <= self._job.clock()

    def _due(self, catalog: Catalog) -> bool:
        """Whether some source is to be asked again, and it is not too soon to try."""
        tried = self._tried is not None and self._job.clock() - self._tried < RETRY
        return not self._job.offline and not tried and self._stale(catalog)

    def _stale(self, catalog: Catalog) -> bool:
        """Whether rows of a source that may be asked are missing or no longer fresh.

        Every call asks this, so what is not stale is looked at again after a second.
        """
        now = self._job.clock()
        known, at = self._fresh
        if known is catalog and timedelta(0) <= now - at < _BETWEEN_LOOKS:
            return False
        stale = self._look_at(catalog, now)
        if not stale:
            self._fresh = catalog, now
        return stale

    def _look_at(self, catalog: Catalog, now: datetime) -> bool:
        schedule = self._job.schedule
        if in_backoff(REFRESH, self._backoffs, now):
            return False
        fetched = {(status.kind, status.name): status.fetched_at for status in catalog.sources}
        return any(
            not schedule.fresh(ref.source.name, fetched.get((ref.kind, ref.source.name)), now)
            and not in_backoff(ref.backoff, self._backoffs, now)
            for ref in self._job.sources
        )

    def _announce(self, catalog: Catalog) -> None:
        for callback in tuple(self._subscribers):
            try:
                callback(catalog)
            except Exception:
                log.exception("a subscriber to the catalog failed")
