"""Values in which every field says something: whatever loses one of them is found out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import attrs

T = TypeVar("T")


def filled(kind: type[T], **given: Any) -> T:
    """An instance of an attrs class with another value in each field, never a default or None.

    Args:
        kind: The class; fields that are attrs classes are filled, too.
        given: Values of its fields that are wanted so.

    Raises:
        TypeError: A field has a type of which no value is known here.
    """
    return _filled(kind, itertools.count(1), given)


def _filled(kind: type[T], numbers: Iterator[int], given: dict[str, Any]) -> T:
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for each in attrs.fields(kind):  # type: ignore[arg-type]  # attrs has no type for "an attrs class"
        if each.init and each.alias not in given:
            values[each.alias] = _value(
                f"{kind.__name__}.{each.name}", hints[each.name], each.default, numbers
            )
    return kind(**values, **given)


def _value(name: str, hint: Any, default: Any, numbers: Iterator[int]) -> Any:
    options = [each for each in get_args(hint) if each is not NoneType]
    if NoneType in get_args(hint):
        return _value(name, options[0], default, numbers)
    if get_origin(hint) is tuple:
        return tuple(_value(name, options[0], None, numbers) for _ in range(2))
    if attrs.has(hint):
        return _filled(hint, numbers, {})
    number = next(numbers)
    if hint is bool:
        return default is not True
    if isinstance(hint, type) and issubclass(hint, Enum):
        members = [each for each in hint if each is not default]
        return members[number % len(members)]
    known = {
        str: f"{name} {number} ↯",
        int: number,
        float: number + 0.5,
        Decimal: Decimal(number) + Decimal(number).scaleb(-20),
        datetime: datetime(2001, 1, 1, tzinfo=UTC) + timedelta(days=number, microseconds=number),
    }
    if hint not in known:
        raise TypeError(f"{name}: no value of type {hint} is known")
    return known[hint]
