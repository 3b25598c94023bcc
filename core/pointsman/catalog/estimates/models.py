"""Gathers the known offers of one model, whoever sells it and however it is written."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from statistics import median

from attrs import frozen

from pointsman.catalog.estimates.features import KnownPrice, PriceFeatures

_AGREED = 0.34  # share of the offers under the rarer of two keys that must have both
_COMMON = 0.3  # share of a model's names a word must stand in to be one of its words


@frozen
class PricedModel:
    """One model, as everybody who lists or prices it describes it.

    Attributes:
        offers: Those whose price is known; none for a model nobody prices.
        keys: Of all descriptions.
        words, total, active, released, traits: See `PriceFeatures`; what most of them say.
    """

    offers: tuple[KnownPrice, ...]
    keys: frozenset[str]
    words: frozenset[str]
    total: float | None
    active: float | None
    released: float | None
    traits: frozenset[str]


def gather(known: Iterable[KnownPrice], listed: Iterable[PriceFeatures] = ()) -> tuple[PricedModel, ...]:
    """Descriptions that share a key, directly or over others, are of one model.

    That merges rather too much than too little, dated issues among them: whoever leaves out "every offer of
    one model" to try an estimate must not leave one in under another spelling.

    Args:
        known: Offers with their prices.
        listed: Offers without.
    """
    heads: dict[str, str] = {}

    def head(key: str) -> str:
        heads.setdefault(key, key)
        while heads[key] != key:
            heads[key] = heads[heads[key]]
            key = heads[key]
        return key

    offers: list[tuple[PriceFeatures, KnownPrice | None]] = [(each.features, each) for each in known]
    offers += [(each, None) for each in listed]
    offers = [offer for offer in offers if offer[0].keys]
    for one, two in _links([features for features, _ in offers]):
        heads[head(one)] = head(two)
    gathered: dict[str, list[tuple[PriceFeatures, KnownPrice | None]]] = defaultdict(list)
    for offer in offers:
        gathered[head(offer[0].keys[0])].append(offer)
    return tuple(_described(each) for each in gathered.values())


def _links(offers: Sequence[PriceFeatures]) -> Iterator[tuple[str, str]]:
    """Keys of one model. Two well-known ones are not one because somebody's list shows the wrong name."""
    counts = Counter(key for each in offers for key in each.keys)
    links = Counter((each.keys[0], key) for each in offers for key in each.keys[1:])
    for (one, two), count in links.items():
        if count >= _AGREED * min(counts[one], counts[two]):
            yield one, two


def _described(offers: Sequence[tuple[PriceFeatures, KnownPrice | None]]) -> PricedModel:
    described = [features for features, _ in offers]
    return PricedModel(
        offers=tuple(known for _, known in offers if known),
        keys=frozenset(key for each in described for key in each.keys),
        words=_usual([each.words for each in described], _COMMON * len(described)),
        total=_middle(each.total for each in described),
        active=_middle(each.active for each in described),
        released=_middle(each.released for each in described),
        traits=_usual([each.traits for each in described], len(described) / 2),
    )


def single(features: PriceFeatures) -> PricedModel:
    """An offer nobody else has."""
    return _described([(features, None)])


def _usual(sets: Sequence[frozenset[str]], least: float) -> frozenset[str]:
    """What so many sets have at least; equal results are one object, for they are compared often."""
    if len(sets) == 1:
        return _one(sets[0])
    counts = Counter(each for some in sets for each in some)
    return _one(frozenset(each for each, count in counts.items() if count >= least))


@lru_cache(maxsize=65536)
def _one(words: frozenset[str]) -> frozenset[str]:
    return words


def _middle(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
