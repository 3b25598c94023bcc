"""Dates as they are written inside model names.

Written forms, all seen in real lists: ``20250929``, ``2025-09-29``, ``05-06`` (month first), ``08-2024``,
``2512`` (year, month), ``25.01``, ``0528`` (month, day), ``251201``, ``May '25``, ``june``. A part that is
not written is None, never guessed.
"""

from __future__ import annotations

import re
from datetime import date
from enum import IntEnum

from attrs import frozen

MARK = "§"
"""Stands in the text where a date was taken out."""

_NEAR = 24  # days: the day an API names and the release day of one model differ by about three weeks
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_YYYY, _YY = r"(?P<year>20[12]\d)", r"(?P<year>2[3-9])"
_MM, _DD = r"(?P<month>0[1-9]|1[0-2])", r"(?P<day>0[1-9]|[12]\d|3[01])"
_HEAD, _TAIL = r"(?<![a-z0-9.])", r"(?![a-z0-9]|\.\d)"
_NAMED = "|".join(f"{month[:3]}(?:{month[3:]})?" if len(month) > 3 else month for month in _MONTHS)  # noqa: PLR2004 (may)
_FORMS = tuple(
    re.compile(_HEAD + form + _TAIL)
    for form in (
        rf"{_YYYY}[-./_]?{_MM}[-./_]?{_DD}",
        rf"{_MM}[-.]{_YYYY}",
        rf"(?P<name>{_NAMED})[\s\-']*(?P<year>20[12]\d|2[3-9])",
        rf"(?P<name>{'|'.join(month for month in _MONTHS if len(month) > 3)})",  # noqa: PLR2004 ("may" alone is a word)
        rf"{_YY}{_MM}{_DD}",
        rf"{_YY}\.?{_MM}",
        rf"{_MM}-?{_DD}",
    )
)

_MAYBE = re.compile(r"\d\d[-.]?\d\d|" + "|".join(month[:3] for month in _MONTHS))
"""What every form has; most names have it nowhere, and are not searched for each form."""


class Agreement(IntEnum):
    """How two written dates compare."""

    DIFFERENT = 0
    MISSING = 1
    NEAR = 2
    EQUAL = 3


@frozen
class Day:
    """A date, or the part of one that a name writes.

    Attributes:
        year, month, day: None where not written.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None

    @property
    def full(self) -> bool:
        """Whether year, month and day are all written."""
        return None not in (self.year, self.month, self.day)


def take(text: str) -> tuple[str, Day | None]:
    """`text` (lower-case) with every written date replaced by `MARK`, and the most telling of them."""
    if not _MAYBE.search(text):
        return text, None
    found: list[Day] = []
    for form in _FORMS:
        while match := form.search(text):
            found.append(_read(match))
            text = f"{text[: match.start()]} {MARK} {text[match.end() :]}"
    return text, max(found, key=lambda day: (day.full, day.year is not None), default=None)


def compare_dates(one: Day | None, two: Day | None) -> Agreement:
    """Compare what both sides write; full dates about three weeks apart are `NEAR`."""
    if one is None or two is None:
        return Agreement.MISSING
    pairs = ((one.year, two.year), (one.month, two.month), (one.day, two.day))
    if all(left == right for left, right in pairs if left is not None and right is not None):
        shared = any(left is not None and right is not None for left, right in pairs)
        return Agreement.EQUAL if shared else Agreement.MISSING
    first, second = _calendar(one, two), _calendar(two, one)
    if first and second and abs((first - second).days) <= _NEAR:
        return Agreement.NEAR
    return Agreement.DIFFERENT


def _read(match: re.Match[str]) -> Day:
    parts = match.groupdict()
    year = int(parts["year"]) if parts.get("year") else None
    if year is not None and year < 100:  # noqa: PLR2004 (two digits)
        year += 2000
    month = int(parts["month"]) if parts.get("month") else None
    if name := parts.get("name"):
        month = next(number for number, full in enumerate(_MONTHS, 1) if full.startswith(name[:3]))
    return Day(year, month, int(parts["day"]) if parts.get("day") else None)


def _calendar(one: Day, other: Day) -> date | None:
    """`one` as a calendar day, its year taken from `other` when only one side writes it."""
    year = one.year or other.year
    if year is None or one.month is None or one.day is None:
        return None
    try:
        return date(year, one.month, one.day)
    except ValueError:
        return None
