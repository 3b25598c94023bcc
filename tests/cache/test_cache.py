"""The disk cache keeps JSON and survives its disk."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pointsman.cache import Cache

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


def value_of(cache: Cache, key: str) -> object:
    """The cached value, None when absent."""
    found = cache.get(key)
    return None if found is None else found[0]


@pytest.fixture(scope="module")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    """One cache for every example of a property."""
    return Cache(tmp_path_factory.mktemp("property") / "cache")


@given(key=st.text(st.characters(exclude_categories=["Cs"])), value=JSON)
@example(key="wide", value=[-(2**63) - 1, 2**64, 10**18])
def test_what_is_put_comes_back(shared_cache: Cache, key: str, value: object) -> None:
    """Every JSON value comes back as it was, whatever the key."""
    shared_cache.put(key, value)

    assert value == value_of(shared_cache, key)


def test_remembers_when(tmp_path: Path) -> None:
    """The time of storing is known, in UTC."""
    cache = Cache(tmp_path / "cache")
    before = datetime.now(UTC)
    cache.put("key", 1)
    found = cache.get("key")
    cache.close()

    assert found is not None
    assert (True, timedelta(0)) == (before <= found[1] <= datetime.now(UTC), found[1].utcoffset())


def test_survives_reopening_and_deleting(tmp_path: Path) -> None:
    """Values outlive the object; a deleted or unknown one is None."""
    first = Cache(tmp_path / "cache")
    first.put("kept", {"a": [1, "ü"]})
    first.put("gone", 2)
    first.delete("gone")
    first.delete("never there")
    first.close()
    second = Cache(tmp_path / "cache")
    seen = (value_of(second, "kept"), second.get("gone"), second.get("other"))
    second.close()

    assert seen == ({"a": [1, "ü"]}, None, None)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [float("-inf")]])
def test_refuses_what_is_no_number(tmp_path: Path, value: object) -> None:
    """NaN and the infinities are not JSON, on disk or in memory."""
    (tmp_path / "file").touch()
    for folder in (tmp_path / "cache", tmp_path / "file" / "cache"):
        cache = Cache(folder)
        with pytest.raises(ValueError):  # noqa: PT011 (what it says is the JSON library's)
            cache.put("key", value)

        assert None is cache.get("key")
        cache.close()


@pytest.mark.parametrize("value", [object(), b"bytes", {1, 2}, datetime.now(UTC)])
def test_refuses_what_is_not_json(tmp_path: Path, value: object) -> None:
    """What JSON cannot hold is the caller's business, not a pickle."""
    cache = Cache(tmp_path / "cache")
    with pytest.raises(TypeError):
        cache.put("key", value)

    assert None is cache.get("key")
    cache.close()


@pytest.mark.parametrize("key", [b"bytes", 1, ("a", "b"), None])
def test_refuses_keys_that_are_not_text(tmp_path: Path, key: object) -> None:
    """Other keys would be pickled."""
    cache = Cache(tmp_path / "cache")
    with pytest.raises(TypeError, match="a cache key is text"):
        cache.put(key, 1)  # type: ignore[arg-type]
    cache.close()

    assert (tmp_path / "cache" / "cache.db").exists()


def test_nobody_else_can_read(tmp_path: Path) -> None:
    """The folder is 0700 and every file in it 0600, even when the folder was open to all before."""
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o755)
    cache = Cache(folder)
    cache.put("key", "value")
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    folder_mode = folder.stat().st_mode & 0o777
    cache.close()

    assert (0o700, {0o600}) == (folder_mode, set(modes.values()))
    assert {"cache.db", "cache.db-wal", "cache.db-shm"} == set(modes)


