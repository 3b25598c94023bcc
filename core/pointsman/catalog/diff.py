"""What changed between two catalogs, as values. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from attrs import frozen

from pointsman.catalog.snapshot import Catalog
from pointsman.types import Candidate

LEAST = 1.0
"""Points of 100 from which a quality counts as another one; every refresh moves all of them a little."""


@frozen
class Gone:
    """A model that is no longer offered.

    Attributes:
        model: Key.
        reason: Why, where the newer catalog still lists it; empty when nobody does.
    """

    model: str
    reason: str = ""


@frozen
class Repriced:
    """A model that costs something else.

    Attributes:
        model: Key.
        before, after: Blended USD per million tokens.
        estimated: Whether either price is only an estimate.
    """

    model: str
    before: Decimal
    after: Decimal
    estimated: bool = False

    @property
    def ratio(self) -> float | None:
        """``after / before``; None where it was free before."""
        return float(self.after / self.before) if self.before else None


@frozen
class Rescored:
    """A model that is held for better or worse than before.

    Attributes:
        model: Key.
        category: Of the scores.
        before, after: Quality, 0 to 100; None where there was, or is, none.
    """

    model: str
    category: str
    before: float | None
    after: float | None


@frozen
class Retiring:
    """A model whose last day was announced, or moved.

    Attributes:
        model: Key.
        day: From which its provider no longer serves it.
    """

    model: str
    day: date


@frozen
class Diff:
    """Everything that tells two catalogs apart, each part sorted by model.

    Chat and embedding models alike. Changes in capabilities, context window or speed are only counted.

    Attributes:
        new: Keys of models that were not there.
        gone: Models that are no longer.
        dearer, cheaper: Models whose blended price, known on both sides, rose or fell.
        priced, unpriced: Keys of models whose blended price became known, or unknown.
        rescored: Qualities that moved by `LEAST` or more, appeared or vanished.
        retiring: Models whose end was announced.
        otherwise: How many models changed in nothing of the above.
    """

    new: tuple[str, ...] = ()
    gone: tuple[Gone, ...] = ()
    dearer: tuple[Repriced, ...] = ()
    cheaper: tuple[Repriced, ...] = ()
    priced: tuple[str, ...] = ()
    unpriced: tuple[str, ...] = ()
    rescored: tuple[Rescored, ...] = ()
    retiring: tuple[Retiring, ...] = ()
    otherwise: int = 0

    @property
    def empty(self) -> bool:
        """Whether nothing changed at all."""
        return self == Diff()

    @property
    def price_changes(self) -> int:
        """How many models' prices are not what they were."""
        return len(self.dearer) + len(self.cheaper) + len(self.priced) + len(self.unpriced)


def compare(before: Catalog, after: Catalog) -> Diff:
    """What `after` has that `before` had not, and the other way round."""
    old, new = _by_key(before), _by_key(after)
    both = [(old[key], new[key]) for key in sorted(old.keys() & new.keys())]
    repriced = [found for one, two in both if (found := _repriced(one, two))]
    rescored = tuple(found for one, two in both for found in _rescored(one, two))
    known = [(two.key, _blended(one) is not None, _blended(two) is not None) for one, two in both]
    retiring = tuple(each for one, two in both if (each := _retiring(one, two)))
    reasons = {f"{each.provider}/{each.model}": each.reason for each in after.left_out}
    priced = tuple(key for key, was, now in known if now and not was)
    unpriced = tuple(key for key, was, now in known if was and not now)
    named = {*priced, *unpriced, *(each.model for each in repriced)}
    named |= {each.model for each in rescored} | {each.model for each in retiring}
    return Diff(
        new=tuple(sorted(new.keys() - old.keys())),
        gone=tuple(Gone(key, reasons.get(key, "")) for key in sorted(old.keys() - new.keys())),
        dearer=tuple(each for each in repriced if each.after > each.before),
        cheaper=tuple(each for each in repriced if each.after < each.before),
        priced=priced,
        unpriced=unpriced,
        rescored=rescored,
        retiring=retiring,
        otherwise=_otherwise(both, named) if before.hash != after.hash else 0,
    )


def _by_key(catalog: Catalog) -> Mapping[str, Candidate]:
    return {each.key: each for each in (*catalog.candidates, *catalog.embedders)}


def _blended(each: Candidate) -> Decimal | None:
    return each.price.rates.blended if each.price else None


def _repriced(one: Candidate, two: Candidate) -> Repriced | None:
    was, now = _blended(one), _blended(two)
    if was is None or now is None or was == now:
        return None
    estimated = any(each.price is not None and each.price.estimated for each in (one, two))
    return Repriced(two.key, was, now, estimated)


def _rescored(one: Candidate, two: Candidate) -> Iterator[Rescored]:
    for category in sorted(one.quality.keys() | two.quality.keys()):
        was, now = one.quality.get(category), two.quality.get(category)
        if was is None or now is None or abs(now.value - was.value) >= LEAST:
            yield Rescored(two.key, category, was.value if was else None, now.value if now else None)


def _retiring(one: Candidate, two: Candidate) -> Retiring | None:
    day = two.model.retires
    return Retiring(two.key, day) if day is not None and day != one.model.retires else None


def _otherwise(both: list[tuple[Candidate, Candidate]], named: set[str]) -> int:
    from pointsman.catalog.codec import canonical

    rest = ((one, two) for one, two in both if two.key not in named)
    return sum(canonical([one]) != canonical([two]) for one, two in rest)
