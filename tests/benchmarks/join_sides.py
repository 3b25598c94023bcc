"""The two sides of a labelled pair as the catalog would see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pointsman.catalog.identity.compare import decide
from pointsman.catalog.identity.match import Match
from pointsman.catalog.identity.name import Identity, parse
from pointsman.catalog.identity.record import NameRecord, parse_row
from pointsman.catalog.identity.rows import ListRow
from pointsman.catalog.identity.statistics import NameStatistics
from pointsman.catalog.spelling import maker_names
from pointsman.kinds import SourceKind
from pointsman.types import Facts

from tests.benchmarks.join_facts import Row, files, rows

_FEEDS = ("pricing/**/*.json", "recorded/*/*list*.json", "recorded/heroku/*.json", "benchmarks/**/*.*")
_BOARDS = ("benchmarks/", "pricing/artificial_analysis/")
_SMALLEST = 3  # rows; less is no list of models


class Sides:
    """Reads both sides of pairs, with the statistics of all lists."""

    def __init__(self, pairs: list[dict[str, Any]], folder: Path | None, *, names_only: bool = False) -> None:
        self._folder = None if names_only else folder
        lists = list(_lists(folder))
        self._makers = _makers(pairs, lists)
        self._statistics = NameStatistics(lists, self._makers)

    def decide(self, pair: Mapping[str, Any]) -> Match:
        """The verdict on one pair."""
        return decide(self.side(pair, "left"), self.side(pair, "right"), self._statistics)

    def side(self, pair: Mapping[str, Any], side: str) -> NameRecord:
        """One side: the id, and what the file it stands in says beside it."""
        text, source, written = pair[f"{side}_id"], pair[f"{side}_source"], pair.get(f"{side}_file")
        found = self._rows(text, source, written)
        exact = [row for row in found if row.id == text]
        best = (exact or found)[-1:] or [Row(text)]
        cited = dict.fromkeys(each for row in found for each in (row.id, *row.facts.known_as) if each != text)
        facts = Facts(
            known_as=tuple(cited),
            released=next(
                (row.facts.released for row in reversed(exact or found) if row.facts.released), None
            ),
        )
        kind = _kind(written or "")
        row = ListRow(
            text,
            kind,
            self._place(text, source, written),
            creator=source.split("#")[0].split("/")[-1]
            if self._folder and kind is not SourceKind.SCORES
            else None,
            shown=next((row.shown for row in reversed(exact or found) if row.shown), None),
            facts=facts,
            measured=best[0].measured,
        )
        return parse_row(row, self._makers)

    def _place(self, text: str, source: str, written: str | None) -> str:
        """The list the id stands in, by the name it has in the statistics; empty where none is read."""
        if self._folder is None:
            return ""
        provider = source.split("#", maxsplit=1)[0].rsplit("/", maxsplit=1)[-1]
        hits = [(path, *hit) for path in files(self._folder, written) for hit in _index(path).get(text, ())]
        hits = [hit for hit in hits if provider in hit[1]] or hits
        hits = [hit for hit in hits if hit[2].id == text] or hits
        return next((f"{path} {'/'.join(place)}" for path, place, _ in hits), f"{source} {written}")

    def _rows(self, text: str, source: str, written: str | None) -> list[Row]:
        """The rows of the named files that write this id; of the named provider alone, where one is."""
        if self._folder is None:
            return []
        hits = [hit for path in files(self._folder, written) for hit in _index(path).get(text, ())]
        provider = source.split("#", maxsplit=1)[0].rsplit("/", maxsplit=1)[-1]
        own = [row for place, row in hits if provider in place]
        return own or [row for _, row in hits]


def _kind(written: str) -> SourceKind:
    """What the list in this file holds."""
    if written.startswith(_BOARDS):
        return SourceKind.SCORES
    return SourceKind.PROVIDER if written.startswith("recorded/") else SourceKind.PRICES


@lru_cache(maxsize=64)
def _index(path: Path) -> Mapping[str, list[tuple[tuple[str, ...], Row]]]:
    found: dict[str, list[tuple[tuple[str, ...], Row]]] = {}
    for place, listed in rows(path):
        for row in listed:
            for text in {row.id, *row.facts.known_as}:
                found.setdefault(text, []).append((place, row))
    return found


def _makers(
    pairs: Iterable[Mapping[str, Any]], lists: Iterable[tuple[str, list[Identity]]]
) -> frozenset[str]:
    """Names of makers and hosts: the prefixes of all ids, and the sources of the pairs."""
    names = {prefix for _, found in lists for name in found for prefix in name.prefix}
    paths = {part for _, found in lists for name in found for part in name.text.split("/")[:-1]}
    names |= {name for part in paths for name in maker_names(part)}
    for pair in pairs:
        for side in ("left", "right"):
            names |= {*parse(pair[f"{side}_id"] or "").prefix}
            names |= maker_names(pair[f"{side}_source"].split("/")[-1].split("#")[0])
    return frozenset(name for name in names if len(name) > 1)


def _lists(folder: Path | None) -> Iterator[tuple[str, list[Identity]]]:
    """Every list of the feeds."""
    for pattern in _FEEDS if folder else ():
        for path in sorted(folder.glob(pattern)) if folder else ():
            for place, found in rows(path):
                if len(found) >= _SMALLEST:
                    yield f"{path} {'/'.join(place)}", [parse(row.id) for row in found]
