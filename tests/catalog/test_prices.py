"""One price per offer out of many lists."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pointsman.catalog.prices import ELSEWHERE
from pointsman.types import Model, Price, Quote, Rates

from tests.catalog.values import ACME, AT, Shop, pricing, quote, rates, source


def price(*quotes: Quote, model: Model | None = None, **more: object) -> Price:
    """The price of ``alpaca-5`` at acme."""
    found = pricing(quotes, **more).price(ACME, model or Model("alpaca-5"))  # type: ignore[arg-type]
    assert found.price is not None
    return found.price


def test_the_same_id_at_the_same_provider_is_certain() -> None:
    """Provider and id equal: nothing is left to doubt."""
    found = price(quote("alpaca-5", 2, 8))

    assert (rates(2, 8), "list", 1.0, "id alpaca-5") == (
        found.rates,
        found.source,
        found.confidence,
        found.evidence,
    )


def test_another_spelling_is_joined_with_less_confidence() -> None:
    """A join by name says so and is never certain."""
    found = price(quote("Alpaca 5"))

    assert (0.7 <= found.confidence < 1.0, found.evidence.startswith("name Alpaca 5")) == (True, True)


def test_another_model_is_not_joined() -> None:
    """A mini version's price is not the full model's."""
    assert None is pricing([quote("alpaca-5-mini")]).price(ACME, Model("alpaca-5")).price


def test_another_offer_is_not_joined() -> None:
    """The free or quantised offer of a model has a price of its own."""
    book = pricing([quote("Alpaca 5:free", 0, 0), quote("Alpaca 5 FP8")])

    assert None is book.price(ACME, Model("alpaca-5")).price


def test_another_mode_is_another_id() -> None:
    """A list that writes ids sells the thinking edition separately."""
    assert None is pricing([quote("alpaca-5-thinking")]).price(ACME, Model("alpaca-5")).price


def test_a_name_in_parentheses_is_a_mode_of_the_same_price() -> None:
    """A list that writes display names per mode prices the model itself."""
    assert rates(1, 4) == price(quote("Alpaca 5 (high)")).rates


def test_the_configured_order_of_sources_decides() -> None:
    """Priority wins over age; the disagreement stays visible and costs confidence."""
    old = AT - timedelta(days=30)
    found = price(
        quote("alpaca-5", 2, 8, "ours", as_of=old),
        quote("alpaca-5", 1, 4, "theirs"),
        priority=("ours", "theirs"),
    )

    assert (found.source, found.disagreement, found.confidence < 1.0) == ("ours", 2.0, True)


def test_without_an_order_the_providers_own_list_wins() -> None:
    """Nobody knows a provider's prices better than the provider."""
    found = price(
        quote("alpaca-5", 2, 8, "acme", as_of=AT - timedelta(days=9)), quote("alpaca-5", 1, 4, "theirs")
    )

    assert found.source == "acme"


def test_then_the_newer_row_wins() -> None:
    """Of two equals the one that was read last."""
    found = price(quote("alpaca-5", 2, 8, "a", as_of=AT - timedelta(days=2)), quote("alpaca-5", 2, 8, "b"))

    assert (found.source, found.disagreement) == ("b", 1.0)


def test_old_rows_are_trusted_less() -> None:
    """A price nobody confirmed for a year is doubtful."""
    old = quote("alpaca-5", as_of=AT - timedelta(days=400))

    assert price(old).confidence < price(quote("alpaca-5")).confidence


def test_a_price_holds_between_its_dates() -> None:
    """Of dated prices the one in force is taken: not yet begun and ended ones are not."""
    month = timedelta(days=30)
    found = price(
        quote("alpaca-5", 9, 9),
        quote("alpaca-5", 2, 8, starts=AT - month),
        quote("alpaca-5", 1, 4, starts=AT + month),
        quote("alpaca-5", 5, 5, starts=AT - month / 2, ends=AT - month / 3),
    )

    assert rates(2, 8) == found.rates


@pytest.mark.parametrize(
    ("provider", "base_url", "host"),
    [
        ("ACME", "", None),
        ("x-acme", "https://api.x-acme.com/v1", None),
        ("other", "https://api.acme.io", "acme.io"),
    ],
)
def test_a_provider_is_known_by_name_or_host(provider: str, base_url: str, host: str | None) -> None:
    """Its instance or provider name however written, its host's name, or the host a list states."""
    where = source("acme", Shop(base_url=base_url))
    found = pricing([quote("alpaca-5", provider=provider, host=host)]).price(where, Model("alpaca-5"))

    assert found.price is not None
    assert found.price.confidence == 1.0


def test_an_offer_behind_another_cloud_is_not_the_makers() -> None:
    """Of the parts of a host the one nearest the end says whose it is."""
    azure = source("work", Shop(base_url="https://me.openai.azure.com"), "openai-compatible")

    assert (azure.is_called("openai"), azure.is_called("azure")) == (False, True)


def test_the_makers_list_price_is_only_a_guess_elsewhere() -> None:
    """Another host may ask any price; at the maker it is the price."""
    model = Model("meta/alpaca-5", creator="Meta")
    list_price = quote("Alpaca 5", provider="Meta")
    there = pricing([list_price]).price(source("meta", Shop()), model).price
    elsewhere = pricing([list_price]).price(ACME, model).price

    assert there is not None
    assert elsewhere is not None
    assert (there.confidence > 0.7, elsewhere.confidence <= ELSEWHERE) == (True, True)


