"""What a price may depend on: the parts of the name, size, age, what the model can do, and who sells it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import cached_property, lru_cache
from math import log2
from typing import Self

from attrs import frozen

from pointsman.catalog.identity.name import Identity, parse
from pointsman.catalog.spelling import plain
from pointsman.types import Capability, Facts, Model, Quote

_SIZE = re.compile(r"([ae])?(\d+(?:\.\d+)?)([bmt])")
_EXPERTS = re.compile(r"(\d+)x(\d+(?:\.\d+)?)b")
_BILLIONS = {"b": 1.0, "m": 1e-3, "t": 1e3}
_ACTIVE_OF_EXPERTS = (
    2  # of a mixture written ``8x7b`` two experts answer, by the papers of those who write so
)
_YEAR = 365.25
_OPEN = "open weights"
_FREE = "free"


@frozen
class PriceFeatures:
    """An offer, as far as its price may depend on it.

    Attributes:
        name: As written.
        host: Who sells it, plain letters and digits.
        keys: What the offers of one model share: how its names are read, and its display name as written.
        words: Family and variant words.
        total, active: Parameters, as the binary logarithm of billions; None when not written.
        released: Year with fraction; None when nobody says.
        traits: What it can do, and whether its weights are open.
        free: Whether it says it is free: there is nothing to estimate then.
    """

    name: str
    host: str
    keys: tuple[str, ...]
    words: frozenset[str]
    total: float | None
    active: float | None
    released: float | None
    traits: frozenset[str]
    free: bool = False

    @classmethod
    def of(cls, host: str, names: Iterable[str], facts: Facts, creator: str | None = None) -> Self:
        """Describe an offer.

        Args:
            host: Who sells it.
            names: The id first, then other names of it.
            facts: What is said of it.
            creator: Who made it.
        """
        texts = [name for name in dict.fromkeys(names) if name]
        read = [parse(text, creator) for text in texts]
        name = read[0]
        sizes = next((each.sizes for each in read if each.sizes), frozenset[str]())
        total, active = _parameters(sizes)
        return cls(
            name=name.text,
            host=plain(host),
            keys=tuple(dict.fromkeys(key for text in texts for key in _keys(text))),
            words=frozenset(name.words),
            total=total,
            active=active,
            released=_years(facts.released or _day(name)),
            traits=_traits(facts.can, facts.open_weights),
            free=any(_FREE in each.offer for each in read),
        )

    @classmethod
    def listed(cls, host: str, model: Model, facts: Facts) -> Self:
        """A model of a provider's list.

        Args:
            host: The provider.
            model: As listed.
            facts: What joined sources say of it, the list's own word merged in.
        """
        return cls.of(host, (model.id, model.name or "", *model.known_as), facts, model.creator)

    @classmethod
    def quoted(cls, quote: Quote) -> Self:
        """A row of a price list; one that names no provider is its source's own."""
        names = (quote.model, quote.name or "", *quote.facts.known_as)
        return cls.of(quote.provider or quote.source, names, quote.facts)


@frozen
class KnownPrice:
    """An offer whose price is known.

    Attributes:
        features: The offer.
        input, output: USD per million tokens, more than 0.
    """

    features: PriceFeatures
    input: float
    output: float

    @cached_property
    def logs(self) -> tuple[float, float]:
        """The binary logarithms of both prices."""
        return log2(self.input), log2(self.output)

    @classmethod
    def read(cls, quote: Quote) -> Self | None:
        """A row of a price list; None where a price is unknown or zero, which no other price follows from."""
        given, produced = quote.rates.input, quote.rates.output
        if not given or not produced or given < 0 or produced < 0:
            return None
        features = PriceFeatures.quoted(quote)
        return None if features.free else cls(features, float(given), float(produced))


@lru_cache(maxsize=65536)
def _keys(text: str) -> tuple[str, ...]:
    """As read, without dates and modes; and the name as written, which two hosts may share to the letter."""
    name = parse(text)
    words = " ".join(sorted(set(name.words)))
    read = f"{words}|{' '.join(name.version)}|{' '.join(sorted(name.sizes))}"
    written = plain(text.rsplit("/", 1)[-1])
    return tuple(key for key in (read if words or name.version else "", written) if key)


@lru_cache(maxsize=4096)
def _traits(can: frozenset[Capability], open_weights: bool | None) -> frozenset[str]:
    """One set for all that can do the same: there are few, and they are compared often."""
    return frozenset({each.value for each in can} | ({_OPEN} if open_weights else set()))


@lru_cache(maxsize=4096)
def _parameters(sizes: frozenset[str]) -> tuple[float | None, float | None]:
    totals: list[float] = []
    actives: list[float] = []
    for size in sizes:
        if match := _SIZE.fullmatch(size):
            billions = float(match[2]) * _BILLIONS[match[3]]
            if match[1] != "e":
                (actives if match[1] else totals).append(billions)
        elif match := _EXPERTS.fullmatch(size):
            totals.append(int(match[1]) * float(match[2]))
            actives.append(_ACTIVE_OF_EXPERTS * float(match[2]))
    total = max((each for each in totals if each > 0), default=None)
    active = min((each for each in actives if each > 0), default=total)
    return log2(total) if total else None, log2(active) if active else None


def _day(name: Identity) -> date | None:
    """The date the name writes, the middle of a month where it writes no day."""
    day = name.day
    if day is None or day.year is None or day.month is None:
        return None
    try:
        return date(day.year, day.month, day.day or 15)
    except ValueError:
        return None


def _years(day: date | None) -> float | None:
    return None if day is None else day.toordinal() / _YEAR
