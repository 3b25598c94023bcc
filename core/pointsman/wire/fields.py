"""Reading values out of what a provider sent: nothing on the wire is trusted to have its documented type.

`json_object` and `as_object` read a whole answer, and refuse what is none. Readers of single values give the
value or None, and never raise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from pointsman.errors import ResponseError
from pointsman.types.secrets import redact
from pointsman.wire.lenient import Halves, loads

MOST_TOKENS = 1_000_000_000
"""A count above this is a broken counter, not a count."""

MOST_USD = Decimal(100_000)
"""A cost above this for one call is a broken figure, not a cost."""

_SHOWN = 80  # characters of a malformed body that an error message repeats
_LONGEST_ID = 200
_LONGEST_NAME = 200
_NOT_IN_IDS = frozenset("<>\"'`\\")
_LATEST = 253_402_300_799  # the last second of the year 9999
_NOTHING: Mapping[str, Any] = {}


def json_object(text: bytes | str, halves: Halves | None = None) -> Mapping[str, Any]:
    """`text` parsed; see `pointsman.wire.lenient` for what is read although it is not quite JSON.

    Args:
        text: Of an object.
        halves: Of the stream it is a part of: joins characters that were cut in two.

    Raises:
        ResponseError: It is empty, is not JSON, or is JSON but no object.
    """
    try:
        value = loads(text) if halves is None else halves.loads(text)
    except ValueError as error:
        raise ResponseError(f"not JSON: {_beginning(text)}", maybe_billed=True) from error
    return as_object(value)


def as_object(value: object) -> Mapping[str, Any]:
    """`value`, which must be a JSON object.

    Raises:
        ResponseError: It is something else.
    """
    if not isinstance(value, dict):
        raise ResponseError("the answer is JSON, but no object", maybe_billed=True)
    return value


def _beginning(text: bytes | str) -> str:
    shown = text if isinstance(text, str) else text[: 4 * _SHOWN].decode("utf-8", "replace")
    return repr(redact(shown)[:_SHOWN]) if shown.strip() else "it is empty"


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
