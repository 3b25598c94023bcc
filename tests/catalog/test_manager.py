"""Keeping the catalog current."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from pointsman.catalog import Catalog, CatalogManager, Progress, Source, State
from pointsman.catalog.refresh import RefreshJob
from pointsman.errors import NoCandidateError, ServerError
from pointsman.testing import FakeHttp
from pointsman.types import Kind, Model

from tests.catalog.values import AT, Board, Memory, PriceList, Shop, quote, refs, score, source

HOUR = timedelta(hours=1)


class World:
    """One provider, one price list, one board, a disk and a clock."""

    def __init__(self, count: int = 10) -> None:
        self.shop = Shop(*(Model(f"alpaca-{number}", kind=Kind.CHAT) for number in range(1, count + 1)))
        self.list = PriceList(*(quote(f"alpaca-{number}") for number in range(1, count + 1)))
        self.board = Board(score("Alpaca 5", 50), score("Alpaca 6", 60))
        self.disk = Memory()
        self.now = AT

    def manager(self, *more: Source, offline: bool = False) -> CatalogManager:
        """As a new process would make one."""
        return CatalogManager(
            RefreshJob(
                refs(
                    [source("acme", self.shop), *more],
                    [source("list", self.list)],
                    [source("bench", self.board)],
                ),
                lambda _: FakeHttp(),
                self.disk,
                offline=offline,
                clock=lambda: self.now,
            )
        )

    @property
    def asked(self) -> tuple[int, int, int]:
        """How often each source was asked."""
        return self.shop.asked, self.list.asked, self.board.asked


def ids(catalog: Catalog) -> Sequence[str]:
    """Keys of the candidates."""
    return [each.key for each in catalog.candidates]


def states(catalog: Catalog) -> dict[str, State]:
    """State by source."""
    return {status.name: status.state for status in catalog.sources}


@pytest.mark.anyio
async def test_the_first_use_fetches() -> None:
    """Nothing in memory, nothing on disk: everybody is asked once."""
    world = World()
    catalog = await world.manager().current()

    assert ((1, 1, 1), 10, {State.FRESH}) == (world.asked, len(ids(catalog)), set(states(catalog).values()))


@pytest.mark.anyio
async def test_a_fresh_catalog_is_served_from_disk() -> None:
    """A new process within the hours asks nobody."""
    world = World()
    first = await world.manager().current()
    world.now += HOUR
    second = await world.manager().current()

    assert ((1, 1, 1), first.hash) == (world.asked, second.hash)


@pytest.mark.anyio
async def test_a_stale_catalog_is_served_while_it_refreshes() -> None:
    """The caller never waits for the refresh; the next one has the news."""
    world = World()
    await world.manager().current()
    world.now += 9 * HOUR
    world.shop.listed = [*world.shop.listed, Model("alpaca-11", kind=Kind.CHAT)]
    manager, fresh = world.manager(), asyncio.Event()
    manager.subscribe(lambda _: fresh.set())
    before = await manager.current()
    await fresh.wait()
    after = await manager.current()
    await manager.aclose()

    assert (len(ids(before)), len(ids(after))) == (10, 11)


@pytest.mark.anyio
async def test_a_failing_source_keeps_its_last_good_rows() -> None:
    """It is marked stale with its reason, and tells the progress so."""
    world, steps = World(), list[Progress]()
    manager = world.manager()
    await manager.current()
    world.shop.error = ServerError("down")
    catalog = await manager.refresh(progress=steps.append)
    progress = {step.name: (step.state, step.rows) for step in steps if step.state != "asking"}

    assert (
        len(ids(catalog)),
        states(catalog)["acme"],
        progress,
    ) == (10, State.STALE, {"acme": ("kept", 10), "list": ("done", 10), "bench": ("done", 2)})


@pytest.mark.anyio
async def test_a_source_that_never_answered_is_failed() -> None:
    """Without last good rows there is an error and no rows; the others still make a catalog."""
    world = World()
    world.list.error = ServerError("down")
    catalog = await world.manager().current()
    status = next(each for each in catalog.sources if each.name == "list")

    assert (
        status.state,
        status.rows,
        "down" in status.error,
        len(ids(catalog)),
    ) == (State.FAILED, 0, True, 10)


@pytest.mark.anyio
@pytest.mark.parametrize(("left", "kept"), [(0, 10), (4, 10), (5, 5)])
async def test_a_feed_that_shrank_by_half_is_not_believed(left: int, kept: int) -> None:
    """A list that lost most of its rows is taken for a broken one; one that lost a few is the news."""
    world = World()
    manager = world.manager()
    await manager.current()
    world.shop.listed = list(world.shop.listed)[:left]

    assert kept == len(ids(await manager.refresh()))


@pytest.mark.anyio
async def test_a_feed_that_stays_small_is_believed_in_the_end() -> None:
    """After a week the small list is the list."""
    world = World()
    manager = world.manager()
    await manager.current()
    world.shop.listed = list(world.shop.listed)[:2]
    world.now += timedelta(days=7)

    assert len(ids(await manager.refresh())) == 2


@pytest.mark.anyio
async def test_a_new_source_is_the_only_one_asked() -> None:
    """A key that was added makes its models appear at once, without asking the others again."""
    world = World()
    await world.manager().current()
    beta = Shop(Model("beaver-1", kind=Kind.CHAT))
    catalog = await world.manager(source("beta", beta)).current()

    assert (world.asked, beta.asked, "beta/beaver-1" in ids(catalog)) == ((1, 1, 1), 1, True)


@pytest.mark.anyio
async def test_a_removed_source_takes_its_models_along() -> None:
    """Without the key nobody is asked, and its models are gone."""
    world = World()
    await world.manager(source("beta", Shop(Model("beaver-1", kind=Kind.CHAT)))).current()
    catalog = await world.manager().current()

    assert (world.asked, "beta/beaver-1" in ids(catalog)) == ((1, 1, 1), False)


@pytest.mark.anyio
async def test_offline_serves_the_last_good_catalog_however_old() -> None:
    """And asks nobody, neither at once nor behind."""
    world = World()
    await world.manager().current()
    world.now += timedelta(days=100)
    manager = world.manager(offline=True)
    catalog = await manager.current()

    assert (world.asked, len(ids(catalog)), manager._task) == ((1, 1, 1), 10, None)


@pytest.mark.anyio
async def test_offline_tells_how_old_its_rows_are() -> None:
    """Rows that are older than wished are stale, even when nobody failed."""
    world = World()
    await world.manager().current()
    world.now += timedelta(days=100)
    catalog = await world.manager(offline=True).refresh()

    assert set(states(catalog).values()) == {State.STALE}


@pytest.mark.anyio
async def test_offline_with_nothing_says_what_to_do() -> None:
    """An empty disk and no network is an error with a cure."""
    with pytest.raises(NoCandidateError, match="run `pointsman refresh` once"):
        await World().manager(offline=True).current()


@pytest.mark.anyio
async def test_two_callers_fetch_once() -> None:
    """Whoever comes while the first fetch is under way waits for it."""
    world = World()
    manager = world.manager()
    one, two = await asyncio.gather(manager.current(), manager.current())

    assert (world.asked, one is two) == ((1, 1, 1), True)


@pytest.mark.anyio
async def test_what_fails_is_not_asked_again_at_once() -> None:
    """Between two tries behind the caller's back some minutes pass."""
    world = World()
    world.list.error = ServerError("down")
    manager = world.manager()
    asked = []
    for _ in range(7):
        await manager.current()
        if manager._task:
            await manager._task
        asked.append(world.list.asked)
        world.now += timedelta(minutes=1)

    assert (asked, world.shop.asked) == ([1, 1, 1, 1, 1, 2, 2], 1)


