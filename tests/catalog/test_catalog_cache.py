"""The last catalog on disk, and the one before it."""

from __future__ import annotations

import pytest
from pointsman.catalog import Catalog
from pointsman.catalog.cache import CatalogCache

from tests.builders import candidate
from tests.catalog.values import Memory


async def before_each(*catalogs: Catalog) -> list[str | None]:
    """After each of these was kept, the hash of the one before."""
    cache, found = CatalogCache(Memory()), []
    for catalog in catalogs:
        await cache.keep("any", catalog)
        before = await cache.before()
        found.append(before.hash if before else None)
    return found


@pytest.mark.anyio
async def test_the_catalog_before_is_the_last_one_that_said_otherwise() -> None:
    """However often the same catalog was made again since."""
    one, two = (Catalog((candidate(rate=rate),)) for rate in ("1", "2"))

    assert await before_each(one, one, two, two, one) == [None, None, one.hash, one.hash, two.hash]
