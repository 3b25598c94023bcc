"""What there is to choose from today: lists, prices and scores, joined into one immutable snapshot."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pointsman.catalog.feeds.fetch_round import Progress
    from pointsman.catalog.feeds.sources import Listing, Source, SourceStatus, State
    from pointsman.catalog.manager import CatalogManager
    from pointsman.catalog.quarantine import Quarantined
    from pointsman.catalog.snapshot import Catalog, LeftOut
    from pointsman.catalog.tiers import Cuts

__all__ = [
    "Catalog",
    "CatalogManager",
    "Cuts",
    "LeftOut",
    "Listing",
    "Progress",
    "Quarantined",
    "Source",
    "SourceStatus",
    "State",
]

_HOME = {
    "Catalog": "snapshot",
    "Cuts": "tiers",
    "CatalogManager": "manager",
    "LeftOut": "snapshot",
    "Listing": "feeds.sources",
    "Progress": "feeds.fetch_round",
    "Quarantined": "quarantine",
    "Source": "feeds.sources",
    "SourceStatus": "feeds.sources",
    "State": "feeds.sources",
}


def __getattr__(name: str) -> Any:
    # Lazy: whoever reads a catalog need not load what joins names.
    if name in _HOME:
        return getattr(importlib.import_module(f"pointsman.catalog.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
