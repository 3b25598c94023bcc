"""A pickle planted in the cache database runs no code (CVE-2025-69872)."""

from __future__ import annotations

import os
import pickle
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from pointsman.cache import Cache
from pointsman.cache.safedisk import SafeDisk, UnsafeRowError


class Payload:
    """Creates a file when unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.target),)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A cache folder holding one good entry."""
    cache = Cache(tmp_path / "cache")
    cache.put("key", "good")
    cache.close()
    return tmp_path / "cache"


def plant(folder: Path, sql: str, *values: object) -> None:
    """Write to the database as an intruder would."""
    connection = sqlite3.connect(folder / "cache.db")
    connection.execute(sql, values)
    connection.commit()
    connection.close()


def test_the_payload_is_armed(tmp_path: Path) -> None:
    """The payload does run code when unpickled, so the tests below can fail."""
    pickle.loads(pickle.dumps(Payload(tmp_path / "ran")))  # noqa: S301  # our own payload, on purpose

    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize("mode", [4, 2, 3, 0, 99])
def test_a_pickled_value_is_refused_and_deleted(folder: Path, tmp_path: Path, mode: int) -> None:
    """A row marked as a pickle (or as anything else) is a miss, is deleted, and runs nothing."""
    blob = pickle.dumps(Payload(tmp_path / "ran"))
    plant(folder, "UPDATE Cache SET mode = ?, value = ?", mode, blob)
    cache = Cache(folder)
    first = cache.get("key")
    left = cache._disk._sql("SELECT count(*) FROM Cache").fetchone()
    cache.close()

    assert (first, left, (tmp_path / "ran").exists()) == (None, (0,), False)


def test_a_pickle_in_a_file_is_neither_read_nor_removed(folder: Path, tmp_path: Path) -> None:
    """A row that names a file is refused, and the path it names is left alone."""
    bait = tmp_path / "bait"
    bait.write_bytes(pickle.dumps(Payload(tmp_path / "ran")))
    plant(folder, "UPDATE Cache SET mode = 4, value = NULL, filename = '../bait'")
    cache = Cache(folder)
    found = cache.get("key")
    cache.close()

    assert (found, (tmp_path / "ran").exists(), bait.exists()) == (None, False, True)


def test_a_pickled_key_is_refused(folder: Path, tmp_path: Path) -> None:
    """Listing keys does not unpickle one, and the good entry is still served."""
    blob = pickle.dumps(Payload(tmp_path / "ran"))
    plant(folder, "INSERT INTO Cache (key, raw, store_time, mode, value) VALUES (?, 0, 0, 1, '1')", blob)
    cache = Cache(folder)
    with pytest.raises(UnsafeRowError):
        list(cache._disk)
    found = cache.get("key")
    cache.close()

    assert found is not None
    assert (found[0], (tmp_path / "ran").exists()) == ("good", False)


def test_planted_settings_only_cost_the_values(folder: Path) -> None:
    """A setting that diskcache finds in its file and does not know rebuilds the cache."""
    plant(folder, "INSERT INTO Settings VALUES ('disk_evil', 1)")
    cache = Cache(folder)
    before = cache.get("key")
    cache.put("key", "new")
    after = cache.get("key")
    cache.close()

    assert after is not None
    assert (before, after[0]) == (None, "new")


@pytest.mark.parametrize("text", ["{", '{"value": 1}', "NaN", '{"at": "x", "value": 1}', "[" * 100_000, "7"])
def test_json_that_is_no_entry_is_a_miss(folder: Path, text: str) -> None:
    """Broken, foreign and endlessly nested JSON are deleted, not raised."""
    plant(folder, "UPDATE Cache SET value = ?", text)
    cache = Cache(folder)
    found = (cache.get("key"), cache.get("key"))
    cache.close()

    assert found == (None, None)


def test_the_disk_never_reads_files() -> None:
    """Neither storing from a file nor reading one is possible."""
    disk = SafeDisk("unused")
    with pytest.raises(ValueError, match="values, not files"):
        disk.store(1, read=True)
    with pytest.raises(UnsafeRowError):
        disk.fetch(1, None, "1", read=True)
    with pytest.raises(UnsafeRowError):
        disk.get("text", raw=False)

    assert disk.put("key") == ("key", True)
