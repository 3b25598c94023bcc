"""What the data files say of an id beside the id itself: display name, dates, context, other names it cites.

Rows are found by the names of fields that today's lists use for ids, so that a file of another list is read
as well. Nothing is read from the labelled pairs but ids, sources and file names.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen
from pointsman.types import Facts

from tests.shared import SHARED

_IDS = (
    "slug",
    "modelId",
    "model_id",
    "model_version",
    "request",
    "id",
    "model_name",
    "model",
    "Model",
    "name",
)
_SHOWN = ("display_name", "displayName", "modelName", "name")
_CITED = (
    "canonical_slug",
    "hugging_face_id",
    "huggingface_url",
    "openrouter_api_id",
    "model_api_name",
    "source_weights_link",
    "base_model",
    "response",
)
_LISTED = ("aliases", "weights")
_RELEASED = ("release_date", "releaseDate", "created_at", "created")
_MEASURED = ("evaluation_date", "submission_date", "date")
_CONTEXT = (
    "context_window",
    "context_length",
    "context_window_tokens",
    "max_context_length",
    "inputTokenLimit",
    "max_input_tokens",
    "context",
)
_NESTED = ("open_weights", "capabilities", "limit", "model_release", "legacy_metadata")
_HUB = re.compile(r"^https?://(?:www\.)?huggingface\.co/")
_TAGGED = re.compile(r"^Model: ")
_OLDEST = date(2018, 1, 1)  # a day before that is a placeholder


@frozen
class Row:
    """One row of a list.

    Attributes:
        id: As the list writes it.
        shown: Display name, where it has one beside the id.
        facts: What else it says.
        measured: Day of the measurement, where it is one.
        place: Keys that lead to it in the file.
    """

    id: str
    shown: str | None = None
    facts: Facts = field(factory=Facts)
    measured: date | None = None
    place: tuple[str, ...] = ()


def data_folder(pairs: Path) -> Path | None:
    """The folder the pairs' file names are relative to; None when it is not there."""
    given = os.environ.get("POINTSMAN_SHARED")
    for folder in (
        pairs.resolve().parent.parent,
        *([Path(given) / "data"] if given else []),
        SHARED / "data",
    ):
        if (folder / "pricing").is_dir():
            return folder
    return None


def files(folder: Path, written: str | None) -> tuple[Path, ...]:
    """The files a pair's ``left_file`` means: a path, pattern or folder, with a remark in parentheses."""
    pattern = (written or "").split(" (")[0].strip()
    if not pattern or " " in pattern:
        return ()
    if pattern.endswith("/"):
        pattern += "*"
    return tuple(path for path in sorted(folder.glob(pattern)) if path.is_file())


@lru_cache(maxsize=64)
def rows(path: Path) -> tuple[tuple[tuple[str, ...], tuple[Row, ...]], ...]:
    """The lists of a file: where each stands, and its rows. A file that cannot be read has none."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
        given: Any = _parsed(path, text)
    except (OSError, ValueError):
        return ()
    return tuple((place, _undated(found)) for place, found in _lists(given, ()) if found)


def _parsed(path: Path, text: str) -> Any:
    if path.suffix == ".csv":
        return list(csv.DictReader(text.splitlines()))
    if path.suffix in {".yml", ".yaml"}:
        return _flat(text)
    return json.loads(text)


def _flat(text: str) -> list[dict[str, str]]:
    """A list of flat mappings in YAML, which is all these files are."""
    found: list[dict[str, str]] = []
    for line in text.splitlines():
        if line.startswith("- "):
            found.append({})
        name, colon, value = line[2:].partition(": ")
        if colon and found:
            found[-1][name.strip()] = value.strip().strip("'\"")
    return found


def _lists(given: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], tuple[Row, ...]]]:
    """Every list of rows in `given`, at any depth."""
    if isinstance(given, list):
        found = [row for each in given if isinstance(each, dict) and (row := _row(each, place))]
        yield place, tuple(found)
        for each in given:
            yield from _inside(each, place)
    elif isinstance(given, dict):
        keyed = [_row(value, place, key) for key, value in given.items() if isinstance(value, dict)]
        yield place, tuple(row for row in keyed if row)
        for key, value in given.items():
            yield from _inside(value, (*place, key))


def _inside(value: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], tuple[Row, ...]]]:
    if isinstance(value, list | dict) and len(place) < 6:
        yield from _lists(value, place)


def _row(given: Mapping[str, Any], place: tuple[str, ...], key: str | None = None) -> Row | None:
    """One mapping as a row; under a key it may write no id of its own."""
    flat = dict(given)
    for name in _NESTED:
        if isinstance(given.get(name), dict):
            flat = {**given[name], **flat}
    own = next((flat[name] for name in _IDS if isinstance(flat.get(name), str) and flat[name]), None)
    if key is not None and not (isinstance(flat.get("model_name"), str) or "id" in flat):
        own = key
    if own is None:
        return None
    shown = next(
        (flat[name] for name in _SHOWN if isinstance(flat.get(name), str) and flat[name] != own), None
    )
    cited = [flat[name] for name in _CITED if isinstance(flat.get(name), str)]
    cited += [each for name in _LISTED for each in _strings(flat.get(name))]
    cited += [_TAGGED.sub("", each) for each in _strings(flat.get("tags")) if _TAGGED.match(each)]
    others = dict.fromkeys(_HUB.sub("", each).strip("/") for each in cited)
    facts = Facts(
        known_as=tuple(each for each in others if each and each != own),
        released=_first(flat, _RELEASED),
        context_window=next((flat[name] for name in _CONTEXT if type(flat.get(name)) is int), None),
    )
    return Row(own, shown, facts, _first(flat, _MEASURED), place)


def _strings(given: Any) -> list[str]:
    return [each for each in given if isinstance(each, str)] if isinstance(given, list) else []


def _first(flat: Mapping[str, Any], names: Iterable[str]) -> date | None:
    return next((day for name in names if (day := _day(flat.get(name)))), None)


def _day(given: Any) -> date | None:
    """Seconds since 1970 or an ISO date; None for anything else and for placeholders."""
    try:
        if isinstance(given, int | float) and not isinstance(given, bool):
            found = datetime.fromtimestamp(given, UTC).date()
        else:
            found = date.fromisoformat(str(given)[:10])
    except (ValueError, OverflowError, OSError):
        return None
    return found if found >= _OLDEST else None


def _undated(found: tuple[Row, ...]) -> tuple[Row, ...]:
    """`found` without a release day that most rows share: the day the list was made."""
    days = Counter(row.facts.released for row in found)
    return tuple(
        evolve(row, facts=evolve(row.facts, released=None))
        if row.facts.released and days[row.facts.released] > max(len(found) / 3, 2)
        else row
        for row in found
    )
