"""How records become rows: many in one transaction, and each alone where one of them spoils it."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import define

from pointsman.errors import LedgerError
from pointsman.money import database, rows, sums
from pointsman.money.rows import EndedCall, Labels, NewCall

# What one record alone can be guilty of: an id that is taken, a value SQLite cannot hold.
_RECORD_ERRORS: Final = (
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    ValueError,
    OverflowError,
)
_FIND: Final = """
    SELECT seq, state IN ('reserved', 'unsettled'), at, task, user, key, tags FROM calls WHERE id = ?
"""
_Place = tuple[int, Labels]
"""The `seq` of a call, and by what it is summed."""


@define(eq=False)
class Pending:
    """A record on its way to the file.

    Attributes:
        record: What is to be written.
        waiting: Whoever waits for it; None when nobody does.
        error: Why it could not be written.
    """

    record: NewCall | EndedCall
    waiting: asyncio.Future[None] | None = None
    error: LedgerError | None = None


class Transactions:
    """Writes over one connection, on one thread.

    Args:
        connection: See `database.connect`.
        path: The file, for messages.
        patience: Seconds to keep trying while another process has the file locked.

    Attributes:
        commits: Transactions so far.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, patience: float) -> None:
        self.connection = connection
        self.patience = patience
        self.commits = 0
        self._path = path
        self._open: dict[str, _Place] = {}  # the calls that were reserved here and have not ended

    def write(self, batch: Sequence[Pending]) -> None:
        """Commit a batch; when one record spoils it, each alone. What fails has an `error` afterwards."""
        try:
            self._commit(batch)
        except _RECORD_ERRORS:
            self._roll_back()
            self._open.clear()  # what it says may be wrong; it is looked up again
            for each in batch:
                self._write_alone(each)
        except Exception as error:  # noqa: BLE001  # travels to everybody who waits
            self._roll_back()
            for each in batch:
                each.error = database.explained(self._path, error)

    def give_up(self, owners: Iterable[str]) -> None:
        """Mark what these processes left reserved as unsettled; the estimates stay."""
        self._begin()
        self.connection.executemany(
            "UPDATE calls SET state = 'unsettled' WHERE state IN ('reserved', 'unsettled')"
            " AND state = 'reserved' AND owner = ?",
            [(owner,) for owner in owners],
        )
        self.connection.execute("COMMIT")

    def _write_alone(self, pending: Pending) -> None:
        pending.error = None
        try:
            self._commit([pending])
        except sqlite3.IntegrityError as error:
            taken = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_CONSTRAINT_UNIQUE
            problem = "is already in the ledger" if taken else f"cannot be recorded: {error}"
            pending.error = LedgerError(f"the call {pending.record.id!r} {problem}")
        except _RECORD_ERRORS as error:
            pending.error = LedgerError(f"a call cannot be recorded: {error}")
        except Exception as error:  # noqa: BLE001  # travels to the one who waits
            pending.error = database.explained(self._path, error)
        self._roll_back()

    def _commit(self, batch: Sequence[Pending]) -> None:
        """One transaction. A settlement always follows its reservation, so inserting first keeps order."""
        self._begin()
        new = self._insert([each.record for each in batch if isinstance(each.record, NewCall)])
        ended = self._end(batch, new) if len(new) < len(batch) else ()
        self.connection.execute("COMMIT")
        self.commits += 1
        self._open |= new
        for record in ended:
            self._open.pop(record.id, None)

    def _insert(self, records: Sequence[NewCall]) -> dict[str, _Place]:
        """Write reservations; where each id is."""
        if not records:
            return {}
        self.connection.executemany(rows.INSERT_CALL, [record.row for record in records])
        (last,) = self.connection.execute("SELECT last_insert_rowid()").fetchone()
        return {record.id: (last - back, record.labels) for back, record in enumerate(reversed(records))}

    def _end(self, batch: Sequence[Pending], new: Mapping[str, _Place]) -> Collection[EndedCall]:
        """Write ends, attempts and sums of what has not ended: the first end of a call stays."""
        ended: dict[int, EndedCall] = {}
        tally = sums.Tally()
        for each in batch:
            if isinstance(record := each.record, EndedCall):
                place = self._open.get(record.id) or new.get(record.id) or self._find(each)
                if place is not None and place[0] not in ended:
                    ended[place[0]] = record
                    tally.count(place[1], record)
        if not ended:
            return ()
        ends = [(*record.end, seq) for seq, record in ended.items()]
        if self.connection.executemany(rows.END_CALL, ends).rowcount != len(ends):
            raise sqlite3.IntegrityError("a call was ended by somebody else")
        self.connection.executemany(
            rows.INSERT_ATTEMPT,
            [
                (seq, number, *row)
                for seq, record in ended.items()
                for number, row in enumerate(record.attempts)
            ],
        )
        tally.write(self.connection)
        return ended.values()

    def _find(self, pending: Pending) -> _Place | None:
        """Where a call is that has not ended; None for one that has, an error for one that never began."""
        found = self.connection.execute(_FIND, (pending.record.id,)).fetchone()
        if found is None:
            pending.error = LedgerError(f"there is no call {pending.record.id!r} in the ledger to settle")
            return None
        seq, is_open, *labels = found
        return (seq, rows.to_labels(*labels)) if is_open else None

    def _begin(self) -> None:
        """Start a write transaction, waiting while another process has one."""
        deadline = time.monotonic() + self.patience
        while True:
            try:
                self.connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if not database.is_busy(error) or time.monotonic() > deadline:
                    raise
            else:
                return

    def _roll_back(self) -> None:
        with contextlib.suppress(sqlite3.Error):  # the file is failing; the first error says more
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
