"""Finds the entries of a source that mean a given model, without comparing everything with everything.

Entries stand under each of their words together with the digits of their version, under the month they
write, and under the names they are known by elsewhere; a row is looked up under its rarest word that is not a
maker's name, and under the names it cites.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Generic, TypeVar

from attrs import evolve, frozen

from pointsman.catalog.identity.compare import compare, with_list_context
from pointsman.catalog.identity.match import Match, Verdict
from pointsman.catalog.identity.name import Identity
from pointsman.catalog.identity.record import NameRecord, name_only
from pointsman.catalog.identity.statistics import NO_STATISTICS, NameStatistics

T = TypeVar("T")

Place = tuple[str, str]
"""A word, and the digits of a version or a month."""

_Entries = list[tuple[NameRecord, T]]
_SEVERAL = 2


@frozen
class NameQuery:
    """A row that is looked for, and where an index may have it: worked out once for all indexes.

    Attributes:
        row: The row, with what its list says of it.
        places: Of each of its readings and versions, the places of its telling words, of which the rarest is
            looked at, and that of all words in one, where it is another.
        keys: Names it is known by.
    """

    row: NameRecord
    places: tuple[tuple[tuple[Place, ...], Place | None], ...]
    keys: tuple[str, ...]

    @classmethod
    def of(
        cls, wanted: Identity | NameRecord, statistics: NameStatistics, born: date | None = None
    ) -> NameQuery:
        """Prepare a row.

        Args:
            wanted: The row, or its name alone.
            statistics: Of the indexes that are asked.
            born: Release or creation day of the model, where its provider gives one; settles whether an
                undated name is the dated one.
        """
        row = name_only(wanted) if isinstance(wanted, Identity) else wanted
        row = with_list_context(evolve(row, released=born) if born else row, statistics)
        places = tuple(
            (
                tuple((word, digits) for word in _telling(name, statistics.makers)),
                None if name.stem.glued in name.words else (name.stem.glued, digits),
            )
            for name in row.readings
            for digits in _digits(name)
        )
        return cls(row, places, tuple(sorted(row.keys | row.cited)))


@frozen
class Found(Generic[T]):
    """One entry that may mean the model.

    Attributes:
        entry: What was indexed.
        identity: Its name, as its source completes it.
        match: The comparison.
    """

    entry: T
    identity: Identity
    match: Match


class NameIndex(Generic[T]):
    """Entries of one source by name."""

    def __init__(
        self,
        entries: Iterable[tuple[Identity | NameRecord, T]],
        statistics: NameStatistics = NO_STATISTICS,
    ) -> None:
        """Index the entries.

        Args:
            entries: Rows, or names alone, with what is found under them.
            statistics: See `pointsman.catalog.identity.match.match`.
        """
        self._statistics = statistics
        self._by_word: dict[Place, _Entries[T]] = defaultdict(list)
        self._by_key: dict[str, _Entries[T]] = defaultdict(list)
        for name, entry in entries:
            row = with_list_context(name_only(name) if isinstance(name, Identity) else name, statistics)
            indexed = (row, entry)
            for place in {place for each in row.readings for place in _places(each)}:
                self._by_word[place].append(indexed)
            for key in row.keys | row.cited:
                self._by_key[key].append(indexed)

    def find(self, query: NameQuery) -> list[Found[T]]:
        """Entries that mean the same model, best first; contradicting modes are included and marked."""
        near = self._near(query)
        if not near:  # as mostly
            return []
        found = []
        for other, entry in near:
            judged = compare(query.row, other, self._statistics, listed=True)
            if judged.verdict is Verdict.SAME or judged.mode_only:
                found.append(Found(entry, other.name, judged))
        return sorted(
            _decided(query.row.name, found),
            key=lambda each: (
                each.match.mode_only,
                each.match.offer_differs,
                -each.match.confidence,
                each.identity.text,
            ),
        )

    def _near(self, query: NameQuery) -> _Entries[T]:
        """Entries that share the rarest telling word and the version or month, or cite each other's name."""
        found: list[_Entries[T]] = []
        by_word, by_key = self._by_word, self._by_key
        for telling, glued in query.places:
            some = [by_word[place] for place in telling if place in by_word]
            if some:
                found.append(min(some, key=len))
            if glued and glued in by_word:
                found.append(by_word[glued])
        found += [by_key[key] for key in query.keys if key in by_key]
        if len(found) < _SEVERAL:  # as mostly; none is then there twice
            return found[0] if found else []
        return list({id(each): each for entries in found for each in entries}.values())


def _telling(name: Identity, makers: frozenset[str]) -> Sequence[str]:
    """Words by which a name is looked up: those that are no maker's name, else all it writes."""
    return [word for word in name.words if word not in makers] or [*name.words, *name.prefix]


def _digits(name: Identity) -> Iterator[str]:
    """What stands for the version: its digits; nothing for 1 and back; the month it writes instead."""
    yield name.digits
    if name.digits in {"", "1"}:
        yield "1" if not name.digits else ""
    if name.day is not None and name.day.year is not None and name.day.month is not None:
        yield f"{name.day.year}-{name.day.month}"


def _places(name: Identity) -> Iterator[tuple[str, str]]:
    """Under which word and digits a name stands; it is looked up under all of `_digits`."""
    month = [each for each in _digits(name) if "-" in each]
    for digits in (name.digits, *month):
        for word in (*name.words, *name.prefix, name.stem.glued):
            yield word, digits


def _decided(wanted: Identity, found: list[Found[T]]) -> list[Found[T]]:
    """`found` without what only fits because the name writes no size, where several sizes would."""
    if wanted.sizes:
        return found
    sizes = {each.identity.sizes for each in found if each.identity.sizes}
    return [each for each in found if not each.identity.sizes] if len(sizes) > 1 else found
