"""Finds the entries of a source that mean a given model, without comparing everything with everything.

Entries are filed under each of their words together with the digits of their version, under the month they
write, and under the names they are known by elsewhere; a row is looked up under its rarest word that is not a
maker's name, and under the names it cites.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Generic, TypeVar

from attrs import evolve, frozen

from pointsman.catalog.identity.compare import compare, with_list_context
from pointsman.catalog.identity.match import Match, Verdict
from pointsman.catalog.identity.name import Identity
from pointsman.catalog.identity.record import NameRecord, name_only
from pointsman.catalog.identity.statistics import NO_STATISTICS, NameStatistics

T = TypeVar("T")

_File = list[tuple[NameRecord, T]]


@frozen
class Found(Generic[T]):
    """One entry that may mean the model.

    Attributes:
        entry: What was filed.
        identity: Its name, as its source completes it.
        match: The comparison.
    """

    entry: T
    identity: Identity
    match: Match


class NameIndex(Generic[T]):
    """Entries of one source, filed by name."""

    def __init__(
        self,
        entries: Iterable[tuple[Identity | NameRecord, T]],
        statistics: NameStatistics = NO_STATISTICS,
    ) -> None:
        """File the entries.

        Args:
            entries: Rows, or names alone, with what is filed under them.
            statistics: See `pointsman.catalog.identity.match.match`.
        """
        self._statistics = statistics
        self._files: dict[tuple[str, str], _File[T]] = defaultdict(list)
        self._cited: dict[str, _File[T]] = defaultdict(list)
        for name, entry in entries:
            row = with_list_context(name_only(name) if isinstance(name, Identity) else name, self._statistics)
            filed = (row, entry)
            for place in {place for each in row.readings for place in _places(each)}:
                self._files[place].append(filed)
            for key in row.keys | row.cited:
                self._cited[key].append(filed)

    def find(self, wanted: Identity | NameRecord, born: date | None = None) -> list[Found[T]]:
        """Entries that mean the same model, best first; contradicting modes are included and marked.

        Args:
            wanted: The row looked for, or its name alone.
            born: Release or creation day of the model, where its provider gives one; settles whether an
                undated name is the dated one.
        """
        row = name_only(wanted) if isinstance(wanted, Identity) else wanted
        row = with_list_context(evolve(row, released=born) if born else row, self._statistics)
        found = []
        for other, entry in self._near(row):
            judged = compare(row, other, self._statistics, listed=True)
            if judged.verdict is Verdict.SAME or judged.mode_only:
                found.append(Found(entry, other.name, judged))
        return sorted(
            _decided(row.name, found),
            key=lambda each: (
                each.match.mode_only,
                each.match.offer_differs,
                -each.match.confidence,
                each.identity.text,
            ),
        )

    def _near(self, row: NameRecord) -> _File[T]:
        """Entries that share the rarest telling word and the version or month, or cite each other's name."""
        near: dict[int, tuple[NameRecord, T]] = {}
        for name in row.readings:
            for digits in _digits(name):
                near |= {id(each): each for each in self._rarest(name, digits)}
        for key in row.keys | row.cited:
            near |= {id(each): each for each in self._cited.get(key, ())}
        return list(near.values())

    def _rarest(self, name: Identity, digits: str) -> Iterator[tuple[NameRecord, T]]:
        whole = "".join(name.words)
        telling = [word for word in name.words if word not in self._statistics.makers] or [
            *name.words,
            *name.prefix,
        ]
        files = [file for word in telling if (file := self._files.get((word, digits)))]
        yield from min(files, key=len, default=())
        if whole not in name.words:
            yield from self._files.get((whole, digits), ())


def _digits(name: Identity) -> Iterator[str]:
    """What stands for the version: its digits; nothing for 1 and back; the month it writes instead."""
    yield name.digits
    if name.digits in {"", "1"}:
        yield "1" if not name.digits else ""
    if name.day is not None and name.day.year is not None and name.day.month is not None:
        yield f"{name.day.year}-{name.day.month}"


def _places(name: Identity) -> Iterator[tuple[str, str]]:
    """Under which word and digits a name is filed; it is looked up under all of `_digits`."""
    month = [each for each in _digits(name) if "-" in each]
    for digits in (name.digits, *month):
        for word in (*name.words, *name.prefix, "".join(name.words)):
            yield word, digits


def _decided(wanted: Identity, found: list[Found[T]]) -> list[Found[T]]:
    """`found` without what only fits because the name writes no size, where several sizes would."""
    if wanted.sizes:
        return found
    sizes = {each.identity.sizes for each in found if each.identity.sizes}
    return [each for each in found if not each.identity.sizes] if len(sizes) > 1 else found
