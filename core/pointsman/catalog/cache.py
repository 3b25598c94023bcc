"""The last catalog, and the one before it, on disk."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import Any

from pointsman.catalog.feeds.cache import KeyValueCache
from pointsman.catalog.packed import pack, unpack
from pointsman.catalog.snapshot import Catalog

log = logging.getLogger(__name__)

_LAYOUT = 4  # counted up when what is stored changes its meaning
_LAST, _BEFORE, _MADE_AT = f"catalog/{_LAYOUT}", f"catalog/{_LAYOUT}/before", f"catalog/{_LAYOUT}/at"


class CatalogCache:
    """Reads and writes catalogs; what cannot be read counts as absent."""

    def __init__(self, store: KeyValueCache) -> None:
        self._store = store

    async def last(self) -> tuple[str, Catalog] | None:
        """The last catalog, and the signature of the sources it was made from."""
        return await asyncio.to_thread(self._read, _LAST)

    async def before(self) -> Catalog | None:
        """The catalog before the last one, with other content; None when there is none."""
        found = await asyncio.to_thread(self._read, _BEFORE)
        return found[1] if found else None

    async def made_at(self) -> datetime | None:
        """When the last catalog was put together; tells cheaply whether there is another one."""
        found = await asyncio.to_thread(self._store.get, _MADE_AT)
        try:
            return datetime.fromisoformat(str(found[0])) if found else None
        except ValueError:
            return None

    async def keep(self, signature: str, catalog: Catalog) -> None:
        """Keep `catalog` as the last one; the one it replaces is kept beside it where it says otherwise."""
        await asyncio.to_thread(self._write, signature, catalog)

    def _read(self, key: str) -> tuple[str, Catalog] | None:
        found = self._store.get(key)
        value: Any = found[0] if found else None
        if not isinstance(value, dict):
            return None
        try:
            return str(value["signature"]), unpack(value["catalog"])
        except (ValueError, KeyError) as error:
            log.debug("the last catalog cannot be read: %s", error)
            return None

    def _write(self, signature: str, catalog: Catalog) -> None:
        found = self._store.get(_LAST)
        last = found[0] if found else None
        if isinstance(last, dict) and last.get("hash", catalog.hash) != catalog.hash:
            self._store.put(_BEFORE, last)
        self._store.put(_LAST, {"signature": signature, "hash": catalog.hash, "catalog": pack(catalog)})
        self._store.put(_MADE_AT, catalog.at.isoformat())
