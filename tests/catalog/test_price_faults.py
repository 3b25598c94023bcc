"""Price feeds that lie: one bad row never loses the feed, one bad feed never moves the traffic.

The names D01 to D14 are those of the fault catalogue; D07 to D09 stand in ``test_feed_faults.py``.
"""

from __future__ import annotations

import gzip
import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random

import pytest
from attrs import define, evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from pointsman.catalog import Catalog, State
from pointsman.catalog.build import build
from pointsman.catalog.feeds.sources import Listing
from pointsman.catalog.quarantine import JUMP, UNDERCUT
from pointsman.errors import ServerError
from pointsman.http import Answer, Client
from pointsman.kinds import SourceKind
from pointsman.protocols import Http
from pointsman.sources import figure, readable
from pointsman.testing import FakeHttp, Reply, Upstream
from pointsman.types import ContextTier, Discount, HttpRequest, Kind, Model, Price, Quote, Rates, Variant

from tests.catalog.test_feed_faults import ROWS, Feed, World, state_and_price
from tests.catalog.values import ACME, AT, pricing, quote, rates

MEBIBYTE = 1024 * 1024
GOOD = Answer(200, {}, ROWS)


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """A server on this machine."""
    with Upstream.in_thread() as server:
        yield server


@define
class Tolerant(Feed):
    """A price list read as sources read theirs: row by row."""

    async def quotes(self, http: Http) -> Iterable[Quote]:
        rows = (await http.request(HttpRequest("GET", self.url))).json(exact=True)
        return readable("list", rows, self._read)

    @staticmethod
    def _read(row: list[object]) -> Iterable[Quote]:
        name, given, produced = row
        state_and_price = Rates(input=figure(given), output=figure(produced))
        return [Quote(str(name), state_and_price, AT, "acme", source="list")] if state_and_price.known else []


async def twice(second: Answer | Exception, feed: Feed | None = None) -> Catalog:
    """A good answer, and ten hours later this one."""
    http = FakeHttp(GOOD, second)
    world = World(lambda _: http, feed)
    await world.used()
    world.now = AT + timedelta(hours=10)
    return await world.used()


def _same(client: Client, _: str) -> Http:
    return client


def complaint(catalog: Catalog) -> str:
    """What is said of the feed."""
    (status,) = (each for each in catalog.sources if each.kind is SourceKind.PRICES)
    return status.error


def priced(*quotes: Quote | Discount, last: Price | None = None) -> tuple[Price | None, list[str]]:
    """The price of ``alpaca-5``, and the sources whose rows are held back."""
    book = pricing(quotes)
    found = book.price(ACME, Model("alpaca-5"), last)
    return found.price, [row.source for row in (*book.selected.quarantined, *found.quarantined)]


@pytest.mark.anyio
async def test_d01_a_feed_that_is_down_costs_nothing_but_its_prices() -> None:
    """At the first start the models are there, unpriced; later the last good price serves, with its age."""
    first = World(lambda _: FakeHttp(ServerError("down")))
    at_start, later = await first.used(), await twice(ServerError("down"))
    (status,) = (each for each in later.sources if each.kind is SourceKind.PRICES)

    assert state_and_price(at_start) == (State.FAILED, "unknown")
    assert (state_and_price(later), status.fetched_at) == ((State.STALE, "1"), AT)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "body", [b"<!doctype html><p>maintenance</p>", b"[[", b"", b"\x00\xff", b'{"error": 1}']
)
async def test_d02_what_is_no_price_list_is_refused(body: bytes) -> None:
    """Status 200 and something else in it: the last good price serves, and the fault is reported."""
    catalog = await twice(Answer(200, {"content-type": "text/html"}, body))

    assert state_and_price(catalog) == (State.STALE, "1")
    assert complaint(catalog)


@pytest.mark.anyio
async def test_d03_a_feed_that_shrank_is_refused_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    """Less than half of the last good rows: they stay, with a warning and a word for ``doctor``."""
    rows = b",".join(b'["alpaca-%d", 1, 4]' % number for number in range(1, 11))
    http = FakeHttp(Answer(200, {}, b"[" + rows + b"]"), Answer(200, {}, b'[["alpaca-1", 9, 9]]'))
    world = World(lambda _: http)
    await world.used()
    world.now = AT + timedelta(hours=10)
    with caplog.at_level(logging.WARNING, "pointsman"):
        catalog = await world.used()

    assert state_and_price(catalog) == (State.STALE, "1")
    assert complaint(catalog) == "only 1 rows where there were 10; the last good ones stay"
    assert "only 1 rows" in caplog.text


