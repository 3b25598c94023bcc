"""When a source is asked again. Pure.

Rows are fresh for the configured time at most; every source is asked up to `JITTER` of it earlier, so that
not all are asked in the same second, by one machine or by many. A source that fails is left alone for
`RETRY`, twice as long after every further failure, and never asked sooner than it said itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from attrs import evolve, field, frozen

from pointsman.catalog.feeds.sources import SourceStatus, State

FRESH_FOR = timedelta(hours=8)
JITTER = 0.25
RETRY = timedelta(minutes=5)
"""Time from a failure to the next try; doubles with every further one."""
LONGEST = timedelta(hours=12)
"""The longest a failing source is left alone, whatever it asks for."""
_STEPS = 1 << 32
_DOUBLINGS = 10


@frozen
class Backoff:
    """Something that fails: a source (filed under its `SourceRef` in words), or the refresh as a whole.

    Attributes:
        failures: In a row.
        until: Not to be tried before, unless the user says so.
    """

    failures: int
    until: datetime

    @classmethod
    def after(cls, before: Backoff | None, now: datetime, asked_to_wait: float | None = None) -> Backoff:
        """What one more failure makes of it.

        Args:
            before: What it was; None when the last answer was good.
            now: When it failed.
            asked_to_wait: Seconds, where the source said how long.
        """
        failures = (before.failures if before else 0) + 1
        wait = RETRY * 2 ** min(failures - 1, _DOUBLINGS)
        if asked_to_wait is not None:
            wait = max(wait, min(timedelta(seconds=asked_to_wait), LONGEST))
        return cls(failures, now + min(wait, LONGEST))


def in_backoff(key: str, backoffs: Mapping[str, Backoff], now: datetime) -> bool:
    """Whether what is filed under `key` failed so recently that it is not tried again yet."""
    backoff = backoffs.get(key)
    return backoff is not None and now < backoff.until


@frozen
class Schedule:
    """How long rows are fresh.

    Attributes:
        fresh_for: Age at which the last source is asked again.
    """

    fresh_for: timedelta = field(default=FRESH_FOR)

    def fresh(self, name: str, fetched_at: datetime | None, now: datetime) -> bool:
        """Whether rows of source `name`, fetched at `fetched_at` need not be asked for again."""
        if fetched_at is None:
            return False
        return now - fetched_at < self.fresh_for * (1 - JITTER * _lot(f"{name} {fetched_at.isoformat()}"))

    def aged(self, status: SourceStatus, now: datetime) -> SourceStatus:
        """`status` as it is now: fresh rows grow stale while a catalog lies on disk."""
        if status.state is State.FRESH and not self.fresh(status.name, status.fetched_at, now):
            return evolve(status, state=State.STALE)
        return status


def _lot(text: str) -> float:
    """A number from 0 to 1 that looks drawn by lot and is the same for the same text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) / _STEPS
