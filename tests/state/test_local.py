"""The default shared state: its file, what is in it, and what happens without it."""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pointsman.state import file, worker
from pointsman.state.local import LocalConfig, LocalState, pointsman_shared_states
from pointsman.state.memory import Memory
from pointsman.testing.agreement import HOUR, becomes, claim
from pointsman.types import Claim, Deadline

from tests.state.test_model import stored

pytestmark = pytest.mark.anyio


def made(path: Path) -> LocalState:
    """A state that waits as long as it takes."""
    return LocalState(LocalConfig(str(path), patience=60.0))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file will be; its folder does not exist yet."""
    return tmp_path / "data" / "state.sqlite3"


@pytest.fixture
async def state(path: Path) -> AsyncIterator[LocalState]:
    """An open one."""
    opened = made(path)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def warnings(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """What is warned of."""
    messages: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            messages.append(record.getMessage())

    handler = Handler(logging.WARNING)
    logging.getLogger("pointsman.state").addHandler(handler)
    yield messages
    logging.getLogger("pointsman.state").removeHandler(handler)


async def works(state: LocalState) -> bool:
    """Whether it does everything it is for."""
    now = time.time()
    await state.open()
    await state.extend("a", Deadline(now + HOUR, now))
    await state.adjust([claim("a", 1, 10)])
    await state.keep("a", b"value", now + HOUR)
    done = [
        await state.add([claim("a", 1, 10), claim("a", 1, 10, 20)]) is None,
        list(await state.deadlines(["a"])) == ["a"],
        dict(await state.counters(["a"])) == {"a": 3},
        await state.lease("a", "me", HOUR),
        not await state.lease("a", "you", HOUR),
        await state.kept("a") == b"value",
    ]
    await state.clear(["a"], now)
    await state.release("a", "me")
    done += [dict(await state.deadlines(["a"])) == {}, await state.lease("a", "you", HOUR)]
    return all(done)


def test_it_comes_through_the_hook() -> None:
    """As everybody else's would, and is taken when the configuration names none."""
    (extension,) = pointsman_shared_states()

    assert (extension.name, extension.default) == ("local", True)
    assert isinstance(extension.create(LocalConfig("file")), LocalState)


def test_it_costs_nothing_until_it_is_opened() -> None:
    """Whoever lists plugins does not load SQLite for it."""
    code = "import sys, pointsman.state.local; print(*{'asyncio', 'sqlite3'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == []


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (LocalConfig("/a/b"), "/a/b"),
        (LocalConfig(home="/a"), "/a/state.sqlite3"),
        (LocalConfig("/a/b", "/c"), "/a/b"),
    ],
)
def test_where_the_file_is(config: LocalConfig, expected: str) -> None:
    """Where it is said to be, else in the data folder."""
    assert config.file == Path(expected)


async def test_the_file_is_private(state: LocalState, path: Path) -> None:
    """So are the files SQLite puts beside it, and the folder."""
    await state.add([claim("a", 1)])
    modes = {each.name: each.stat().st_mode & 0o777 for each in (path.parent, *path.parent.iterdir())}

    assert modes == {"data": 0o700, **dict.fromkeys(_files(path), 0o600)}


def _files(path: Path) -> list[str]:
    return [path.name + ending for ending in ("", "-wal", "-shm")]


async def test_nobody_is_asked_when_nothing_is_set(state: LocalState) -> None:
    """The names are not looked at."""

    def names() -> Iterator[str]:
        raise AssertionError("somebody looked")
        yield ""

    assert dict(await state.deadlines(names())) == {}


async def test_what_ends_soon_is_each_process_s_own(state: LocalState, path: Path) -> None:
    """It is not in the file; all leases are."""
    now = time.time()
    await state.add([claim("brief", 1, 10, 100.0), claim("long", 1, 10, 130.0)])
    await state.extend("brief", Deadline(now + 100, now))
    await state.extend("long", Deadline(now + 130, now))
    await state.lease("lease", "me", 1.0)
    await state.close()
    connection = sqlite3.connect(path)
    found = [
        [name for (name,) in connection.execute(f"SELECT name FROM {table}")]  # noqa: S608
        for table in ("counters", "deadlines", "leases")
    ]
    connection.close()

    assert found == [["long"], ["long"], ["lease"]]