@pytest.mark.anyio
@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999999"])
async def test_d04_numbers_that_json_has_not_lose_the_answer_not_the_prices(number: bytes) -> None:
    """They are no JSON: the last good price serves."""
    catalog = await twice(Answer(200, {}, b'[["alpaca-1", %s, 4]]' % number))

    assert state_and_price(catalog) == (State.STALE, "1")


@pytest.mark.anyio
@pytest.mark.parametrize("value", [b"null", b'"NaN"', b'"Infinity"', b'"cheap"', b"true", b"[]", b'"1e999"'])
async def test_d04_a_row_without_a_number_is_lost_alone(value: bytes) -> None:
    """The row beside it keeps its price; a number written as text is one."""
    body = b'[["alpaca-2", %s, 4], ["alpaca-1", "0.5", 4], ["alpaca-3", 1, 1]]' % value
    catalog = await twice(Answer(200, {}, body), Tolerant())

    assert state_and_price(catalog) == (State.FRESH, "0.5")


@pytest.mark.parametrize("asked", ["-1", "NaN", "sNaN", "Infinity", "1e-400", 0])
def test_d05_a_row_that_cannot_be_true_is_held_back(asked: str | int) -> None:
    """Negative, no number, zero for a model that is not free: the other source's price stands."""
    price, held = priced(quote("alpaca-5", asked, asked, "broken"), quote("alpaca-5", 2, 8, "good"))

    assert (price and price.rates, held) == (rates(2, 8), ["broken"])


@pytest.mark.parametrize("factor", ["0.001", "1000", "0.000001", "1000000"])
def test_d05_a_mistaken_unit_is_held_back(factor: str) -> None:
    """Per token for per million, per thousand for per million: alone against two."""
    wrong = quote("alpaca-5", str(2 * Decimal(factor)), str(8 * Decimal(factor)), "broken")
    price, held = priced(wrong, quote("alpaca-5", 2, 8, "a"), quote("alpaca-5", 2, 8, "b"))

    assert (price and price.rates, held) == (rates(2, 8), ["broken"])


def test_d05_a_wrong_figure_in_a_tier_or_a_service_is_seen_too() -> None:
    """Not only the plain rates can be negative."""
    tier = quote("alpaca-5", 2, 8, "tiered")
    rows = [
        evolve(tier, rates=evolve(tier.rates, tiers=(ContextTier(1, reasoning=Decimal(-1)),))),
        evolve(tier, source="flexible", variants=(Variant("flex", rates(-1, 1)),)),
        evolve(tier, source="cached", rates=evolve(tier.rates, cache_read_audio=Decimal(-1))),
    ]

    assert [row.reason for row in pricing(rows).selected.quarantined] == ["negative: -1"] * 3


@settings(deadline=None)  # other work on the machine is no failure
@given(st.decimals(allow_nan=False, min_value=Decimal("0.001"), max_value=1000, places=4))
def test_d06_a_jump_needs_a_second_source(factor: Decimal) -> None:
    """Beyond tenfold, up or down, on one word: the last good price stays, with less confidence."""
    last = Price(rates(2, 8), "list", AT)
    moved = quote("alpaca-5", str(2 * factor), str(8 * factor))
    price, held = priced(moved, last=last)
    far = factor > JUMP or 1 / factor > JUMP

    assert (price and price.rates, held) == ((last.rates, ["list"]) if far else (moved.rates, []))
    assert price is not None
    assert not far or price.confidence <= 0.5


def test_d06_a_second_source_confirms_a_jump() -> None:
    """Two that agree within a factor of two are believed; one that does not confirms nothing."""
    last = Price(rates(20, 80), "list", AT)
    moved = quote("alpaca-5", 1, 4, "a")
    agreed, held = priced(moved, quote("alpaca-5", "1.5", 6, "b"), last=last)
    alone, both = priced(moved, quote("alpaca-5", "0.3", "1.2", "b"), last=last)

    assert (agreed and agreed.rates, held) == (moved.rates, [])
    assert (alone and alone.rates, sorted(both)) == (last.rates, ["a", "b"])


