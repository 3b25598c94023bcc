"""Reading single values out of what a provider sent: each reader gives the value or None, and never raises.

Nothing on the wire is trusted to have the type it is documented with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

MOST_TOKENS = 1_000_000_000
"""A count above this is a broken counter, not a count."""

MOST_USD = Decimal(100_000)
"""A cost above this for one call is a broken figure, not a cost."""

_LONGEST_ID = 200
_LONGEST_NAME = 200
_NOT_IN_IDS = frozenset("<>\"'`\\")
_LATEST = 253_402_300_799  # the last second of the year 9999
_NOTHING: Mapping[str, Any] = {}


def table(value: object) -> Mapping[str, Any]:
    """`value` when it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else _NOTHING


def rows(value: object) -> Sequence[Any]:
    """`value` when it is a JSON array, else an empty one."""
    return value if isinstance(value, list) else ()


def string(value: object) -> str:
    """`value` when it is text, else ``""``."""
    return value if isinstance(value, str) else ""


def identifier(value: object) -> str | None:
    """`value` when it can safely be shown, logged and sent as a model id.

    That is: 1 to 200 printable characters, no space at either end, and none that could end a line, a terminal
    sequence, a quotation or a tag.
    """
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_ID or value != value.strip():
        return None
    return value if value.isprintable() and _NOT_IN_IDS.isdisjoint(value) else None


def label(value: object) -> str | None:
    """`value` when it is a short printable text, such as a display name."""
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_NAME:
        return None
    return value if value.isprintable() else None


def count(value: object) -> int | None:
    """`value` when it is a whole number of tokens from 0 to `MOST_TOKENS`; some servers write ``12.0``."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is not int or not 0 <= value <= MOST_TOKENS:
        return None
    return value


def window(value: object) -> int | None:
    """`value` when it is a whole number of tokens and not 0: a limit of nothing means "not said"."""
    return count(value) or None


def day(value: object) -> date | None:
    """The UTC day of epoch seconds or of an ISO 8601 date or date-time; None for anything else, and for 0."""
    try:
        if type(value) is int and 0 < value <= _LATEST:
            return datetime.fromtimestamp(value, UTC).date()
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return (moment.astimezone(UTC) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError, OSError):
        pass
    return None


def usd(value: object) -> Decimal | None:
    """An amount of money as written: a number or its text, finite, from 0 to `MOST_USD`.

    A float is read through its shortest text, which is what the provider wrote for up to 15 digits.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        return None
    try:
        amount = Decimal(str(value))
    except (ArithmeticError, ValueError):
        return None
    return amount if amount.is_finite() and 0 <= amount <= MOST_USD else None
