"""From a command to the library: open a router, do the work, close it. Also what can be read without one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from pointsman.cli.face import Face

if TYPE_CHECKING:
    from pathlib import Path

    from pointsman.cache import Cache
    from pointsman.catalog import Catalog
    from pointsman.catalog.feeds.schedule import Backoff
    from pointsman.catalog.feeds.sources import SourceRef
    from pointsman.catalog.opening import CatalogSource
    from pointsman.config import Folders
    from pointsman.host import Host
    from pointsman.routing.router import Router

T = TypeVar("T")

UNLOCKED: Mapping[str, Any] = {"catalog": {"lock": ""}}
"""A configuration for commands that are about today's catalog even where calls are locked to another."""

_PATIENCE = 0.4  # seconds before a wait is explained


def load_host(face: Face, config: Mapping[str, Any] | None = None) -> Host:
    """The host of this process's environment; says when a plugin is broken.

    Raises:
        ConfigError: With every problem at once.
        PluginError: The configuration names a plugin that is broken.
    """
    from pointsman.host import Host

    host = Host.load(None, config)
    face.about(host.plugins)
    return host


def with_router(
    face: Face, work: Callable[[Router], Awaitable[T]], config: Mapping[str, Any] | None = None
) -> T:
    """Run `work` with an open router; Ctrl-C cancels it, and what it began is settled first.

    Args:
        face: How this run talks.
        work: Called once, with the router open.
        config: As for `load_host`.
    """
    import asyncio

    from pointsman.routing.router import Router

    router = Router(load_host(face, config))

    async def main() -> T:
        async with router:
            return await work(router)

    return asyncio.run(main())


def with_catalog(host: Host, work: Callable[[CatalogSource], Awaitable[T]]) -> T:
    """Run `work` with the catalog of a host: no ledger is opened and nobody can be called."""
    import asyncio

    from pointsman.catalog.opening import opened_catalog

    async def main() -> T:
        async with opened_catalog(host) as catalogs:
            return await work(catalogs)

    return asyncio.run(main())


def todays_catalog(host: Host) -> Catalog:
    """The catalog: from disk, else fetched."""
    return with_catalog(host, lambda catalogs: catalogs.current())


def cached_catalog(folders: Folders) -> Catalog | None:
    """The last catalog on disk; None when there is none. No network, and nothing is created."""
    from pointsman.catalog.cache import CatalogCache

    async def last(cache: Cache) -> Catalog | None:
        found = await CatalogCache(cache).last()
        return found[1] if found else None

    return _from_cache(folders, last)


def catalog_before(folders: Folders) -> Catalog | None:
    """The catalog on disk before the last one; otherwise as `cached_catalog`."""
    from pointsman.catalog.cache import CatalogCache

    async def before(cache: Cache) -> Catalog | None:
        return await CatalogCache(cache).before()

    return _from_cache(folders, before)


def cached_backoffs(folders: Folders) -> Mapping[str, Backoff]:
    """What failed when last tried, and is not tried again for now; likewise."""
    from pointsman.catalog.feeds.cache import FeedCache

    async def backoffs(cache: Cache) -> Mapping[str, Backoff]:
        return await FeedCache(cache).backoffs()

    return _from_cache(folders, backoffs) or {}


def cached_rows(host: Host) -> Mapping[SourceRef, Sequence[Any]]:
    """The last good rows of every source that is on, as it sent them; likewise."""
    from pointsman.catalog.feeds.cache import FeedCache
    from pointsman.catalog.opening import source_refs

    async def rows(cache: Cache) -> Mapping[SourceRef, Sequence[Any]]:
        feeds = FeedCache(cache)
        return {ref: cached.rows for ref in source_refs(host) if (cached := await feeds.rows(ref))}

    return _from_cache(host.folders, rows) or {}


def configured_lock() -> Path | None:
    """The file the catalog is locked to; None where it is not."""
    from pathlib import Path

    from pointsman.config import Environment, Folders, KeysFile, read_settings
    from pointsman.host import KEYS

    folders = Folders.find(Environment.of())
    settings, _ = read_settings(Environment.over(KeysFile(folders.config / KEYS)), folders)
    return Path(settings.catalog.lock).expanduser() if settings.catalog.lock else None


def _from_cache(folders: Folders, read: Callable[[Cache], Coroutine[Any, Any, T]]) -> T | None:
    """What `read` finds on disk; None where there is no cache."""
    import asyncio

    from pointsman.cache import Cache

    if not folders.cache.is_dir():
        return None
    cache = Cache(folders.cache)
    try:
        return asyncio.run(read(cache))
    finally:
        cache.close()


async def catalog_ready(face: Face, router: Router) -> None:
    """Wait until there is a catalog; when that takes long, a terminal says what is going on."""
    import asyncio
    import sys

    waiting = asyncio.ensure_future(router.catalog())
    try:
        done, _ = await asyncio.wait({waiting}, timeout=_PATIENCE)
        if not done and face.verbosity >= 0 and sys.stderr.isatty():
            from rich.console import Console

            with Console(stderr=True).status("[dim]asking every provider for its models …[/dim]"):
                await waiting
        await waiting
    finally:
        waiting.cancel()
