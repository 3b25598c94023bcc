"""A ledger that cannot be written says so, says what to do, and is never thrown away."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from pathlib import Path

import pytest
from attrs import evolve
from pointsman.errors import LedgerError
from pointsman.money import database
from pointsman.money.sqlite import SqliteConfig, SqliteLedger
from pointsman.money.writer import Writer
from pointsman.types import CallState

from .ledger_values import FAILED, reservation, settlement

pytestmark = pytest.mark.anyio


async def opening(path: Path) -> str:
    """The message of the error that opening raises."""
    with pytest.raises(LedgerError) as caught:
        await SqliteLedger(SqliteConfig(str(path))).open()
    return str(caught.value)


async def filled(path: Path, calls: int) -> None:
    """A closed ledger with calls in it."""
    ledger = SqliteLedger(SqliteConfig(str(path)))
    await ledger.open()
    await asyncio.gather(*(ledger.reserve(reservation(f"call {number}")) for number in range(calls)))
    await asyncio.gather(*(ledger.settle(settlement(f"call {number}")) for number in range(calls)))
    await ledger.close()


def overwrite(path: Path, damage: str) -> bytes:
    """Damage the file; its content afterwards."""
    data = bytearray(path.read_bytes())
    if damage == "header":
        data[:100] = b"\xff" * 100
    elif damage == "middle":
        data[4096:-4096] = b"\xff" * (len(data) - 8192)
    else:
        del data[len(data) // 2 :]
    path.write_bytes(data)
    return bytes(data)


def damage_page_of(path: Path, text: bytes) -> None:
    """Overwrite the page in which a text stands."""
    page = path.read_bytes().index(text) // 4096
    with path.open("r+b") as file:
        file.seek(4096 * page)
        file.write(b"\xff" * 4096)


@pytest.mark.parametrize("damage", ["header", "middle", "truncated"])
async def test_a_damaged_ledger_is_left_alone(path: Path, damage: str) -> None:
    """Opening refuses and tells how to recover; not a byte changes."""
    await filled(path, 500)
    data = overwrite(path, damage)
    message = await opening(path)

    assert ".recover" in message
    assert str(path) in message
    assert data == await asyncio.to_thread(path.read_bytes)


async def test_damage_far_from_the_end_is_found_by_a_check(path: Path) -> None:
    """Opening looks at the end of every table; `check`, which doctor calls, reads every page."""
    first = SqliteLedger(SqliteConfig(str(path)))
    await first.open()
    await first.reserve(reservation("first"))
    await first.settle(settlement("first", attempts=(evolve(FAILED, detail="a needle"),)))
    await first.close()
    await filled(path, 3_000)
    damage_page_of(path, b"a needle")
    ledger = SqliteLedger(SqliteConfig(str(path)))
    await ledger.open()
    with pytest.raises(LedgerError, match=r"\.recover"):
        await ledger.check()
    await ledger.close()


async def test_a_sound_ledger_passes_its_check(ledger: SqliteLedger) -> None:
    """Also with calls under way."""
    await ledger.reserve(reservation("a"))
    await ledger.reserve(reservation("b"))
    await ledger.settle(settlement("a"))
    await ledger.check()

    assert len(await ledger.calls()) == 2


async def test_an_attempt_without_its_call_is_damage(ledger: SqliteLedger, path: Path) -> None:
    """The tables are checked against each other."""
    await ledger.reserve(reservation("a"))
    await ledger.settle(settlement("a"))
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("DELETE FROM calls")
    connection.close()

    with pytest.raises(LedgerError, match="attempts has a row without its calls"):
        await ledger.check()


async def test_damage_found_later_is_reported_too(ledger: SqliteLedger, path: Path) -> None:
    """A report over a file that was damaged while open is an error with the same advice."""
    await asyncio.gather(*(ledger.reserve(reservation(str(number))) for number in range(100)))
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    data = overwrite(path, "middle")
    with pytest.raises(LedgerError, match=r"\.recover"):
        await ledger.calls()

    assert data == await asyncio.to_thread(path.read_bytes)


async def test_somebody_elses_database_is_refused(path: Path) -> None:
    """A SQLite file that is not a ledger gets no tables of ours."""
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.commit()
    message = await opening(path)
    tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
    connection.close()

    assert "something else" in message
    assert tables == [("theirs",)]


async def test_a_newer_schema_is_refused(path: Path) -> None:
    """A ledger written by a later version is not touched."""
    await filled(path, 1)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    assert "upgrade Pointsman" in await opening(path)


async def test_an_older_schema_is_copied_and_migrated(path: Path) -> None:
    """The rows survive, the new column is there, and the old file is kept beside it, private."""
    await filled(path, 3)
    script = "ALTER TABLE calls ADD COLUMN note TEXT;\nUPDATE calls SET note = 'old';\n"
    writer = Writer(path, migrations=[*database.scripts(), script])
    await writer.open()
    await writer.close()
    version = len(database.scripts())
    copy = path.with_name(f"ledger.sqlite3.v{version}")
    new, old = sqlite3.connect(path), sqlite3.connect(copy)
    found = new.execute("SELECT count(*), min(note) FROM calls").fetchone()
    kept = old.execute("SELECT count(*) FROM calls").fetchone()
    versions = [each.execute("PRAGMA user_version").fetchone()[0] for each in (new, old)]
    new.close()
    old.close()

    assert (found, kept, versions) == ((3, "old"), (3,), [version + 1, version])
    assert copy.stat().st_mode & 0o777 == 0o600


async def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    """It is one transaction."""
    await filled(path, 1)
    writer = Writer(
        path, migrations=[*database.scripts(), "CREATE TABLE half (x);\nCREATE TABLE half (x);\n"]
    )
    with pytest.raises(LedgerError, match="half already exists"):
        await writer.open()
    connection = sqlite3.connect(path)
    version = connection.execute("PRAGMA user_version").fetchone()
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    connection.close()

    assert (version, ("half",) in tables) == ((len(database.scripts()),), False)


async def test_no_folder_can_be_made(tmp_path: Path) -> None:
    """The message names the setting that moves the ledger."""
    (tmp_path / "file").touch()

    assert "POINTSMAN_LEDGER_FILE" in await opening(tmp_path / "file" / "ledger.sqlite3")


async def test_a_file_that_turns_read_only(ledger: SqliteLedger) -> None:
    """The caller gets an error; once it can be written again, calls are recorded again."""
    connection = ledger._opened().transactions.connection
    connection.execute("PRAGMA query_only = 1")
    with pytest.raises(LedgerError, match="cannot be written"):
        await ledger.reserve(reservation("a"))
    connection.execute("PRAGMA query_only = 0")
    await ledger.reserve(reservation("b"))

    assert [call.reservation.id for call in await ledger.calls()] == ["b"]


async def test_a_full_disk(ledger: SqliteLedger, path: Path) -> None:
    """Nothing is acknowledged that is not recorded, the file stays sound, and room makes it work again."""
    connection = ledger._opened().transactions.connection
    connection.execute("PRAGMA max_page_count = 30")
    names = [f"call {number}" for number in range(2_000)]
    answers = [
        answer
        for start in range(0, 2_000, 100)
        for answer in await asyncio.gather(
            *(ledger.reserve(reservation(name)) for name in names[start : start + 100]),
            return_exceptions=True,
        )
    ]
    connection.execute("PRAGMA max_page_count = 100000")
    await ledger.reserve(reservation("after"))
    found = {call.reservation.id for call in await ledger.calls(5_000)}
    errors = [answer for answer in answers if answer is not None]
    check = sqlite3.connect(path)
    sound = check.execute("PRAGMA integrity_check").fetchone()
    check.close()

    assert {name for name, answer in zip(names, answers, strict=True) if answer is None} | {"after"} == found
    assert {LedgerError} == {type(error) for error in errors}
    assert "no room left" in str(errors[0])
    assert sound == ("ok",)


def longest_pause(done: threading.Event) -> float:
    """The longest this machine let a thread wait that wanted to run a hundred times a second."""
    longest = 0.0
    while not done.is_set():
        before = time.monotonic()
        time.sleep(0.01)
        longest = max(longest, time.monotonic() - before)
    return longest


async def test_another_process_holds_the_lock(ledger: SqliteLedger, path: Path) -> None:
    """The row is written once the lock is gone; the event loop turns meanwhile."""
    locked, release = threading.Event(), threading.Event()

    def hold() -> None:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        locked.set()
        release.wait()
        other.execute("ROLLBACK")
        other.close()

    holder = asyncio.create_task(asyncio.to_thread(hold))
    await asyncio.to_thread(locked.wait)
    done = threading.Event()
    beside = asyncio.create_task(asyncio.to_thread(longest_pause, done))
    waiting = asyncio.create_task(ledger.reserve(reservation("a")))
    longest = 0.0
    for _ in range(150):  # longer than SQLite's own patience of a second
        before = time.monotonic()
        await asyncio.sleep(0.01)
        longest = max(longest, time.monotonic() - before)
    waited = not waiting.done()
    done.set()
    release.set()
    await asyncio.gather(holder, waiting)

    assert (waited, [call.reservation.id for call in await ledger.calls()]) == (True, ["a"])
    assert longest < await beside + 0.9  # a blocked loop would stand still for the whole second


async def test_what_waited_for_the_lock_shares_a_commit(ledger: SqliteLedger, path: Path) -> None:
    """Calls of many turns of the loop pile up behind the one that waits, and are written together."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = []
    for number in range(50):
        waiting.append(asyncio.create_task(ledger.reserve(reservation(str(number)))))
        await asyncio.sleep(0.001)
    other.execute("ROLLBACK")
    other.close()
    await asyncio.gather(*waiting)

    assert (ledger._opened().transactions.commits, len(await ledger.calls())) == (2, 50)


async def test_patience_ends(ledger: SqliteLedger, path: Path) -> None:
    """A lock that is never let go becomes an error, and the ledger works again afterwards."""
    ledger._opened().transactions.patience = 0.0
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match="locked by another process"):
        await ledger.reserve(reservation("a"))
    other.execute("ROLLBACK")
    other.close()
    await ledger.reserve(reservation("b"))

    assert [call.state for call in await ledger.calls()] == [CallState.RESERVED]


async def test_a_closed_ledger_refuses(path: Path) -> None:
    """Before opening and after closing, every method says that it is not open."""
    ledger = SqliteLedger(SqliteConfig(str(path)))

    async def settle() -> None:
        await ledger.settle(settlement("a"))

    errors = await asyncio.gather(
        ledger.reserve(reservation("a")),
        settle(),
        ledger.usage([]),
        ledger.calls(),
        ledger.call("a"),
        return_exceptions=True,
    )
    await ledger.close()

    assert [f"the ledger {path} is not open"] * 5 == [str(error) for error in errors]