def test_d06_leaving_a_guess_behind_is_no_jump() -> None:
    """Yesterday there was only the maker's list price; today somebody knows this provider's own."""
    own, guess = quote("alpaca-5", "0.1", "0.4"), Price(rates(2, 8), "list", AT, confidence=0.38)
    sure = Price(rates(2, 8), "list", AT, confidence=0.9)

    assert [priced(own, last=last)[1] for last in (guess, sure)] == [[], ["list"]]


@pytest.mark.parametrize(
    ("cheap", "others", "believed", "held"),
    [
        # within twofold: agreement; beyond: used, but shown and trusted less
        ("1", ["1.9"], "1", []),
        ("1", ["5"], "1", []),
        # tenfold cheaper than everybody else, alone: held back
        ("1", ["11"], "11", ["a"]),
        ("1", ["11", "12"], "11", ["a"]),
        # a third source on its side confirms it
        ("1", ["11", "1.5"], "1", []),
        # dearer than the others is no danger: shown
        ("30", ["2", "2"], "30", []),
    ],
)
def test_d06_sources_that_disagree(cheap: str, others: list[str], believed: str, held: list[str]) -> None:
    """The first source is the preferred one; what it says is believed unless it undercuts all others."""
    rows = [quote("alpaca-5", cheap, cheap, "a")]
    rows += [quote("alpaca-5", asked, asked, name) for name, asked in zip("bc", others, strict=False)]
    book = pricing(rows, priority=("a", "b", "c"))
    found = book.price(ACME, Model("alpaca-5"))
    assert found.price is not None
    figures = [Decimal(each) for each in (cheap, *others)]
    chosen = found.price.rates.input or Decimal(0)
    apart = float(max(max(each / chosen, chosen / each) for each in figures))

    assert (found.price.rates.input, [row.source for row in found.quarantined]) == (Decimal(believed), held)
    assert found.price.disagreement == pytest.approx(apart, rel=1e-3)
    assert (found.price.confidence < 1 / 2**0.5) == (apart > 2)
    assert float(figures[1] / figures[0]) >= UNDERCUT or not held


def test_d06_a_provider_may_give_its_own_model_away() -> None:
    """Zero in its own list is an offer, not a mistake of one source."""
    price, held = priced(quote("alpaca-5", 0, 0, "acme"), quote("alpaca-5", 2, 8, "list"))

    assert (price and price.rates, held) == (rates(0, 0), [])


@pytest.mark.anyio
async def test_d10_a_bomb_is_cut_and_the_last_good_prices_stay(upstream: Upstream) -> None:
    """64 MiB packed into some KiB, and more than 32 MiB sent plainly."""
    bomb = Reply(200, {"content-encoding": "gzip"}, (gzip.compress(b" " * (64 * MEBIBYTE), 6),))
    flood = Reply(200, {}, (b" " * MEBIBYTE,) * 33)
    seen = []
    for bad in (bomb, flood):
        upstream.add("GET", "/prices.json", Reply(200, {}, (ROWS,)))
        async with Client("list") as client:
            world = World(partial(_same, client), Feed(f"{upstream.url}/prices.json"))
            await world.used()
            upstream.add("GET", "/prices.json", bad)
            world.now = AT + timedelta(hours=10)
            catalog = await world.used()
        seen.append((state_and_price(catalog), "larger than 32 MiB" in complaint(catalog)))

    assert seen == [((State.STALE, "1"), True)] * 2


@pytest.mark.parametrize(
    "name", ["alpaca\r\nx: y", "\x1b[31malpaca", "<script>alert(1)</script>", "a" * 10_240, "", "a\x00b"]
)
def test_d11_an_id_nobody_could_use_is_refused(name: str) -> None:
    """Neither as a model nor as a provider; and what is shown of it is short and plain."""
    book = pricing([quote(name), quote("alpaca-6", provider=name or "\n"), quote("alpaca-5")])
    shown = [
        text for row in book.selected.quarantined for text in (row.model, row.provider or "", row.reason)
    ]

    assert len(book.selected.quarantined) == 2
    assert all(text.isprintable() and len(text) < 300 for text in shown)
    assert book.price(ACME, Model("alpaca-5")).price is not None


