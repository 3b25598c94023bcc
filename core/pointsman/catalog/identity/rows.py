"""Rows of today's lists, as far as they say which model they mean.

A list is a provider's models, one source's prices for one provider, or what one source measured. Each writes
names its own way, so a row carries the list it stands in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Self

from attrs import evolve, frozen

from pointsman.catalog.feeds.sources import Listing
from pointsman.catalog.identity.name import Identity, covers, parse
from pointsman.catalog.spelling import maker_names
from pointsman.kinds import SourceKind
from pointsman.types import Facts, Model, Quote, Score, Speed
from pointsman.types.models import NO_FACTS

_SHORTEST_MAKER = 2

DateKey = tuple[object, ...]


@frozen
class ListRow:
    """What one row writes of which model it means.

    Attributes:
        text: Its id, or the only name it has.
        kind: What its list holds.
        place: Name of its list; empty where unknown.
        creator: See `pointsman.catalog.identity.name.parse`.
        shown: Its display name.
        facts: What else its source says.
        measured: Day of the measurement, where the row is one.
    """

    text: str
    kind: SourceKind = SourceKind.PRICES
    place: str = ""
    creator: str | None = None
    shown: str | None = None
    facts: Facts = NO_FACTS
    measured: date | None = None

    @classmethod
    def listed(cls, model: Model, provider: str = "") -> Self:
        """A model as its provider lists it; the aliases it accepts are names of its own.

        Its release day is left out: of a name that moves from issue to issue it says nothing.

        Args:
            model: As listed.
            provider: Whose list it is; empty where the list does not matter.
        """
        facts = Facts(known_as=(*model.aliases, *model.known_as))
        place = listed_place(provider) if provider else ""
        return cls(model.id, SourceKind.PROVIDER, place, model.creator, model.name, facts)

    @classmethod
    def priced(cls, quote: Quote) -> Self:
        """A row of a price list."""
        place = priced_place(quote)
        return cls(quote.model, SourceKind.PRICES, place, quote.provider, quote.name, quote.facts)

    @classmethod
    def scored(cls, source: str, model: str, creator: str | None, facts: Facts = NO_FACTS) -> Self:
        """A row of a list of measurements."""
        return cls(model, SourceKind.SCORES, scored_place(source), creator, facts=facts)


def listed_place(provider: str) -> str:
    """The name of a provider's list of models."""
    return f"list {provider}"


def priced_place(quote: Quote) -> str:
    """The name of the list of one source's prices for one provider."""
    return f"prices {quote.source} {quote.provider}"


def scored_place(source: str) -> str:
    """The name of the list of what one source measured."""
    return f"scores {source}"


def names_by_list(
    listings: Sequence[Listing], quotes: Sequence[Quote], scores: Sequence[Score | Speed]
) -> Mapping[str, Sequence[Identity]]:
    """Every list's names, each once, the lists in alphabetical order."""
    lists: dict[str, dict[str, Identity]] = defaultdict(dict)
    for listing in listings:
        for model in listing.models:
            lists[listed_place(listing.source.name)][model.id] = parse(model.id)
    for quote in quotes:
        lists[priced_place(quote)][quote.model] = parse(quote.model)
    for score in scores:
        lists[scored_place(score.source)][score.model] = parse(score.model)
    return {place: tuple(lists[place].values()) for place in sorted(lists)}


def makers_in(
    listings: Sequence[Listing], quotes: Sequence[Quote], scores: Sequence[Score | Speed]
) -> frozenset[str]:
    """Plain names of makers and hosts that stand somewhere in today's lists."""
    written: set[str | None] = {quote.provider for quote in quotes} | {score.creator for score in scores}
    prefixes: set[str] = set()
    for listing in listings:
        prefixes |= listing.source.names
        for model in listing.models:
            written.add(model.creator)
            prefixes |= {*parse(model.id, model.creator).prefix}
    for text in {quote.model for quote in quotes}:
        prefixes |= {*parse(text).prefix}
        written.update(text.split("/")[:-1])
    names = {name for each in written if each for name in maker_names(each)} | prefixes
    return frozenset(name for name in names if len(name) >= _SHORTEST_MAKER)


def date_key(name: Identity) -> DateKey:
    """What two spellings of one dated id share."""
    return name.words, name.sizes, name.day, name.stage


def date_aliases(shown: Iterable[tuple[str, str | None]]) -> Mapping[DateKey, Identity]:
    """The versioned name of each dated id that has one; none where lists contradict each other.

    Some makers put a date where others put a version: ``alpaca-large-2512`` is sold elsewhere as "Alpaca
    Large 3 2512", and measured as "Alpaca Large 3". Where some list writes the dated id and a versioned
    display name beside each other, the versioned name holds for the same dated id in every other list.

    Args:
        shown: Ids with their display names.
    """
    found: dict[DateKey, set[Identity]] = defaultdict(set)
    for text, display in shown:
        if not display or display == text:
            continue
        one, two = parse(text), parse(display)
        if one.day and not one.version and not one.offer and two.version and covers(two, one):
            # The version says what the date said; a source that writes only the version means the same.
            found[date_key(one)].add(evolve(two, text="", prefix=(), day=None))
    return {key: names.pop() for key, names in found.items() if len(names) == 1}
