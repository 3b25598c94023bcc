"""A versioned name for a dated id, taken from one list for another."""

from __future__ import annotations

from pointsman.catalog.build import build
from pointsman.catalog.feeds.sources import Listing
from pointsman.catalog.identity.name import parse
from pointsman.catalog.identity.rows import date_aliases, date_key
from pointsman.types import Kind, Model

from tests.catalog.values import ACME, AT, quote, score


def versions(*shown: tuple[str, str | None]) -> list[tuple[str, ...]]:
    """The versions taken over."""
    return [name.version for name in date_aliases(shown).values()]


def test_a_dated_id_gets_its_versioned_name() -> None:
    """What one list says of the id holds for the same id elsewhere, whatever stands before it."""
    aliases = date_aliases([("maker/alpaca-large-2512", "Maker: Alpaca Large 3 2512")])

    assert aliases[date_key(parse("alpaca-large-2512"))].version == ("3",)


def test_names_that_say_nothing_new_are_no_aliases() -> None:
    """No display name, no version in it, a version in the id already, or no date in the id."""
    found = versions(
        ("alpaca-large-2512", None),
        ("alpaca-large-2512", "Alpaca Large"),
        ("alpaca-3-2512", "Alpaca 3.5 2512"),
        ("alpaca-large", "Alpaca Large 3"),
    )

    assert found == []


def test_a_name_that_leaves_out_a_word_is_no_alias() -> None:
    """It may be the name of the whole family."""
    assert versions(("alpaca-h-micro-2512", "Alpaca 4 Micro")) == []


def test_lists_that_contradict_each_other_lend_nothing() -> None:
    """Two versions for one id are none."""
    assert versions(("alpaca-2512", "Alpaca 3"), ("maker/alpaca-2512", "Alpaca 4")) == []


def test_a_score_is_joined_by_a_date_alias() -> None:
    """A price list that writes both names joins a leaderboard to a provider that writes only the date."""
    listing = Listing(ACME, (Model("alpaca-large-2512", kind=Kind.CHAT),))
    prices = [quote("x/alpaca-large-2512", provider="other", name="Alpaca Large 3 2512")]
    made = build([listing], prices, [score("Alpaca Large 3", 50), score("Alpaca Large 2", 20)], at=AT)

    assert made.candidates[0].quality["general"].evidence.startswith("Alpaca Large 3")
