"""The file in which the processes of one machine share what must outlive them.

Everything here is synchronous and belongs to one thread. The methods read and write in the transaction of
whoever calls them (see `pointsman.state.worker`).
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from pointsman.state import database
from pointsman.state.rules import Counter, counted, forgotten
from pointsman.types import Claim, Deadline, Refusal

_MOST_BYTES: Final = 64 * 2**20
_BETWEEN_PURGES: Final = 300.0

_PURGES: Final = (
    "DELETE FROM deadlines WHERE forgotten <= ?",
    "DELETE FROM counters WHERE expires <= ?",
    "DELETE FROM leases WHERE until <= ?",
    "DELETE FROM kept WHERE until <= ?",
)


class StateFile:
    """An open file.

    Args:
        path: Made where it does not exist.
        clock: Seconds since the epoch.

    Attributes:
        moved: Where a damaged file was moved, None when there was none.

    Raises:
        SharedStateError, sqlite3.Error, OSError: It cannot be used; see `pointsman.state.database`.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self._connection, self.moved = database.connect(path)
        self._clock = clock
        self._purged = 0.0
        self._inode = path.stat().st_ino
        self._opened = time.monotonic_ns()

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()

    def replaced(self) -> bool:
        """Whether the path stands for another file by now, or for none."""
        try:
            return self.path.stat().st_ino != self._inode
        except FileNotFoundError:
            return True

    @contextlib.contextmanager
    def transaction(self, *, writes: bool) -> Iterator[None]:
        """What is done within happens as a whole or not at all; one that only reads waits for nobody."""
        self._connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
        try:
            if writes and self._clock() >= self._purged + _BETWEEN_PURGES:
                self._purge()
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):  # the first error says more
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
            raise

    def version(self) -> tuple[int, int]:
        """What changes when another process has written, or the file was opened anew."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return self._opened, version

    def probe(self) -> bool:
        """Write something, whatever stands there."""
        self._connection.execute(f"PRAGMA user_version = {database.VERSION}")
        return True

    def deadlines(self) -> dict[str, Deadline]:
        """All of them."""
        rows = self._connection.execute("SELECT name, until, since, reason FROM deadlines")
        return {name: Deadline(until, since, reason) for name, until, since, reason in rows}

    def extend(self, deadlines: Mapping[str, Deadline]) -> None:
        """Set these, but where one stands that ends as late."""
        self._connection.executemany(
            "INSERT INTO deadlines VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
            " until = excluded.until, since = excluded.since, reason = excluded.reason,"
            " forgotten = excluded.forgotten WHERE excluded.until > until",
            [
                (name, each.until, each.since, _text(each.reason), forgotten(each))
                for name, each in deadlines.items()
            ],
        )

    def clear(self, names: Iterable[str], before: float) -> None:
        """Remove those that were set at `before` or earlier."""
        self._connection.executemany(
            "DELETE FROM deadlines WHERE name = ? AND since <= ?", [(name, before) for name in names]
        )

    def counters(self) -> dict[str, Counter]:
        """All of them."""
        rows = self._connection.execute("SELECT name, used, expires FROM counters")
        return {name: (int(used), expires) for name, used, expires in rows}

    def counter(self, name: str) -> Counter | None:
        """One of them."""
        sql = "SELECT used, expires FROM counters WHERE name = ?"
        row = self._connection.execute(sql, (name,)).fetchone()
        return None if row is None else (int(row[0]), row[1])

    def add(
        self, claims: Sequence[Claim], now: float, *, limited: bool = True
    ) -> tuple[Refusal | None, dict[str, Counter]]:
        """Add all, or say which did not fit; and what the counters stand at now."""
        refusal, after = counted(claims, now, self.counter, limited=limited)
        self._connection.executemany(
            "INSERT OR REPLACE INTO counters VALUES (?, ?, ?)",
            [(name, str(used), expires) for name, (used, expires) in after.items()],
        )
        return refusal, after

    def lease(self, name: str, owner: str, until: float, now: float) -> tuple[str, float]:
        """Take a name or keep it longer, unless somebody else has it; who has it now, and until when."""
        row = self._connection.execute("SELECT owner, until FROM leases WHERE name = ?", (name,)).fetchone()
        if row is not None and row[0] != owner and row[1] > now:
            return row[0], row[1]
        self._connection.execute("INSERT OR REPLACE INTO leases VALUES (?, ?, ?)", (name, owner, until))
        return owner, until

    def release(self, name: str, owner: str) -> None:
        """Give a name back."""
        self._connection.execute("DELETE FROM leases WHERE name = ? AND owner = ?", (name, owner))

    def keep(self, values: Mapping[str, tuple[bytes, float]]) -> None:
        """Keep bytes, each until its time."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO kept VALUES (?, ?, ?)",
            [(name, value, until) for name, (value, until) in values.items()],
        )

    def kept(self, name: str, now: float) -> bytes | None:
        """The bytes, while they are kept."""
        sql = "SELECT value FROM kept WHERE name = ? AND until > ?"
        row = self._connection.execute(sql, (name, now)).fetchone()
        return None if row is None else bytes(row[0])

    def _purge(self) -> None:
        """Let go of what is over; of too many bytes, those that were kept first."""
        now = self._purged = self._clock()
        for sql in _PURGES:
            self._connection.execute(sql, (now,))
        sizes = self._connection.execute("SELECT rowid, length(value) FROM kept ORDER BY rowid DESC")
        total = 0
        for row, size in sizes:
            total += size
            if total > _MOST_BYTES:
                self._connection.execute("DELETE FROM kept WHERE rowid <= ?", (row,))
                return


def _text(text: str) -> str:
    """What can be stored: from outside may come half of a character."""
    return text.encode("utf-8", "replace").decode()
