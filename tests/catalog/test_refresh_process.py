"""The catalog is refreshed by a process of its own."""

from __future__ import annotations

import asyncio
import os
import sys
import threading

import pytest
from pointsman.catalog import Catalog, Progress
from pointsman.errors import RefreshError

from tests.catalog.shop import Shop, shop, site, until
from tests.plugins.distributions import Site

__all__ = ["shop", "site"]

pytestmark = pytest.mark.anyio


def models(catalog: Catalog) -> list[str]:
    """Ids of the candidates."""
    return [each.model.id for each in catalog.candidates]


def talking() -> list[threading.Thread]:
    """Threads that listen to a child."""
    return [each for each in threading.enumerate() if each.name == "pointsman refresh process"]


async def test_the_first_catalog_comes_from_another_process(shop: Shop) -> None:
    """It is asked by a process with less of a claim on the processor, and found in this one."""
    catalog = await shop.manager().current()
    ((process, nice),) = shop.asked

    assert (models(catalog), process != os.getpid()) == (["wool-1"], True)
    assert nice >= 10 or not hasattr(os, "nice")


async def test_a_refresh_says_how_it_goes(shop: Shop) -> None:
    """The steps come over, whatever plugins print."""
    steps = list[Progress]()
    await shop.manager().refresh(progress=steps.append)

    assert [(step.name, step.kind.value, step.state, step.rows) for step in steps] == [
        ("shop", "provider", "asking", 0),
        ("shop", "provider", "done", 1),
    ]


async def test_a_stale_catalog_is_served_while_another_is_made(shop: Shop) -> None:
    """And swapped in when it is there."""
    await shop.manager().refresh()
    manager = shop.manager()
    shop.sells("wool-1", "wool-2")
    before = await manager.current()
    await manager.wait_for_refresh(60)
    after = await manager.current()
    await manager.aclose()

    assert (models(before), models(after)) == (["wool-1"], ["wool-1", "wool-2"])


async def test_it_outlives_whoever_began_it(shop: Shop) -> None:
    """Closing holds up nobody, and the next process has the new catalog."""
    await shop.manager().refresh()
    shop.sells("wool-2")
    shop.closes()
    brief = shop.manager()
    stale = await brief.current()
    await brief.aclose()
    await until(lambda: len(shop.asked) == 2)
    shop.opens()
    await until(lambda: not shop.refreshing)

    assert (models(stale), models(await shop.manager().current())) == (["wool-1"], ["wool-2"])


async def test_a_cancelled_refresh_ends_and_changes_nothing(shop: Shop) -> None:
    """Its process is gone, its thread too, and the last good catalog stays."""
    await shop.manager().refresh()
    shop.sells("wool-2")
    shop.closes()
    refresh = asyncio.create_task(shop.manager().refresh())
    await until(lambda: len(shop.asked) == 2)
    refresh.cancel()
    await asyncio.wait({refresh})
    await until(lambda: not shop.refreshing and not talking())
    stored = await shop.manager()._job.stored()

    assert refresh.cancelled()
    assert stored is not None
    assert models(stored) == ["wool-1"]


async def test_a_process_that_dies_is_an_error_and_is_not_started_again_at_once(shop: Shop) -> None:
    """The last good catalog stays; behind the caller's back nobody tries for some minutes, in no process."""
    await shop.manager().refresh()
    shop.burns()
    with pytest.raises(RefreshError, match="ended with code 9"):
        await shop.manager().refresh()
    manager = shop.manager()
    catalog = await manager.current()

    assert (models(catalog), manager._task, len(shop.asked)) == (["wool-1"], None, 2)


async def test_what_the_caller_passed_goes_over_but_not_in_arguments(shop: Shop) -> None:
    """Everybody on the machine may read those."""
    await shop.manager({"providers": {"shop": {"word": "sheepish"}}}).refresh()
    word, _, arguments = shop.started_with.partition(", ")

    assert (word, "sheepish" in arguments, "refresh_child" in arguments) == ("('sheepish'", False, True)


async def test_one_at_a_time_refreshes_whoever_begins(shop: Shop) -> None:
    """In the background it is enough that somebody does; whoever wants the result waits for its turn."""
    await shop.manager().refresh()
    shop.closes()
    behind = shop.manager(), shop.manager()
    for each in behind:
        await each.current()
    await until(lambda: any(each._task and each._task.done() for each in behind))
    wanted = asyncio.create_task(shop.manager().refresh())
    await asyncio.sleep(0.1)
    asked, waits = len(shop.asked), not wanted.done()
    shop.opens()
    await wanted
    for each in behind:
        await each.wait_for_refresh(60)

    assert (asked, waits, len(shop.asked)) == (2, True, 3)


async def test_a_catalog_that_another_process_made_is_taken_over(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When it would have refreshed, a router looks at the disk first."""
    manager = shop.manager()
    await manager.refresh()
    shop.sells("wool-2")
    await shop.manager().refresh()
    manager._read_at = None  # as after some minutes
    monkeypatch.setattr(manager, "_stale", lambda catalog: models(catalog) == ["wool-1"])
    await manager.current()
    await manager.wait_for_refresh(60)

    assert (models(await manager.current()), len(shop.asked)) == (["wool-2"], 2)


async def test_where_another_process_sees_other_sources_it_is_done_here(
    shop: Shop, site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As of plugins that exist in this process only."""
    manager = shop.manager()
    monkeypatch.setattr(sys, "path", [each for each in sys.path if each != str(site.path)])
    catalog = await manager.current()

    assert (models(catalog), [process for process, _ in shop.asked]) == (["wool-1"], [os.getpid()])
    assert "sees other sources" in caplog.text


async def test_where_no_process_can_be_started_it_is_done_here(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As in a program without an interpreter of its own."""
    monkeypatch.setattr(sys, "executable", "")
    catalog = await shop.manager().current()

    assert (models(catalog), [process for process, _ in shop.asked]) == (["wool-1"], [os.getpid()])
    assert "no process can be started" in caplog.text


async def test_an_interpreter_that_fails_is_reported_with_its_output(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What can be done here is done here."""
    monkeypatch.setattr("pointsman.catalog.refresh_process._START", "raise SystemExit('no luck today')")
    catalog = await shop.manager().current()

    assert (models(catalog), "ended with code 1: no luck today" in caplog.text) == (["wool-1"], True)
