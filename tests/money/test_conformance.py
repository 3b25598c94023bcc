"""The SQLite ledger passes the kit for ledgers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pointsman.money.sqlite import SqliteConfig, SqliteLedger
from pointsman.protocols import Ledger
from pointsman.testing import LedgerTests


class TestSqliteLedger(LedgerTests):
    """The default ledger."""

    @pytest.fixture
    def make_ledger(self, tmp_path: Path) -> Callable[[], Ledger]:
        """Every call makes a ledger over the same file."""
        return lambda: SqliteLedger(SqliteConfig(str(tmp_path / "ledger.sqlite3")))