@pytest.mark.anyio
async def test_a_failing_subscriber_harms_nobody() -> None:
    """The others are still called, and an ended subscription is not."""
    world, seen = World(), list[Any]()
    manager = world.manager()

    def broken(_: Catalog) -> None:
        raise RuntimeError("broken")

    manager.subscribe(broken)
    end = manager.subscribe(seen.append)
    await manager.refresh()
    end()
    await manager.refresh()

    assert len(seen) == 1


@pytest.mark.anyio
async def test_a_disk_of_another_version_counts_as_empty() -> None:
    """What cannot be read is fetched again."""
    world = World()
    await world.manager().current()
    for key in world.disk.kept:
        world.disk.kept[key] = '{"rows": [{"nonsense": 1}], "at": "x", "signature": 1}'
    catalog = await world.manager().current()

    assert (world.asked, len(ids(catalog))) == ((2, 2, 2), 10)


@pytest.mark.anyio
async def test_a_program_that_ends_soon_may_wait_for_the_refresh() -> None:
    """The next program then finds what this one began to fetch; with nothing under way there is no wait."""
    world = World()
    await world.manager().current()
    world.now += 9 * HOUR
    brief = world.manager()
    await brief.wait_for_refresh(5.0)
    stale = await brief.current()
    await brief.wait_for_refresh(5.0)
    await brief.aclose()
    fresh = await world.manager().current()

    assert (stale.at, fresh.at, world.asked) == (AT, AT + 9 * HOUR, (2, 2, 2))


@pytest.mark.anyio
async def test_closing_ends_the_refresh_behind() -> None:
    """Nothing is left running, whenever it is closed."""
    world = World()
    await world.manager().current()
    world.now += 9 * HOUR
    manager = world.manager()
    await manager.current()
    task = manager._task
    await manager.aclose()

    assert task is not None
    assert (task.done(), manager._task) == (True, None)
