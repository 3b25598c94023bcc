"""The SQLite ledger: what is acknowledged is recorded."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import platformdirs
import pytest
from attrs import evolve
from pointsman.errors import LedgerError
from pointsman.hookspecs import Extension
from pointsman.money.sqlite import SqliteConfig, SqliteLedger, pointsman_ledgers
from pointsman.protocols import Checkable, Ledger
from pointsman.types import Call, CallState, Usage

from .ledger_values import ANSWERED, reservation, settlement

pytestmark = pytest.mark.anyio


async def states(ledger: SqliteLedger) -> dict[str, CallState]:
    """The state of every call."""
    return {call.reservation.id: call.state for call in await ledger.calls(1_000)}


async def test_a_call_comes_back_as_it_was(ledger: SqliteLedger) -> None:
    """Reservation, settlement and every attempt survive the row."""
    await ledger.reserve(reservation("a", stream=True))
    await ledger.settle(settlement("a"))
    found = await ledger.calls()

    assert [Call(reservation("a", stream=True), CallState.SETTLED, settlement("a"))] == found


async def test_the_newest_come_first(ledger: SqliteLedger) -> None:
    """And only as many as were asked for."""
    for name in "abc":
        await ledger.reserve(reservation(name))
    found = [[call.reservation.id for call in await ledger.calls(limit)] for limit in (2, 0, -1)]

    assert found == [["c", "b"], [], []]


async def test_settling_twice_keeps_the_first(ledger: SqliteLedger) -> None:
    """Whatever the second one says, at once or later."""
    await ledger.reserve(reservation("a"))
    await asyncio.gather(ledger.settle(settlement("a")), ledger.settle(settlement("a", duration=9.0)))
    await ledger.settle(settlement("a", state=CallState.FAILED))
    (call,) = await ledger.calls()

    assert settlement("a") == call.settlement


async def test_another_ledger_may_be_the_first_to_settle(ledger: SqliteLedger, path: Path) -> None:
    """Over the same file: the first end stays, counts once, and nobody else's call of the commit suffers."""
    other = SqliteLedger(SqliteConfig(str(path)))
    await other.open()
    await ledger.reserve(reservation("a"))
    await ledger.reserve(reservation("b"))
    await other.settle(settlement("a"))
    await asyncio.gather(
        ledger.settle(settlement("a", state=CallState.FAILED)), ledger.settle(settlement("b", duration=9.0))
    )
    await other.close()
    (row,) = await ledger.usage([])

    assert [call.settlement for call in await ledger.calls()] == [
        settlement("b", duration=9.0),
        settlement("a"),
    ]
    assert (row.calls, row.attempts, row.answered, row.failed) == (2, 4, 2, 0)


async def test_settling_the_unknown_fails_alone(ledger: SqliteLedger) -> None:
    """An unknown id is an error for its caller; the others of the same commit are recorded."""
    await ledger.reserve(reservation("a"))
    found = await asyncio.gather(
        ledger.settle(settlement("nobody")), ledger.settle(settlement("a")), return_exceptions=True
    )

    assert [LedgerError, type(None)] == [type(each) for each in found]
    assert await states(ledger) == {"a": CallState.SETTLED}


async def test_a_bad_row_fails_alone(ledger: SqliteLedger) -> None:
    """A taken id, or text that cannot be stored, does not cost the others of the same commit."""
    await ledger.reserve(reservation("a"))
    found = await asyncio.gather(
        ledger.reserve(reservation("b")),
        ledger.reserve(reservation("a")),
        ledger.reserve(reservation("\ud800")),
        ledger.reserve(reservation("c")),
        return_exceptions=True,
    )

    assert [type(None), LedgerError, LedgerError, type(None)] == [type(each) for each in found]
    assert {"a", "b", "c"} == set(await states(ledger))