async def test_a_counter_of_the_file_stays_in_the_file(path: Path) -> None:
    """Also in the last minutes before it starts again."""
    now = [1_800_000_000.0]
    states = [LocalState(LocalConfig(str(path), patience=60.0), lambda: now[0]) for _ in "ab"]
    end = now[0] + 200
    for each in states:
        await each.open()
        await each.add([Claim("a", 1, 10, end)])
    now[0] += 150
    refusals = [await each.add([Claim("a", 5, 10, end)]) for each in states]
    now[0] += 100
    again = await states[0].counters(["a"])
    for each in states:
        await each.close()

    assert ([each is None for each in refusals], dict(again)) == ([True, False], {})


async def test_the_first_claim_that_does_not_fit_is_named(state: LocalState) -> None:
    """Although what is in memory is asked before what is in the file."""
    await state.add([claim("long", 10, 10), claim("brief", 10, 10, 20)])
    refusal = await state.add([claim("free", 1, 1), claim("long", 1, 10), claim("brief", 1, 10, 20)])

    assert refusal is not None
    assert (refusal.claim.name, refusal.used) == ("long", 10)
    assert await state.add([claim("free", 1, 1)]) is None


async def test_budgets_of_any_size(state: LocalState, path: Path) -> None:
    """Ten billion dollars are more pico-dollars than 64 bits hold."""
    await state.add([claim("a", 10**22, 10**23)])
    await state.close()
    later = made(path)
    await later.open()
    found = dict(await later.counters(["a"]))
    await later.close()

    assert found == {"a": 10**22}


async def test_opened_and_closed_as_often_as_one_likes(path: Path) -> None:
    """Twice is once; closed, it still decides; opened again, it knows what lasts."""
    state = made(path)
    await state.close()
    await state.open()
    await state.open()
    await state.add([claim("a", 1, 2)])
    await state.close()
    await state.close()
    closed = await state.add([claim("b", 3, 2)])
    await state.open()
    found = dict(await state.counters(["a", "b"]))
    await state.close()

    assert (closed is not None, found) == (True, {"a": 1})


def content(path: Path) -> bytes:
    """A file's bytes."""
    return path.read_bytes()


def spoil(path: Path, damage: str) -> bytes:
    """Damage a file; what it holds now."""
    good = content(path)
    spoiled = {
        "no database": b"not a database, but text " * 100,
        "header": b"\xff" * 100 + good[100:],
        "middle": good[:4096] + b"\xff" * 8000 + good[12096:],
    }[damage]
    path.write_bytes(spoiled)
    return spoiled


@pytest.mark.parametrize("damage", ["no database", "header", "middle"])
async def test_a_damaged_file_is_moved_aside(path: Path, damage: str, warnings: list[str]) -> None:
    """A new one is begun; a warning says where the old one is."""
    first = made(path)
    await first.open()
    for number in range(50):
        await first.add([claim(f"{number}", 1)])
    await first.close()
    spoiled = spoil(path, damage)
    state = made(path)

    assert await works(state)
    await state.close()
    assert stored(path) == {"a": 3}
    aside = path.with_name("state.sqlite3.damaged")
    assert content(aside)[:4096] == spoiled[:4096]
    assert warnings == [f"the shared state {path} was damaged; it was moved to {aside} and begun anew"]


async def test_a_file_that_cannot_be_there(tmp_path: Path, warnings: list[str]) -> None:
    """Everything is decided from memory, with one warning that says what to do."""
    (tmp_path / "file").write_text("")
    state = made(tmp_path / "file" / "state.sqlite3")

    assert await works(state)
    assert "make it and its folder writable, or name another file in POINTSMAN_STATE_FILE" in state.problem
    assert len(warnings) == 1
    await state.close()


async def test_somebody_else_s_database_is_left_alone(path: Path, warnings: list[str]) -> None:
    """Not a byte of it changes."""
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (a)")
    connection.commit()
    connection.close()
    before = content(path)
    state = made(path)

    assert await works(state)
    await state.close()
    assert content(path) == before
    assert [message.partition("; ")[0] for message in warnings] == [
        f"the shared state {path} is a database of something else"
    ]


async def test_a_newer_file_is_left_alone(state: LocalState, path: Path, warnings: list[str]) -> None:
    """A newer Pointsman wrote it."""
    await state.close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    assert await works(state)
    assert state.problem == "has schema 99, this Pointsman knows 1: upgrade Pointsman"
    assert len(warnings) == 1


async def test_a_file_that_is_removed_is_made_again(state: LocalState, path: Path) -> None:
    """Whoever tidies up parts the processes for no longer than it takes to notice."""
    await state.add([claim("a", 1)])
    for name in _files(path):
        path.with_name(name).unlink()
    await state.add([claim("b", 1)])
    await state.close()

    assert stored(path) == {"b": 1}


