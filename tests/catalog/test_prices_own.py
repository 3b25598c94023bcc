"""What a user says of their own prices: contracts, discounts, confirmations."""

from __future__ import annotations

import stat
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pointsman.catalog.accepted import Accepted, AcceptedFile, accepts
from pointsman.catalog.prices import Priced
from pointsman.errors import ConfigError
from pointsman.types import ContextTier, Discount, Model, Price, Quote, Rates, Variant

from tests.catalog.values import ACME, AT, Shop, pricing, quote, rates, source

DAY = timedelta(days=1)


def priced(*rows: Quote | Discount, model: Model | None = None, **more: object) -> Priced:
    """What the rows make of ``alpaca-5`` at acme."""
    last = more.pop("last", None)
    assert last is None or isinstance(last, Price)
    return pricing(rows, **more).price(ACME, model or Model("alpaca-5"), last)  # type: ignore[arg-type]


def price(*rows: Quote | Discount, model: Model | None = None, **more: object) -> Price:
    """The same, known."""
    found = priced(*rows, model=model, **more).price
    assert found is not None
    return found


def test_a_binding_row_wins_over_everything() -> None:
    """Over the configured order, the provider's own list and newer rows; nothing is taken off its word."""
    found = price(
        quote("alpaca-5", 9, 9, "contract", binding=True, as_of=AT - 30 * DAY),
        quote("alpaca-5", 2, 8, "first"),
        quote("alpaca-5", 2, 8, "acme"),
        Discount("acme", Decimal("0.5")),
        priority=("first", "contract"),
    )

    assert (found.rates, found.source, found.confidence) == (rates(9, 9), "contract", 1.0)
    assert found.disagreement == 1.0  # a contract is meant to differ


@pytest.mark.parametrize("asked", [("0.001", "0.001"), (0, 0), (5_000, 5_000)])
def test_a_binding_row_is_not_doubted(asked: tuple[str | int, str | int]) -> None:
    """However far from the others, from the last good price, and from what anybody asks."""
    found = priced(
        quote("alpaca-5", *asked, "contract", binding=True),
        quote("alpaca-5", 2, 8, "a"),
        quote("alpaca-5", 2, 8, "b"),
        last=Price(rates(2, 8), "a", AT),
    )

    assert (found.price and found.price.rates, found.quarantined) == (rates(*asked), ())


@pytest.mark.parametrize("asked", ["-1", "NaN", "Infinity"])
def test_a_binding_row_still_has_to_be_a_price(asked: str) -> None:
    """A contract with a typing mistake is held back, and the price list stands."""
    book = pricing([quote("alpaca-5", asked, 1, "contract", binding=True), quote("alpaca-5", 2, 8)])

    assert [row.source for row in book.selected.quarantined] == ["contract"]
    assert rates(2, 8) == getattr(book.price(ACME, Model("alpaca-5")).price, "rates", None)


def test_a_binding_row_may_name_no_provider_and_a_pattern() -> None:
    """An override for every host, for many ids; an id that is written out stands above the pattern."""
    rows = (
        quote("alpaca-*", 3, 3, "ours", binding=True, provider=None),
        quote("alpaca-6", 4, 4, "ours", binding=True, provider=None),
        quote("alpaca-5", 2, 8),
    )
    found = [price(*rows, model=Model(name)).rates for name in ("alpaca-5", "alpaca-6")]

    assert [rates(3, 3), rates(4, 4)] == found


def test_a_binding_row_prices_a_local_model() -> None:
    """Electricity is not free for whoever says so."""
    row = quote("alpaca-5", 1, 1, "ours", binding=True)

    assert rates(1, 1) == price(row, model=Model("alpaca-5", local=True)).rates


def test_a_discount_takes_its_share_off_every_rate() -> None:
    """Of the plain rates, the cache, the fee, the tiers and the services; the evidence says so."""
    listed = Rates(
        input=Decimal(2),
        output=Decimal(8),
        cache_read=Decimal(1),
        request=Decimal("0.1"),
        tiers=(ContextTier(1_000, input=Decimal(4)),),
    )
    row = Quote("alpaca-5", listed, AT, "acme", source="list", variants=(Variant("batch", rates(1, 4)),))
    found = price(row, Discount("acme", Decimal("0.25"), source="ours"))

    assert found.rates == Rates(
        input=Decimal("1.5"),
        output=Decimal(6),
        cache_read=Decimal("0.75"),
        request=Decimal("0.075"),
        tiers=(ContextTier(1_000, input=Decimal(3)),),
    )
    assert found.variants == (Variant("batch", rates("0.75", 3)),)
    assert found.evidence.endswith("25% off by ours")


@pytest.mark.parametrize(
    ("discounts", "expected"),
    [
        ([Discount("acme", Decimal("0.5"), "alpaca-*")], 4),
        ([Discount("acme", Decimal("0.5"), "llama-*")], 8),
        ([Discount("other", Decimal("0.5"))], 8),
        ([Discount("acme", Decimal("0.5"), starts=AT + DAY)], 8),
        ([Discount("acme", Decimal("0.5"), ends=AT)], 8),
        # the closest pattern holds, then the largest share
        ([Discount("acme", Decimal("0.5")), Discount("acme", Decimal("0.25"), "alpaca-*")], 6),
        ([Discount("acme", Decimal("0.5"), "alpaca-*"), Discount("acme", Decimal("0.25"), "alpaca-5")], 6),
        ([Discount("acme", Decimal("0.25")), Discount("acme", Decimal("0.5"))], 4),
    ],
)
def test_one_discount_holds(discounts: list[Discount], expected: int) -> None:
    """For its provider, its models and its days; discounts do not add up."""
    for rows in (discounts, discounts[::-1]):
        assert Decimal(expected) == price(quote("alpaca-5", 8, 8), *rows).rates.input


