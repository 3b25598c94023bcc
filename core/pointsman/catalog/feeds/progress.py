"""Steps of a refresh, and when a feed is taken for a broken one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from attrs import frozen

from pointsman.catalog.feeds.shelf import Kept
from pointsman.kinds import SourceKind

SHRUNK = 0.5
"""A feed with less than this share of its last good rows is taken for a broken one …"""
GIVE_IN = timedelta(days=7)
"""… until the last good rows are this old."""


@frozen
class Progress:
    """One step of a refresh.

    Attributes:
        name: Of the source.
        kind: What it tells.
        state: ``asking``, ``done``, ``kept`` (it failed or shrank; last good rows stay) or ``failed`` (no
            rows).
        rows: In use now.
        seconds: Since it was asked.
        error: Why it was not ``done``.
    """

    name: str
    kind: SourceKind
    state: str
    rows: int = 0
    seconds: float = 0.0
    error: str = ""


def shrunk(rows: Sequence[object], before: Kept | None, now: datetime) -> str:
    """Why these rows are taken for a broken feed; empty when they are not."""
    if before is None or not before.rows or now - before.at >= GIVE_IN:
        return ""
    if len(rows) < SHRUNK * len(before.rows):
        return f"only {len(rows)} rows where there were {len(before.rows)}; the last good ones stay"
    return ""
