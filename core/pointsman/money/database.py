"""The ledger's file: created private, checked, brought to today's schema, and explained when it fails."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from pointsman.errors import LedgerError
from pointsman.money import sums

_APPLICATION: Final = 0x504E544D  # "PNTM"; SQLite keeps it in the header for whoever owns the file
_SAMPLE: Final = 50  # the newest rows of each table, read at every opening

SCHEMA: Final = Path(__file__).with_name("schema")


def scripts() -> list[str]:
    """The migrations, oldest first; the n-th leads to schema version n."""
    return [file.read_text("utf-8") for file in sorted(SCHEMA.glob("*.sql"))]


def connect(path: Path, migrations: Sequence[str], timeout: float) -> sqlite3.Connection:
    """The ledger, ready to be written by one thread at a time.

    Args:
        path: Created with mode 0600 in a folder of mode 0700 where it does not exist.
        migrations: See `scripts`.
        timeout: Seconds SQLite waits for another process before it says that the file is busy.

    Raises:
        LedgerError: The file belongs to something else, or is newer than this version of Pointsman.
        sqlite3.Error, OSError: It cannot be used; see `explained`.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    with contextlib.suppress(PermissionError):  # somebody else's file that we may write to
        path.chmod(0o600)
    connection = sqlite3.connect(path, timeout=timeout, isolation_level=None, check_same_thread=False)
    try:
        # FULL: a commit that was answered survives a power loss. A mapped file would turn an I/O error into
        # the death of the process.
        for pragma in ("mmap_size=0", "journal_mode=WAL", "synchronous=FULL", "journal_size_limit=16777216"):
            connection.execute(f"PRAGMA {pragma}")
        _migrate(connection, path, migrations)
        sums.register(connection)
        _sample(connection)
    except BaseException:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write and sees one state of the file throughout.

    Raises:
        LedgerError: It cannot be read, then or later.
    """
    try:
        with closing(_reader(path)) as connection:
            connection.row_factory = sqlite3.Row
            sums.register(connection)
            connection.execute("BEGIN")
            yield connection
    except (sqlite3.Error, OSError) as error:
        raise explained(path, error) from error


def check(path: Path) -> None:
    """Read the whole file: every page, row and index. Takes some seconds per gigabyte, and blocks.

    Raises:
        LedgerError: It is damaged or cannot be read; the message says what to do.
    """
    with reading(path) as connection:
        (answer,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        if answer != "ok":
            raise _malformed(answer)
        if lost := connection.execute("PRAGMA foreign_key_check").fetchone():
            raise _malformed(f"{lost['table']} has a row without its {lost['parent']}")


def owners_of_reserved(connection: sqlite3.Connection) -> list[str]:
    """The processes that have calls under way, or died with some."""
    # The first condition is what the index of open calls is for.
    sql = "SELECT DISTINCT owner FROM calls WHERE state IN ('reserved', 'unsettled') AND state = 'reserved'"
    return [owner for (owner,) in connection.execute(sql)]


def is_busy(error: sqlite3.OperationalError) -> bool:
    """Whether another process has the file locked."""
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def _sample(connection: sqlite3.Connection) -> None:
    """Look before trusting, in a time that does not grow with the file; `check` looks at all of it.

    SQLite itself compares the header and the file's size. The end of every table is read, each call is looked
    for in its indexes, and the roots and branches on the way there are read with them.
    """
    newest = "SELECT seq, id, at FROM calls ORDER BY seq DESC LIMIT ?"
    for seq, name, at in connection.execute(newest, (_SAMPLE,)).fetchall():
        for sql, values in (
            ("SELECT 1 FROM calls INDEXED BY calls_at WHERE at = ? AND seq = ?", (at, seq)),
            ("SELECT 1 FROM calls WHERE id = ? AND seq = ?", (name, seq)),
        ):
            if connection.execute(sql, values).fetchone() is None:
                raise _malformed(f"an index does not know row {seq}")
    for table, key in (("attempts", "call"), ("daily_sums", "columns")):
        connection.execute(f"SELECT * FROM {table} ORDER BY {key} DESC LIMIT ?", (_SAMPLE,)).fetchall()  # noqa: S608  # of constants


def _reader(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10.0)


def _malformed(what: str) -> sqlite3.DatabaseError:
    return sqlite3.DatabaseError(f"database disk image is malformed: {what}")


def explained(path: Path, error: Exception) -> LedgerError:
    """What went wrong with the file, and what to do; `error` is its cause."""
    problem = LedgerError(f"the ledger {path} {_remedy(path, error)}")
    problem.__cause__ = error
    return problem


def _remedy(path: Path, error: Exception) -> str:
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    if primary in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB} or "malformed" in str(error):
        saved = path.with_name(path.name + ".recovered")
        return (
            f"is damaged ({error}); it was left as it is. Stop everything that uses it, keep a copy, then"
            f' run: sqlite3 "{path}" .recover | sqlite3 "{saved}", look at the result, and move it to the old'
            f" place (without the old -wal and -shm files)"
        )
    if primary == sqlite3.SQLITE_FULL:
        return f"has no room left ({error}); make room on its disk"
    if primary in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return f"is locked by another process ({error}); find and end it"
    if isinstance(error, OSError) or primary in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}:
        return (
            f"cannot be written ({error}); make the file and its folder writable, or name another file in"
            f" POINTSMAN_LEDGER_FILE"
        )
    return f"failed: {error}"


def _migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> None:
    """Bring the schema up to date; an older ledger is copied first."""
    if _version(connection, path, len(migrations)) == len(migrations):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection, path, len(migrations))  # another process may have been faster
        if 0 < version < len(migrations):
            _keep_copy(path, path.with_name(f"{path.name}.v{version}"))
        for number in range(version, len(migrations)):
            for statement in _statements(migrations[number]):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, path: Path, newest: int) -> int:
    """The file's schema version; 0 when it is empty.

    Raises:
        LedgerError: It is newer than `newest`, or not a ledger at all.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and application != _APPLICATION:
        raise LedgerError(
            f"{path} is a database of something else; name another file in POINTSMAN_LEDGER_FILE"
        )
    if version > newest:
        raise LedgerError(
            f"the ledger {path} has schema {version}, this Pointsman knows {newest}: upgrade Pointsman"
        )
    return int(version)


def _keep_copy(path: Path, copy: Path) -> None:
    """Copy the ledger as it was last committed; on connections of its own, as ours is in a transaction."""
    copy.unlink(missing_ok=True)
    copy.touch(mode=0o600)
    with closing(_reader(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script; `executescript` would commit the transaction around it."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