@pytest.mark.parametrize("damage", ["header", "middle", "truncated", "empty wal of junk"])
def test_rebuilds_a_corrupt_database(tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    """A damaged file costs its values and a warning, nothing else; the cache works afterwards."""
    folder = tmp_path / "cache"
    cache = Cache(folder)
    for number in range(200):
        cache.put(f"key {number}", "x" * 500)
    cache.close()
    file = folder / "cache.db"
    data = bytearray(file.read_bytes())
    if damage == "header":
        data[:100] = b"\xff" * 100
    elif damage == "middle":
        data[4096:] = b"\xff" * (len(data) - 4096)
    elif damage == "truncated":
        del data[5000:]
    else:
        data[:] = b"junk" * 2000
        (folder / "cache.db-wal").write_bytes(b"junk" * 2000)
    file.write_bytes(data)

    with caplog.at_level(logging.WARNING, "pointsman.cache"):
        cache = Cache(folder)
        cache.put("again", 1)
        cache.put("again", 2)
    seen = value_of(cache, "again")
    cache.close()
    reopened = Cache(folder)

    assert (seen, value_of(reopened, "again")) == (2, 2)
    assert ["is corrupt"] * len(caplog.messages) == [
        "is corrupt" if "is corrupt" in message else message for message in caplog.messages
    ]
    assert [bool(caplog.messages), (folder / "cache.db.corrupt").exists()] == [True, True]
    reopened.close()


def test_lives_in_memory_without_a_folder(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Without a folder the cache still caches, and says so once."""
    (tmp_path / "file").touch()
    cache = Cache(tmp_path / "file" / "cache")
    cache.put("key", [1])
    found = value_of(cache, "key")
    cache.delete("key")

    assert (found, cache.get("key"), len(caplog.messages)) == ([1], None, 1)
    assert "using memory only" in caplog.text


def test_falls_back_to_memory_when_the_disk_fails_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A database that turns read-only is left alone; the value is kept in memory."""
    cache = Cache(tmp_path / "cache")
    cache._disk._sql("PRAGMA query_only = 1")
    cache.put("key", "value")

    assert value_of(cache, "key") == "value"
    assert "cannot be written" in caplog.text
    cache.close()


def test_evicts_the_oldest(tmp_path: Path) -> None:
    """The size limit holds, and the newest value is still there."""
    cache = Cache(tmp_path / "cache", size_limit=2**20)
    for number in range(300):
        cache.put(f"key {number}", "x" * 20_000)
    seen = (cache.get("key 0"), value_of(cache, "key 299"))
    size = cache._disk.volume()
    cache.close()

    assert seen == (None, "x" * 20_000)
    assert size < 2 * 2**20


def test_threads_share_it(tmp_path: Path) -> None:
    """Several threads write and read one object."""
    cache = Cache(tmp_path / "cache")

    def write(name: int) -> None:
        for i in range(20):
            cache.put(f"{name}-{i}", i)

    threads = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen = [value_of(cache, f"{number}-{i}") for number in range(4) for i in range(20)]
    cache.close()

    assert [i for _ in range(4) for i in range(20)] == seen


def test_processes_share_it(tmp_path: Path) -> None:
    """Two processes write at once; every value of both is readable afterwards."""
    script = (
        "import sys; from pathlib import Path; from pointsman.cache import Cache\n"
        "cache = Cache(Path(sys.argv[1]))\n"
        "for i in range(100): cache.put(f'{sys.argv[2]}-{i}', i)\n"
        "cache.close()"
    )
    folder = str(tmp_path / "cache")
    writers = [subprocess.Popen([sys.executable, "-c", script, folder, name]) for name in "ab"]
    codes = [writer.wait() for writer in writers]
    cache = Cache(tmp_path / "cache")
    seen = [value_of(cache, f"{name}-{i}") for name in "ab" for i in range(100)]
    cache.close()

    assert ([0, 0], [*range(100), *range(100)]) == (codes, seen)


def test_importing_it_is_light() -> None:
    """The module loads neither diskcache nor sqlite3; opening a cache does."""
    script = (
        "import json, sys, pointsman.cache\n"
        "print(json.dumps([name for name in ('diskcache', 'sqlite3', 'asyncio') if name in sys.modules]))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)

    assert json.loads(run.stdout) == []
