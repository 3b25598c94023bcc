"""While another process has the file locked, calls are decided from memory and the event loop goes on."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pointsman.state.local import LocalConfig, LocalState
from pointsman.testing.agreement import HOUR, becomes, claim
from pointsman.types import Deadline

from tests.state.processes import line, running
from tests.state.test_model import stored

pytestmark = pytest.mark.anyio

HELD = 2.0


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process has the file."""
    with running("tests.state.holder", str(path)) as process:
        assert line(process) == "locked\n"
        yield


class Heart:
    """Beats as often as the loop lets it."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def beat(self) -> None:
        """For ever; the longest pause is kept."""
        last = time.monotonic()
        while True:
            await asyncio.sleep(0.001)
            now = time.monotonic()
            self.longest, last = max(self.longest, now - last), now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is."""
    return tmp_path / "state.sqlite3"


@pytest.fixture
async def state(path: Path) -> AsyncIterator[LocalState]:
    """The default, as patient as it is by default; six are counted already."""
    made = LocalState(LocalConfig(str(path)))
    await made.open()
    assert await made.add([claim("a", 6, 10)]) is None
    assert await becomes(lambda: _is(made.problem == ""))
    yield made
    await made.close()


async def _is(value: bool) -> bool:
    return value


async def test_the_loop_goes_on(state: LocalState, path: Path) -> None:
    """Two seconds of somebody else's lock are no pause of the loop, and no call waits for them."""
    heart = Heart()
    beating = asyncio.create_task(heart.beat())
    with locked(path):
        began = time.monotonic()
        heart.longest = 0.0
        now = time.time()
        await state.extend("b", Deadline(now + HOUR, now))
        first = await state.add([claim("a", 1, 10)])
        waited = time.monotonic() - began
        rest = [await state.add([claim("a", 1, 10)]) for _ in range(100)]
        together = time.monotonic() - began
        await asyncio.sleep(HELD - together)
        held, longest = time.monotonic() - began, heart.longest
    beating.cancel()

    assert (first, sum(each is None for each in rest), "b" in await state.deadlines(["b"])) == (None, 3, True)
    assert max(longest, waited, together) < 0.75 * held, (longest, waited, together, held)


async def test_what_was_decided_meanwhile_is_in_the_file_afterwards(
    state: LocalState, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Counts, cooldowns and bytes; one warning when it begins, one line when it is over."""
    caplog.set_level(logging.INFO, "pointsman.state")
    now = time.time()
    with locked(path):
        results = [await state.add([claim("a", 3, 10)]), await state.add([claim("a", 2, 10)])]
        await state.adjust([claim("a", -1), claim("b", 5)])
        await state.extend("c", Deadline(now + HOUR, now, "meanwhile"))
        await state.keep("d", b"value", now + HOUR)
        seen = await state.counters(["a", "b"]), await state.kept("d"), state.problem
    other = LocalState(LocalConfig(str(path), patience=60.0))

    async def recovered() -> bool:
        return state.problem == ""

    assert await becomes(recovered)
    await state.close()
    await other.open()
    found = await other.counters(["a", "b"]), await other.kept("d"), dict(await other.deadlines(["c"]))
    await other.close()

    assert (results[0], results[1] is not None) == (None, True)
    assert seen == ({"a": 8, "b": 5}, b"value", "does not answer in time")
    assert found == ({"a": 8, "b": 5}, b"value", {"c": Deadline(now + HOUR, now, "meanwhile")})
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


async def test_who_refreshes_is_decided_without_the_file(state: LocalState, path: Path) -> None:
    """By what this process knows; a lease it did not grant and the file did is given back."""
    with locked(path):
        granted = await state.lease("a", "me", 60)
        others = await state.lease("a", "you", 60)
        asked = asyncio.create_task(state.lease("b", "me", 60))
        await asyncio.sleep(0)
        asked.cancel()

    assert (granted, others) == (True, False)
    assert await becomes(lambda: state.lease("b", "you", 60))


async def test_a_limit_is_kept_while_the_file_comes_and_goes(state: LocalState, path: Path) -> None:
    """Callers at once before, during and after a lock: exactly as many as fit."""
    tasks = []
    for _ in range(3):
        tasks += [asyncio.create_task(state.add([claim("b", 1, 100)])) for _ in range(25)]
        with locked(path):
            tasks += [asyncio.create_task(state.add([claim("b", 1, 100)])) for _ in range(25)]
            await asyncio.wait(tasks)
    ended = await asyncio.gather(*tasks)
    await state.close()

    assert (sum(each is None for each in ended), stored(path)["b"]) == (100, 100)


async def test_a_file_that_stays_locked_holds_up_no_end(state: LocalState, path: Path) -> None:
    """What could not be written is lost, and a warning says so."""
    with locked(path):
        await state.adjust([claim("a", 1)])
        await state.close()

    assert stored(path) == {"a": 6}


async def test_opening_a_locked_file(state: LocalState, path: Path) -> None:
    """What it says is known as soon as it answers."""
    await state.close()
    later = LocalState(LocalConfig(str(path)))
    with locked(path):
        await later.open()
        assert await later.add([claim("b", 1, 10)]) is None

    async def known() -> bool:
        return dict(await later.counters(["a", "b"])) == {"a": 6, "b": 1}

    assert await becomes(known)
    await later.close()
