"""Agreement, gaps, services and dates: one price out of rows that are all believed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from pointsman.catalog import Catalog, CatalogManager, Listing
from pointsman.catalog.build import build
from pointsman.catalog.refresh import RefreshJob
from pointsman.testing import FakeHttp
from pointsman.types import Capability, ContextTier, Facts, Kind, Model, Price, Quote, Rates, Variant

from tests.catalog.values import ACME, AT, Memory, PriceList, Shop, pricing, quote, rates, refs, source

DAY = timedelta(days=1)
BATCH = (Variant("batch", rates("0.5", 2)),)


def price(*quotes: Quote, priority: Sequence[str] = ()) -> Price:
    """The price of ``alpaca-5`` at acme."""
    found = pricing(quotes, priority=priority).price(ACME, Model("alpaca-5")).price
    assert found is not None
    return found


def with_cache(quote: Quote, **more: str) -> Quote:
    """`quote` with further rates."""
    further: dict[str, Any] = {name: Decimal(rate) for name, rate in more.items()}
    return evolve(quote, rates=evolve(quote.rates, **further))


def test_of_equal_sources_the_one_that_others_bear_out_is_believed() -> None:
    """Neither its name nor being an hour newer makes a lone source right against two."""
    found = price(
        quote("alpaca-5", 3, 9, "a"),
        quote("alpaca-5", 2, 8, "b", as_of=AT - DAY),
        quote("alpaca-5", 2, 8, "c", as_of=AT - DAY),
    )

    assert (found.rates, found.source, found.disagreement) == (rates(2, 8), "b", 1.5)


def test_old_sources_confirm_nothing() -> None:
    """Two lists of last year agree because neither has heard of the price cut."""
    old = [quote("alpaca-5", 2, 8, name, as_of=AT - 200 * DAY) for name in "ab"]

    assert rates(1, 4) == price(*old, quote("alpaca-5", 1, 4, "c")).rates


def test_an_old_row_is_not_preferred_because_a_newer_one_still_agrees() -> None:
    """The newer one says the same, and how things are today."""
    old = quote("alpaca-5", 2, 8, "a", as_of=AT - 200 * DAY)

    assert price(old, quote("alpaca-5", 2, 8, "b"), quote("alpaca-5", 1, 4, "c")).source == "b"


def test_agreement_does_not_outvote_the_configured_order() -> None:
    """The user said which source to trust."""
    rows = [quote("alpaca-5", 3, 9, "mine"), quote("alpaca-5", 2, 8, "b"), quote("alpaca-5", 2, 8, "c")]

    assert price(*rows, priority=("mine",)).source == "mine"


def test_gaps_are_filled_from_a_row_that_asks_the_same() -> None:
    """The provider's list tells plain rates; who else tells these may be believed about the cache."""
    found = price(
        quote("alpaca-5", 2, 8, "acme"),
        with_cache(quote("alpaca-5", 2, 8, "b"), cache_read="0.2"),
        with_cache(quote("alpaca-5", 2, 8, "c"), cache_read="0.3", reasoning="9"),
    )

    assert found.rates == Rates(
        input=Decimal(2), output=Decimal(8), cache_read=Decimal("0.2"), reasoning=Decimal(9)
    )
    assert found.evidence == "id alpaca-5; cache_read from b; reasoning from c"


def test_gaps_are_not_filled_from_a_row_that_asks_something_else() -> None:
    """Its cache belongs to its own price."""
    found = price(quote("alpaca-5", 2, 8, "acme"), with_cache(quote("alpaca-5", 1, 4, "b"), cache_read="0.1"))

    assert found.rates == rates(2, 8)


def test_a_tier_and_a_fee_that_are_left_out_are_not_asked() -> None:
    """They are no gaps: a list that knows none means none."""
    dear = quote("alpaca-5", 2, 8, "b")
    dear = evolve(
        dear, rates=evolve(dear.rates, request=Decimal(1), tiers=(ContextTier(1, input=Decimal(9)),))
    )

    assert rates(2, 8) == price(quote("alpaca-5", 2, 8, "acme"), dear).rates


def test_services_come_from_the_chosen_row_else_from_the_next() -> None:
    """From a row that asks the same in the standard service."""
    mine, other = quote("alpaca-5", 2, 8, "acme"), quote("alpaca-5", 2, 8, "b", variants=BATCH)
    apart = quote("alpaca-5", 1, 4, "b", variants=BATCH)
    found = [price(mine, each).variants for each in (other, apart)]

    assert found == [BATCH, ()]
    assert (Variant("flex", rates(1, 1)),) == price(
        evolve(mine, variants=(Variant("flex", rates(1, 1)),)), other
    ).variants


