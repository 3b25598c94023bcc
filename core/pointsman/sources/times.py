"""Points in time as feeds write them: never one to come, for a feed says what was, not what will be."""

from __future__ import annotations

from datetime import UTC, date, datetime, time


def moment(value: object, now: datetime) -> datetime:
    """When something was measured or written.

    Args:
        value: An ISO 8601 date or date-time, or a `date`; without a time zone it is in UTC.
        now: The latest answer, and the one where nothing usable is written.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return min(midnight(value), now)
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
        if not isinstance(found, datetime):
            return now
        return min(found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC), now)
    except (ValueError, OverflowError):
        return now


def midnight(day: date) -> datetime:
    """The beginning of a day, in UTC."""
    return datetime.combine(day, time(), UTC)
