"""Numbers and dates as feeds write them. No reader raises: what cannot be read is None, or now."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation

_MILLION = 1_000_000
_LONGEST = 40  # characters; a price or a score is shorter
_LARGEST = 30  # powers of ten; beyond it is no figure anybody meant


def figure(value: object) -> Decimal | None:
    """A finite number, exact: a JSON number, or text such as ``$1,234.50``, ``0.75`` and ``77.47%``.

    A float is read as it prints (``0.1`` is one tenth). True and False are no numbers.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        return None
    written = value.strip() if isinstance(value, str) else str(value)
    text = written.lstrip("$").rstrip("%").replace(",", "").strip()
    if not text or len(text) > _LONGEST or "_" in text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= _LARGEST else None


def number(value: object) -> Decimal | None:
    """A finite JSON number, exact; None for anything else, text included."""
    return None if isinstance(value, str) else figure(value)


def percent(value: object) -> float | None:
    """A share of 0 to 100, from ``77.47%``, ``"77.47"`` or ``77.47``; None for what lies outside."""
    number = figure(value)
    return float(number) if number is not None and 0 <= number <= 100 else None  # noqa: PLR2004 (per cent)


def money(value: object) -> Decimal | None:
    """An exact amount of at least 0 from a JSON number; None for anything else, text included."""
    amount = number(value)
    return amount if amount is not None and amount >= 0 else None


def per_million(per_token: object) -> Decimal | None:
    """USD per million tokens from USD per token, exact; None for a missing, malformed or negative price."""
    price = figure(per_token)
    return None if price is None or price < 0 else price * _MILLION


def moment(value: object, now: datetime) -> datetime:
    """When something was measured or written; never a time to come, for a feed says what was.

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