async def test_many_calls_share_a_commit(ledger: SqliteLedger) -> None:
    """Two hundred concurrent calls take far fewer transactions than rows, and none is lost."""

    async def call(number: int) -> None:
        await ledger.reserve(reservation(str(number)))
        await ledger.settle(settlement(str(number)))

    await asyncio.gather(*(call(number) for number in range(200)))
    commits = ledger._opened().transactions.commits

    assert {str(number): CallState.SETTLED for number in range(200)} == await states(ledger)
    assert commits < 400 / 10


async def test_an_answer_means_durable(ledger: SqliteLedger, path: Path) -> None:
    """As soon as `reserve` returns, any other connection sees the row."""
    await ledger.reserve(reservation("a"))
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT id, state FROM calls").fetchall()
    connection.close()

    assert found == [("a", "reserved")]


@pytest.mark.parametrize("turns", [0, 1, 2, 5])
async def test_a_caller_who_leaves_while_reserving_sent_nothing(ledger: SqliteLedger, turns: int) -> None:
    """Cancelled while it waits, whenever that is: the row, if there is one, says cancelled."""
    task = asyncio.create_task(ledger.reserve(reservation("a")))
    await asyncio.sleep(0)
    for _ in range(turns):
        await asyncio.sleep(0)
    returned = task.done()
    task.cancel()
    result = await asyncio.gather(task, return_exceptions=True)
    await ledger.reserve(reservation("after"))

    expected = CallState.RESERVED if returned else CallState.CANCELLED
    assert [type(None) if returned else asyncio.CancelledError] == [type(each) for each in result]
    assert {"a": expected, "after": CallState.RESERVED} == await states(ledger)


async def test_a_caller_who_leaves_while_settling_loses_nothing(ledger: SqliteLedger) -> None:
    """The end is recorded all the same."""
    await ledger.reserve(reservation("a"))

    async def settle() -> None:
        await ledger.settle(settlement("a"))

    task = asyncio.create_task(settle())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await ledger.reserve(reservation("after"))

    assert (await states(ledger))["a"] == CallState.SETTLED


async def test_a_caller_may_bound_its_wait(ledger: SqliteLedger, path: Path) -> None:
    """While another process holds the file: `reserve` is withdrawn then, and `settle` is written later."""
    await ledger.reserve(reservation("sent"))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for wait in (ledger.settle(settlement("sent")), ledger.reserve(reservation("late"))):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout_at(0):  # long past
                await wait
    other.execute("ROLLBACK")
    other.close()
    await ledger.reserve(reservation("after"))

    assert await states(ledger) == {
        "sent": CallState.SETTLED,
        "late": CallState.CANCELLED,
        "after": CallState.RESERVED,
    }


async def test_closing_writes_what_is_pending(path: Path) -> None:
    """Calls under way when the ledger closes are written; afterwards it refuses; its thread is gone."""
    ledger = SqliteLedger(SqliteConfig(str(path)))
    await ledger.open()
    waiting = [asyncio.create_task(ledger.reserve(reservation(str(number)))) for number in range(20)]
    await asyncio.sleep(0)
    await ledger.close()
    await ledger.close()
    await asyncio.gather(*waiting)
    with pytest.raises(LedgerError, match="not open"):
        await ledger.reserve(reservation("late"))
    names = [thread.name for thread in threading.enumerate()]
    await ledger.open()
    found = await states(ledger)
    await ledger.close()

    assert (len(found), names.count("pointsman-ledger")) == (20, 0)


def test_a_loop_that_ends_first_is_no_error(path: Path) -> None:
    """Forgetting to close, or a loop that dies with writes under way, gives no warning and no hang."""

    async def leave() -> None:
        ledger = SqliteLedger(SqliteConfig(str(path)))
        await ledger.open()
        asyncio.get_running_loop().call_soon(asyncio.get_running_loop().stop)
        await ledger.reserve(reservation("a"))

    loop = asyncio.new_event_loop()
    task = loop.create_task(leave())
    loop.run_forever()
    task.cancel()
    loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
    loop.close()

    assert task.done()


