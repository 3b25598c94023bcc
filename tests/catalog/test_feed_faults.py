"""Feeds that refuse, hang or point elsewhere: the last good rows serve, and nobody is stormed.

The names D07 to D09 are those of the fault catalogue.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from attrs import define
from pointsman.catalog import Catalog, CatalogManager, State
from pointsman.catalog.refresh import RefreshJob
from pointsman.http import Answer, Client
from pointsman.kinds import SourceKind
from pointsman.protocols import Http
from pointsman.testing import FakeHttp, Reply, Upstream
from pointsman.types import HttpRequest, Kind, Model, Quote

from tests.catalog.values import AT, Memory, Shop, quote, refs, source


@define
class Feed:
    """A price list that stands at an address."""

    url: str = "https://list.example/prices.json"

    async def quotes(self, http: Http) -> Iterable[Quote]:
        rows = (await http.request(HttpRequest("GET", self.url))).json(exact=True)
        return [quote(name, given, produced) for name, given, produced in rows]


class World:
    """One provider, one feed, a disk and a clock."""

    def __init__(self, http: Callable[[str], Http], feed: Feed | None = None) -> None:
        self.places = source("acme", Shop(Model("alpaca-1", kind=Kind.CHAT))), source("list", feed or Feed())
        self.http, self.disk, self.now = http, Memory(), AT

    def process(self, timeout: float = 600.0) -> CatalogManager:
        """A manager as a new process would make one."""
        provider, feed = self.places
        return CatalogManager(
            RefreshJob(
                sources=refs((provider,), (feed,)),
                http=self.http,
                store=self.disk,
                timeout=timeout,
                clock=lambda: self.now,
            )
        )

    async def used(self) -> Catalog:
        """What a process that starts, uses the catalog and ends sees last."""
        manager = self.process()
        catalog = await manager.current()
        await manager.wait_for_refresh(600)
        return manager._catalog or catalog


def state_and_price(catalog: Catalog) -> tuple[State, str]:
    """State of the feed and the price of the only model."""
    (status,) = (each for each in catalog.sources if each.kind is SourceKind.PRICES)
    price = catalog.candidates[0].price
    return status.state, str(price.rates.input) if price else "unknown"


ROWS = b'[["alpaca-1", 1, 4]]'


@pytest.mark.anyio
async def test_d07_a_feed_that_asks_to_wait_is_left_alone_by_every_process() -> None:
    """429 with ``Retry-After: 3600``: the last good price serves, and the feed is asked again in an hour."""
    wait = Answer(429, {"retry-after": "3600"}, b"{}")
    http = FakeHttp(Answer(200, {}, ROWS), wait, Answer(200, {}, ROWS))
    world, seen = World(lambda _: http), []
    for minutes in (0, 9 * 60, 9 * 60 + 20, 9 * 60 + 59, 9 * 60 + 61):
        world.now = AT + timedelta(minutes=minutes)
        seen.append((*state_and_price(await world.used()), len(http.sent)))

    assert seen == [
        (State.FRESH, "1", 1),
        (State.STALE, "1", 2),
        (State.STALE, "1", 2),
        (State.STALE, "1", 2),
        (State.FRESH, "1", 3),
    ]


@pytest.mark.anyio
async def test_d07_an_unchanged_feed_is_not_sent_again_and_counts_as_fresh() -> None:
    """304: the rows are as of now, and nothing was sent."""
    http = FakeHttp(Answer(200, {"etag": '"1"'}, ROWS), Answer(304))
    world = World(lambda _: http)
    await world.used()
    world.now += timedelta(hours=9)
    catalog = await world.used()

    assert state_and_price(catalog) == (State.FRESH, "1")
    assert [sent.headers.get("if-none-match") for sent in http.sent] == [None, '"1"']


@pytest.mark.anyio
async def test_the_user_may_ask_a_failing_feed_at_once() -> None:
    """`refresh` is somebody's wish, not a storm."""
    http = FakeHttp(Answer(429, {"retry-after": "3600"}, b"{}"), Answer(200, {}, ROWS))
    world = World(lambda _: http)
    first = await world.used()
    second = await world.process().refresh()

    assert (state_and_price(first), state_and_price(second)) == (
        (State.FAILED, "unknown"),
        (State.FRESH, "1"),
    )


@pytest.mark.anyio
async def test_d08_a_feed_that_hangs_holds_nobody_up() -> None:
    """It is given up at its deadline; the provider's list was read meanwhile."""

    class Silent(Feed):
        async def quotes(self, http: Http) -> Iterable[Quote]:
            await asyncio.Event().wait()
            return ()

    world = World(lambda _: FakeHttp(), Silent())
    catalog = await world.process(timeout=0.05).current()

    assert (state_and_price(catalog), len(catalog.candidates)) == ((State.FAILED, "unknown"), 1)
    assert next(each.error for each in catalog.sources if each.error).startswith("list: no whole answer")


@pytest.mark.anyio
@pytest.mark.parametrize("where", ["file:///etc/passwd", "http://169.254.169.254/", "http://127.0.0.1:1/"])
async def test_d09_a_feed_that_points_elsewhere_is_not_followed(upstream: Upstream, where: str) -> None:
    """Files, metadata services and this machine: no redirect is followed, and the error says whereto."""
    upstream.add("GET", "/prices.json", Reply(302, {"location": where}))
    async with Client("list") as client:
        world = World(lambda _: client, Feed(f"{upstream.url}/prices.json"))
        catalog = await world.process().current()

    assert state_and_price(catalog) == (State.FAILED, "unknown")
    assert "was not followed" in next(each.error for each in catalog.sources if each.error)
