"""The catalog's values as JSON and back.

Decimals are strings, dates ISO 8601, sets sorted lists; what has its default is left out. Reading goes from
text straight to the typed values.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar, get_args

import attrs
import msgspec

T = TypeVar("T")

_AS_IT_IS = frozenset({str, int, float, bool, type(None)})
_WHEN = frozenset({"as_of"})
"""Fields that say when something was fetched, not what it is."""


def plain(value: Any) -> Any:
    """A value as what JSON can hold."""
    kind: Any = type(value)
    return value if kind in _AS_IT_IS else _writer(kind)(value)


def plain_values(values: Iterable[object]) -> list[Any]:
    """Values as what JSON can hold."""
    return [plain(value) for value in values]


def typed_values(rows: object, kind: Any) -> tuple[Any, ...]:
    """What `plain_values` made, as values of `kind` again.

    Args:
        rows: A list.
        kind: A class, or a union of classes; a row is the first of them whose required fields it has.

    Raises:
        ValueError: The rows are not such values.
    """
    if not isinstance(rows, list):
        raise ValueError("not a list of rows")  # noqa: TRY004 (one error for every way of being unreadable)
    kinds = get_args(kind) or (kind,)
    try:
        return tuple(msgspec.convert(row, _fitting(row, kinds)) for row in rows)
    except Exception as error:
        raise ValueError(f"rows of another version: {error}") from error


def canonical(values: Iterable[object]) -> bytes:
    """Canonical JSON of `values` without the dates of fetching."""
    return _canonical(_timeless(plain_values(values)))


def dump(value: object) -> bytes:
    """One value as JSON."""
    return _canonical(plain(value))


def load(raw: bytes, kind: type[T]) -> T:
    """One value from JSON.

    Raises:
        ValueError: It is not such a value.
    """
    try:
        with uncollected():
            return msgspec.json.decode(raw, type=kind)
    except Exception as error:
        raise ValueError(f"not a {kind.__name__} of this version: {error}") from error


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the garbage collector, which would look again and again through what is only being made."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _canonical(value: object) -> bytes:
    return msgspec.json.encode(value, order="sorted")


def _timeless(value: Any) -> Any:
    if type(value) in _AS_IT_IS:
        return value
    if isinstance(value, dict):
        return {key: _timeless(each) for key, each in value.items() if key not in _WHEN}
    return [_timeless(each) for each in value]


def _fitting(row: Any, kinds: tuple[Any, ...]) -> Any:
    """The kind of a row."""
    return next((each for each in kinds[:-1] if _required(each) <= row.keys()), kinds[-1])


@cache
def _required(kind: Any) -> frozenset[str]:
    return frozenset(each.name for each in attrs.fields(kind) if each.default is attrs.NOTHING)


@cache
def _writer(kind: type) -> Callable[[Any], Any]:
    """How values of a type are written; decided once per type, for there are many values."""
    if attrs.has(kind):
        return _record_writer(kind)
    found = (write for base, write in _WRITERS if issubclass(kind, base))
    return next(found, _unwritable)


def _record_writer(kind: type) -> Callable[[Any], Any]:
    fields = [(each.name, _default(each)) for each in attrs.fields(kind) if each.init]

    def write(record: Any) -> dict[str, Any]:
        written = {}
        for name, default in fields:
            value = getattr(record, name)
            if value is not default and value != default:
                written[name] = plain(value)
        return written

    return write


def _default(field: attrs.Attribute[Any]) -> Any:
    factory = getattr(field.default, "factory", None)
    return factory() if factory else field.default


def _unwritable(value: object) -> Any:
    raise TypeError(f"cannot be written as JSON: {type(value).__name__}")


_WRITERS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (Enum, lambda value: value.value),
    (str, str),
    (Decimal, str),
    (date, lambda value: value.isoformat()),
    ((set, frozenset), lambda values: sorted(map(plain, values))),
    (Mapping, lambda values: {key: plain(value) for key, value in values.items()}),
    (Iterable, plain_values),
)
