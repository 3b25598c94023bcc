"""What changed between two catalogs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from attrs import evolve
from pointsman.catalog import Catalog, LeftOut
from pointsman.catalog.diff import Diff, Gone, Repriced, Rescored, Retiring, compare
from pointsman.types import Candidate, Capability, Kind

from tests.builders import candidate, quality


def catalog(*candidates: Candidate, **more: Any) -> Catalog:
    """A catalog of these."""
    return Catalog(candidates, **more)


def test_a_catalog_does_not_differ_from_itself() -> None:
    """Nothing, and nothing counted."""
    one = catalog(candidate("acme/alpaca-1"), candidate("acme/alpaca-2", rate=None, general=None))

    assert compare(one, Catalog.from_json(one.to_json())) == Diff()
    assert compare(one, one).empty


def test_new_and_gone() -> None:
    """By key, with the reason where the newer catalog knows one."""
    before = catalog(candidate("acme/old-1"), candidate("acme/old-2"), candidate("acme/stays"))
    left_out = LeftOut("acme", "old-1", Kind.CHAT, "retired", "retired on 2026-08-01")
    after = catalog(candidate("acme/stays"), candidate("acme/fresh"), left_out=(left_out,))

    assert compare(before, after) == Diff(
        new=("acme/fresh",), gone=(Gone("acme/old-1", "retired on 2026-08-01"), Gone("acme/old-2"))
    )


def test_dearer_and_cheaper_with_their_ratio() -> None:
    """By blended price; the way back is the mirror."""
    before = catalog(candidate("acme/up", rate="2"), candidate("acme/down", rate="3"))
    after = catalog(candidate("acme/up", rate="3"), candidate("acme/down", rate="1.5", estimated=True))
    changes = compare(before, after)
    back = compare(after, before)

    assert changes.dearer == (Repriced("acme/up", Decimal(2), Decimal(3)),)
    assert changes.cheaper == (Repriced("acme/down", Decimal(3), Decimal("1.5"), estimated=True),)
    assert [changes.dearer[0].ratio, changes.cheaper[0].ratio, changes.price_changes] == [1.5, 0.5, 2]
    assert ([each.model for each in back.dearer], [each.model for each in back.cheaper]) == (
        ["acme/down"],
        ["acme/up"],
    )


def test_no_longer_free_has_no_ratio() -> None:
    """Dearer by no factor one could write."""
    changes = compare(catalog(candidate(rate="0")), catalog(candidate(rate="1")))

    assert [(each.before, each.after, each.ratio) for each in changes.dearer] == [
        (Decimal(0), Decimal(1), None)
    ]


def test_a_price_that_appears_or_vanishes_is_neither_dearer_nor_cheaper() -> None:
    """Unknown is not 0."""
    known, unknown = catalog(candidate(rate="1")), catalog(candidate(rate=None))

    assert compare(unknown, known) == Diff(priced=("acme/model",))
    assert compare(known, unknown) == Diff(unpriced=("acme/model",))


def test_rescored_per_category() -> None:
    """A move under one point is none; a category that appears has no before."""
    one = evolve(candidate(), quality=quality(general=50, coding=40, math=10))
    two = evolve(candidate(), quality=quality(general=50.9, coding=43, reasoning=60))

    assert compare(catalog(one), catalog(two)).rescored == (
        Rescored("acme/model", "coding", 40, 43),
        Rescored("acme/model", "math", 10, None),
        Rescored("acme/model", "reasoning", None, 60),
    )


def test_retiring_is_reported_once() -> None:
    """When it is announced or moved, not every time after."""
    plain = candidate()
    ends = evolve(plain, model=evolve(plain.model, retires=date(2027, 1, 31)))

    assert compare(catalog(plain), catalog(ends)).retiring == (Retiring("acme/model", date(2027, 1, 31)),)
    assert compare(catalog(ends), catalog(ends)) == Diff()


def test_other_changes_are_counted() -> None:
    """Two catalogs with different hashes are never said to be the same."""
    before = catalog(candidate("acme/one"), candidate("acme/two"))
    after = catalog(candidate("acme/one", can=[Capability.TOOLS]), candidate("acme/two"))

    assert compare(before, after) == Diff(otherwise=1)


def test_embedding_models_count_too() -> None:
    """They are priced and called like the others."""
    assert compare(Catalog(()), Catalog((), embedders=(candidate("acme/vectors"),))).new == ("acme/vectors",)
