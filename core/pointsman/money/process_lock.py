"""Who has the ledger open: tells a call that is still under way from one whose process died.

Every process that has the ledger open holds an exclusive SQLite lock on a small file of its own beside it.
The operating system drops the lock when the process dies, however it dies; numbers of processes, which are
used again, and start times, which a restored container repeats, need not be trusted. SQLite's locks are used
because they are the same on every system and the ledger relies on them anyway: filelock would replace no more
than `_locked`, and takes longer to import than the ledger to open, at the start of every short command.
"""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_GRACE: Final = 5.0  # seconds to wait for somebody who is just looking at our new file


class ProcessLock:
    """Says that this process is alive, from creation until `release` or its death.

    Attributes:
        token: Names this process in the ledger's rows.
    """

    def __init__(self, ledger: Path) -> None:
        folder = _folder(ledger)
        folder.mkdir(mode=0o700, exist_ok=True)
        while True:
            self.token = secrets.token_hex(6)
            self._file = folder / self.token
            self._lock = _locked(self._file, _GRACE)
            # Somebody tidying up may have removed the file between its creation and its locking.
            if self._lock is not None and self._file.exists():
                return
            if self._lock is not None:
                self._lock.close()

    def release(self) -> None:
        """Remove it."""
        if self._lock is not None:
            self._file.unlink(missing_ok=True)
            self._lock.close()


def gone(ledger: Path, tokens: Iterable[str]) -> list[str]:
    """Those of `tokens` whose process is gone; their files are removed."""
    return [token for token in tokens if _is_gone(_folder(ledger) / token)]


def others(ledger: Path, own: str) -> list[str]:
    """Tokens of the other processes that have it open now; files of the dead are removed."""
    tokens = sorted(file.name for file in _folder(ledger).iterdir() if file.name != own)
    return [token for token in tokens if not _is_gone(_folder(ledger) / token)]


def _folder(ledger: Path) -> Path:
    return ledger.with_name(ledger.name + ".open")


def _is_gone(file: Path) -> bool:
    if not file.exists():
        return True
    lock = _locked(file, 0)
    if lock is None:
        return False
    with contextlib.suppress(OSError):
        file.unlink(missing_ok=True)
    lock.close()
    return True


def _locked(file: Path, timeout: float) -> sqlite3.Connection | None:
    """A connection holding the file's exclusive lock; None when another one has it."""
    connection = sqlite3.connect(file, timeout=timeout, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = MEMORY")  # nothing is written, so no second file
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        return None
    return connection
