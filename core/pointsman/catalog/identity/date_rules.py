"""Settles a date that only one of two names writes, by the days their sources give.

A source says when a model was released, or when it was measured. The undated name is the dated issue that
came out on its release day; what was measured is the newest issue of that day, and never a later one.
"""

from __future__ import annotations

from datetime import date

from attrs import evolve

from pointsman.catalog.identity.dates import Agreement, Day, compare_dates
from pointsman.catalog.identity.match import SURE, Match, Verdict
from pointsman.catalog.identity.record import NameRecord
from pointsman.catalog.identity.statistics import NameStatistics

NEAR = 31
"""Days between a release day and a date in a name that mean one issue."""
_CONFIRMED = 0.8
_FAR = 75
_WEEK = 7
_SAME_DAY = 2
_LATER = date(2100, 1, 1)  # any day later than all dates, to put them in order


def apply_date_rules(found: Match, one: NameRecord, two: NameRecord, statistics: NameStatistics) -> Match:
    """`found`, decided where a date alone was open and the days settle it; else as it was.

    Args:
        found: The comparison of the names, not `different`.
        one: A row.
        two: The other.
        statistics: What today's lists have beside each other.
    """
    dated, bare = (one, two) if one.name.day else (two, one)
    written = dated.name.day
    if written is None or bare.name.day is not None or one.name.stage != two.name.stage or found.mode_only:
        return found
    issues = statistics.issues(dated.name)
    if bare.released is not None:
        return _by_release(found, written, bare, issues)
    if bare.measured is not None:
        return _by_measurement(found, written, bare.measured, issues)
    return found


def _by_release(found: Match, written: Day, bare: NameRecord, issues: tuple[Day, ...]) -> Match:
    """An undated name is the issue of the day it was released.

    Not so where a list of offers writes it and it is the first of several full dates: those are snapshots of
    a name that moves from one to the next, and its release day stays that of the first.
    """
    apart = days_apart(written, bare.released) if bare.released else None
    if apart is None:
        return found
    if found.verdict is Verdict.UNSURE and not bare.board and _first(written, issues):
        return found
    near = _WEEK if found.mode_one_sided else NEAR  # a thinking edition may follow in a month
    if apart <= near and found.confidence >= SURE / 2:
        return _sure(found, f"released on {bare.released}, the date agrees")
    if apart > _FAR and found.verdict is Verdict.SAME:
        why = f"{found.evidence}; released on {bare.released}, another date"
        return evolve(found, verdict=Verdict.UNSURE, confidence=SURE / 2, evidence=why)
    return found


def _first(written: Day, issues: tuple[Day, ...]) -> bool:
    """Whether a full date is the first of several."""
    ages = [age for day in issues if (age := _age(day, _LATER)) is not None]
    own = _age(written, _LATER)
    return written.full and len(ages) > 1 and own is not None and own >= max(ages) - NEAR


def _by_measurement(found: Match, written: Day, measured: date, issues: tuple[Day, ...]) -> Match:
    """What was measured is the newest issue of that day."""
    own = _age(written, measured)
    if own is None:
        return found
    if own < -_SAME_DAY:
        why = f"{found.evidence}; measured on {measured}, before that date"
        return evolve(found, verdict=Verdict.DIFFERENT, confidence=0.0, evidence=why)
    known = [age for day in issues if (age := _age(day, measured)) is not None and age >= -_SAME_DAY]
    if found.confidence >= SURE / 2 and own <= min(known, default=own) + _SAME_DAY:
        return _sure(found, f"measured on {measured}, when it was the newest")
    return found


def _sure(found: Match, why: str) -> Match:
    return evolve(
        found,
        verdict=Verdict.SAME,
        confidence=max(found.confidence, _CONFIRMED),
        evidence=f"{found.evidence}; {why}",
    )


def days_apart(written: Day, born: date) -> int | None:
    """Days between a written date, as far as it is written, and a day; None where it writes too little."""
    age = _age(written, born)
    return None if age is None else abs(age)


def _age(written: Day, today: date) -> int | None:
    """Days from a written date to `today`: 0 where it agrees; a year not written is the nearest."""
    if written.month is None:
        return None
    if compare_dates(written, Day(today.year, today.month, today.day)) is Agreement.EQUAL:
        return 0
    years = (written.year,) if written.year else (today.year - 1, today.year, today.year + 1)
    try:
        ages = [(today - date(year, written.month, written.day or 15)).days for year in years]
    except ValueError:
        return None
    return min(ages, key=abs)
