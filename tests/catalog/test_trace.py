"""Why a row was joined, and what the runner-up was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pointsman.catalog.build import build
from pointsman.catalog.feeds.sources import Listing, SourceRef
from pointsman.catalog.identity.name import parse
from pointsman.catalog.identity.trace import TracedRow, Wanted, nearest
from pointsman.kinds import SourceKind
from pointsman.types import Discount, Kind, Model

from tests.catalog.values import ACME, AT, quote, score, source

LIST, BENCH = source("list", object()), source("bench", object())
MODEL = Model("alpaca-3-large", kind=Kind.CHAT, creator="wool")
QUOTES = (
    quote("alpaca-3-large"),
    quote("alpaca-3-small"),
    quote("alpaca-3-large:free", provider="acme"),
    quote("alpaca-3-large", provider="elsewhere"),
    quote("zebra-9", provider="wool"),
)
SCORES = (score("Alpaca 3 Large", 50), score("Alpaca 2 Large", 40), score("Zebra 9", 10))
ROWS: Mapping[SourceRef, Sequence[Any]] = {
    SourceRef(SourceKind.PROVIDER, ACME): (MODEL,),
    SourceRef(SourceKind.PRICES, LIST): QUOTES,
    SourceRef(SourceKind.SCORES, BENCH): SCORES,
}


def shown(found: Sequence[TracedRow]) -> list[tuple[str, str, bool, str]]:
    """Kind, name, joined and verdict of each."""
    return [(each.kind.value, each.name, each.joined, each.match.verdict.value) for each in found]


def test_what_was_joined_comes_first_and_then_the_runner_up() -> None:
    """As the catalog itself joined them."""
    (candidate,) = build([Listing(ACME, (MODEL,))], QUOTES, SCORES, at=AT).candidates

    assert shown(nearest(Wanted.of(candidate, ROWS), ROWS)) == [
        ("prices", "alpaca-3-large", True, "same"),
        ("prices", "alpaca-3-large:free", False, "same"),
        ("scores", "Alpaca 3 Large", True, "same"),
        ("scores", "Alpaca 2 Large", False, "different"),
    ]


def test_a_discount_is_no_row_of_a_model() -> None:
    """It has no name to be compared; the rows beside it are traced as ever."""
    rows = {**ROWS, SourceRef(SourceKind.PRICES, LIST): (*QUOTES, Discount("acme", Decimal("0.1")))}
    wanted = Wanted((parse("alpaca-3-large", "wool"),), ACME)

    assert nearest(wanted, rows) == nearest(wanted, ROWS)


def test_another_providers_price_is_no_runner_up() -> None:
    """It could never have been joined, however alike the name; the maker's could."""
    rows = {**ROWS, SourceRef(SourceKind.PRICES, LIST): QUOTES[3:4]}
    wanted = Wanted((parse("alpaca-3-large", "wool"),), ACME)
    makers = {**ROWS, SourceRef(SourceKind.PRICES, LIST): (quote("alpaca-3-large", provider="wool"),)}

    assert [each for each in nearest(wanted, rows) if each.kind is SourceKind.PRICES] == []
    assert [each.name for each in nearest(wanted, makers) if each.kind is SourceKind.PRICES] == [
        "alpaca-3-large"
    ]


def test_a_row_with_nothing_in_common_is_no_runner_up() -> None:
    """The alphabet alone does not make a neighbour."""
    found = nearest(Wanted((parse("giraffe-7"),)), ROWS)

    assert found == ()


def test_a_name_nobody_lists_is_looked_for_everywhere() -> None:
    """In the providers' lists too, and in every provider's prices."""
    found = nearest(Wanted((parse("Alpaca 3 Large"),)), ROWS)

    assert [each for each in shown(found) if each[3] == "same"][:2] == [
        ("provider", "alpaca-3-large", False, "same"),
        ("prices", "alpaca-3-large", False, "same"),
    ]
