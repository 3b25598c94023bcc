"""From a host to its catalog: every source that is on and the manager that asks them, or a lock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from pointsman.cache import Cache
from pointsman.catalog.accepted import FILE as ACCEPTED
from pointsman.catalog.accepted import AcceptedFile
from pointsman.catalog.feeds.schedule import Schedule
from pointsman.catalog.feeds.sources import Source, SourceRef
from pointsman.catalog.lock import Locked
from pointsman.catalog.manager import CatalogManager
from pointsman.catalog.refresh import RefreshJob
from pointsman.catalog.refresh_process import RefreshProcess
from pointsman.catalog.snapshot import Catalog
from pointsman.clients import Clients
from pointsman.host import Host
from pointsman.kinds import FEEDS
from pointsman.protocols import Http


class CatalogSource(Protocol):
    """What a router needs of whoever holds its catalog: a `CatalogManager`, or a `Locked` one."""

    async def current(self) -> Catalog: ...

    async def refresh(
        self, *, force: bool = True, progress: Callable[[Any], None] | None = None
    ) -> Catalog: ...

    async def wait_for_refresh(self, patience: float) -> None: ...

    async def aclose(self) -> None: ...


def open_catalog(host: Host, http: Callable[[str], Http], cache: Cache) -> CatalogSource:
    """The manager of this host's catalog, or the catalog it is locked to; asks nobody yet.

    Raises:
        ConfigError: The lock cannot be used; names the file.
    """
    settings = host.settings.catalog
    if settings.lock:
        return Locked.of(Path(settings.lock).expanduser(), host.on("providers").keys())
    job = refresh_job(host, http, cache)
    if settings.refresh_in == "thread" or host.inputs is None or not cache.on_disk:
        return CatalogManager(job)
    return CatalogManager(job, RefreshProcess(job, host.inputs))


@asynccontextmanager
async def opened_catalog(host: Host) -> AsyncIterator[CatalogSource]:
    """The catalog of a host, for whoever makes no calls.

    Raises:
        ConfigError: As `open_catalog`.
    """
    cache, clients = await asyncio.to_thread(Cache, host.folders.cache), Clients.of(host)
    async with AsyncExitStack() as closing:
        closing.push_async_callback(asyncio.to_thread, cache.close)
        closing.push_async_callback(clients.aclose)
        catalogs = await asyncio.to_thread(open_catalog, host, clients, cache)  # may read a lock
        closing.push_async_callback(catalogs.aclose)
        yield catalogs


def refresh_job(host: Host, http: Callable[[str], Http], cache: Cache) -> RefreshJob:
    """How this host's catalog is refreshed, whoever does so."""
    settings = host.settings
    return RefreshJob(
        sources=source_refs(host),
        http=http,
        store=cache,
        folder=cache.folder if cache.on_disk else None,
        schedule=Schedule(timedelta(hours=settings.catalog.refresh_hours)),
        timeout=settings.catalog.timeout,
        priority=settings.catalog.price_priority,
        accepted=AcceptedFile(host.folders.config / ACCEPTED).known,
        offline=settings.offline,
    )


def source_refs(host: Host) -> tuple[SourceRef, ...]:
    """Everything that is on and that the catalog asks, as the catalog knows it."""
    return tuple(
        SourceRef(
            kind.source_kind,
            Source(
                each.name,
                each.contribution.declared.name,
                partial(getattr, each, "object"),
                "+".join(filter(None, each.fingerprints)),
            ),
        )
        for kind in FEEDS.values()
        for each in host.on(kind.table).values()
    )
