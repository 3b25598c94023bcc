"""The state's database: made private, opened, checked; one that is damaged is moved aside and begun anew."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from pointsman import private_files
from pointsman.errors import SharedStateError

_APPLICATION: Final = 0x504E5453  # "PNTS"; SQLite keeps it in the header for whoever owns the file
VERSION: Final = 1
_TIMEOUT: Final = 0.1  # seconds SQLite waits for another process before it says that the file is busy
_TRUST: Final = 4 * 2**20  # bytes up to which the whole file is checked at every opening

_SCHEMA: Final = """
CREATE TABLE deadlines (name TEXT PRIMARY KEY, until REAL NOT NULL, since REAL NOT NULL,
    reason TEXT NOT NULL, forgotten REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE counters (name TEXT PRIMARY KEY, used TEXT NOT NULL, expires REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE leases (name TEXT PRIMARY KEY, owner TEXT NOT NULL, until REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE kept (name TEXT PRIMARY KEY, value BLOB NOT NULL, until REAL NOT NULL)
"""
# `used` is text, because money in pico-dollars outgrows SQLite's integers at 9.2 million US dollars.


def connect(path: Path) -> tuple[sqlite3.Connection, Path | None]:
    """The database, for one thread; and where a damaged one was moved.

    Args:
        path: Created with mode 0600 in a folder of mode 0700 where it does not exist.

    Raises:
        SharedStateError: It belongs to something else, or to a newer version of Pointsman.
        sqlite3.Error, OSError: It cannot be used now; see `remedy`.
    """
    number = _create(path)
    try:
        return _open(path), None
    except sqlite3.DatabaseError as error:
        if not _damaged(error):
            raise
    moved = None
    if _create(path) == number:  # else another process was faster
        moved = _move_aside(path)
        _create(path)
    return _open(path), moved


def remedy(error: Exception) -> str:
    """What is wrong with the file, as the end of a sentence that begins with its name."""
    if isinstance(error, SharedStateError):
        return str(error)
    if busy(error):
        return "is locked by another process"
    cure = "make it and its folder writable, or name another file in POINTSMAN_STATE_FILE"
    return f"cannot be used ({error}); {cure}"


def busy(error: Exception) -> bool:
    """Whether another process is writing."""
    return _code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def _damaged(error: Exception) -> bool:
    return _code(error) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _code(error: Exception) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _create(path: Path) -> int:
    """Make sure that there is a file; its number."""
    if not path.exists():
        private_files.make_file(path)
    return path.stat().st_ino


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_TIMEOUT, isolation_level=None)
    try:
        made = _ours(connection)
        private_files.make_file(path)  # one that was not private becomes so
        # NORMAL: a power loss may take back the last changes, which is what forgetting a cooldown costs.
        # A mapped file would turn an I/O error into the death of the process.
        for pragma in ("mmap_size=0", "journal_mode=WAL", "synchronous=NORMAL", "journal_size_limit=4194304"):
            connection.execute(f"PRAGMA {pragma}")
        if path.stat().st_size <= _TRUST:
            _check(connection)
        if not made:
            _prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection) -> None:
    """Read the whole file."""
    (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if answer != "ok":
        error = sqlite3.DatabaseError(f"database disk image is malformed: {answer}")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the tables."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if not _ours(connection):  # another process may have been faster
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _ours(connection: sqlite3.Connection) -> bool:
    """Whether the tables are there; False when the file is empty.

    Raises:
        SharedStateError: The file is not ours to write.
    """
    # In one statement: another process may be making the tables just now.
    tables, application, version = connection.execute(
        "SELECT (SELECT count(*) FROM sqlite_master), application_id, user_version"
        " FROM pragma_application_id, pragma_user_version"
    ).fetchone()
    if not tables:
        return False
    if application != _APPLICATION:
        raise SharedStateError("is a database of something else; name another file in POINTSMAN_STATE_FILE")
    if version > VERSION:
        raise SharedStateError(f"has schema {version}, this Pointsman knows {VERSION}: upgrade Pointsman")
    return True


def _move_aside(path: Path) -> Path:
    """Out of the way, with the log beside it; an earlier one that was moved is overwritten."""
    aside = path.with_name(path.name + ".damaged")
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    path.replace(aside)
    return aside
