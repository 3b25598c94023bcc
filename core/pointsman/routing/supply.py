"""Where a router's catalog comes from: every source that is on, and the keeper that asks them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from pointsman.cache import Cache
from pointsman.catalog import Keeper, Source
from pointsman.host import Host
from pointsman.protocols import Http


def keeper_of(host: Host, http: Callable[[str], Http], cache: Cache) -> Keeper:
    """The keeper of this host's catalog; asks nobody yet."""
    settings = host.settings
    return Keeper(
        providers=_sources(host, "providers"),
        pricing_sources=_sources(host, "pricing_sources"),
        benchmark_sources=_sources(host, "benchmark_sources"),
        http=http,
        cache=cache,
        fresh_for=timedelta(hours=settings.catalog.refresh_hours),
        timeout=settings.catalog.timeout,
        price_priority=settings.catalog.price_priority,
        offline=settings.offline,
    )


def _sources(host: Host, kind: str) -> tuple[Source, ...]:
    return tuple(
        Source(each.name, each.contribution.extension.name, each.object) for each in host.on(kind).values()
    )