async def test_a_full_disk(
    state: LocalState, path: Path, monkeypatch: pytest.MonkeyPatch, warnings: list[str]
) -> None:
    """Calls go on; what was counted meanwhile is in the file once there is room."""
    monkeypatch.setattr(worker, "_BETWEEN_TRIES", 0.05)
    full = [True]
    transaction = file.StateFile.transaction

    def failing(self: file.StateFile, *, writes: bool) -> object:
        if writes and full[0]:
            self._connection.execute("PRAGMA max_page_count = 1")
        return transaction(self, writes=writes)

    monkeypatch.setattr(file.StateFile, "transaction", failing)
    for number in range(100):
        assert await state.add([claim("a", 1, 1000), claim(f"{number}" * 90, 1)]) is None
    problem, full[0] = state.problem, False

    async def counted() -> bool:
        await state.add([claim("a", 0)])
        return state.problem == "" and stored(path).get("a") == 100

    assert "full" in problem
    assert await becomes(counted)
    assert len(warnings) == 1


async def test_half_a_character_stops_nothing(state: LocalState, path: Path) -> None:
    """A name or a reason from outside that cannot be stored is kept in memory."""
    odd, now = "a\ud83d", time.time()
    await state.extend(odd, Deadline(now + HOUR, now))
    await state.extend("b", Deadline(now + HOUR, now, odd))
    await state.keep(odd, b"lost", now + HOUR)
    done = [
        await state.add([claim(odd, 1, 1)]) is None,
        await state.add([claim(odd, 1, 1)]) is not None,
        await state.lease(odd, odd, 60),
        set(await state.deadlines([odd, "b"])) == {odd, "b"},
        await state.add([claim("a", 1, 1)]) is None,
    ]
    await state.close()

    assert (done, stored(path)) == ([True] * 5, {"a": 1})


async def test_a_wait_without_end(state: LocalState, path: Path) -> None:
    """Infinity is later than any time."""
    await state.extend("a", Deadline(float("inf"), 0.0))
    await state.close()
    later = made(path)
    await later.open()
    found = await later.deadlines(["a"])
    await later.close()

    assert found["a"].until == float("inf")


async def test_what_is_over_is_thrown_away(path: Path) -> None:
    """In memory and in the file: it grows with what is under way, not with what has been."""
    now = [1_800_000_000.0]
    state = LocalState(LocalConfig(str(path), patience=60.0), lambda: now[0])
    await state.open()
    for number in range(20):
        await state.add([Claim(f"brief {number}", 1, 9, now[0] + 60), Claim(f"{number}", 1, 9, now[0] + 300)])
        await state.extend(f"{number}", Deadline(now[0] + 300, now[0]))
        await state.keep(f"{number}", b"value", now[0] + 300)
        await state.kept(f"{number}")
        now[0] += 200
    now[0] += 4000
    await state.add([Claim("last", 1, 9, now[0] + 300)])
    state._deadlines._reread_at = 0.0
    await state.deadlines(["last"])
    memory = state._memory
    await state.close()
    connection = sqlite3.connect(path)
    counts = ("SELECT count(*) FROM deadlines", "SELECT count(*) FROM kept")
    rows = [connection.execute(each).fetchone()[0] for each in counts]
    connection.close()

    assert (set(memory.counters), memory.deadlines, rows, stored(path)) == ({"last"}, {}, [0, 0], {"last": 1})


async def test_too_many_bytes_cost_the_oldest(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the file when it is tidied up, in memory at once."""
    monkeypatch.setattr(file, "_MOST_BYTES", 1000)
    now = [1_800_000_000.0]
    state = LocalState(LocalConfig(str(path), patience=60.0), lambda: now[0])
    memory = Memory(most_bytes=1000)
    await state.open()
    for number in range(20):
        await state.keep(f"{number}", bytes(100), now[0] + HOUR)
        memory.keep(f"{number}", bytes(100), now[0] + HOUR)
    memory.keep("huge", bytes(2000), now[0] + HOUR)
    assert await state.kept("19")
    now[0] += 400
    await state.add([Claim("a", 1, None, now[0] + 300)])
    in_file = [number for number in range(20) if await state.kept(f"{number}")]
    await state.close()

    assert in_file == list(range(10, 20))
    assert list(memory.values) == [f"{number}" for number in in_file]
