"""The disk cache: holds only what may be lost, such as the last good model lists, prices and scores.

A key is text, a value is JSON. Whatever goes wrong with the disk costs at most the cached values: a corrupt
database is moved aside and rebuilt, and where nothing can be written the cache lives in memory. Neither ever
raises. All methods block for a short while; call them in a thread when on an event loop.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from pointsman import private_files

T = TypeVar("T")

_DATABASE: Final = "cache.db"  # diskcache's own name for it
_PATIENCE: Final = 10.0  # seconds to wait for another process's write
_LOG = logging.getLogger("pointsman.cache")


class Cache:
    """JSON values by text key, each with the time it was stored. Safe to share between threads and processes.

    Args:
        folder: Created with mode 0700 where it does not exist, and tightened to it where it does.
        size_limit: Bytes; the oldest values go first when it is exceeded.
    """

    def __init__(self, folder: Path, size_limit: int = 256 * 2**20) -> None:
        self.folder = folder
        self._size_limit = size_limit
        self._memory: dict[str, str] = {}  # what the disk did not take
        self._lock = threading.Lock()
        self._disk: Any = None
        self._open()

    @property
    def on_disk(self) -> bool:
        """Whether another process would find what is put here."""
        return self._disk is not None

    def get(self, key: str) -> tuple[object, datetime] | None:
        """The value and the UTC time it was stored; None when there is none that can be read.

        A row that cannot be read back, or that tries to be more than JSON, is deleted and counts as absent.
        """
        text = self._memory.get(key)
        if text is not None or self._disk is None:
            return None if text is None else _unwrap(json.loads(text))
        try:
            return self._on_disk(lambda disk: _unwrap(disk.get(key)))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            _LOG.warning("dropped the cache entry %r: %s", key, error)
            self.delete(key)
            return None

    def put(self, key: str, value: object) -> None:
        """Store `value`, replacing what was there.

        Raises:
            TypeError: The key is not text, or the value holds what JSON cannot.
            ValueError: The value holds NaN or an infinity.
        """
        if type(key) is not str:
            raise TypeError(f"a cache key is text, not {type(key).__name__}")
        entry = {"at": datetime.now(UTC).isoformat(), "value": value}
        if self._disk is not None and self._on_disk(lambda disk: disk.set(key, entry)):
            self._memory.pop(key, None)
        else:
            self._memory[key] = json.dumps(entry, allow_nan=False)

    def delete(self, key: str) -> None:
        """Forget `key`; nothing happens when it is not there."""
        self._memory.pop(key, None)
        if self._disk is not None:
            self._on_disk(lambda disk: disk.delete(key))

    def close(self) -> None:
        """Let go of the database; the cache may be used again and opens it anew."""
        if self._disk is not None:
            self._disk.close()

    def _on_disk(self, act: Callable[[Any], T]) -> T | None:
        """`act` on the database; None when that failed, after repairing what can be repaired."""
        import sqlite3

        disk = self._disk
        try:
            return act(disk)
        except (sqlite3.Error, OSError) as error:
            self._recover(error, disk)
        except Exception as error:
            if not _timed_out(error):
                raise
            _LOG.warning("the cache in %s is locked or cannot be written", self.folder)
        finally:
            _let_go(disk)
        return None

    def _recover(self, error: Exception, broken: Any) -> None:
        """Replace a database that failed; the first of several threads to notice does it."""
        with self._lock:
            if self._disk is not broken:
                return
            broken.close()
            self._disk = None
            if _corrupt(error):
                self._set_aside(error)
                self._open()
            else:
                self._without_disk(error)

    def _open(self) -> None:
        """Open the database, rebuilding a corrupt one; stay in memory where that is impossible."""
        try:
            self._prepare()
            try:
                self._disk = self._connect()
            except Exception as error:
                if not _corrupt(error):
                    raise
                self._set_aside(error)
                self._prepare()
                self._disk = self._connect()
        except Exception as error:  # noqa: BLE001  # whatever it is, a cache must not stop anybody
            self._without_disk(error)

    def _prepare(self) -> None:
        """The folder and the file, readable by nobody else. The owner's right to do so is checked with it."""
        private_files.make_folder(self.folder, tighten=True)
        private_files.make_file(self.folder / _DATABASE)

    def _connect(self) -> Any:
        import diskcache

        from pointsman.cache.safedisk import SafeDisk

        disk = diskcache.Cache(
            str(self.folder),
            timeout=_PATIENCE,
            disk=SafeDisk,
            size_limit=self._size_limit,
            sqlite_mmap_size=0,  # a mapped file turns another process's truncation into a crash
        )
        _let_go(disk)
        return disk

    def _set_aside(self, error: Exception) -> None:
        """Keep one copy of a corrupt database for inspection, out of the way."""
        kept = self.folder / f"{_DATABASE}.corrupt"
        _LOG.warning("the cache in %s is corrupt (%s); moved aside to %s", self.folder, error, kept.name)
        (self.folder / _DATABASE).replace(kept)
        for suffix in ("-wal", "-shm"):
            (self.folder / f"{_DATABASE}{suffix}").unlink(missing_ok=True)

    def _without_disk(self, error: Exception) -> None:
        _LOG.warning("no cache on disk in %s (%s); using memory only", self.folder, error)
        self._disk = None


def _unwrap(entry: Any) -> tuple[object, datetime] | None:
    """An entry as `Cache.put` wrote it."""
    if entry is None:
        return None
    return entry["value"], datetime.fromisoformat(entry["at"])


def _let_go(disk: Any) -> None:
    """Close a worker thread's connection: diskcache keeps one per thread, even of threads that ended."""
    if threading.current_thread() is not threading.main_thread():
        disk.close()


def _corrupt(error: Exception) -> bool:
    """Whether the file itself is broken, and not the disk, a lock or a permission.

    A file that was tampered with may fail in any way: diskcache reads its own settings from it.
    """
    import sqlite3

    if isinstance(error, sqlite3.OperationalError):
        return "no such" in str(error)  # a table or column is missing
    return not isinstance(error, OSError) and not _timed_out(error)


def _timed_out(error: Exception) -> bool:
    from diskcache import Timeout

    return isinstance(error, Timeout)
