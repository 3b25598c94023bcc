"""What many offers have in common is kept once, and a catalog read back is the same catalog."""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve, fields
from hypothesis import given, settings
from hypothesis import strategies as st
from pointsman.catalog import Catalog, Cuts, LeftOut, SourceStatus, State
from pointsman.catalog.build import build
from pointsman.catalog.feeds.sources import Listing
from pointsman.catalog.packed import pack, unpack
from pointsman.kinds import SourceKind
from pointsman.types import (
    Candidate,
    Capability,
    ContextTier,
    Kind,
    Model,
    Price,
    Quality,
    Rates,
    Region,
    Speed,
    Tier,
    Variant,
)

from tests.catalog.values import AT, Shop, quote, score, source

FIGURES: dict[str, Any] = {each.name: Decimal("0.125") for each in fields(Rates) if each.name != "tiers"}
TIER = {each.name: FIGURES[each.name] for each in fields(ContextTier) if each.name in FIGURES}
RATES = Rates(**FIGURES, tiers=(ContextTier(200_000, marginal=True, **TIER),))
FULL = Candidate(
    provider="acme",
    model=Model(
        id="alpaca-5",
        name="Alpaca 5",
        kind=Kind.CHAT,
        creator="acme",
        context_window=200_000,
        max_output_tokens=8_000,
        can={Capability.TOOLS, Capability.VISION},
        cannot={Capability.REASONING},
        aliases=("alpaca",),
        created=date(2026, 1, 2),
        retires=date(2027, 1, 2),
        active=False,
        local=True,
        known_as=("acme/alpaca-5",),
    ),
    price=Price(
        rates=RATES,
        source="list",
        as_of=AT,
        confidence=0.5,
        estimated=True,
        disagreement=1.5,
        evidence="its id",
        variants=(Variant("batch", Rates(Decimal("0.5"), Decimal("0.75"))),),
        hourly=True,
        regions=(Region("us", Decimal("1.1")),),
    ),
    quality={"coding": Quality(70.0, 2.5, 0.75, ("arena",), AT, "its name", 0.625)},
    speed=Speed("alpaca-5", AT, 80.5, 0.25, "acme", "acme", "meter"),
    tier=Tier.PREMIUM,
    can={Capability.TOOLS, Capability.VISION},
    cannot={Capability.REASONING},
    context_window=200_000,
)
"""An offer of which everything is known."""


def catalog() -> Catalog:
    """Two hosts that offer the same two models, one of them at the same price, and an embedding model."""
    models = (
        Model("alpaca-5", kind=Kind.CHAT),
        Model("alpaca-6", kind=Kind.CHAT),
        Model("x", kind=Kind.EMBEDDING),
    )
    listings = [Listing(source(name, Shop()), models) for name in ("acme", "bazaar")]
    prices = [quote("alpaca-5", provider=name) for name in ("acme", "bazaar")]
    return build(
        listings, [*prices, quote("alpaca-6", 2, 9)], [score("Alpaca 5", 50), score("Alpaca 6", 60)], at=AT
    )


def test_a_packed_catalog_is_the_same_catalog() -> None:
    """To the last digit, its hash included."""
    whole = catalog()
    read = unpack(pack(whole))

    assert (read.to_json(), read.hash) == (whole.to_json(), whole.hash)


@pytest.mark.parametrize("kind", [Candidate, Model, Price, Rates, Quality, Speed])
def test_the_full_offer_is_full(kind: type) -> None:
    """Every field of it differs from its default, so that what is forgotten anywhere shows below."""
    parts = (FULL, FULL.model, FULL.price, RATES, FULL.speed, FULL.quality["coding"])
    (value,) = (each for each in parts if isinstance(each, kind))
    defaults = {each.name: each.default for each in fields(kind) if each.name not in {"facts", "key"}}

    assert [name for name, default in defaults.items() if getattr(value, name) == default] == []


@pytest.mark.parametrize(
    "read", [lambda made: unpack(pack(made)), lambda made: Catalog.from_json(made.to_json())]
)
def test_everything_known_of_an_offer_is_kept(read: Callable[[Catalog], Catalog]) -> None:
    """Packed or plain, chat or embedding model."""
    made = Catalog(
        candidates=(FULL,),
        left_out=(LeftOut("acme", "old", Kind.CHAT, "retired", "it is gone"),),
        embedders=(evolve(FULL, tier=None),),
        sources=(SourceStatus("list", SourceKind.PRICES, State.STALE, 3, AT, "it failed", 1),),
        quarantined=(),
        cuts=Cuts(Decimal(1), Decimal(5)),
        at=AT,
        turns=datetime(2027, 1, 1, tzinfo=UTC),
    )
    again = read(made)
    (offer,) = again.candidates

    assert again.to_json() == made.to_json()
    assert [getattr(offer, each.name) for each in fields(Candidate)] == [
        getattr(FULL, each.name) for each in fields(Candidate)
    ]


@pytest.mark.parametrize(
    "read", [lambda made: unpack(pack(made)), lambda made: Catalog.from_json(made.to_json())]
)
def test_reading_code_cannot_write_the_catalog(read: Callable[[Catalog], Catalog]) -> None:
    """A strategy is handed the catalog everybody shares: its qualities are read-only, as all else is."""
    offer = read(catalog()).candidates[0]
    quality: Any = offer.quality

    with pytest.raises(TypeError, match="does not support item"):
        quality["general"] = None
    with pytest.raises(AttributeError):
        offer.quality = {}  # type: ignore[misc]  # that it cannot be is the point


def test_equal_parts_are_one_value_afterwards() -> None:
    """Thousands of offers need no memory of their own for them."""
    read = unpack(pack(catalog()))
    one, two = (read.get(key) for key in ("acme/alpaca-5", "bazaar/alpaca-5"))

    assert one
    assert two
    assert (one.model is two.model, one.quality is two.quality) == (True, True)


def test_each_part_stands_once() -> None:
    """Three models, two qualities and two prices for six offers."""
    parts = json.loads(pack(catalog()))["parts"]

    assert {part: len(parts[part]) for part in ("model", "quality", "rates")} == {
        "model": 3,
        "quality": 3,
        "rates": 2,
    }


def test_a_catalog_for_people_is_not_packed() -> None:
    """A lock is compared line by line: every offer stands there whole."""
    written = json.loads(catalog().to_json())

    assert [row["model"]["id"] for row in written["candidates"]] == ["alpaca-5", "alpaca-6"] * 2


DOCUMENT = json.loads(pack(catalog()))
PATHS = [
    ("parts",),
    ("parts", "model"),
    ("parts", "price"),
    ("candidates",),
    ("candidates", 0),
    ("rest",),
    ("hash",),
]


@settings(deadline=None)  # other work on the machine is no failure
@given(
    st.sampled_from(PATHS),
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
)
def test_what_is_no_packed_catalog_is_refused(path: tuple[Any, ...], wrong: object) -> None:
    """A value of another version anywhere is one kind of error, or the catalog does not hold it."""
    changed = copy.deepcopy(DOCUMENT)
    *above, last = path
    holder = functools.reduce(lambda value, step: value[step], above, changed)
    holder[last] = wrong
    try:
        read = unpack(json.dumps(changed))
    except ValueError as error:
        assert "not a packed catalog" in str(error)  # noqa: PT017 (either way is right)
    else:
        assert isinstance(read, Catalog)
