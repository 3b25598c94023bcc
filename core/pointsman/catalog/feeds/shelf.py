"""The last good rows of every source, and the last catalog, on disk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from attrs import frozen

from pointsman.catalog.codec import converter, plain_values, typed_values, uncollected
from pointsman.catalog.feeds.schedule import Trouble
from pointsman.catalog.feeds.sources import Source
from pointsman.catalog.sharing import packed
from pointsman.catalog.snapshot import Catalog
from pointsman.kinds import FEEDS, SourceKind

log = logging.getLogger(__name__)

_LAYOUT = 3  # counted up when what is stored changes its meaning
_LAST, _BEFORE = f"catalog/{_LAYOUT}", f"catalog/{_LAYOUT}/before"
_TROUBLES = f"troubles/{_LAYOUT}"


class Store(Protocol):
    """What keeps JSON values under text keys; `pointsman.cache.Cache` does. Called in a thread."""

    def get(self, key: str) -> tuple[object, datetime] | None:
        """The value and when it was stored; None when there is none."""
        ...

    def put(self, key: str, value: object) -> None:
        """Keep `value` in place of what was there."""
        ...


@frozen
class Kept:
    """The last good rows of one source.

    Attributes:
        rows: As fetched.
        at: When they were fetched.
    """

    rows: tuple[Any, ...]
    at: datetime


class Shelf:
    """Reads and writes last-good data; what cannot be read counts as absent."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def rows(self, kind: SourceKind, source: Source) -> Kept | None:
        """The last good rows of `source`; None when there are none."""
        value = await self._get(_key(kind, source))
        if not isinstance(value, dict):
            return None
        try:
            return Kept(
                await asyncio.to_thread(typed_values, value["rows"], FEEDS[kind].row),
                datetime.fromisoformat(value["at"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            log.debug("last good rows of %s cannot be read: %s", source.name, error)
            return None

    async def keep_rows(self, kind: SourceKind, source: Source, rows: Sequence[object], at: datetime) -> None:
        """Keep `rows` as the last good ones."""

        def keep() -> None:
            self._store.put(_key(kind, source), {"rows": plain_values(rows), "at": at.isoformat()})

        await asyncio.to_thread(keep)

    async def troubles(self) -> dict[str, Trouble]:
        """The sources that failed when last asked, by kind and name."""
        value = await self._get(_TROUBLES)
        try:
            return {
                key: Trouble(int(failures), datetime.fromisoformat(until))
                for key, (failures, until) in (value if isinstance(value, dict) else {}).items()
            }
        except (ValueError, TypeError) as error:
            log.debug("the list of failing sources cannot be read: %s", error)
            return {}

    async def keep_troubles(self, troubles: Mapping[str, Trouble]) -> None:
        """Keep `troubles` in place of those before."""
        value = {key: [each.failures, each.until.isoformat()] for key, each in troubles.items()}
        await asyncio.to_thread(self._store.put, _TROUBLES, value)

    async def catalog(self) -> tuple[str, Catalog] | None:
        """The last catalog, and the signature of the sources it was made from."""
        return await self._catalog(_LAST)

    async def catalog_before(self) -> Catalog | None:
        """The catalog before the last one, with other content; None when there is none."""
        found = await self._catalog(_BEFORE)
        return found[1] if found else None

    async def _catalog(self, key: str) -> tuple[str, Catalog] | None:
        return await asyncio.to_thread(self._read_catalog, key)

    def _read_catalog(self, key: str) -> tuple[str, Catalog] | None:
        with uncollected():
            found = self._store.get(key)
            value: Any = found[0] if found else None
            if not isinstance(value, dict):
                return None
            try:
                made = converter().structure(value["catalog"], Catalog)
                return str(value["signature"]), made.hashed(str(value["hash"]))
            except Exception as error:  # noqa: BLE001 (cattrs raises what the value provokes; all of it means: unreadable)
                log.debug("the last catalog cannot be read: %s", error)
                return None

    async def keep_catalog(self, signature: str, catalog: Catalog) -> None:
        """Keep `catalog` as the last one; the one it replaces is kept beside it where it says otherwise."""

        def keep() -> None:
            found = self._store.get(_LAST)
            last = found[0] if found else None
            if isinstance(last, dict) and last.get("hash", catalog.hash) != catalog.hash:
                self._store.put(_BEFORE, last)
            value = {
                "signature": signature,
                "hash": catalog.hash,
                "catalog": packed(converter().unstructure(catalog)),
            }
            self._store.put(_LAST, value)

        await asyncio.to_thread(keep)

    async def _get(self, key: str) -> object:
        found = await asyncio.to_thread(self._store.get, key)
        return found[0] if found else None


def _key(kind: SourceKind, source: Source) -> str:
    return f"rows/{_LAYOUT}/{kind}/{source.engine}/{source.name}"
