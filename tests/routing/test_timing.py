"""Waiting with a limit."""

from __future__ import annotations

import asyncio

import pytest
from pointsman.routing.timing import in_time


async def nothing() -> str:
    """Is done at once."""
    return "done"


async def wait(seconds: float) -> str:
    """Takes a while, in several steps."""
    await asyncio.sleep(0)
    await asyncio.sleep(seconds)
    return "done"


async def fail(seconds: float) -> str:
    """Fails, at once or later."""
    if seconds:
        await asyncio.sleep(seconds)
    raise KeyError("broken")


def later(seconds: float) -> float:
    """On the loop's clock."""
    return asyncio.get_running_loop().time() + seconds


@pytest.mark.anyio
async def test_what_is_done_in_time_is_given() -> None:
    """At once, or after some steps."""
    assert [await in_time(nothing(), later(5)), await in_time(wait(0.01), later(5))] == ["done", "done"]


@pytest.mark.anyio
async def test_what_is_late_is_cancelled() -> None:
    """The one who waits gets a TimeoutError, and goes on."""
    with pytest.raises(TimeoutError):
        await in_time(wait(3600), later(0.02))

    assert await in_time(wait(0.0), later(5)) == "done"


@pytest.mark.anyio
@pytest.mark.parametrize("seconds", [0.0, 0.01])
async def test_what_fails_fails(seconds: float) -> None:
    """With its own error."""
    with pytest.raises(KeyError, match="broken"):
        await in_time(fail(seconds), later(5))


@pytest.mark.anyio
async def test_who_is_cancelled_is_cancelled() -> None:
    """It is no timeout, and what was awaited hears of it."""
    heard = []

    async def listening() -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            heard.append("cancelled")
            raise

    task = asyncio.ensure_future(in_time(listening(), later(3600)))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert heard == ["cancelled"]


@pytest.mark.anyio
async def test_a_future_may_be_awaited() -> None:
    """Anything that can be awaited."""
    future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(0.01, future.set_result, "done")

    assert await in_time(future, later(5)) == "done"
