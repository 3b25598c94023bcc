"""The SQLite store passes the kit for stores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pointsman.money.sqlite import SqliteConfig, SqliteStore
from pointsman.protocols import Store
from pointsman.testing import StoreTests


class TestSqliteStore(StoreTests):
    """The default store."""

    @pytest.fixture
    def make_store(self, tmp_path: Path) -> Callable[[], Store]:
        """Every call makes a store over the same file."""
        return lambda: SqliteStore(SqliteConfig(str(tmp_path / "ledger.sqlite3")))
