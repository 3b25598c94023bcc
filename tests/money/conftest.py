"""A ledger for the tests of this folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pointsman.money.sqlite import SqliteConfig, SqliteLedger


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger will be; its folder does not exist yet."""
    return tmp_path / "data" / "ledger.sqlite3"


@pytest.fixture
async def ledger(path: Path) -> AsyncIterator[SqliteLedger]:
    """An open ledger."""
    opened = SqliteLedger(SqliteConfig(str(path)))
    await opened.open()
    yield opened
    await opened.close()
