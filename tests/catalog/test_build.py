"""From rows to a catalog."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from attrs import evolve
from pointsman.catalog import Catalog, Listing, Source, SourceStatus, State
from pointsman.catalog.build import build
from pointsman.errors import UnknownNameError
from pointsman.kinds import SourceKind
from pointsman.types import Capability, Kind, Model, Quote, Score, Tier

from tests.catalog.values import ACME, AT, Shop, quote, rates, score, source


def catalog(
    *models: Model | str,
    where: Source = ACME,
    quotes: tuple[Quote, ...] = (quote("alpaca-5"),),
    scores: tuple[Score, ...] = (),
    last: Catalog | None = None,
) -> Catalog:
    """A catalog of one provider."""
    listed = tuple(Model(each) if isinstance(each, str) else each for each in models)
    return build([Listing(where, listed)], quotes, scores, at=AT, last=last)


def test_a_candidate_carries_everything_known() -> None:
    """Price, quality, tier, capabilities and window, each joined to the listed model."""
    model = Model("alpaca-5", can={Capability.TOOLS}, cannot={Capability.VISION}, context_window=1000)
    found = catalog(model, scores=(score("Alpaca 5", 50),)).candidates[0]

    assert ("acme/alpaca-5", "list", ["general"], Tier.STANDARD, model.can, model.cannot, 1000) == (
        found.key,
        found.price and found.price.source,
        list(found.quality),
        found.tier,
        found.can,
        found.cannot,
        found.context_window,
    )


def test_what_is_not_for_chat_is_left_out_with_its_reason() -> None:
    """Nothing disappears without a word."""
    left = catalog("alpaca-5", "alpaca-embedding-1", "mystery-1").left_out

    assert [(each.model, each.kind, each.reason) for each in left] == [
        ("alpaca-embedding-1", Kind.EMBEDDING, "its name says so"),
        ("mystery-1", None, "the endpoint does not say, no source prices or measured it"),
    ]


def test_a_retired_model_is_left_out() -> None:
    """From its last day on; until then it is offered."""
    day = AT.date()
    models = [
        Model("gone-1", kind=Kind.CHAT, retires=day),
        Model("going-1", kind=Kind.CHAT, retires=day + timedelta(days=1)),
        Model("off-1", kind=Kind.CHAT, active=False),
    ]
    made = catalog(*models)

    assert (
        [each.key for each in made.candidates],
        [(each.model, each.rule) for each in made.left_out],
    ) == (["acme/going-1"], [("gone-1", "retired"), ("off-1", "retired")])


def test_a_moving_name_is_not_settled_by_its_first_day() -> None:
    """An undated id listed beside its dated issues has moved since the day its provider tells."""
    rows = (quote("Alpaca 5 (Jul '26)", 9, 9), quote("alpaca-5-2026-08-01"))
    first = Model("alpaca-5", kind=Kind.CHAT, created=date(2026, 7, 2))
    alone = catalog(first, quotes=rows[:1]).candidates[0]
    beside = catalog(first, "alpaca-5-2026-08-01", quotes=rows[:1]).candidates[0]

    assert (alone.price is not None, beside.price) == (True, None)


def test_the_same_rows_give_the_same_catalog() -> None:
    """The order of rows and the time of fetching do not change the content's name."""
    rows = (quote("alpaca-5"), quote("beaver-2", 3, 9))
    later = tuple(evolve(row, as_of=AT + timedelta(hours=1)) for row in rows)
    one = catalog("alpaca-5", "beaver-2", quotes=rows)
    two = catalog("beaver-2", "alpaca-5", quotes=later[::-1])

    assert one.hash == two.hash


@pytest.mark.parametrize("changed", [quote("alpaca-5", 1, 5), quote("alpaca-5", 1, 4, "other")])
def test_another_price_is_another_catalog(changed: Quote) -> None:
    """Content that differs has another name."""
    assert catalog("alpaca-5").hash != catalog("alpaca-5", quotes=(changed,)).hash


def test_a_catalog_survives_json() -> None:
    """What is read back is what was written, to the last digit."""
    model = Model("alpaca-5", created=date(2026, 1, 2), aliases=("a",), can={Capability.TOOLS})
    made = catalog(
        model, "x-embed", quotes=(quote("alpaca-5", "0.1", "0.30"),), scores=(score("Alpaca 5", 1),)
    )
    back = Catalog.from_json(made.to_json())

    assert (made.to_json(), made.hash, made.candidates[0].price) == (
        back.to_json(),
        back.hash,
        back.candidates[0].price,
    )


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"candidates": 3}', b'{"candidates": [{"provider": 1}]}'])
def test_what_is_no_catalog_is_refused(raw: bytes) -> None:
    """A file of another version is an error that can be caught, not a half-read catalog."""
    with pytest.raises(ValueError, match="not a Catalog of this version"):
        Catalog.from_json(raw)


@pytest.mark.parametrize(
    ("reference", "keys"),
    [
        ("acme/alpaca-5", ["acme/alpaca-5"]),
        ("alpaca-5", ["acme/alpaca-5", "beta/alpaca-5"]),
        ("ALPACA-5", ["acme/alpaca-5", "beta/alpaca-5"]),
        ("alpaca-latest", ["beta/alpaca-5"]),
        ("beta/alpaca-latest", ["beta/alpaca-5"]),
    ],
)
def test_a_reference_finds_its_candidates(reference: str, keys: list[str]) -> None:
    """A key means one, a bare id every provider's, an alias whoever has it."""
    beta = source("beta", Shop())
    listings = [
        Listing(ACME, (Model("alpaca-5", kind=Kind.CHAT),)),
        Listing(beta, (Model("alpaca-5", kind=Kind.CHAT, aliases=("alpaca-latest",)),)),
    ]

    assert keys == [each.key for each in build(listings, (), (), at=AT).resolve(reference)]


def test_an_unknown_reference_names_its_neighbours() -> None:
    """A typing error is answered with what may have been meant."""
    with pytest.raises(UnknownNameError) as caught:
        catalog("alpaca-5").resolve("alpacca-5")

    assert (caught.value.kind, caught.value.nearest[0]) == ("model", "alpaca-5")


def test_held_back_rows_are_counted_by_source() -> None:
    """The status of a source tells how much of it is not believed."""
    status = SourceStatus("list", SourceKind.PRICES, State.FRESH, rows=2)
    made = build([], [quote("a", -1, 1), quote("b", -1, 1)], [], at=AT, sources=[status])

    assert (made.sources[0].quarantined, len(made.quarantined)) == (2, 2)


def test_the_last_catalog_tells_a_jump() -> None:
    """A price that jumped since the last catalog is held back, and the last one stays."""
    last = catalog("alpaca-5", quotes=(quote("alpaca-5", 2, 8),))
    found = catalog("alpaca-5", quotes=(quote("alpaca-5", "0.01", "0.04"),), last=last)

    assert found.candidates[0].price is not None
    assert (rates(2, 8), 1) == (found.candidates[0].price.rates, len(found.quarantined))
