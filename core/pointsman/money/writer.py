"""The one thread that writes the ledger: whatever waits is written in one transaction (group commit).

Callers on the event loop only append a row and wait. The rows of one turn of the loop travel to the thread
together; the thread takes everything that has arrived meanwhile, commits once, and wakes all the callers with
one call into the loop. So a transaction and a disk flush are shared by as many calls as are under way.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pointsman.errors import LedgerError
from pointsman.money import file, presence, rows
from pointsman.money.entry import Entry, wake
from pointsman.types.ledger import Reservation, Settlement

_LOG = logging.getLogger("pointsman.ledger")
_SQLITE_TIMEOUT: Final = 1.0  # seconds; the writer then tries again, up to its patience
_FIRST_SAFE_SQLITE: Final = (3, 51, 3)
# What one row alone can be guilty of: an id that is taken, a value SQLite cannot hold.
_ROW_ERRORS: Final = (
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    ValueError,
    OverflowError,
)


class Writer:
    """Writes reservations and settlements; belongs to the event loop it was opened on.

    Args:
        path: The ledger's file.
        patience: Seconds to keep trying while another process has the file locked.
        migrations: The scripts that make the schema.

    Attributes:
        commits: Transactions so far.
    """

    def __init__(self, path: Path, patience: float = 60.0, migrations: Sequence[str] | None = None) -> None:
        self.path = path
        self.patience = patience
        self.commits = 0
        self._migrations = file.scripts() if migrations is None else migrations
        self._loop = asyncio.get_running_loop()
        self._pending: list[Entry] = []
        self._queue: queue.SimpleQueue[list[Entry] | None] = queue.SimpleQueue()
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._done: asyncio.Future[None] = self._loop.create_future()
        self._thread = threading.Thread(target=self._run, name="pointsman-ledger", daemon=True)
        self._closing = False
        self._connection: sqlite3.Connection
        self._presence: presence.Presence
        self._cleanup: contextlib.ExitStack

    async def open(self) -> None:
        """Open the file and give up the calls of dead processes.

        Raises:
            LedgerError: The file cannot be used.
        """
        self._thread.start()
        try:
            await self._ready
        except BaseException:
            self._queue.put(None)
            raise

    async def close(self) -> None:
        """Write what is pending and end the thread."""
        if not self._closing:
            self._closing = True
            self._flush()
            self._queue.put(None)
        await asyncio.shield(self._done)
        self._thread.join()

    async def reserve(self, reservation: Reservation) -> None:
        """Return once the row is durable. A caller who is cancelled while waiting has sent nothing yet.

        Raises:
            LedgerError: It could not be written, or the id is taken.
        """
        row = rows.reserved(reservation, self._presence.token)
        try:
            await self._submit(rows.INSERT, row)
        except asyncio.CancelledError:
            self._append(Entry(rows.UPDATE, rows.settled(rows.withdrawn(reservation)), None))
            raise

    async def settle(self, settlement: Settlement) -> None:
        """Return once the end is durable; a caller who is cancelled while waiting loses nothing.

        Raises:
            LedgerError: It could not be written, or there is no such call.
        """
        await self._submit(rows.UPDATE, rows.settled(settlement))

    def _submit(self, sql: str, row: rows.Row) -> asyncio.Future[None]:
        if self._closing:
            raise LedgerError(f"the ledger {self.path} is closed")
        if asyncio.get_running_loop() is not self._loop:
            raise LedgerError(f"the ledger {self.path} was opened on another event loop")
        waiting = self._loop.create_future()
        self._append(Entry(sql, row, waiting))
        return waiting

    def _append(self, entry: Entry) -> None:
        if not self._pending:
            self._loop.call_soon(self._flush)
        self._pending.append(entry)

    def _flush(self) -> None:
        if self._pending:
            self._queue.put(self._pending)
            self._pending = []

    # What follows runs on the thread.

    def _run(self) -> None:
        try:
            self._prepare()
        except Exception as error:  # noqa: BLE001  # travels to whoever opens
            problem = error if isinstance(error, LedgerError) else file.explained(self.path, error)
            self._tell(self._ready, problem)
            return
        self._tell(self._ready)
        try:
            while batch := self._next():
                self._write(batch)
        finally:
            with contextlib.suppress(sqlite3.Error, OSError):
                self._cleanup.close()
            self._tell(self._done)

    def _prepare(self) -> None:
        with contextlib.ExitStack() as stack:
            self._connection = self._connect()
            stack.callback(self._connection.close)
            self._presence = presence.Presence(self.path)
            stack.callback(self._presence.leave)
            self._give_up_the_dead()
            self._warn_of_old_sqlite()
            self._cleanup = stack.pop_all()

    def _connect(self) -> sqlite3.Connection:
        deadline = time.monotonic() + self.patience
        while True:
            try:
                return file.connect(self.path, self._migrations, _SQLITE_TIMEOUT)
            except sqlite3.OperationalError as error:
                if not _busy(error) or time.monotonic() > deadline:
                    raise

    def _give_up_the_dead(self) -> None:
        """Mark rows that dead processes left as reserved; their estimates stay."""
        sql = "SELECT DISTINCT owner FROM calls WHERE state = 'reserved'"
        dead = presence.gone(self.path, [owner for (owner,) in self._connection.execute(sql)])
        if dead:
            file.check(self._connection)  # after a crash, look before trusting
            self._begin()
            self._connection.executemany(
                "UPDATE calls SET state = 'unsettled' WHERE state = 'reserved' AND owner = ?",
                [(owner,) for owner in dead],
            )
            self._connection.execute("COMMIT")

    def _warn_of_old_sqlite(self) -> None:
        """Before 3.51.3 two processes that write and checkpoint at once could, rarely, damage the file."""
        if sqlite3.sqlite_version_info >= _FIRST_SAFE_SQLITE:
            return
        if presence.others(self.path, self._presence.token):
            _LOG.warning(
                "another process has the ledger %s open, and SQLite %s has a rare fault there (until 3.51.3):"
                " give each process its own POINTSMAN_LEDGER_FILE, or upgrade SQLite",
                self.path,
                sqlite3.sqlite_version,
            )

    def _next(self) -> list[Entry] | None:
        """Everything that has arrived, waiting for the first; None when it is time to end."""
        batch = self._queue.get()
        while batch is not None:
            try:
                more = self._queue.get_nowait()
            except queue.Empty:
                break
            if more is None:
                self._queue.put(None)  # for the next time
                break
            batch += more
        return batch

    def _write(self, batch: list[Entry]) -> None:
        """Commit a batch; when it fails for one row's sake, row by row."""
        try:
            self._commit(batch)
        except _ROW_ERRORS:
            self._roll_back()
            for entry in batch:
                self._write_alone(entry)
        except Exception as error:  # noqa: BLE001  # travels to everybody who waits
            self._roll_back()
            for entry in batch:
                entry.error = file.explained(self.path, error)
        self._call(batch)

    def _write_alone(self, entry: Entry) -> None:
        try:
            self._commit([entry])
        except sqlite3.IntegrityError:
            entry.error = LedgerError(f"the call {entry.row[0]!r} is already in the ledger")
        except _ROW_ERRORS as error:
            entry.error = LedgerError(f"a call cannot be recorded: {error}")
        except Exception as error:  # noqa: BLE001  # travels to the one who waits
            entry.error = file.explained(self.path, error)
        self._roll_back()

    def _commit(self, batch: list[Entry]) -> None:
        """One transaction. A settlement always follows its reservation, so inserting first keeps order."""
        inserts = [entry.row for entry in batch if entry.sql is rows.INSERT]
        updates = [entry for entry in batch if entry.sql is rows.UPDATE]
        self._begin()
        if inserts:
            self._connection.executemany(rows.INSERT, inserts)
        if updates:
            cursor = self._connection.executemany(rows.UPDATE, [entry.row for entry in updates])
            if cursor.rowcount != len(updates):
                self._find_unknown(updates)
        self._connection.execute("COMMIT")
        self.commits += 1

    def _find_unknown(self, updates: list[Entry]) -> None:
        """Some settlements changed nothing: the call had ended (the first end stays) or never began."""
        for entry in updates:
            found = self._connection.execute("SELECT 1 FROM calls WHERE id = ?", entry.row[-1:]).fetchone()
            if found is None:
                entry.error = LedgerError(f"there is no call {entry.row[-1]!r} in the ledger to settle")

    def _begin(self) -> None:
        """Start a write transaction, waiting while another process has one."""
        deadline = time.monotonic() + self.patience
        while True:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if not _busy(error) or time.monotonic() > deadline:
                    raise
            else:
                return

    def _roll_back(self) -> None:
        with contextlib.suppress(sqlite3.Error):  # the file is failing; the first error says more
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _tell(self, waiting: asyncio.Future[None], error: LedgerError | None = None) -> None:
        self._call([Entry("", (), waiting, error)])

    def _call(self, batch: list[Entry]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed; nobody waits any more
            self._loop.call_soon_threadsafe(wake, batch)


def _busy(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
