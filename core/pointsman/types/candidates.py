"""What there is to choose from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from types import MappingProxyType
from typing import Any, TypeVar, overload

from attrs import field, frozen

from pointsman.types.criteria import Tier
from pointsman.types.models import Capability, Model, capability_set
from pointsman.types.money import Price
from pointsman.types.scores import Quality, Speed

K = TypeVar("K")
V = TypeVar("V")

_NUMBERS = count(1)


def read_only(mapping: Mapping[K, V]) -> Mapping[K, V]:
    """A mapping as the one a value keeps: who reads it cannot write it."""
    return mapping if isinstance(mapping, MappingProxyType) else MappingProxyType(dict(mapping))


@frozen(eq=False)
class Candidate:
    """One model at one provider, with everything the catalog knows of it.

    Compared by identity: a catalog holds each candidate once.

    Attributes:
        provider: Instance name.
        model: As the provider lists it.
        price: None when nothing is known and nothing could be estimated.
        quality: By category; a category that is absent is unknown, not bad.
        speed: None when unknown.
        tier: Today's quantile; None when the price is unknown.
        can, cannot: Capabilities, from the listing and the joined sources.
        context_window: Tokens, from the listing or the joined sources.
    """

    provider: str
    model: Model
    price: Price | None = None
    quality: Mapping[str, Quality] = field(factory=dict)
    speed: Speed | None = None
    tier: Tier | None = None
    can: frozenset[Capability] = field(default=frozenset(), converter=capability_set)
    cannot: frozenset[Capability] = field(default=frozenset(), converter=capability_set)
    context_window: int | None = None
    key: str = field(init=False, default="")

    def __attrs_post_init__(self) -> None:
        # Also where a catalog is read from disk, which calls no converter.
        object.__setattr__(self, "key", f"{self.provider}/{self.model.id}")
        object.__setattr__(self, "quality", read_only(self.quality))

    def quality_in(self, category: str) -> Quality | None:
        """Quality in a category, the general one where the category was not measured; None when unknown."""
        return self.quality.get(category) or self.quality.get("general")


@frozen(eq=False)
class Candidates(Sequence[Candidate]):
    """Who may be chosen, as one immutable sequence in the catalog's order.

    Attributes:
        items: The candidates.
        version: Two sets of one version hold the same candidates: the key under which a strategy may
            remember what it computed for a set. A set that is given none has one of its own.
    """

    items: tuple[Candidate, ...] = field(default=(), converter=tuple[Candidate, ...])
    version: str = field()
    _places: dict[str, Candidate] = field(init=False, repr=False)

    @version.default
    def _unique(self) -> str:
        return f"set {next(_NUMBERS)}"

    @_places.default
    def _by_key(self) -> dict[str, Candidate]:
        return {each.key: each for each in self.items}

    @overload
    def __getitem__(self, index: int) -> Candidate: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Candidate, ...]: ...
    def __getitem__(self, index: Any) -> Any:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Candidate]:
        return iter(self.items)

    def get(self, key: str) -> Candidate | None:
        """The candidate with this key; None when it is not among them."""
        return self._places.get(key)
