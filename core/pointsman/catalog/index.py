"""Finds the entries of a source that mean a given model, without comparing everything with everything.

Entries are filed under each of their words together with the digits of their version; a name is looked up
under its rarest word that is not a maker's name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Generic, TypeVar

from attrs import evolve, frozen

from pointsman.catalog.dates import Agreement, Day, compare
from pointsman.catalog.identity import Identity
from pointsman.catalog.match import NO_MAKERS, SURE, Match, Verdict, match

T = TypeVar("T")

_CONFIRMED = 0.8
_BORN_WITHIN = 60  # days between the date a provider tells and the date a name writes


@frozen
class Found(Generic[T]):
    """One entry that may mean the model.

    Attributes:
        entry: What was filed.
        identity: Its name.
        match: The comparison.
    """

    entry: T
    identity: Identity
    match: Match


class Index(Generic[T]):
    """Entries of one source, filed by name."""

    def __init__(self, entries: Iterable[tuple[Identity, T]], makers: frozenset[str] = NO_MAKERS) -> None:
        self._makers = makers
        self._files: dict[tuple[str, str], list[tuple[Identity, T]]] = defaultdict(list)
        for identity, entry in entries:
            for word in {*identity.words, *identity.prefix, "".join(identity.words)}:
                self._files[word, identity.digits].append((identity, entry))

    def find(self, identity: Identity, born: date | None = None) -> list[Found[T]]:
        """Entries that mean the same model, best first; contradicting modes are included and marked.

        Args:
            identity: The name looked for.
            born: Release or creation day of the model, where its provider tells one; settles whether an
                undated name is the dated one.
        """
        found = []
        for other, entry in self._near(identity):
            judged = match(identity, other, self._makers, listed=True)
            if judged.verdict is Verdict.UNSURE and born:
                judged = _settle(judged, identity, other, born)
            if judged.verdict is Verdict.SAME or judged.mode_only:
                found.append(Found(entry, other, judged))
        return sorted(
            _decided(identity, found),
            key=lambda each: (
                each.match.mode_only,
                each.match.offer_differs,
                -each.match.confidence,
                each.identity.text,
            ),
        )

    def _near(self, identity: Identity) -> list[tuple[Identity, T]]:
        """Entries that share the rarest telling word and the version."""
        whole = "".join(identity.words)
        telling = [word for word in identity.words if word not in self._makers] or [
            *identity.words,
            *identity.prefix,
        ]
        files = [file for word in telling if (file := self._files.get((word, identity.digits)))]
        near = min(files, key=len, default=[])
        glued = self._files.get((whole, identity.digits), []) if whole not in identity.words else []
        return near + [each for each in glued if each not in near] if glued else near


def _decided(identity: Identity, found: list[Found[T]]) -> list[Found[T]]:
    """`found` without the entries that only fit because the name tells no size, where several sizes would."""
    if identity.sizes:
        return found
    sizes = {each.identity.sizes for each in found if each.identity.sizes}
    return [each for each in found if not each.identity.sizes] if len(sizes) > 1 else found


def _settle(judged: Match, one: Identity, two: Identity, born: date) -> Match:
    """Decide an unsure match by the day the provider tells: only where a date alone was missing."""
    written = one.day or two.day
    if (one.day and two.day) or written is None or one.stage != two.stage:
        return judged
    told = Day(born.year, born.month, born.day)
    near = compare(written, told) in {Agreement.EQUAL, Agreement.NEAR} or _close(written, born)
    if not near or judged.confidence < SURE / 2:
        return judged
    return evolve(
        judged,
        verdict=Verdict.SAME,
        confidence=_CONFIRMED * SURE / 0.6 * judged.confidence,
        evidence=f"{judged.evidence}; the provider's date {born} agrees",
    )


def _close(written: Day, born: date) -> bool:
    """Whether a year and month lie within two months of a day."""
    if written.year is None or written.month is None:
        return False
    return abs((date(written.year, written.month, written.day or 15) - born).days) <= _BORN_WITHIN
