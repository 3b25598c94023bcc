"""Why a row was joined, and what the runner-up was."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from attrs import evolve
from pointsman.catalog.build import build
from pointsman.catalog.feeds.sources import Listing, SourceRef
from pointsman.catalog.identity.name import parse
from pointsman.catalog.joins import Joins, SourceRows
from pointsman.catalog.trace import TracedRow, trace, trace_name
from pointsman.kinds import SourceKind
from pointsman.types import Candidate, Discount, Kind, Model, Quote

from tests.catalog.values import ACME, AT, quote, score, source

MODEL = Model("alpaca-3-large", kind=Kind.CHAT, creator="wool")
QUOTES = (
    quote("alpaca-3-large"),
    quote("alpaca-3-small"),
    quote("alpaca-3-large:free", provider="acme"),
    quote("alpaca-3-large", provider="elsewhere"),
    quote("zebra-9", provider="wool"),
)
SCORES = (score("Alpaca 3 Large", 50), score("Alpaca 2 Large", 40), score("Zebra 9", 10))


def joins(*quotes: Quote | Discount) -> Joins:
    """Of one provider, one price list, one leaderboard."""
    return Joins.of(SourceRows([Listing(ACME, (MODEL,))], quotes or QUOTES, SCORES), AT)


def candidate(*quotes: Quote | Discount) -> Candidate:
    """The one model of the catalog that is made with these."""
    (made,) = build([Listing(ACME, (MODEL,))], quotes or QUOTES, SCORES, at=AT).candidates
    return made


def shown(found: Sequence[TracedRow]) -> list[tuple[str, str, bool, str]]:
    """Kind, name, joined and verdict of each."""
    return [(each.kind.value, each.name, each.joined, each.match.verdict.value) for each in found]


def test_what_was_joined_comes_first_and_then_the_runner_up() -> None:
    """As the catalog itself joined them."""
    assert shown(trace(candidate(), joins())) == [
        ("prices", "alpaca-3-large", True, "same"),
        ("prices", "alpaca-3-large:free", False, "same"),
        ("scores", "Alpaca 3 Large", True, "same"),
        ("scores", "Alpaca 2 Large", False, "different"),
    ]


def test_a_row_of_the_same_name_that_was_held_back_was_not_joined() -> None:
    """The catalog did not believe it, whatever it is called."""
    rows = (
        *(quote("alpaca-3-large", 2, 8, name) for name in ("one", "two")),
        quote("alpaca-3-large", 2000, 8000, "broken"),
    )
    found = trace(candidate(*rows), joins(*rows))

    assert [(each.source, each.joined) for each in found if each.kind is SourceKind.PRICES] == [
        ("broken", False),
        ("one", True),
        ("two", True),
    ]


def test_a_discount_is_no_row_of_a_model() -> None:
    """It has no name to be compared; the rows beside it are traced as ever."""
    discounted = (*QUOTES, Discount("acme", Decimal("0.1")))

    assert trace(candidate(*discounted), joins(*discounted)) == trace(candidate(), joins())


def test_another_providers_price_is_no_runner_up() -> None:
    """It could never have been joined, however alike the name; the maker's could."""
    elsewhere, maker = quote("alpaca-3-large", provider="elsewhere"), quote("alpaca-3-large", provider="wool")

    def prices(row: Quote) -> list[str]:
        found = trace(candidate(row), joins(row))
        return [each.name for each in found if each.kind is SourceKind.PRICES]

    assert (prices(elsewhere), prices(maker)) == ([], ["alpaca-3-large"])


def test_a_model_no_longer_listed_is_looked_for_by_its_name() -> None:
    """A catalog that is locked may name a provider whose list is gone; every list is then looked at."""
    gone = evolve(candidate(), provider="gone")

    assert ("provider", "alpaca-3-large", False, "same") in shown(trace(gone, joins()))


def test_a_row_with_nothing_in_common_is_no_runner_up() -> None:
    """The alphabet alone does not make a neighbour."""
    assert trace_name(parse("giraffe-7"), joins()) == ()


def test_a_name_nobody_lists_is_looked_for_everywhere() -> None:
    """In the providers' lists too, and in every provider's prices."""
    found = trace_name(parse("Alpaca 3 Large"), joins())

    assert [each for each in shown(found) if each[3] == "same"][:2] == [
        ("provider", "alpaca-3-large", False, "same"),
        ("prices", "alpaca-3-large", False, "same"),
    ]


def test_rows_carry_the_names_of_their_sources() -> None:
    """However a source calls itself; what is joined with is the same as what is traced."""
    bench, prices = source("bench-2", object()), source("list-2", object())
    rows = SourceRows.of(
        {
            SourceRef(SourceKind.PROVIDER, ACME): (MODEL,),
            SourceRef(SourceKind.PRICES, prices): QUOTES[:1],
            SourceRef(SourceKind.SCORES, bench): SCORES[:1],
        }
    )
    found = trace(candidate(), Joins.of(rows, AT))

    assert [(each.kind.value, each.source, each.joined) for each in found] == [
        ("prices", "list-2", True),
        ("scores", "bench-2", True),
    ]
