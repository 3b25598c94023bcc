"""The one thread that writes the ledger: whatever waits is written in one transaction (group commit).

Callers on the event loop only append a record and wait. The records of one turn of the loop travel to the
thread together; the thread takes everything that has arrived meanwhile, commits once, and answers all callers
with one call into the loop. So a transaction and a disk flush are shared by as many calls as are under way.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from pointsman.errors import LedgerError
from pointsman.money import database, process_lock
from pointsman.money.rows import EndedCall, NewCall, withdrawn
from pointsman.money.transactions import Pending, Transactions
from pointsman.types.ledger import Reservation, Settlement

_LOG = logging.getLogger("pointsman.ledger")
_SQLITE_TIMEOUT: Final = 1.0  # seconds; the writer then tries again, up to its patience
_FIRST_SAFE_SQLITE: Final = (3, 51, 3)


class Writer:
    """Writes reservations and settlements; belongs to the event loop it was opened on.

    Args:
        path: The ledger's file.
        patience: Seconds to keep trying while another process has the file locked.
        migrations: The scripts that make the schema.

    Attributes:
        transactions: What writes, once it is open; belongs to the thread.
    """

    transactions: Transactions

    def __init__(self, path: Path, patience: float = 60.0, migrations: Sequence[str] | None = None) -> None:
        self.path = path
        self._patience = patience
        self._migrations = database.scripts() if migrations is None else migrations
        self._loop = asyncio.get_running_loop()
        self._pending: list[Pending] = []
        self._queue: queue.SimpleQueue[list[Pending] | None] = queue.SimpleQueue()
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._done: asyncio.Future[None] = self._loop.create_future()
        self._thread = threading.Thread(target=self._run, name="pointsman-ledger", daemon=True)
        self._closing = False
        self._lock: process_lock.ProcessLock
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
        try:
            await self._submit(NewCall.of(reservation, self._lock.token))
        except asyncio.CancelledError:
            self._append(Pending(EndedCall.of(withdrawn(reservation))))
            raise

    def settle(self, settlement: Settlement) -> asyncio.Future[None]:
        """Done once the end is durable; a caller who is cancelled while waiting loses nothing.

        Raises:
            LedgerError: It could not be written, or there is no such call.
        """
        return self._submit(EndedCall.of(settlement))

    def _submit(self, record: NewCall | EndedCall) -> asyncio.Future[None]:
        if self._closing:
            raise LedgerError(f"the ledger {self.path} is closed")
        if asyncio.get_running_loop() is not self._loop:
            raise LedgerError(f"the ledger {self.path} was opened on another event loop")
        waiting = self._loop.create_future()
        self._append(Pending(record, waiting))
        return waiting

    def _append(self, pending: Pending) -> None:
        if not self._pending:
            self._loop.call_soon(self._flush)
        self._pending.append(pending)

    def _flush(self) -> None:
        if self._pending:
            self._queue.put(self._pending)
            self._pending = []

    # What follows runs on the thread.

    def _run(self) -> None:
        try:
            self._prepare()
        except Exception as error:  # noqa: BLE001  # travels to whoever opens
            problem = error if isinstance(error, LedgerError) else database.explained(self.path, error)
            self._on_loop(_resolve, self._ready, problem)
            return
        self._on_loop(_resolve, self._ready, None)
        try:
            while batch := self._next():
                self.transactions.write(batch)
                self._on_loop(resolve_waiters, batch)
        finally:
            with contextlib.suppress(sqlite3.Error, OSError):
                self._cleanup.close()
            self._on_loop(_resolve, self._done, None)

    def _prepare(self) -> None:
        with contextlib.ExitStack() as stack:
            connection = self._connect()
            stack.callback(connection.close)
            self.transactions = Transactions(connection, self.path, self._patience)
            self._lock = process_lock.ProcessLock(self.path)
            stack.callback(self._lock.release)
            if dead := process_lock.gone(self.path, database.owners_of_reserved(connection)):
                self.transactions.give_up(dead)
            self._warn_of_old_sqlite()
            self._cleanup = stack.pop_all()

    def _connect(self) -> sqlite3.Connection:
        deadline = time.monotonic() + self._patience
        while True:
            try:
                return database.connect(self.path, self._migrations, _SQLITE_TIMEOUT)
            except sqlite3.OperationalError as error:
                if not database.is_busy(error) or time.monotonic() > deadline:
                    raise

    def _warn_of_old_sqlite(self) -> None:
        """Before 3.51.3 two processes that write and checkpoint at once could, rarely, damage the file."""
        if sqlite3.sqlite_version_info >= _FIRST_SAFE_SQLITE:
            return
        if process_lock.others(self.path, self._lock.token):
            _LOG.warning(
                "another process has the ledger %s open, and SQLite %s has a rare fault there (until 3.51.3):"
                " give each process its own POINTSMAN_LEDGER_FILE, or upgrade SQLite",
                self.path,
                sqlite3.sqlite_version,
            )

    def _next(self) -> list[Pending] | None:
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

    def _on_loop(self, work: Callable[..., None], *args: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed; nobody waits any more
            self._loop.call_soon_threadsafe(work, *args)


def resolve_waiters(batch: Iterable[Pending]) -> None:
    """Answer everybody who still waits; on the event loop."""
    for each in batch:
        if each.waiting is None or each.waiting.done():
            if each.error is not None:
                _LOG.warning("nobody waited for: %s", each.error)
        else:
            _resolve(each.waiting, each.error)


def _resolve(waiting: asyncio.Future[None], error: LedgerError | None) -> None:
    if waiting.done():
        return
    if error is None:
        waiting.set_result(None)
    else:
        waiting.set_exception(error)
