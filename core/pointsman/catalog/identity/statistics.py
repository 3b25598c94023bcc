"""What today's lists have beside each other: the statistics a comparison of two names asks.

A name that leaves something out is clear where only one thing would fit, and open where several would. Which
it is, no rule can know, but today's ids show: how many dated issues a name has, in which sizes it is sold,
whether a list has an instruct and a thinking edition side by side.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Self

from pointsman.catalog.feeds.sources import Listing
from pointsman.catalog.identity.dates import Agreement, Day, compare_dates
from pointsman.catalog.identity.name import FamilyKey, Identity, Mode, parse
from pointsman.catalog.identity.parser import TUNINGS
from pointsman.catalog.identity.rows import DateKey, date_aliases, date_key, makers_in, names_by_list
from pointsman.types import Quote, Score, Speed

_SizeKey = tuple[FamilyKey, frozenset[str]]

_ASSET = re.compile(r"(.*\w)-(\d{1,2})", re.DOTALL)
_USUAL = 0.25  # the share of lists, or of a list, from which something is usual
_WELL_KNOWN = 10  # lists that write one date; another that a single list writes is then a slip
_SEVERAL = 3  # models a list has both ways before that is how it writes


class NameStatistics:
    """Statistics over the names of all lists.

    Attributes:
        makers: Plain names of makers and hosts; such a word at the head of a name (``databricks-…``) is no
            part of it.
    """

    def __init__(
        self,
        lists: Iterable[tuple[str, Iterable[Identity]]] = (),
        makers: frozenset[str] = frozenset(),
        aliases: Mapping[DateKey, Identity] | None = None,
    ) -> None:
        """Count the names of each list.

        Args:
            lists: Each list's name and how its names were read.
            makers: Plain names of makers and hosts met in today's data.
            aliases: See `pointsman.catalog.identity.rows.date_aliases`.
        """
        self.makers = makers
        self._aliases = aliases or {}
        self._days: dict[tuple[FamilyKey, bool], Counter[Day]] = defaultdict(Counter)
        self._sizes: dict[FamilyKey, Counter[frozenset[str]]] = defaultdict(Counter)
        self._issues: dict[tuple[FamilyKey, bool], tuple[Day, ...]] = {}
        self._remarks: dict[str, Counter[str]] = defaultdict(Counter)
        self._instruct: set[_SizeKey] = set()
        self._thinks: set[_SizeKey] = set()
        self._modes: dict[tuple[str, FamilyKey, frozenset[str], Day | None], set[Mode]] = defaultdict(set)
        self._tunings: dict[tuple[str, FamilyKey, frozenset[str]], set[str]] = defaultdict(set)
        self._revisions: dict[_SizeKey, set[str]] = defaultdict(set)
        self._sized: Counter[FamilyKey] = Counter()
        self._unsized: Counter[FamilyKey] = Counter()
        self._editions: set[_SizeKey] = set()
        self._variants: set[tuple[str, str]] = set()
        self._moving: set[FamilyKey] = set()
        self._staged: set[FamilyKey] = set()
        self._bases: set[str] = set()
        self._assets: dict[str, frozenset[str]] = {}
        self.empty = True
        for place, names in lists:
            self._take(place, list(names))

    @classmethod
    def of(
        cls, listings: Sequence[Listing], quotes: Sequence[Quote], scores: Sequence[Score | Speed]
    ) -> Self:
        """The statistics of today's rows."""
        shown = [(model.id, model.name) for listing in listings for model in listing.models]
        shown += [(quote.model, quote.name) for quote in quotes]
        return cls(
            names_by_list(listings, quotes, scores).items(),
            makers_in(listings, quotes, scores),
            date_aliases(shown),
        )

    def date_alias(self, name: Identity) -> Identity | None:
        """Another list's versioned name for a dated id; None where there is none."""
        return self._aliases.get(date_key(name))

    def issues(self, name: Identity, *, thinking: bool = False) -> tuple[Day, ...]:
        """The dated issues of a name that lists know, near dates being one.

        Args:
            name: Whose.
            thinking: Only those of its thinking edition.
        """
        key = name.family, thinking
        if key not in self._issues:
            self._issues[key] = self._merged(*key)
        return self._issues[key]

    def sizes(self, name: Identity) -> frozenset[frozenset[str]]:
        """The sizes a name comes in, each as fully as any list writes it."""
        counts = self._sizes.get(name.family, Counter())
        most = max(counts.values(), default=0)
        known = [sizes for sizes, count in counts.items() if count > 1 or most < _WELL_KNOWN]
        return frozenset(each for each in known if not any(each < other for other in known))

    def unsized(self, name: Identity) -> bool:
        """Whether lists that have the name with a size have it without one beside it."""
        family = name.family
        return self._unsized[family] > self._sized[family] * _USUAL

    def revisions(self, name: Identity) -> frozenset[str]:
        """The revisions a name comes in."""
        return frozenset(self._revisions.get((name.family, name.sizes), ()))

    def modes(self, place: str, name: Identity) -> frozenset[Mode]:
        """The modes one list writes beside this name."""
        return frozenset(self._modes.get((place, name.family, name.sizes, name.day), ()))

    def editions(self, name: Identity) -> bool:
        """Whether some list has an instruct and a thinking edition of it side by side."""
        return (name.family, name.sizes) in self._editions

    def staged(self, name: Identity) -> bool:
        """Whether some list has it both with a stage and released."""
        return name.family in self._staged

    def bases(self, place: str, name: Identity) -> bool:
        """Whether a name without a tuning may be the base model: its list tells these from tuned ones (it has
        several both bare and as instruct), and this one comes as instruct, and not in two modes.
        """
        key = name.family, name.sizes
        return place in self._bases and key in self._instruct and key not in self._thinks

    def remarks(self, place: str) -> frozenset[str]:
        """Words a list puts in parentheses behind name after name; they are about the row, not the model."""
        return frozenset(
            word for word, count in self._remarks.get(place, Counter()).items() if count >= _SEVERAL
        )

    def efforts(self, place: str, name: Identity, word: str) -> bool:
        """Whether a list has the name without the word in several efforts: it is then one more of them."""
        rest = tuple(sorted(each for each in name.words if each != word))
        modes = self._modes.get((place, (rest, name.digits), name.sizes, name.day), ())
        return len({mode.effort for mode in modes if mode.effort}) > 1

    def tells_apart(self, word: str, name: Identity) -> bool:
        """Whether some list has names of this family both with and without the word, all else being equal."""
        return any((head, word) in self._variants for head in name.words)

    def short_dates(self, name: Identity) -> bool:
        """Whether some list has the name beside a dated issue of it."""
        return name.family in self._moving

    def asset(self, place: str, name: Identity) -> str:
        """The name without the count of its asset, where the list counts (``acme-4-2``, ``acme-4-3``)."""
        stems = self._assets.get(place)
        found = _ASSET.fullmatch(name.text) if stems else None
        if stems and found and found[1] in stems and parse(found[1]).day == name.day:
            return found[1]
        return ""

    def _take(self, place: str, names: Sequence[Identity]) -> None:
        """Count one list."""
        self.empty = False
        if stems := _counted(names):
            self._assets[place] = stems
        families = {self._count(place, name) for name in names}
        undated = {(name.family, name.sizes) for name in names if name.day is None}
        dated = {(name.family, name.sizes) for name in names if name.day and not name.day.full}
        sized = {family for family, sizes in undated if sizes}
        self._sized.update(sized)
        self._unsized.update({family for family, sizes in undated if not sizes} & sized)
        self._moving |= {family for family, _ in dated & undated}
        self._variants |= _variants(families)
        self._habits(place, names)

    def _count(self, place: str, name: Identity) -> FamilyKey:
        """Count one name of a list."""
        family = name.family
        key = family, name.sizes
        if name.sizes:
            self._sizes[family][name.sizes] += 1
        if name.tuning == "instruct":
            self._instruct.add(key)
        if name.mode.reasoning:
            self._thinks.add(key)
        self._remarks[place].update(name.remarks)
        if name.revision:
            self._revisions[key].add(name.revision)
        if name.day:
            self._days[family, bool(name.mode.reasoning)][name.day] += 1
        self._modes[place, family, name.sizes, name.day].add(name.mode)
        tunings = self._tunings[place, family, name.sizes]
        tunings.add("thinking" if name.mode.reasoning and not name.tuning else name.tuning)
        if {"instruct", "thinking"} <= tunings:
            self._editions.add(key)
        return family

    def _habits(self, place: str, names: Iterable[Identity]) -> None:
        """Learn how a list writes tunings and stages."""
        forms: dict[_SizeKey, set[tuple[str, str]]] = defaultdict(set)
        for name in names:
            if name.mode.reasoning is None:
                forms[name.family, name.sizes].add((name.tuning, name.stage))
        both = [key for key, seen in forms.items() if {("", ""), ("instruct", "")} <= seen and key[1]]
        tuned = sum(("instruct", "") in seen for seen in forms.values())
        if len(both) >= max(_SEVERAL, tuned * _USUAL):
            self._bases.add(place)
        for (family, _), seen in forms.items():
            stages = {stage for _, stage in seen}
            if "" in stages and len(stages) > 1:
                self._staged.add(family)

    def _merged(self, family: FamilyKey, thinking: bool) -> tuple[Day, ...]:
        found: dict[Day, int] = {}
        for edition in (True,) if thinking else (True, False):
            for day, count in self._days.get((family, edition), {}).items():
                same = next(
                    (each for each in found if compare_dates(each, day) is not Agreement.DIFFERENT), day
                )
                found[same] = found.get(same, 0) + count
        most = max(found.values(), default=0)
        return tuple(day for day, count in found.items() if count > 1 or most < _WELL_KNOWN)


def _variants(families: set[FamilyKey]) -> set[tuple[str, str]]:
    """Words by which a list tells names apart, each with every other word of those names."""
    found: set[tuple[str, str]] = set()
    for words, digits in families:
        for place, word in enumerate(words):
            rest = words[:place] + words[place + 1 :]
            if rest and (rest, digits) in families:
                found |= {(head, word) for head in rest}
    return found


def _counted(names: Iterable[Identity]) -> frozenset[str]:
    """The names that stand several times in a list that counts them, by a number behind.

    A list counts where it does so behind a tuning: behind a name or a number alone it could be a version.
    """
    counts: dict[str, set[str]] = defaultdict(set)
    for name in names:
        if found := _ASSET.fullmatch(name.text):
            counts[found[1]].add(found[2])
    several = {stem for stem, seen in counts.items() if len(seen) > 1}
    tuned = sum(re.split(r"[-_ ]", stem.lower())[-1] in TUNINGS for stem in several)
    return frozenset(several) if tuned >= _SEVERAL else frozenset()


NO_STATISTICS = NameStatistics()
