"""The thread that uses the file: it outlives whatever it is asked to do, and ends when it is closed."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path

import pytest
from pointsman.state.file import StateFile
from pointsman.state.worker import Worker

pytestmark = pytest.mark.anyio


def made(path: Path) -> Worker:
    """One that is waited for as long as it takes."""
    return Worker(path, 600.0, time.time, lambda: None)


def fail(_: StateFile) -> bool:
    """Something nobody thought of."""
    raise ZeroDivisionError("of one job")


def nothing() -> None:
    """Nothing more is to be written."""


async def test_a_job_that_fails_fails_alone(tmp_path: Path) -> None:
    """What travels with it is done, and so is what comes after it."""
    worker = made(tmp_path / "state.sqlite3")
    late: list[bool | None] = []
    together = await asyncio.gather(
        worker.ask(lambda _: "before"), worker.ask(fail, on_late=late.append), worker.ask(lambda _: "after")
    )
    later = await worker.ask(lambda _: "later")
    await worker.close(nothing)

    assert [*together, later] == ["before", None, "after", "later"]
    assert (late, worker.problem) == ([None], "")


async def test_whoever_asks_at_the_end_is_not_kept_waiting(tmp_path: Path) -> None:
    """What was asked for before is done; no thread is left."""
    worker = made(tmp_path / "state.sqlite3")
    asked = asyncio.ensure_future(worker.ask(lambda _: "asked"))
    await asyncio.sleep(0)
    await worker.close(nothing)
    late = await worker.ask(lambda _: "too late")

    assert (await asked, late) == ("asked", None)
    assert [each for each in threading.enumerate() if each is worker._thread] == []


async def test_results_are_heard_in_order(tmp_path: Path) -> None:
    """Also of callers who have left."""
    worker = made(tmp_path / "state.sqlite3")
    heard: list[int] = []

    async def number(value: int) -> None:
        await worker.ask(lambda _: value, on_result=heard.append)

    tasks = [asyncio.ensure_future(number(value)) for value in range(50)]
    await asyncio.sleep(0)
    for each in tasks[::3]:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await worker.close(nothing)

    assert heard == list(range(50))