def test_a_source_that_knows_the_offer_gives_its_facts() -> None:
    """What sources say beside the price is handed on, the preferred first; the maker's list knows another."""
    facts = Facts(context_window=1_000, can={Capability.TOOLS})
    rows = [
        quote("alpaca-5", source="b", facts=facts),
        quote("alpaca-5", source="acme", facts=Facts(kind=Kind.CHAT)),
        quote("alpaca-5", source="c"),
        quote("alpaca-5", source="d", provider=None, facts=facts),
    ]
    found = pricing(rows).price(ACME, Model("alpaca-5")).fact_sources

    assert [(each.source, each.facts.kind, each.facts.context_window) for each in found] == [
        ("acme", Kind.CHAT, None),
        ("b", None, 1_000),
    ]


def test_a_row_without_a_price_gives_facts_only() -> None:
    """It stands in nobody's way: the maker's list price still counts, and without one nothing is known."""
    silent = Quote("alpaca-5", Rates(), AT, "acme", source="b", facts=Facts(context_window=1_000))
    book = pricing([silent, quote("alpaca-5", source="d", provider=None)])
    found = [each.price(ACME, Model("alpaca-5")) for each in (book, pricing([silent]))]

    assert [rates(1, 4), None] == [each.price and each.price.rates for each in found]
    assert [[fact.source for fact in each.fact_sources] for each in found] == [["b"]] * 2


def test_the_book_says_when_it_will_be_another() -> None:
    """At the next beginning or end of any row, in the future."""
    rows = [
        quote("alpaca-5", ends=AT + 3 * DAY),
        quote("alpaca-6", starts=AT + 2 * DAY, ends=AT + 4 * DAY),
        quote("alpaca-7", starts=AT - DAY, ends=AT),
    ]

    assert (pricing(rows).selected.turns, pricing([quote("a")]).selected.turns) == (AT + 2 * DAY, None)


@pytest.mark.anyio
async def test_a_price_ends_when_it_says_not_at_the_next_refresh() -> None:
    """A router that runs over midnight charges the new price from midnight on, and asks nobody for it."""
    shop = Shop(Model("alpaca-5", kind=Kind.CHAT))
    change = AT + timedelta(hours=1)
    prices = PriceList(
        quote("alpaca-5", 1, 4, ends=change), quote("alpaca-5", 2, 8, starts=change), quote("alpaca-6")
    )
    now = [AT]
    manager = CatalogManager(
        RefreshJob(
            sources=refs([source("acme", shop)], [source("list", prices)]),
            http=lambda _: FakeHttp(),
            store=Memory(),
            clock=lambda: now[0],
        )
    )
    seen = []
    for minutes in (0, 59, 60, 61):
        now[0] = AT + timedelta(minutes=minutes)
        found = (await manager.current()).candidates[0].price
        seen.append(found and found.rates.input)

    assert seen == [Decimal(1), Decimal(1), Decimal(2), Decimal(2)]
    assert (shop.asked, prices.asked) == (1, 1)


@pytest.mark.anyio
async def test_a_confirmation_is_heeded_by_the_next_process() -> None:
    """It needs no fetching: the catalog on disk was made without it, so another is put together."""
    from pointsman.catalog.accepted import Accepted

    shop = Shop(Model("alpaca-5", kind=Kind.CHAT))
    prices = PriceList(quote("alpaca-5", 0, 0))
    words: list[Accepted] = []
    disk, seen = Memory(), []
    for word in ((), (Accepted.of("list", "alpaca-5", "acme", rates(0, 0)),)):
        words += word
        manager = CatalogManager(
            RefreshJob(
                sources=refs([source("acme", shop)], [source("list", prices)]),
                http=lambda _: FakeHttp(),
                store=disk,
                clock=lambda: AT,
                accepted=words.copy,
            )
        )
        catalog = await manager.current()
        seen.append((len(catalog.quarantined), catalog.candidates[0].price is not None))

    assert seen == [(1, False), (0, True)]
    assert (shop.asked, prices.asked) == (1, 1)


def test_a_catalog_remembers_when_it_turns_and_what_is_held() -> None:
    """Through its file: the moment, the services of a price, and what a held row asks for which offer."""
    rows = [
        quote("alpaca-5", 2, 8, "a", ends=AT + DAY, variants=BATCH),
        quote("alpaca-5", "0.01", "0.04", "b"),
    ]
    made = build([Listing(ACME, (Model("alpaca-5", kind=Kind.CHAT),))], rows, [], at=AT)
    again = Catalog.from_json(made.to_json())
    (held,) = again.quarantined
    price = again.candidates[0].price

    assert (again.turns, again.hash, price and price.variants) == (AT + DAY, made.hash, BATCH)
    assert (held.source, held.offer, held.rates) == ("b", "acme/alpaca-5", rates("0.01", "0.04"))