def test_another_loop_is_refused(path: Path) -> None:
    """A ledger belongs to the loop it was opened on."""
    ledger = SqliteLedger(SqliteConfig(str(path)))
    loop = asyncio.new_event_loop()
    loop.run_until_complete(ledger.open())
    with pytest.raises(LedgerError, match="another event loop"):
        asyncio.run(ledger.reserve(reservation("a")))
    loop.run_until_complete(ledger.close())
    loop.close()

    assert path.exists()


async def test_readers_do_not_wait_for_writers(ledger: SqliteLedger, path: Path) -> None:
    """A report during another process's write transaction sees the last commit."""
    await ledger.reserve(reservation("a"))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE calls SET task = 'changed'")
    (row,) = await ledger.usage(["task"])
    other.execute("ROLLBACK")
    other.close()

    assert row.group == ("summaries",)


async def test_sql_reads_attempts(ledger: SqliteLedger, path: Path) -> None:
    """Each is a row beside its call, in the words of the types."""
    await ledger.reserve(reservation("a"))
    await ledger.settle(settlement("a"))
    connection = sqlite3.connect(path)
    sql = "SELECT id, number, attempts.provider, attempts.error FROM calls JOIN attempts ON call = seq"
    found = connection.execute(sql).fetchall()
    connection.close()

    assert found == [("a", 0, "first", "PM-SERVER"), ("a", 1, "second", "")]


async def test_half_a_character_keeps_no_call_out(ledger: SqliteLedger) -> None:
    """A provider's own words are stored as well as they can be."""
    broken = evolve(ANSWERED, response_model="m\ud800", usage=Usage(service_tier="\udfff"))
    await ledger.reserve(reservation("a"))
    await ledger.settle(settlement("a", attempts=(broken,)))
    (call,) = await ledger.calls()

    assert call.settlement == settlement(
        "a", attempts=(evolve(broken, response_model="m?", usage=Usage(service_tier="?")),)
    )


async def test_nobody_else_can_read(ledger: SqliteLedger, path: Path) -> None:
    """Everything is private, and no prompt has a column to go to."""
    await ledger.reserve(reservation("a"))
    modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir() if each.is_file()}

    assert {f"ledger.sqlite3{suffix}": 0o600 for suffix in ("", "-wal", "-shm")} == modes
    assert [each.stat().st_mode & 0o777 for each in (path.parent, path.with_name("ledger.sqlite3.open"))] == [
        0o700,
        0o700,
    ]


def test_where_the_ledger_is(tmp_path: Path) -> None:
    """The path given, else the home of Pointsman, else the system's place for data."""
    found = [
        SqliteConfig().file,
        SqliteConfig(home=str(tmp_path)).file,
        SqliteConfig(str(tmp_path / "other"), str(tmp_path)).file,
    ]

    assert [
        platformdirs.user_data_path("pointsman", appauthor=False) / "ledger.sqlite3",
        tmp_path / "ledger.sqlite3",
        tmp_path / "other",
    ] == found


def test_it_is_the_default_store() -> None:
    """Registered through the ordinary hook, and a `Ledger` by shape."""
    expected = Extension(
        "sqlite", SqliteLedger, SqliteConfig, "Calls in one SQLite file on this machine.", default=True
    )

    assert [expected] == list(pointsman_ledgers())
    assert isinstance(SqliteLedger(SqliteConfig("x")), Ledger)
    assert isinstance(SqliteLedger(SqliteConfig("x")), Checkable)


def test_importing_it_is_light() -> None:
    """The module that the entry point names loads no database and no event loop."""
    script = (
        "import json, sys, pointsman.money.sqlite\n"
        "heavy = ('sqlite3', 'asyncio', 'orjson', 'platformdirs', 'diskcache')\n"
        "print(json.dumps([name for name in heavy if name in sys.modules]))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)

    assert json.loads(run.stdout) == []
