"""What is known of a listed model beside its price, its provider's word and its sources' merged.

Many lists hold little more than ids. The price lists that know the offer often know its context window and
what it can do, too. The provider's own word always stands; a source only fills what is left open, and of
several sources the one whose price is preferred is asked first. Nothing a source leaves out is a denial.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from attrs import frozen

from pointsman.types import Capability, Facts, Kind, Model


@frozen
class FactSource:
    """A source that knows this very offer.

    Attributes:
        source: Its name.
        facts: What it says of the model.
    """

    source: str
    facts: Facts


@frozen
class MergedFacts:
    """A listed model with the gaps filled.

    Attributes:
        can: Capabilities granted by the provider, or by a source where the provider does not deny them.
        context_window: Tokens; None when nobody says.
        kind: What sources say it is for; None when they do not.
        kind_by: Which source says so; empty when none does.
        released: Release day; the provider's own word where it says.
        open_weights: Whether anybody may serve it; None when nobody says.
    """

    can: frozenset[Capability] = frozenset()
    context_window: int | None = None
    kind: Kind | None = None
    kind_by: str = ""
    released: date | None = None
    open_weights: bool | None = None

    @property
    def facts(self) -> Facts:
        """The same as a source would give it."""
        return Facts(
            released=self.released,
            context_window=self.context_window,
            kind=self.kind,
            can=self.can,
            open_weights=self.open_weights,
        )


NOTHING_MERGED = MergedFacts()


def merge_facts(model: Model, sources: Sequence[FactSource]) -> MergedFacts:
    """Fill the gaps of `model`.

    Args:
        model: As its provider lists it.
        sources: Sources that know the offer, the preferred one first.
    """
    granted = model.can.union(*(each.facts.can for each in sources))
    windows = (each.facts.context_window for each in sources)
    days = (each.facts.released for each in sources)
    opened = (each.facts.open_weights for each in sources if each.facts.open_weights is not None)
    kinds = ((each.facts.kind, each.source) for each in sources if each.facts.kind is not None)
    kind, by = next(kinds, (None, ""))
    return MergedFacts(
        can=granted - model.cannot,
        context_window=model.context_window or next((each for each in windows if each), None),
        kind=kind,
        kind_by=by,
        released=model.created or next((each for each in days if each), None),
        open_weights=next(opened, None),
    )