def test_an_exact_row_silences_the_list_price() -> None:
    """A guess neither wins over the provider's row nor counts as disagreement."""
    model = Model("meta/alpaca-5", creator="Meta")
    found = pricing([quote("Alpaca 5", 9, 9, provider="Meta"), quote("meta/alpaca-5")]).price(ACME, model)

    assert found.price is not None
    assert (rates(1, 4), 1.0) == (found.price.rates, found.price.disagreement)


def test_a_local_model_costs_nothing_for_certain() -> None:
    """What runs on the user's machine is not unknown but free."""
    found = price(quote("alpaca-5", 2, 8), model=Model("alpaca-5", local=True))

    assert (Decimal(0), Decimal(0), "local") == (found.rates.input, found.rates.output, found.source)


def test_a_negative_or_broken_row_is_held_back() -> None:
    """Each row that cannot be true is kept with its reason, and the others still count."""
    rows = [
        ("alpaca-5", "-1"),
        ("alpaca-6", "NaN"),
        ("alpaca-7", "1e9"),
        ("alpaca-8", "1e-400"),
    ]
    book = pricing([*(quote(name, given) for name, given in rows), quote("alpaca-9")])

    assert [(row.model, row.reason) for row in book.selected.quarantined] == [
        ("alpaca-5", "negative: -1"),
        ("alpaca-6", "not a number"),
        ("alpaca-7", "no price anybody asks: 1e+9 USD per million"),
        ("alpaca-8", "no price anybody asks: 1e-400 USD per million"),
    ]


def test_zero_from_outside_is_a_placeholder() -> None:
    """Only a provider's own list, or an offer named free, may cost nothing."""
    book = pricing([quote("alpaca-5", 0, 0), quote("alpaca-6:free", 0, 0), quote("alpaca-7", 0, 0, "acme")])

    assert [row.model for row in book.selected.quarantined] == ["alpaca-5"]


def test_a_disagreement_is_always_a_figure_json_can_hold() -> None:
    """Zero against something is the largest ratio shown, not infinity."""
    found = price(quote("alpaca-5", 0, 8, "acme"), quote("alpaca-5", 2, 8, "list"))

    assert found.disagreement == 1000.0


def test_a_price_a_thousand_times_off_is_held_back() -> None:
    """Per token for per million: the row that is off the others goes, whichever it is."""
    quotes = [
        quote("alpaca-5", 1, 4, "a"),
        quote("alpaca-5", "0.001", "0.004", "b"),
        quote("alpaca-5", 1, 4, "c"),
    ]
    found = pricing(quotes).price(ACME, Model("alpaca-5"))

    assert found.price is not None
    assert (rates(1, 4), ["b"]) == (found.price.rates, [row.source for row in found.quarantined])


def test_a_jump_is_held_back_and_the_last_good_price_stays() -> None:
    """More than tenfold since last time is not believed on one word."""
    last = Price(rates(2, 8), "list", AT)
    found = pricing([quote("alpaca-5", "0.1", "0.4")]).price(ACME, Model("alpaca-5"), last)

    assert found.price is not None
    assert (last.rates, 0.5, 1) == (found.price.rates, found.price.confidence, len(found.quarantined))


def test_a_jump_two_sources_agree_on_is_a_price_cut() -> None:
    """A second source makes it believable."""
    last = Price(rates(2, 8), "list", AT)
    quotes = [quote("alpaca-5", "0.1", "0.4", "a"), quote("alpaca-5", "0.1", "0.4", "b")]
    found = pricing(quotes).price(ACME, Model("alpaca-5"), last)

    assert found.price is not None
    assert rates("0.1", "0.4") == found.price.rates


def test_an_alias_is_joined_by_its_id() -> None:
    """The provider's own aliases are ids too, a little less certain, for they move."""
    found = price(quote("alpaca-latest"), model=Model("alpaca-5-2508", aliases=("alpaca-latest",)))

    assert (found.evidence, found.confidence < 1.0) == ("id alpaca-latest", True)


def test_the_providers_date_settles_a_snapshot() -> None:
    """An undated id listed with a release day is joined to the row of that day."""
    found = pricing([quote("alpaca-5-0709")]).price(ACME, Model("alpaca-5"), born=date(2026, 7, 9))

    assert found.price is not None


money = st.none() | st.decimals(allow_nan=True, allow_infinity=True)


@given(st.lists(st.tuples(st.sampled_from(["alpaca-5", "Alpaca 5", "x"]), money, money), max_size=6))
def test_no_feed_breaks_the_book(rows: list[tuple[str, Decimal | None, Decimal | None]]) -> None:
    """Whatever a feed holds, no price that comes out is negative or no number."""
    quotes = [Quote(name, Rates(input=a, output=b), AT, "acme", source="list") for name, a, b in rows]
    found = pricing(quotes).price(ACME, Model("alpaca-5")).price
    figures = (
        [figure for figure in (found.rates.input, found.rates.output) if figure is not None] if found else []
    )

    assert all(figure.is_finite() and figure >= 0 for figure in figures)
