"""Calls of the ledger with their attempts; each query on its own connection. They block: call in a thread."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pointsman.errors import RequestError
from pointsman.money import database, rows
from pointsman.types.ledger import Call

_SHORTEST: Final = 6  # characters of the beginning of an id that may stand for it


def calls(path: Path, limit: int) -> list[Call]:
    """The newest calls, newest first.

    Raises:
        LedgerError: The file cannot be read.
    """
    with database.reading(path) as connection:
        sql = "SELECT * FROM calls ORDER BY seq DESC LIMIT ?"
        return _with_attempts(connection, connection.execute(sql, (max(limit, 0),)).fetchall())


def call(path: Path, name: str) -> Call | None:
    """The call of this id, or the only one whose id begins so (six characters or more); None without one.

    Raises:
        RequestError: Several begin so.
        LedgerError: The file cannot be read.
    """
    with database.reading(path) as connection:
        found = connection.execute("SELECT * FROM calls WHERE id = ?", (name,)).fetchall()
        if not found and len(name) >= _SHORTEST:
            sql = "SELECT * FROM calls WHERE id > ? AND id < ? LIMIT 2"
            found = connection.execute(sql, (name, name + "\U0010ffff")).fetchall()
        if len(found) > 1:
            raise RequestError(f"several calls have an id that begins with {name!r}: give more of it", "id")
        return next(iter(_with_attempts(connection, found)), None)


def _with_attempts(connection: sqlite3.Connection, found: Sequence[sqlite3.Row]) -> list[Call]:
    sql = "SELECT * FROM attempts WHERE call = ? ORDER BY number"
    return [rows.to_call(row, connection.execute(sql, (row["seq"],)).fetchall()) for row in found]
