"""The kinds of extension there are: one record each, read by everything that goes through them.

A new kind is a record here, a hook in `pointsman.hookspecs` and a port in `pointsman.protocols`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from enum import StrEnum
from types import UnionType
from typing import Any

from attrs import frozen

from pointsman.protocols import (
    BenchmarkSource,
    Http,
    Ledger,
    Observer,
    PricingSource,
    Provider,
    SharedState,
    Strategy,
)
from pointsman.types import Discount, Model, Quote, Score, Speed


@frozen
class ExtensionKind:
    """One kind of extension.

    Attributes:
        table: Its name, and that of the configuration's tables: ``[table.NAME]``.
        title: One of it, in words.
        hook: Where plugins contribute it.
        protocol: What the objects satisfy.
        setting: The setting that names the one in use; empty where all that are on are used.
    """

    table: str
    title: str
    hook: str
    protocol: type
    setting: str = ""


class SourceKind(StrEnum):
    """What the rows of a source are about."""

    PROVIDER = "provider"
    PRICES = "prices"
    SCORES = "scores"


@frozen(kw_only=True)
class FeedKind(ExtensionKind):
    """A kind of extension that the catalog asks for rows.

    Attributes:
        source_kind: What its rows are about.
        row: Their type.
        fetch: Asks one object of this kind.
    """

    source_kind: SourceKind
    row: type | UnionType
    fetch: Callable[[Any, Http], Awaitable[Iterable[Any]]]


_FEEDS = (
    FeedKind(
        "providers",
        "provider",
        "pointsman_providers",
        Provider,
        source_kind=SourceKind.PROVIDER,
        row=Model,
        fetch=lambda provider, http: provider.models(http),
    ),
    FeedKind(
        "pricing_sources",
        "pricing source",
        "pointsman_pricing_sources",
        PricingSource,
        source_kind=SourceKind.PRICES,
        row=Quote | Discount,
        fetch=lambda source, http: source.quotes(http),
    ),
    FeedKind(
        "benchmark_sources",
        "benchmark source",
        "pointsman_benchmark_sources",
        BenchmarkSource,
        source_kind=SourceKind.SCORES,
        row=Score | Speed,
        fetch=lambda source, http: source.scores(http),
    ),
)

_ALL: tuple[ExtensionKind, ...] = (
    *_FEEDS,
    ExtensionKind("strategies", "strategy", "pointsman_strategies", Strategy, "strategy"),
    ExtensionKind("ledgers", "ledger", "pointsman_ledgers", Ledger, "ledger"),
    ExtensionKind("shared_states", "shared state", "pointsman_shared_states", SharedState, "shared_state"),
    ExtensionKind("observers", "observer", "pointsman_observers", Observer),
)

KINDS: Mapping[str, ExtensionKind] = {kind.table: kind for kind in _ALL}
"""Every kind, by the name of its tables."""

FEEDS: Mapping[SourceKind, FeedKind] = {kind.source_kind: kind for kind in _FEEDS}
"""The kinds the catalog asks, by what their rows are about."""