@pytest.mark.parametrize("share", ["1.5", "-0.1", "NaN"])
def test_what_is_no_share_is_no_discount(share: str) -> None:
    """It is held back with its reason; the price stays."""
    book = pricing([quote("alpaca-5", 8, 8), Discount("acme", Decimal(share), source="ours")])

    assert [("ours", f"a discount of {share} is no share between 0 and 1")] == [
        (row.source, row.reason) for row in book.selected.quarantined
    ]


def test_a_large_discount_is_no_jump() -> None:
    """Neither on the day it begins nor on the days after."""
    rows = (quote("alpaca-5", 20, 20), Discount("acme", Decimal("0.95")))
    found = [priced(*rows, last=Price(rates(*last), "list", AT)) for last in ((20, 20), (1, 1))]

    assert [each.quarantined for each in found] == [()] * 2


@settings(deadline=None)  # other work on the machine is no failure
@given(share=st.decimals(0, 1, places=3), asked=st.decimals(0, 1000, places=6))
def test_a_discount_never_makes_a_price_dearer_or_negative(share: Decimal, asked: Decimal) -> None:
    """And it is exact."""
    listed = Rates(input=asked + 1, output=asked)
    found = price(Quote("alpaca-5", listed, AT, "acme", source="list"), Discount("acme", share)).rates

    assert found.output == asked * (1 - share)
    assert 0 <= (found.output or 0) <= asked


HELD = quote("alpaca-5", "0.01", "0.04", "cheap")
OTHERS = (HELD, quote("alpaca-5", 1, 4, "a"), quote("alpaca-5", 1, 4, "b"))
WORD = Accepted.of("cheap", "alpaca-5", "acme", HELD.rates)


def test_the_users_word_lifts_a_held_row() -> None:
    """What was held back is then a price among the others."""
    before, after = priced(*OTHERS), priced(*OTHERS, accepted=(WORD,), priority=("cheap",))

    assert [row.source for row in before.quarantined] == ["cheap"]
    assert (after.quarantined, after.price and after.price.source) == ((), "cheap")


def test_a_word_for_other_figures_does_not_count() -> None:
    """The row changed after it was accepted: it is doubted anew."""
    stale = Accepted.of("cheap", "alpaca-5", "acme", rates("0.02", "0.04"))

    assert [row.source for row in priced(*OTHERS, accepted=(stale,)).quarantined] == ["cheap"]


def test_the_users_word_makes_zero_believable_but_no_negative() -> None:
    """Somebody may give a model away; nobody pays for its use."""
    free, negative = quote("alpaca-5", 0, 0), quote("alpaca-6", -1, 1)
    words = [Accepted.of(row.source, row.model, row.provider, row.rates) for row in (free, negative)]
    book = pricing([free, negative], accepted=words)

    assert [row.model for row in book.selected.quarantined] == ["alpaca-6"]


def test_words_are_kept_privately_and_read_again(tmp_path: Path) -> None:
    """Each once per row, the last one; in a file only its owner may read."""
    file = AcceptedFile(tmp_path / "config" / "accepted-prices.toml")
    odd = Accepted.of("cheap", 'odd "id" \\ ☃', None, rates("0.5", 1))
    file.add([WORD, odd])
    newer = Accepted.of("cheap", "alpaca-5", "acme", rates(7, 7))
    file.add([newer])

    assert {newer, odd} == set(file.read())
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


@settings(deadline=None)  # other work on the machine is no failure
@given(st.builds(Accepted, *[st.text(max_size=20)] * 3, input=st.just("1.50"), output=st.just("")))
def test_any_text_survives_the_file(tmp_path_factory: pytest.TempPathFactory, word: Accepted) -> None:
    """Quotes, backslashes, line ends and control characters."""
    file = AcceptedFile(tmp_path_factory.mktemp("words") / "accepted-prices.toml")
    file.add([word])

    assert (word,) == file.read()


@pytest.mark.parametrize(
    "text", ["not toml", "accepted = 5", "[[accepted]]\nmodel = 1", '[[accepted]]\nx = ""']
)
def test_a_broken_file_confirms_nothing(tmp_path: Path, text: str) -> None:
    """The command says what is wrong with it; a router that runs goes on without."""
    file = AcceptedFile(tmp_path / "accepted-prices.toml")
    file.path.write_text(text, encoding="utf-8")

    assert file.known() == ()
    with pytest.raises(ConfigError, match=r"accepted-prices\.toml"):
        file.read()


def test_a_word_is_for_one_row() -> None:
    """Not for another source, provider or model."""
    others = (
        quote("alpaca-5", "0.01", "0.04", "else"),
        quote("alpaca-6", "0.01", "0.04", "cheap"),
        quote("alpaca-5", "0.01", "0.04", "cheap", provider="other"),
    )

    assert [accepts([WORD], each) for each in (HELD, *others)] == [True, False, False, False]


def test_discounts_find_a_provider_as_it_is_configured() -> None:
    """By the name of the instance, of the provider, or of the host."""
    lab = source("lab", Shop(base_url="https://api.acme.io/v1"), "openai-compatible")
    for name in ("lab", "openai-compatible", "acme"):
        rows: list[Quote | Discount] = [quote("alpaca-5", 8, 8, provider="lab")]
        rows.append(Discount(name, Decimal("0.5")))
        found = pricing(rows).price(lab, Model("alpaca-5")).price
        assert found is not None
        assert found.rates == rates(4, 4)