@pytest.mark.parametrize("seed", range(5))
def test_d12_the_order_of_rows_says_nothing(seed: int) -> None:
    """Doubles, other spellings, other dates: however they are shuffled, the catalog is the same."""
    rows: list[Quote | Discount] = [
        quote("alpaca-5", 1, 4, "a"),
        quote("alpaca-5", 2, 8, "a"),
        quote("Alpaca-5", 2, 8, "a"),
        quote("alpaca-5", 3, 9, "b", as_of=AT - timedelta(days=3)),
        quote("alpaca-5", 3, 9, "b", starts=AT - timedelta(days=3)),
        quote("alpaca-5", 5, 9, "c", provider="ACME"),
        quote("alpaca-5", 4, 9, "c", provider="acme"),
        quote("Alpaca 5", 7, 9, "d"),
        Discount("acme", Decimal("0.1"), source="x"),
        Discount("acme", Decimal("0.1"), source="y"),
    ]
    shuffled = Random(seed).sample(rows, len(rows))  # noqa: S311 (the same orders every time)
    one, two = (
        build([Listing(ACME, (Model("alpaca-5", kind=Kind.CHAT),))], state_and_price, [], at=AT)
        for state_and_price in (rows, shuffled)
    )

    assert [each.price for each in one.candidates] == [each.price for each in two.candidates]
    assert one.hash == two.hash


def test_d12_of_two_rows_for_one_offer_the_dearer_is_taken() -> None:
    """One source, one id, two prices: a call may be cheaper than foreseen, not dearer."""
    for rows in (
        [quote("alpaca-5", 1, 4), quote("alpaca-5", 2, 8)],
        [quote("alpaca-5", 2, 8), quote("alpaca-5", 1, 4)],
    ):
        price, _ = priced(*rows)
        assert price is not None
        assert price.rates == rates(2, 8)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "body",
    [b"[" * 200_000, b'{"a":' * 200_000, b'[["alpaca-1", ' + b"9" * 5_000 + b", 4]]"],
    ids=["lists", "objects", "digits"],
)
async def test_d13_json_that_breaks_parsers_is_a_clean_error(body: bytes) -> None:
    """200,000 levels deep, or 5,000 digits long: the last good price serves."""
    catalog = await twice(Answer(200, {}, body))

    assert state_and_price(catalog) == (State.STALE, "1")
    assert "not usable JSON" in complaint(catalog)


def test_d14_a_date_in_the_future_counts_as_now(caplog: pytest.LogCaptureFixture) -> None:
    """It neither wins over rows of today for ever nor makes an age negative; one warning per source."""
    rows = [quote(f"alpaca-{number}", as_of=AT + timedelta(days=4000)) for number in (5, 6)]
    with caplog.at_level(logging.WARNING, "pointsman"):
        price, _ = priced(*rows)

    assert price is not None
    assert price.as_of == AT
    assert [record.message for record in caplog.records] == [
        "list: 2 rows are dated in the future; they count as of now"
    ]


def test_d14_a_date_without_a_zone_is_utc() -> None:
    """It can be compared with the others, and the row beside it is not lost."""
    naive = datetime(2026, 8, 20, 12)  # noqa: DTZ001 (that is the fault)
    price, held = priced(quote("alpaca-5", as_of=naive, starts=naive))

    assert (price and price.rates, held) == (rates(1, 4), [])


@settings(deadline=None)  # other work on the machine is no failure
@given(
    st.lists(
        st.builds(
            Quote,
            model=st.sampled_from(["alpaca-5", "Alpaca 5"]) | st.text(max_size=5),
            rates=st.builds(Rates, input=st.none() | st.decimals(), output=st.none() | st.decimals()),
            as_of=st.datetimes(),
            provider=st.none() | st.sampled_from(["acme", "other"]) | st.text(max_size=3),
            starts=st.none() | st.datetimes(),
            binding=st.booleans(),
            source=st.sampled_from(["a", "b", "acme"]),
        )
        | st.sampled_from([Quote(None, None, None), Quote("alpaca-5", Rates(input=1.5, output="2"), AT)]),  # type: ignore[arg-type]
        max_size=8,
    )
)
def test_no_row_takes_the_catalog_down(rows: list[Quote]) -> None:
    """Whatever a source yields: every price that comes out is a finite figure of at least zero."""
    catalog = build([Listing(ACME, (Model("alpaca-5", kind=Kind.CHAT),))], rows, [], at=AT)
    (candidate,) = catalog.candidates
    found = candidate.price.rates if candidate.price else Rates()

    assert all(each is None or (each.is_finite() and each >= 0) for each in (found.input, found.output))
