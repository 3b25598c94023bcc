"""Processes that die, and processes that share a ledger."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from pointsman.money.sqlite import SqliteConfig, SqliteLedger
from pointsman.types import CallState

pytestmark = pytest.mark.anyio

WRITER = Path(__file__).with_name("writer_process.py")


def start(path: Path, name: str, calls: int) -> subprocess.Popen[str]:
    """A process that makes calls and prints what was acknowledged."""
    command = [sys.executable, str(WRITER), str(path), name, str(calls)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def acknowledged(output: str) -> tuple[set[str], set[str]]:
    """The ids that were reserved and settled, according to what a process printed."""
    lines = [line.split() for line in output.splitlines() if line.endswith(".")]
    reserved = {words[1] for words in lines if words[0] == "reserved"}
    return reserved, {words[1] for words in lines if words[0] == "settled"}


async def recorded(path: Path) -> dict[str, CallState]:
    """Every call after the ledger was opened again."""
    ledger = SqliteLedger(SqliteConfig(str(path)))
    await ledger.open()
    found = {call.reservation.id: call.state for call in await ledger.calls(1_000_000)}
    await ledger.close()
    return found


def is_intact(path: Path) -> bool:
    """Whether SQLite finds nothing wrong with the file."""
    connection = sqlite3.connect(path)
    (answer,) = connection.execute("PRAGMA integrity_check").fetchone()
    connection.close()
    return bool(answer == "ok")


def wait_for(condition: Callable[[], bool]) -> None:
    """Return when it holds; the test's own timeout bounds it."""
    while not condition():
        time.sleep(0.01)


@pytest.mark.parametrize("lines", [1, 30, 200, 700, 1500])
async def test_nothing_acknowledged_is_lost_to_kill_9(path: Path, lines: int) -> None:
    """Killed in mid write: every acknowledged row is there, and what was open is unsettled, not hidden."""
    process = start(path, "a", 1_000_000)
    assert process.stdout is not None
    head = "".join(process.stdout.readline() for _ in range(lines))
    process.kill()
    rest, _ = process.communicate()
    reserved, settled = acknowledged(head + rest)
    found = await recorded(path)

    assert (-signal.SIGKILL, set(), True) == (process.returncode, reserved - set(found), is_intact(path))
    assert [call for call in settled if found[call] is not CallState.SETTLED] == []
    assert set(found.values()) <= {CallState.SETTLED, CallState.UNSETTLED}


async def test_the_estimates_of_the_killed_stay(path: Path) -> None:
    """The money possibly spent is in the report."""
    process = start(path, "hold", 3)
    assert process.stdout is not None
    printed = [process.stdout.readline() for _ in range(3)]
    process.kill()
    process.communicate()
    ledger = SqliteLedger(SqliteConfig(str(path)))
    await ledger.open()
    (row,) = await ledger.usage(["state"])
    await ledger.close()

    assert len(printed) == 3
    assert (("unsettled",), 3, Decimal("0.03")) == (row.group, row.unsettled, row.unsettled_usd)


async def test_the_living_keep_their_calls(path: Path) -> None:
    """Opening the ledger beside a live process, or a second time in this one, gives up none of its calls."""
    process = start(path, "hold", 3)
    assert process.stdout is not None
    printed = [process.stdout.readline() for _ in range(3)]
    beside = await recorded(path)
    again = await recorded(path)
    process.kill()
    process.communicate()
    after = await recorded(path)

    assert len(printed) == 3
    assert [{CallState.RESERVED}, {CallState.RESERVED}, {CallState.UNSETTLED}] == [
        set(each.values()) for each in (beside, again, after)
    ]
    assert list(path.with_name("ledger.sqlite3.open").iterdir()) == []


async def test_two_processes_write_one_ledger(path: Path) -> None:
    """Every call of both is there once, settled."""
    processes = [start(path, name, 2_000) for name in "ab"]
    outputs = [process.communicate()[0] for process in processes]
    found = await recorded(path)

    assert [process.returncode for process in processes] == [0, 0]
    assert [len(acknowledged(output)[1]) for output in outputs] == [2_000, 2_000]
    assert (Counter(found.values()), is_intact(path)) == ({CallState.SETTLED: 4_000}, True)


async def test_a_dead_process_beside_a_live_one(path: Path) -> None:
    """While one process is killed, the other loses nothing and keeps writing."""
    victim, other = start(path, "a", 1_000_000), start(path, "b", 2_000)
    assert victim.stdout is not None
    head = "".join(victim.stdout.readline() for _ in range(100))
    victim.kill()
    reserved, _ = acknowledged(head + victim.communicate()[0])
    output = other.communicate()[0]
    found = await recorded(path)

    assert (other.returncode, len(acknowledged(output)[1]), is_intact(path)) == (0, 2_000, True)
    assert set() == reserved - set(found)
    assert {CallState.SETTLED} == {state for call, state in found.items() if call.startswith("b")}
