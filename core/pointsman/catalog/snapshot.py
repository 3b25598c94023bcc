"""The catalog: one immutable snapshot of everything there is to choose from."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from attrs import define, evolve, field, frozen

from pointsman.catalog.codec import canonical, dump, load
from pointsman.catalog.feeds.sources import SourceStatus
from pointsman.catalog.quarantine import Quarantined
from pointsman.catalog.tiers import Cuts
from pointsman.errors import UnknownNameError
from pointsman.types import Candidate, Kind


@frozen
class LeftOut:
    """A listed model that is not offered for chat.

    Attributes:
        provider: Instance name.
        model: Its id.
        kind: What it is for; None when nothing says.
        rule: ``kind`` or ``retired``.
        reason: In words.
    """

    provider: str
    model: str
    kind: Kind | None
    rule: str
    reason: str


@define(frozen=True, slots=False, repr=False)
class Catalog:
    """What there is to choose from, and where each fact came from.

    Attributes:
        candidates: Chat models, sorted by key.
        embedders: Embedding models, likewise; each is also left out of chat.
        left_out: Listed models that are not offered, each with its reason.
        sources: How each source was asked and how that went.
        quarantined: Price rows held back as unbelievable.
        cuts: Where today's tiers end.
        at: When it was put together.
        turns: When the next known price begins or ends to hold; None when none does.
    """

    candidates: tuple[Candidate, ...] = field(converter=tuple[Candidate, ...])
    left_out: tuple[LeftOut, ...] = ()
    embedders: tuple[Candidate, ...] = field(default=(), converter=tuple[Candidate, ...])
    sources: tuple[SourceStatus, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    cuts: Cuts = Cuts()
    at: datetime = datetime.min  # noqa: DTZ901 (a placeholder older than any catalog)
    turns: datetime | None = None

    def __repr__(self) -> str:
        """In a word: asyncio shows the result of a task, and the whole of a catalog takes a second."""
        return f"Catalog({len(self.candidates)} candidates, at={self.at.isoformat()})"

    @cached_property
    def build(self) -> str:
        """Tells one build of the catalog from the next."""
        return self.at.isoformat()

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the candidates in canonical JSON, without dates of fetching."""
        return hashlib.sha256(canonical((*self.candidates, *self.embedders))).hexdigest()

    def with_states(self, sources: Iterable[SourceStatus]) -> Catalog:
        """The same catalog with its sources in other states; what it offers, and so its hash, stays."""
        return evolve(self, sources=tuple(sources)).hashed(self.hash)

    def hashed(self, known: str) -> Catalog:
        """This catalog, whose hash somebody computed before: of a large one that takes a while."""
        vars(self)["hash"] = known
        return self

    def get(self, key: str) -> Candidate | None:
        """The candidate with this key (``provider/model``); None when there is none."""
        return self._keys.get(key)

    def resolve(self, reference: str) -> tuple[Candidate, ...]:
        """The candidates a reference means: ``provider/model``, a bare id (at every provider), or an alias.

        Raises:
            UnknownNameError: Nothing here is called that; carries the nearest names.
        """
        found = self._names.get(reference) or self._names.get(reference.casefold())
        if found:
            return found
        raise UnknownNameError("model", reference, self._nearest(reference))

    def embedder(self, reference: str) -> tuple[Candidate, ...]:
        """The embedding models a reference means: ``provider/model``, a bare id, or an alias.

        Raises:
            UnknownNameError: No embedding model is called that; carries the nearest names.
        """
        found = tuple(
            each for each in self.embedders if reference in {each.key, each.model.id, *each.model.aliases}
        )
        if found:
            return found
        known = [each.key for each in self.embedders]
        nearest = difflib.get_close_matches(reference, known, n=3, cutoff=0.6)
        raise UnknownNameError("embedding model", reference, nearest)

    def to_json(self) -> bytes:
        """The whole catalog as JSON; decimals and dates are strings."""
        return dump(self)

    @classmethod
    def from_json(cls, raw: bytes) -> Catalog:
        """Read what `to_json` wrote.

        Raises:
            ValueError: It is not a catalog this version can read.
        """
        return load(raw, cls)

    @cached_property
    def _keys(self) -> dict[str, Candidate]:
        return {candidate.key: candidate for candidate in self.candidates}

    @cached_property
    def _names(self) -> dict[str, tuple[Candidate, ...]]:
        """By key, then by id, then by alias; a key never loses to an alias."""
        keys = {key: (candidate,) for key, candidate in self._keys.items()}
        names: dict[str, list[Candidate]] = {}
        for candidate in self.candidates:
            for name in {candidate.model.id, candidate.model.id.casefold(), candidate.key.casefold()}:
                names.setdefault(name, []).append(candidate)
        aliases: dict[str, list[Candidate]] = {}
        for candidate in self.candidates:
            for alias in candidate.model.aliases:
                for name in {alias, alias.casefold(), f"{candidate.provider}/{alias}"}:
                    aliases.setdefault(name, []).append(candidate)
        listed = {name: tuple(found) for name, found in names.items()}
        return {**{name: tuple(found) for name, found in aliases.items()}, **listed, **keys}

    def _nearest(self, reference: str) -> list[str]:
        wanted = reference.casefold()
        ids = sorted({candidate.model.id for candidate in self.candidates})
        keys = [candidate.key for candidate in self.candidates]
        names = keys if "/" in reference and not any("/" in name for name in ids) else [*ids, *keys]
        return difflib.get_close_matches(wanted, names, n=3, cutoff=0.6)
